"""What a crawl knows of an application, and what it has still to try there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from ivr.simulator.crawl.atlas import Atlas, Trail, Variant, Way
from ivr.simulator.crawl.backlog import Backlog
from ivr.simulator.crawl.hiding import Sounds
from ivr.simulator.crawl.inputs import Step, alternatives
from ivr.simulator.crawl.limits import StopError
from ivr.simulator.crawl.progress import Progress
from ivr.simulator.crawl.route import route
from ivr.simulator.crawl.survey import MAX_LETTERS, Survey
from ivr.simulator.crawl.turn import ANSWERED, Turn

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.simulator.crawl.inputs import Offers
    from ivr.simulator.crawl.limits import Limits
    from ivr.simulator.digits import Digits
    from ivr.twiml.request import DialStatus

MAX_REPEATED_INPUTS: Final = 2
"""Of one place, which are repeated because they lead back there."""


class Passage(Struct, frozen=True, kw_only=True):
    """What a caller has done, and what came of it."""

    before: Variant
    """Where they were."""
    came_from: int
    """The number of the place before that."""
    step: Step
    turn: Turn
    trail: Trail
    """All that they had done in this call before that step."""


class Chart:
    """What is known, and what is untried.

    Args:
        digits: what counts as a digit that is read out.
        offers: what the caller may key and say besides what every crawl tries.
        limits: how many places are told apart, and how many calls are placed.
        on_progress: told after each input.
    """

    def __init__(
        self,
        digits: Digits,
        offers: Offers,
        limits: Limits,
        on_progress: Callable[[Progress], object] | None,
    ) -> None:
        self.sounds = Sounds(digits)
        self.atlas, self.survey = Atlas(self.sounds), Survey(self.sounds)
        self.backlog = Backlog(offers)
        self.calls = self.tried = 0
        self._limits = limits
        self._on_progress = on_progress
        self._repeated: dict[int, int] = {}
        self.backlog.add(self.atlas.start)

    def trail_to(self, goal: Variant) -> Trail:
        """Gives the shortest known way to a variant, from the beginning of a call."""
        found = route(self.atlas.start, lambda variant: variant is goal, is_new_call=True)
        return goal.trail if found is None else found.trail

    def may_repeat(self, variant: Variant) -> bool:
        """Says whether an input that led back to a variant is worth repeating; counts it."""
        place = variant.place
        count = self._repeated[place.number] = self._repeated.get(place.number, 0) + 1
        return variant is place.first and count <= MAX_REPEATED_INPUTS

    def learn(self, passage: Passage) -> tuple[Variant, Way, Trail]:
        """Notes where a step has led.

        Returns:
            The variant, the way that has led there, and the trail with this step.
        """
        before, turn = passage.before, passage.turn
        consumed, taken = _consumed(passage.step, turn), _taken(passage.step, turn)
        trail = (*passage.trail, Step(passage.step.input, consumed))
        known = len(self.atlas.variants)
        at = self.atlas.arrive(turn, trail, before, self.calls)
        for _, words in turn.documents:
            self.sounds.hear(words, self.calls)
        self.survey.note(turn, before, taken, trail, self.calls)
        way = self._way(before, taken, turn, consumed)
        before.place.changes += way.lead_to(at, passage.came_from)
        before.place.is_fickle |= len(way.targets) > 1
        way.has_way_out |= turn.has_way_out
        if len(self.atlas.variants) > known:
            self.backlog.add(at)
        return at, way, trail

    def _way(
        self, before: Variant, taken: Step, turn: Turn, consumed: tuple[DialStatus, ...]
    ) -> Way:
        """The way of a step; when it is new, other outcomes of its Dials are to be tried."""
        way = before.ways.get(taken)
        if way is None:
            way = before.ways[taken] = Way(consumed=consumed)
            self.tried += 1
            more = len(turn.outcomes) - len(taken.outcomes)
            for outcomes in alternatives(taken.outcomes, more, has_queued=turn.has_queued):
                self.backlog.errands.append((before, Step(taken.input, outcomes)))
        return way

    def count_call(self) -> None:
        """Counts a call that is about to be placed.

        Raises:
            StopError: there were enough of them.
        """
        if self.calls >= self._limits.max_calls:
            raise StopError(f"--max-calls {self._limits.max_calls}")
        self.calls += 1

    def check(self) -> None:
        """Tells how far the crawl has come, and sees that there is room for more.

        Raises:
            StopError: there is none.
        """
        if len(self.atlas.places) > self._limits.max_documents:
            raise StopError(f"--max-documents {self._limits.max_documents}")
        if self.survey.is_full:
            raise StopError(f"{MAX_LETTERS} letters of words, URLs and messages")
        if self._on_progress is not None:
            left = self.backlog.count()
            self._on_progress(Progress(len(self.atlas.places), self.tried, left, self.calls))


def _consumed(step: Step, turn: Turn) -> tuple[DialStatus, ...]:
    """What became of the Dials of a turn, as a new call must have it."""
    return tuple(turn.outcomes) if turn.outcomes else step.outcomes if turn.has_queued else ()


def _taken(step: Step, turn: Turn) -> Step:
    """The step by which a way is known: with outcomes up to the last that is not the usual one."""
    consumed = _consumed(step, turn)
    while consumed and consumed[-1] in ANSWERED and not turn.has_queued:
        consumed = consumed[:-1]
    return Step(step.input, consumed)
