"""The files of config/ beside flow, facts, words and lexicons: can they be read, do they fit?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from ivr.cli.reading import read_text
from ivr.flow.problem import Level, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from ivr.flow.load import Judged
    from ivr.flow.model import Spec
    from ivr.paper.pages.words import PaperWords


def _of_paper(text: str, path: Path, judged: Judged, spec: Spec) -> Iterator[Problem]:
    from ivr.flow.reading import nfc_source
    from ivr.paper.pages.words import judge_paper_words

    source = nfc_source(text, str(path))
    read = judge_paper_words(source)
    yield from read.problems
    language = path.name.removeprefix("paper.").removesuffix(".yaml")
    if language not in spec.flow.flow.languages:
        what = f"the line does not speak '{language}', so nobody can be given these words"
        to_do = "add that language to 'languages' in flow.yaml, or take the file away"
        yield Problem(str(path), 1, None, what, to_do)
    elif read.value is not None:
        # Only here, since a call does not change with it: its content hash must not either.
        sources = {**judged.sources, path.name: source}
        yield from _unfit(read.value, language, replace(judged, sources=sources), spec)


def _unfit(words: PaperWords, language: str, judged: Judged, spec: Spec) -> Iterator[Problem]:
    from ivr.paper.check import paper_findings

    yield from map(judged.problem, paper_findings(spec, words, language))


def _of_personas(text: str, path: Path, _: Judged, spec: Spec) -> Iterable[Problem]:
    from ivr.rehearsal.reading import judge_personas

    return judge_personas(str(path), text, spec.flow).problems


def _of_sheet(text: str, path: Path, _judged: Judged, _spec: Spec) -> Iterable[Problem]:
    from ivr.paper.sheet.words import judge_sheet_words

    language = path.name.removeprefix("sheet.").removesuffix(".yaml")
    return judge_sheet_words(text, str(path), language).problems


_JUDGES: Final[dict[str, Callable[[str, Path, Judged, Spec], Iterable[Problem]]]] = {
    "paper.*.yaml": _of_paper,
    "personas.yaml": _of_personas,
    "sheet.*.yaml": _of_sheet,
}
"""Which files there may be, and what judges one: its text, where it is, what a call is made of."""


def problems_beside(folder: Path, judged: Judged, spec: Spec) -> Iterator[Problem]:
    """What is wrong with the files that no call needs, each as a warning.

    Args:
        folder: of the config.
        judged: what its flow and words are.
        spec: that they make.
    """
    for pattern, judge in _JUDGES.items():
        for path in sorted(folder.glob(pattern)):
            text = read_text(path)
            problems = [text] if isinstance(text, Problem) else judge(text, path, judged, spec)
            yield from (replace(each, level=Level.WARNING) for each in problems)
