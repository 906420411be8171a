"""Texts of config/ into a `Spec`, and everything that is found in them at once."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec
from msgspec import Struct

from ivr.errors import FlowError
from ivr.flow.check import check
from ivr.flow.content import nfc_hint
from ivr.flow.model import Facts, Flow, Spec, Words
from ivr.flow.problem import Finding, Level, Problem, node_of
from ivr.flow.reading import read_source
from ivr.flow.schema import schema
from ivr.flow.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

FLOW: Final = "flow.yaml"
FACTS: Final = "facts.yaml"
PROMPTS: Final = "prompts/"

Shape = TypeVar("Shape", Flow, Words, Facts)


class Judged(Struct, frozen=True):
    """What was made of the files, and what was found in them."""

    spec: Spec | None
    """None where a file has not the shape that it must have; else it is there, be it ever so wrong
    in what it means: who uses it looks whether there is an error."""
    problems: tuple[Problem, ...]
    """By file and line, each once, at all levels."""
    sources: Mapping[str, Source]
    """The files as they were read, by their names inside the folder."""
    folder: str
    """What the folder is called in messages."""

    def problem(self, finding: Finding) -> Problem:
        """A finding with its line; one in a file that is not there has the first."""
        source = self.sources.get(finding.file)
        return Problem(
            f"{self.folder}/{finding.file}",
            1 if source is None else source.line(finding.path),
            node_of(finding.path),
            finding.what,
            finding.to_do,
            finding.level,
        )

    def having(self, findings: Iterable[Finding]) -> Judged:
        """The same with what was found besides, such as how long the clips are."""
        found = (*self.problems, *map(self.problem, findings))
        return msgspec.structs.replace(self, problems=in_order(found))

    def checked(self) -> Spec:
        """The spec, if it has no error; warnings and hints stop nothing.

        Raises:
            FlowError: with every error, by file and line.
        """
        errors = [each for each in self.problems if each.level is Level.ERROR]
        if self.spec is None or errors:
            noun = "problem" if len(errors) == 1 else "problems"
            raise FlowError(f"{self.folder}/ has {len(errors)} {noun}:", errors)
        return self.spec


def load(files: Mapping[str, str], folder: str = "config") -> Spec:
    """The spec that these files make.

    Args:
        files: texts by their names inside the folder: `flow.yaml`, `facts.yaml`, and one
            `prompts/<language>.yaml` for each language.
        folder: what the folder is called in messages.

    Raises:
        FlowError: with every error found in any of the files, in the order of the lines.
    """
    return judge(files, folder).checked()


def judge(files: Mapping[str, str], folder: str = "config") -> Judged:
    """The spec that these files make, as far as they make one, with all that is found in them.

    Never raises, whatever the texts hold.

    Args:
        files: as for `load`.
        folder: likewise.
    """
    sources = {name: Source(f"{folder}/{name}", text) for name, text in files.items()}
    judged = Judged(None, (), sources, folder)
    problems = [problem for source in sources.values() for problem in source.problems]
    problems += map(judged.problem, _missing(files))
    spec = _spec(files, sources, problems)
    if spec is not None:
        problems += map(judged.problem, check(spec))
        problems += map(judged.problem, _written_otherwise(sources))
    return Judged(spec, in_order(problems), sources, folder)


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Problems by file and line, each once."""
    return tuple(sorted(set(problems), key=lambda each: (each.file, each.line, str(each))))


def _spec(
    files: Mapping[str, str], sources: Mapping[str, Source], problems: list[Problem]
) -> Spec | None:
    """The spec, or None with the problems told."""
    flow = _shaped(sources.get(FLOW), "flow", Flow, problems)
    facts = _shaped(sources.get(FACTS), "facts", Facts, problems)
    words = {
        _language(name): _shaped(source, "prompts", Words, problems)
        for name, source in sources.items()
        if name.startswith(PROMPTS)
    }
    known = {language: found for language, found in words.items() if found is not None}
    if flow is None or facts is None or len(known) < len(words) or problems:
        return None
    spoken = {language: _normalised(found) for language, found in known.items()}
    return Spec(flow=flow, words=spoken, facts=facts, content_hash=_hash(files))


def _missing(files: Mapping[str, str]) -> Iterator[Finding]:
    for name in (FLOW, FACTS):
        if name not in files:
            yield Finding(name, (), "the file is missing", "put it back")
    for name in files:
        if name.startswith(PROMPTS) and not re.fullmatch(r"prompts/[a-z]{2,3}\.yaml", name):
            told = "this is no language's file, such as bn.yaml"
            yield Finding(name, (), told, "take it away or rename it")
    if not any(name.startswith(PROMPTS) for name in files):
        to_do = "add one for each language, such as bn.yaml"
        yield Finding(PROMPTS, (), "there is no file of words", to_do)


def _shaped(
    source: Source | None, name: str, shape: type[Shape], problems: list[Problem]
) -> Shape | None:
    """The data as its type, or None with the problems told."""
    if source is None:
        return None
    read = read_source(source, schema(name), shape)
    problems += read.problems
    return read.value


def _normalised(words: Words) -> Words:
    """Texts in NFC, each run of white space as one space: as they are spoken, kept and compared."""
    prompts = {
        prompt_id: " ".join(unicodedata.normalize("NFC", text).split())
        for prompt_id, text in words.prompts.items()
    }
    return msgspec.structs.replace(words, prompts=prompts)


def _written_otherwise(sources: Mapping[str, Source]) -> Iterator[Finding]:
    """Hints on words, of the right shape, that are not written as they are read."""
    for name, source in sources.items():
        if name.startswith(PROMPTS):
            yield from nfc_hint(_language(name), source.data["prompts"])


def _language(name: str) -> str:
    return name.removeprefix(PROMPTS).removesuffix(".yaml")


def _hash(files: Mapping[str, str]) -> str:
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(f"{name}\0{files[name]}\0".encode())
    return digest.hexdigest()[:12]
