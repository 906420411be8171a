"""Texts of config/ into a `Spec`, or every problem in them at once."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

from ivr.errors import FlowError
from ivr.flow.check import check
from ivr.flow.model import Facts, Flow, Spec, Words
from ivr.flow.problem import Problem
from ivr.flow.schema import faults
from ivr.flow.source import Source

if TYPE_CHECKING:
    from collections.abc import Mapping

FLOW: Final = "flow.yaml"
FACTS: Final = "facts.yaml"
PROMPTS: Final = "prompts/"

Shape = TypeVar("Shape", Flow, Words, Facts)


def load(files: Mapping[str, str], folder: str = "config") -> Spec:
    """The spec that these files make.

    Args:
        files: texts by their names inside the folder: `flow.yaml`, `facts.yaml`, and one
            `prompts/<language>.yaml` for each language.
        folder: what the folder is called in messages.

    Raises:
        FlowError: with every problem found in any of the files, in the order of the lines.
    """
    sources = {name: Source(f"{folder}/{name}", text) for name, text in files.items()}
    problems = [problem for source in sources.values() for problem in source.problems]
    problems += _missing(files, folder)
    flow = _shaped(sources.get(FLOW), "flow", Flow, problems)
    facts = _shaped(sources.get(FACTS), "facts", Facts, problems)
    words = {
        name.removeprefix(PROMPTS).removesuffix(".yaml"): _shaped(
            source, "prompts", Words, problems
        )
        for name, source in sources.items()
        if name.startswith(PROMPTS)
    }
    known = {language: found for language, found in words.items() if found is not None}
    if flow is None or facts is None or len(known) < len(words) or problems:
        raise _error(problems, folder)
    spoken = {language: _normalised(found) for language, found in known.items()}
    spec = Spec(flow=flow, words=spoken, facts=facts, content_hash=_hash(files))
    problems += check(spec, sources)
    if problems:
        raise _error(problems, folder)
    return spec


def _missing(files: Mapping[str, str], folder: str) -> list[Problem]:
    wanted = [name for name in (FLOW, FACTS) if name not in files]
    problems = [
        Problem(f"{folder}/{name}", 1, None, "the file is missing; put it back") for name in wanted
    ]
    for name in files:
        if name.startswith(PROMPTS) and not re.fullmatch(r"prompts/[a-z]{2,3}\.yaml", name):
            message = "this is no language's file, such as bn.yaml; take it away or rename it"
            problems.append(Problem(f"{folder}/{name}", 1, None, message))
    if not any(name.startswith(PROMPTS) for name in files):
        message = "there is no file of words; add one for each language, such as bn.yaml"
        problems.append(Problem(f"{folder}/{PROMPTS}", 1, None, message))
    return problems


def _shaped(
    source: Source | None, name: str, shape: type[Shape], problems: list[Problem]
) -> Shape | None:
    """The data as its type, or None with the problems told."""
    if source is None or source.data is None:
        return None
    found = source.untold(faults(name, source.data))
    problems += found
    if found or source.problems:
        return None
    try:
        return msgspec.convert(source.data, shape)
    except msgspec.ValidationError as error:  # what the types refuse and the schema lets pass
        problems.append(source.problem((), f"{error}; change it"))
        return None


def _normalised(words: Words) -> Words:
    """Texts in NFC, each run of white space as one space: as they are spoken, kept and compared."""
    prompts = {
        prompt_id: " ".join(unicodedata.normalize("NFC", text).split())
        for prompt_id, text in words.prompts.items()
    }
    return msgspec.structs.replace(words, prompts=prompts)


def _hash(files: Mapping[str, str]) -> str:
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(f"{name}\0{files[name]}\0".encode())
    return digest.hexdigest()[:12]


def _error(problems: list[Problem], folder: str) -> FlowError:
    told = sorted(set(problems), key=lambda each: (each.file, each.line, str(each)))
    noun = "problem" if len(told) == 1 else "problems"
    return FlowError(f"{folder}/ has {len(told)} {noun}:", told)
