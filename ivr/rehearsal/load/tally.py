"""What a load has come to so far: calls carried, times of answers, errors."""

from __future__ import annotations

from array import array
from collections import Counter
from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_LETTERS: Final = 300
"""Of an example of an error."""
LATE_MS: Final = 100.0
"""Who rings may be late by no more, for all but one turn in a hundred; else the machine of the load
was too busy for human timing, and its figures are told to be of no worth."""


class Figures(Struct, frozen=True, kw_only=True):
    """A load in figures; times of answers are milliseconds from when a request was due."""

    calls: int
    """So many were to be held at the same time."""
    seconds: float
    """How long the load really lasted, without the hanging up at its end."""
    plateau_seconds: float
    """How much of it after all calls had begun."""
    concurrent_calls: int
    """The fewest that were in progress at any moment of the plateau, answered and not yet over."""
    concurrent_max: int
    """The most at any moment of the load."""
    calls_answered: int
    calls_ended: int
    """By either side, before the load was over."""
    turns: int
    """Documents that were asked for and came."""
    turns_per_second: float
    """On the plateau."""
    p50_ms: float
    p95_ms: float
    p99_ms: float
    slowest_ms: float
    clips: int
    """Sounds that were fetched, each once."""
    late_p99_ms: float
    """How late the load itself was with its requests; it is within the times of the answers."""
    late_slowest_ms: float
    is_whole: bool
    """Whether it lasted as long as it should; else it was interrupted."""
    is_valid: bool
    """Whether the load kept human time, as `LATE_MS` has it."""
    load_cpu_seconds: float
    """What the load itself has taken of the machine."""
    errors: int
    errors_by_kind: dict[str, int]
    examples: dict[str, str]
    """The first of each kind, in words."""

    @property
    def is_good(self) -> bool:
        """Whether all was done, nothing has failed and the figures are worth something."""
        return self.is_whole and self.is_valid and not self.errors


class Tally:
    """Counts while a load goes on; times are seconds.

    Args:
        calls: so many are to be held at the same time.
    """

    def __init__(self, calls: int) -> None:
        self.calls = calls
        self.in_progress = 0
        """Calls that were answered and are not over."""
        self.turns = 0
        self.errors: Counter[str] = Counter()
        self.clips = 0
        self.examples: dict[str, str] = {}
        self._answers = array("d")
        self._late = array("d")
        self._answered = 0
        self._ended = 0
        self._ended_by_themselves = 0
        self._max = 0
        self._plateau: tuple[float, int] | None = None
        """When it began, in seconds, and how many turns there were by then."""
        self._is_plateau = False
        self._plateau_turns: int | None = None
        """How many turns there were when it ended; None: it has not."""
        self._least = 0

    def answered(self) -> None:
        """A call has its first document."""
        self._answered += 1
        self.in_progress += 1
        self._max = max(self._max, self.in_progress)

    def ended(self) -> None:
        """A call that was answered is over."""
        self._ended += 1
        self.in_progress -= 1
        if self._is_plateau:
            self._least = min(self._least, self.in_progress)

    def asked(self, late: float, took: float) -> None:
        """A document was asked for.

        Args:
            late: by how much the request was later than due, through no fault of the line's.
            took: from when it was due until the answer was there, or was given up.
        """
        self._late.append(late)
        self._answers.append(took)

    def fail(self, kind: str, message: str) -> None:
        """Something of the line's has failed."""
        self.errors[kind] += 1
        self.examples.setdefault(kind, message[:MAX_LETTERS])

    def begin_plateau(self, at: float) -> None:
        """All calls have begun; from now on so many should be in progress."""
        self._plateau, self._is_plateau = (at, self.turns), True
        self._least = self.in_progress

    def end_plateau(self) -> None:
        """All hang up from now on."""
        self._is_plateau, self._plateau_turns = False, self.turns
        self._ended_by_themselves = self._ended

    def figures(self, seconds: float, load_cpu_seconds: float, *, is_whole: bool = True) -> Figures:
        """What it all comes to.

        Args:
            seconds: that the load has lasted.
            load_cpu_seconds: that this process has worked for it.
            is_whole: whether it lasted as long as it should.
        """
        answers, late = sorted(self._answers), sorted(self._late)
        # Hanging up takes its time as well, and turns go on meanwhile: they are not of the plateau.
        last = self.turns if self._plateau_turns is None else self._plateau_turns
        begun, first = self._plateau or (seconds, last)
        plateau = max(seconds - begun, 0.0)
        late_p99 = _ms(_rank(late, 0.99))
        return Figures(
            calls=self.calls,
            seconds=round(seconds, 1),
            plateau_seconds=round(plateau, 1),
            concurrent_calls=self._least,
            concurrent_max=self._max,
            calls_answered=self._answered,
            calls_ended=self._ended_by_themselves,
            turns=self.turns,
            turns_per_second=round((last - first) / plateau, 1) if plateau else 0.0,
            p50_ms=_ms(_rank(answers, 0.5)),
            p95_ms=_ms(_rank(answers, 0.95)),
            p99_ms=_ms(_rank(answers, 0.99)),
            slowest_ms=_ms(_rank(answers, 1.0)),
            clips=self.clips,
            late_p99_ms=late_p99,
            late_slowest_ms=_ms(_rank(late, 1.0)),
            is_whole=is_whole,
            is_valid=late_p99 <= LATE_MS,
            load_cpu_seconds=round(load_cpu_seconds, 1),
            errors=self.errors.total(),
            errors_by_kind=dict(sorted(self.errors.items())),
            examples=dict(sorted(self.examples.items())),
        )


def _rank(ordered: Sequence[float], share: float) -> float:
    """The least value that so great a share of all does not exceed; 0 of none."""
    if not ordered:
        return 0.0
    place = -int(-share * len(ordered) // 1)  # rounded up
    return ordered[max(place, 1) - 1]


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 1)
