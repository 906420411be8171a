"""The files of config/ beside flow, facts, words and lexicons: can they be read?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ivr.cli.folder import read_text, told_by
from ivr.errors import IvrError
from ivr.flow.problem import Level, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from ivr.flow.model import Spec


def _read_personas(text: str, file: str, spec: Spec) -> object:
    from ivr.rehearsal.reading import read_personas

    return read_personas(file, text, spec.flow)


def _read_sheet_words(text: str, file: str, _: Spec) -> object:
    from ivr.paper.sheet_words import read_sheet_words

    return read_sheet_words(text, file)


def _read_paper_words(text: str, file: str, _: Spec) -> object:
    from ivr.paper.paper_words import paper_source, read_paper_words

    return read_paper_words(paper_source(text, file))


_READERS: Final[dict[str, Callable[[str, str, Spec], object]]] = {
    "paper.*.yaml": _read_paper_words,
    "personas.yaml": _read_personas,
    "sheet.*.yaml": _read_sheet_words,
}
"""Which files there may be, and what reads one: its text, its name for messages, the spec."""


def problems_beside(folder: Path, spec: Spec) -> Iterator[Problem]:
    """What is wrong with the files that no call needs, each as a warning.

    Args:
        folder: of the config.
        spec: that its flow and words make.
    """
    for pattern, read in _READERS.items():
        for path in sorted(folder.glob(pattern)):
            yield from _problems_of(path, read, spec)


def _problems_of(
    path: Path, read: Callable[[str, str, Spec], object], spec: Spec
) -> Iterator[Problem]:
    text = read_text(path)
    if isinstance(text, Problem):
        yield Problem(text.file, text.line, None, text.what, text.to_do, Level.WARNING)
        return
    try:
        read(text, str(path), spec)
    except IvrError as error:
        yield from told_by(error, path, Level.WARNING)
