"""The recording sheet: one HTML page, fit to print, for the person who reads the prompts aloud."""

from __future__ import annotations

import enum
import math
from collections import Counter
from typing import TYPE_CHECKING

from msgspec import Struct

from ivr.flow.usage import DIGITS
from ivr.paper.sheet.roles import Role, roles
from ivr.paper.template import fill

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ivr.flow.model import Flow
    from ivr.paper.sheet.words import RoleWords, SheetWords


class State(enum.StrEnum):
    """Whether a prompt has a human recording that says its words."""

    MISSING = "missing"
    RECORDED = "recorded"
    STALE = "stale"
    """Recorded, but with words that have changed since."""


class Line(Struct, frozen=True):
    """One prompt on the sheet, such as `Line(7, "warm_up", "…", State.MISSING, 1.9, None)`.

    Attributes:
        number: its place in config/prompts/<language>.yaml, from 1; also its file's name.
        prompt_id: its id, the other name that its file may have.
        text: the words to be read.
        state: whether it is recorded.
        seconds: how long the present clip takes, a guide; None where there is no clip.
        most_seconds: the most that it may take; None where nothing limits it.
        recorded_text: the words of the present recording where they are known; shown when stale.
        slow_recorded: whether there is a slow take too.
    """

    number: int
    prompt_id: str
    text: str
    state: State
    seconds: float | None
    most_seconds: float | None
    recorded_text: str | None = None
    slow_recorded: bool = False


class _Row(Struct, frozen=True):
    """A line as the page shows it."""

    line: Line
    number: str
    role: RoleWords
    mark: str
    """A state, or `unused` where nobody needs to record it."""
    seconds: str | None
    most: str | None


def sheet(flow: Flow, language: str, code: str, lines: Sequence[Line], words: SheetWords) -> str:
    """Make the page, as one HTML document that needs nothing else.

    Args:
        flow: by which each prompt's role is known; takes in another language than its own must
            be taken in by that language's name.
        language: ISO 639 code of the prompts.
        code: short name of this numbering, by which numbered files are taken in.
        lines: every prompt of the language, in the order of its numbers.
        words: the sentences of the page.
    """
    known = roles(flow)
    rows = [_row(line, known.get(line.prompt_id, Role.UNUSED), words) for line in lines]
    return fill(
        "sheet/sheet.html",
        {
            "words": words,
            "language": language,
            "named": language != flow.flow.default_language,
            "code": code,
            "summary": list(_summary(rows, words)),
            "sections": _sections(rows, words),
        },
    )


def _row(line: Line, role: Role, words: SheetWords) -> _Row:
    spare = role is Role.UNUSED and line.state is not State.RECORDED
    return _Row(
        line=line,
        number=f"{line.number:03d}",
        role=words.roles[role],
        mark="unused" if spare else line.state.value,
        seconds=_count(line.seconds, words),
        most=_count(line.most_seconds, words),
    )


def _count(amount: float | None, words: SheetWords) -> str | None:
    """A count or seconds in the digits of the page's language, with one decimal at most."""
    if amount is None:
        return None
    written = f"{amount:.1f}".removesuffix(".0")
    return written.translate(str.maketrans(DIGITS, words.digits))


def _sections(rows: Iterable[_Row], words: SheetWords) -> list[tuple[str | None, list[_Row]]]:
    """The rows in their own order, parted where a heading stands; the first may have none."""
    sections: list[tuple[str | None, list[_Row]]] = []
    for row in rows:
        heading = words.headings.get(row.line.prompt_id)
        if heading is not None or not sections:
            sections.append((heading, []))
        sections[-1][1].append(row)
    return sections


def _summary(rows: Sequence[_Row], words: SheetWords) -> Iterator[tuple[str, str]]:
    """The counts on top, as (label, value)."""
    labels = words.summary
    counts = Counter(row.mark for row in rows)
    yield labels.missing, str(_count(counts["missing"], words))
    yield labels.stale, str(_count(counts["stale"], words))
    yield labels.recorded, str(_count(counts["recorded"], words))
    if counts["unused"]:
        yield labels.unused, str(_count(counts["unused"], words))
    needed = [row.line for row in rows if row.mark != "unused"]
    left = [line for line in needed if line.state is not State.RECORDED]
    pace = _seconds_per_letter(needed)
    if pace is not None:
        for label, some in ((labels.all_minutes, needed), (labels.left_minutes, left)):
            minutes = math.ceil(sum(pace * len(line.text) for line in some) / 60)
            yield label, f"{_count(minutes, words)} {labels.minutes}"


def _seconds_per_letter(lines: Iterable[Line]) -> float | None:
    """How fast the present clips speak, by which those that are missing are reckoned."""
    clips = [(line.seconds, len(line.text)) for line in lines if line.seconds is not None]
    letters = sum(length for _, length in clips)
    return sum(seconds for seconds, _ in clips) / letters if letters else None
