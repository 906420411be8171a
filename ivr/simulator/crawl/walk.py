"""Walks an application: places calls, and tries at each place what was not tried there.

What an application remembers of a call cannot be seen, so that nothing but a call leads to a place.
A call goes on as long as there is something untried near; from where all is tried it goes by known
ways to the nearest place where something is left, or a new call is placed if that is shorter. Where
it comes elsewhere than was believed, that is learnt, and the next step is chosen anew.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from ivr.errors import CallError
from ivr.simulator.crawl.atlas import Atlas, Trail, Variant, Way
from ivr.simulator.crawl.backlog import Backlog
from ivr.simulator.crawl.inputs import Offers, Ring, Step, alternatives, carry_out, written
from ivr.simulator.crawl.route import route
from ivr.simulator.crawl.survey import MAX_TURN_DOCUMENTS, Fault, Survey, faults
from ivr.simulator.crawl.turn import ANSWERED, Listener, Turn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ivr.simulator.call import Call
    from ivr.simulator.digits import Digits
    from ivr.simulator.events import Event
    from ivr.simulator.phone import Phone
    from ivr.simulator.setup import Setup
    from ivr.twiml.request import DialStatus

MAX_DOCUMENTS_PER_CALL: Final = 60
"""After so many the caller hangs up, and goes on in a new call."""
MIN_DOCUMENTS_LEFT: Final = 5
"""When a call has come where it was to come, however long that took."""
MAX_REPEATS: Final = 2
"""How often an input that changes nothing is given once more, lest the line count to three."""
MAX_REPEATED_INPUTS: Final = 2
"""Of one place, which are repeated so."""
MAX_LOST_CALLS: Final = 2
"""One after another whose first document cannot be had, before the application has gone."""


class Limits(Struct, frozen=True, kw_only=True):
    """When a crawl stops with what it has.

    Raises:
        CallError: a value cannot be.
    """

    max_documents: int = 500
    """That are told apart: places where the line waits, and ends of calls."""
    max_calls: int = 2000
    max_seconds: float = 600.0
    """Of real time."""

    def __post_init__(self) -> None:
        if not (self.max_documents > 0 and self.max_calls > 0 and self.max_seconds > 0):
            raise CallError("max_documents, max_calls and max_seconds: give more than 0")


class Progress(Struct, frozen=True):
    """How far a crawl has come."""

    places: int
    tried: int
    left: int
    calls: int


class Replayed(Struct, frozen=True):
    """A call that was placed once more, as a script."""

    faults: frozenset[Fault]
    """Of its last turn; none when it was over before."""
    keys: tuple[str, ...]
    outcomes: tuple[DialStatus, ...]


class StopError(Exception):
    """A limit is reached; the message says which."""


class Walker:
    """Walks an application.

    Args:
        phone: that places the calls.
        url: of the first document, absolute.
        setup: of each call.
        digits: what counts as a digit that is read out.
        offers: what the caller may key and say besides what every crawl tries.
        limits: when to stop.
        on_progress: told after each input; None for nobody.
    """

    def __init__(  # noqa: PLR0913 - what a crawl has, by name
        self,
        phone: Phone,
        url: str,
        *,
        setup: Setup,
        digits: Digits,
        offers: Offers,
        limits: Limits,
        on_progress: Callable[[Progress], object] | None = None,
    ) -> None:
        self.atlas, self.survey = Atlas(digits), Survey(digits)
        self.backlog = Backlog(offers)
        self.calls = self.tried = 0
        self.stopped = ""
        """Why it stopped before all was tried; empty when it did not."""
        self._phone, self._url, self.limits = phone, url, limits
        most = MAX_DOCUMENTS_PER_CALL + MIN_DOCUMENTS_LEFT + MAX_TURN_DOCUMENTS
        self._setup = replace(setup, max_documents=most)
        self._on_progress = on_progress
        self._until = time.monotonic() + limits.max_seconds
        self._lost = 0
        self._repeated: dict[int, int] = {}

    def walk(self) -> None:
        """Places calls until nothing is untried, or a limit is reached, or Ctrl-C."""
        self.backlog.add(self.atlas.start)
        try:
            while self._call_again():
                pass
        except StopError as stop:
            self.stopped = str(stop)
        except KeyboardInterrupt:
            self.stopped = "Ctrl-C"

    def _call_again(self) -> bool:
        """Places the call that finds out most; False when nothing is left."""
        found = route(self.atlas.start, self.backlog.is_open, is_new_call=True)
        if found is not None:
            # Where the shortest way has failed, what led there the first time may not.
            has_failed = self.backlog.has_failed(found.goal)
            self._visit(found.goal.trail if has_failed else found.trail, found.goal, None)
        elif self.backlog.errands:
            goal, step = self.backlog.errands.popleft()
            self._visit(self.trail_to(goal), goal, step)
        elif left := self.backlog.left(self.atlas.variants):
            self._visit(left[0].trail, left[0], None)
        else:
            return False
        return True

    def trail_to(self, goal: Variant) -> Trail:
        """Gives the shortest known way to a variant, from the beginning of a call."""
        found = route(self.atlas.start, lambda variant: variant is goal, is_new_call=True)
        return goal.trail if found is None else found.trail

    def _visit(self, trail: Trail, goal: Variant, errand: Step | None) -> None:
        """Places a call that follows a trail, and goes on from where that has led."""
        if self.calls >= self.limits.max_calls:
            raise StopError(f"--max-calls {self.limits.max_calls}")
        self.calls += 1
        tried = self.tried
        with self._calling(trail if errand is None else (*trail, errand)) as visit:
            visit.follow(trail)
            self._see_whether_it_answers(visit)
            if errand is not None and not visit.take_errand(goal, errand):
                self.backlog.given_up.append((goal, errand))
            visit.explore()
        if errand is None and self.tried == tried:
            self.backlog.fail(goal)

    @contextmanager
    def _calling(self, trail: Trail) -> Iterator[_Visit]:
        outcomes = outcomes_of(trail)
        setup = replace(self._setup, dial_outcomes=outcomes) if outcomes else self._setup
        visit = _Visit(self, setup, self._until)
        try:
            yield visit
        finally:
            visit.call_off()

    def _see_whether_it_answers(self, visit: _Visit) -> None:
        """One that has answered before, and now fails at once again and again, has gone."""
        has_answered = any(not place.is_end for place in self.atlas.places)
        self._lost = self._lost + 1 if has_answered and visit.has_failed_at_once else 0
        if self._lost >= MAX_LOST_CALLS:
            raise StopError("the application no longer answers")

    def place(self, setup: Setup, on_event: Callable[[Event], object]) -> Call:
        """Makes a call that can be started."""
        return self._phone.call(self._url, setup=setup, on_event=on_event)

    def learn(self, target: Variant, *, is_found: bool) -> None:
        """Notes what is to be tried where a call has come."""
        if is_found:
            self.backlog.add(target)
        if len(self.atlas.places) > self.limits.max_documents:
            raise StopError(f"--max-documents {self.limits.max_documents}")
        if self._on_progress is not None:
            left = self.backlog.count()
            self._on_progress(Progress(len(self.atlas.places), self.tried, left, self.calls))

    def may_repeat(self, variant: Variant) -> bool:
        """Says whether an input that led back to a variant is worth repeating; counts it."""
        place = variant.place
        count = self._repeated[place.number] = self._repeated.get(place.number, 0) + 1
        return variant is place.first and count <= MAX_REPEATED_INPUTS

    def replay(self, trail: Trail) -> Replayed:
        """Places a call that follows a trail, and learns nothing from it.

        Raises:
            StopError: the time is over.
        """
        with self._calling(trail) as visit:
            return visit.replay(trail)


class _Visit:
    """One call of a crawl."""

    def __init__(self, walker: Walker, setup: Setup, until: float) -> None:
        self._walker = walker
        self._until = until
        self._listener = Listener()
        self._call = walker.place(setup, self._listen)
        self._trail: list[Step] = []
        self._seen: dict[int, int] = {}
        """How often the call was at each place."""
        self._digits = ""
        self._most = MAX_DOCUMENTS_PER_CALL
        self._came_from = 0
        self.at = walker.atlas.start

    def _listen(self, event: Event) -> None:
        self._listener(event)
        if time.monotonic() > self._until:
            raise StopError(f"--timeout {self._walker.limits.max_seconds:g}")

    def call_off(self) -> None:
        """Hangs up, if the call goes on; what the application then does is no part of a crawl."""
        if self._call.waiting is not None:
            self._until = float("inf")
            self._call.hang_up()

    @property
    def has_failed_at_once(self) -> bool:
        """Whether the call was over with its first document."""
        return len(self._trail) == 1 and self.at.place.ask.by == "error"

    def follow(self, trail: Trail) -> None:
        """Does what leads to a place, for as long as the call goes on."""
        for step in trail:
            if self._call.ended is not None:
                return
            self._try(step)
        self._most = max(self._most, self._listener.documents + MIN_DOCUMENTS_LEFT)

    def take_errand(self, at: Variant, step: Step) -> bool:
        """Tries one step where it is to be tried; False if the call has not come there."""
        if self.at is not at or self.is_over:
            return False
        self._try(step)
        return True

    def explore(self) -> None:
        """Tries what is untried, as long as there is something near."""
        while not self.is_over:
            untried = self._walker.backlog.of(self.at)
            if untried:
                self._find_out(untried.popleft())
            elif not self._go_on():
                return

    def _go_on(self) -> bool:
        """Goes to the nearest place where something is untried; False if a new call is nearer.

        Where it comes elsewhere than was believed, it stops: the next way is looked for from there.
        """
        walker = self._walker
        is_open = walker.backlog.is_open
        found = route(self.at, is_open, is_new_call=False, came_from=self._came_from)
        if found is None:
            return False
        anew = route(walker.atlas.start, is_open, is_new_call=True)
        if anew is not None and len(anew.legs) < len(found.legs):
            return False
        for step, target in found.legs:
            self._try(step)
            if self.is_over or self.at is not target:
                break
        return True

    @property
    def is_over(self) -> bool:
        """Whether the call has ended, or should."""
        return self._call.ended is not None or self._listener.documents >= self._most

    def _find_out(self, step: Step) -> None:
        """Tries a step for the first time; one that changes nothing is repeated."""
        before = self.at
        has_been = self._seen.get(before.place.number, 0) > 1
        way = self._try(step)
        if self.at.place.is_end and has_been and way.targets == [self.at]:
            # It may have been one try too many, and not this input, that has ended the call.
            self._walker.backlog.errands.append((before, step))
        if self.at is before and self._walker.may_repeat(before):
            self._repeat(step, before)

    def _repeat(self, step: Step, before: Variant) -> None:
        for _ in range(MAX_REPEATS):
            if self.at is not before or self.is_over:
                break
            self._try(step)

    def _try(self, step: Step) -> Way:
        """Takes a step, and learns where it leads."""
        walker, before = self._walker, self.at
        carry_out(self._call, step.input, self._digits)
        turn = self._listener.take(self._call)
        self._trail.append(Step(step.input, _consumed(step, turn)))
        trail, taken = tuple(self._trail), _taken(step, turn)
        known = len(walker.atlas.variants)
        self.at = walker.atlas.arrive(turn, trail, before)
        self._digits = walker.atlas.read_out(turn) or self._digits
        self._seen[self.at.place.number] = self._seen.get(self.at.place.number, 0) + 1
        walker.survey.note(turn, before, taken, trail)
        way = self._way(before, taken, turn)
        before.place.changes += way.lead_to(self.at, self._came_from)
        before.place.is_fickle |= len(way.targets) > 1
        self._came_from = before.place.number
        way.has_way_out |= turn.has_way_out
        walker.learn(self.at, is_found=len(walker.atlas.variants) > known)
        return way

    def _way(self, before: Variant, taken: Step, turn: Turn) -> Way:
        """The way of a step; when it is new, other outcomes of its Dials are to be tried."""
        way = before.ways.get(taken)
        if way is None:
            way = before.ways[taken] = Way(consumed=self._trail[-1].outcomes)
            self._walker.tried += 1
            more = len(turn.outcomes) - len(taken.outcomes)
            for outcomes in alternatives(taken.outcomes, more, has_queued=turn.has_queued):
                self._walker.backlog.errands.append((before, Step(taken.input, outcomes)))
        return way

    def replay(self, trail: Trail) -> Replayed:
        """Follows a trail without learning anything."""
        turn, keys, found = Turn(), list[str](), frozenset[Fault]()
        atlas = self._walker.atlas
        for step in trail:
            if turn.ask.by is not None:
                return Replayed(frozenset(), (), step.outcomes)
            # Nobody keys anything in a queue, and a script does not tell of it.
            if turn.ask.kind != "queue" and not isinstance(step.input, Ring):
                keys.append(written(step.input))
            carry_out(self._call, step.input, self._digits)
            turn = self._listener.take(self._call)
            self._digits = atlas.read_out(turn) or self._digits
            found = frozenset(fault for fault, _, _ in faults(turn))
        return Replayed(found, tuple(keys), outcomes_of(trail))


def outcomes_of(trail: Trail) -> tuple[DialStatus, ...]:
    """Gives what becomes of all Dials on a trail."""
    return tuple(outcome for step in trail for outcome in step.outcomes)


def _consumed(step: Step, turn: Turn) -> tuple[DialStatus, ...]:
    """What became of the Dials of a turn, as a new call must have it."""
    return tuple(turn.outcomes) if turn.outcomes else step.outcomes if turn.has_queued else ()


def _taken(step: Step, turn: Turn) -> Step:
    """The step by which a way is known: with outcomes up to the last that is not the usual one."""
    consumed = _consumed(step, turn)
    while consumed and consumed[-1] in ANSWERED and not turn.has_queued:
        consumed = consumed[:-1]
    return Step(step.input, consumed)
