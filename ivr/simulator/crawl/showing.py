"""Shows findings once more: the shortest script that leads there, and whether it does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from ivr.simulator.crawl.atlas import Trail, Variant, outcomes_of
from ivr.simulator.crawl.inputs import RING_AGAIN, Ring, written
from ivr.simulator.crawl.limits import StopError
from ivr.simulator.crawl.survey import Fault, faults
from ivr.simulator.crawl.turn import Turn

if TYPE_CHECKING:
    from ivr.simulator.crawl.chart import Chart
    from ivr.simulator.crawl.conversation import Ringer
    from ivr.simulator.crawl.survey import Sighting
    from ivr.twiml.request import DialStatus

MAX_SHOWN: Final = 100
"""How many calls show findings once more; of further ones the script is that of the first time."""


class Script(Struct, frozen=True):
    """What leads to a finding, as `ivr call` takes it."""

    keys: tuple[str, ...]
    outcomes: tuple[DialStatus, ...]
    is_shown: bool
    """Whether a call that followed it came there."""

    @property
    def told(self) -> str | None:
        """Its keys, as one line; None where it takes more than one call."""
        return None if RING_AGAIN in self.keys else " ".join(self.keys)


class Showing:
    """Finds the shortest script that leads somewhere.

    Args:
        chart: of a crawl that is over.
        ringer: places the calls.
        is_allowed: whether calls may be placed: not after a crawl that was stopped.
    """

    def __init__(self, chart: Chart, ringer: Ringer, *, is_allowed: bool) -> None:
        self._chart, self._ringer = chart, ringer
        self._left = MAX_SHOWN if is_allowed else 0

    def of_fault(self, sighting: Sighting) -> Script:
        """Gives a script after which a fault is seen."""
        before, step = next(iter(sighting.places))
        shortest = (*self._chart.trail_to(before), step)
        for trail in dict.fromkeys((shortest, sighting.trail)):
            followed = self._followed(trail)
            if followed is not None and sighting.fault in _faults(followed.last):
                return Script(followed.keys, outcomes_of(trail), is_shown=True)
        return _unfollowed(sighting.trail)

    def leading_to(self, goal: Variant) -> Script:
        """Gives a script that leads to a variant."""
        trail = self._chart.trail_to(goal)
        followed = self._followed(trail)
        if followed is None or followed.last.ask != goal.place.ask:
            return _unfollowed(trail)
        return Script(followed.keys, outcomes_of(trail), is_shown=True)

    def _followed(self, trail: Trail) -> _Followed | None:
        """Follows a trail in a call of its own; None if that has not come to its end."""
        if self._left <= 0:
            return None
        self._left -= 1
        try:
            return self._follow(trail)
        except (StopError, KeyboardInterrupt):
            self._left = 0
            return None

    def _follow(self, trail: Trail) -> _Followed | None:
        keys, last = list[str](), Turn()
        with self._ringer.ringing(outcomes_of(trail)) as conversation:
            for step in trail:
                if conversation.has_ended:
                    return None
                # Nobody keys anything in a queue, and a script does not tell of it.
                if last.ask.kind != "queue" and not isinstance(step.input, Ring):
                    keys.append(written(step.input))
                last = conversation.do(step.input)
        return _Followed(tuple(keys), last)


class _Followed(Struct, frozen=True):
    """A call that has come to the end of its trail."""

    keys: tuple[str, ...]
    last: Turn


def _faults(turn: Turn) -> frozenset[Fault]:
    return frozenset(fault for fault, _, _ in faults(turn))


def _unfollowed(trail: Trail) -> Script:
    keys = tuple(written(step.input) for step in trail if not isinstance(step.input, Ring))
    return Script(keys, outcomes_of(trail), is_shown=False)
