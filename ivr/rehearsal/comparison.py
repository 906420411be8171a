"""What has changed between two rehearsals, and whether it is more than chance explains.

A share (finished) is held against the one before by Fisher's exact test, which knows the size of
both samples. A median has changed when the stretches in which the true ones lie do not touch, and
by more than MARGIN: for callers who never press a key the least longer clip moves it for certain,
and harms nobody. What must never happen (a secret kept, a sentence said three times, a caller
stuck) is worse as soon as it happens and did not before; where it did, it is held against as a
share of the callers.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from ivr.errors import RehearsalError
from ivr.rehearsal.chance import RARE, chance_of_fewer
from ivr.rehearsal.figures import Figures

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.rehearsal.figures import Row

OVERALL: Final = "all"
SHARES: Final = {"lesson_finished": "lesson_set_out", "practice_finished": "practice_set_out"}
"""Each share that should rise, and of how many it is one."""
MEDIANS: Final = ("median_lesson_seconds", "median_practice_seconds", "median_turns")
"""What should fall."""
NEVER: Final = ("secrets_kept", "same_sentence_three_times", "stuck")
"""Counts that should be nought."""
MARGIN: Final = 0.05
"""A median that moves by no more than this share of itself is called neither better nor worse."""
MAX_FILE_BYTES: Final = 1_048_576
"""Some forty times what a rehearsal of the shipped personas prints."""


class Verdict(enum.StrEnum):
    """What a change means."""

    BETTER = "better"
    WORSE = "worse"
    CHANCE = "chance"
    """It has changed, by no more than chance explains or MARGIN allows."""
    SAME = "same"


class Change(Struct, frozen=True):
    """One figure before and after."""

    persona: str
    """OVERALL: of all callers."""
    figure: str
    before: float
    after: float
    verdict: Verdict


class Comparison(Struct, frozen=True):
    """Every figure that both rehearsals have."""

    changes: tuple[Change, ...]
    notes: tuple[str, ...]
    """What else differs, in whole sentences."""

    @property
    def is_worse(self) -> bool:
        """Whether anything got worse."""
        return any(each.verdict is Verdict.WORSE for each in self.changes)


def read_figures(file: str, data: bytes) -> Figures:
    """The figures that `ivr rehearse --json` printed.

    Args:
        file: what the file is called in messages.
        data: of the file.

    Raises:
        RehearsalError: it holds something else.
    """
    if len(data) > MAX_FILE_BYTES:
        raise RehearsalError(
            f"{file} is over {MAX_FILE_BYTES} bytes, so it holds no figures of a rehearsal; give a "
            "file that ivr rehearse --json has printed"
        )
    try:
        return msgspec.json.decode(data, type=Figures)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise RehearsalError(
            f"{file} does not hold the figures of a rehearsal: {error}; make it anew: "
            f"ivr rehearse --json > {file}"
        ) from error


def compare(before: Figures, after: Figures) -> Comparison:
    """Holds the figures of a rehearsal against earlier ones."""
    changes = list(_changes(OVERALL, before.overall, after.overall))
    for name, row in after.personas.items():
        if name in before.personas:
            changes += _changes(name, before.personas[name], row)
    return Comparison(tuple(changes), tuple(_notes(before, after)))


def _notes(before: Figures, after: Figures) -> Iterator[str]:
    if before.population != after.population:
        yield "The personas are others than they were, so that not only the flow has changed."
    for name in after.personas.keys() - before.personas.keys():
        yield f"The persona {name} is new."
    for name in before.personas.keys() - after.personas.keys():
        yield f"The persona {name} is gone."


def _changes(persona: str, before: Row, after: Row) -> Iterator[Change]:
    for name, size in SHARES.items():
        old, new = getattr(before, name), getattr(after, name)
        if old is not None and new is not None:
            sizes = getattr(before, size), getattr(after, size)
            yield Change(persona, name, old, new, _of_share(old, new, sizes))
    for name in MEDIANS:
        old, new = getattr(before, name), getattr(after, name)
        if old is not None and new is not None:
            yield Change(persona, name, old, new, _of_median(name, before, after))
    for name in NEVER:
        old, new = getattr(before, name), getattr(after, name)
        yield Change(persona, name, old, new, _of_count(old, new, before, after))


def _of_share(old: float, new: float, sizes: tuple[int, int]) -> Verdict:
    if old == new:
        return Verdict.SAME
    before, after = (round(old * sizes[0]), sizes[0]), (round(new * sizes[1]), sizes[1])
    fewer, more = (after, before) if new < old else (before, after)
    if chance_of_fewer(*fewer, *more) >= RARE:
        return Verdict.CHANCE
    return Verdict.WORSE if new < old else Verdict.BETTER


def _of_median(name: str, before: Row, after: Row) -> Verdict:
    was, now = getattr(before, name), getattr(after, name)
    if was == now:
        return Verdict.SAME
    old, new = before.between.get(name), after.between.get(name)
    if old is None or new is None or abs(now - was) <= MARGIN * was:
        return Verdict.CHANCE
    if new[0] > old[1]:
        return Verdict.WORSE
    return Verdict.BETTER if new[1] < old[0] else Verdict.CHANCE


def _of_count(old: int, new: int, before: Row, after: Row) -> Verdict:
    if not old and new:
        return Verdict.WORSE
    without = _share_without(old, before.callers), _share_without(new, after.callers)
    return _of_share(*without, (before.callers, after.callers))


def _share_without(count: int, callers: int) -> float:
    """The share of callers to whom it did not happen."""
    return 1.0 - min(1.0, count / callers) if callers else 1.0
