"""One call that explores: it follows a trail, and tries what is untried near its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ivr.simulator.crawl.chart import Chart, Passage
from ivr.simulator.crawl.inputs import RingAgain
from ivr.simulator.crawl.route import route

if TYPE_CHECKING:
    from ivr.simulator.crawl.atlas import Trail, Variant, Way
    from ivr.simulator.crawl.conversation import Conversation
    from ivr.simulator.crawl.inputs import Step

MAX_DOCUMENTS_PER_CALL: Final = 60
"""After so many the caller hangs up, and goes on in a new call."""
MIN_DOCUMENTS_LEFT: Final = 5
"""When a call has come where it was to come, however long that took."""
MAX_REPEATS: Final = 2
"""How often an input that changes nothing is given once more, lest the line count to three."""


class Visit:
    """A caller who explores.

    Args:
        chart: what is known, and what is untried.
        conversation: their call, not yet started.
    """

    def __init__(self, chart: Chart, conversation: Conversation) -> None:
        self._chart, self._conversation = chart, conversation
        self._trail: Trail = ()
        self._seen: dict[int, int] = {}
        """How often the call was at each place."""
        self._most = MAX_DOCUMENTS_PER_CALL
        self._came_from = 0
        self.at = chart.atlas.start

    @property
    def has_failed_at_once(self) -> bool:
        """Whether the call was over with its first document."""
        return len(self._trail) == 1 and self.at.place.ask.by == "error"

    def follow(self, trail: Trail) -> None:
        """Does what leads to a place, for as long as the call goes on."""
        for step in trail:
            if self._conversation.has_ended:
                return
            self._try(step)
        self._most = max(self._most, self._conversation.documents + MIN_DOCUMENTS_LEFT)

    def take_errand(self, at: Variant, step: Step) -> bool:
        """Tries one step where it is to be tried; False if the call has not come there."""
        if self.at is not at or self.is_over:
            return False
        self._try(step)
        return True

    def explore(self) -> None:
        """Tries what is untried, as long as there is something near."""
        while not self.is_over:
            untried = self._chart.backlog.of(self.at)
            if untried:
                self._find_out(untried[0])
            elif not self._go_on():
                return

    def _go_on(self) -> bool:
        """Goes to the nearest place where something is untried; False if a new call is nearer.

        Where it comes elsewhere than was believed, it stops: the next way is looked for from there.
        """
        is_open = self._chart.backlog.is_open
        found = route(self.at, is_open, is_new_call=False, came_from=self._came_from)
        if found is None:
            return False
        anew = route(self._chart.atlas.start, is_open, is_new_call=True)
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
        return self._conversation.has_ended or self._conversation.documents >= self._most

    def _find_out(self, step: Step) -> None:
        """Tries a step for the first time; one that changes nothing is repeated."""
        before, backlog = self.at, self._chart.backlog
        has_been = self._seen.get(before.place.number, 0) > 1
        way = self._try(step)
        if self.at.place.is_end and has_been and way.targets == [self.at]:
            # It may have been one try too many, and not this input, that has ended the call.
            backlog.errands.append((before, step))
        if self.at is before and self._chart.may_repeat(before):
            self._repeat(step, before)

    def _repeat(self, step: Step, before: Variant) -> None:
        for _ in range(MAX_REPEATS):
            if self.at is not before or self.is_over:
                break
            self._try(step)

    def _try(self, step: Step) -> Way:
        """Takes a step, and learns where it leads; what is cut off in the middle stays untried."""
        before = self.at
        if isinstance(step.input, RingAgain):
            self._chart.count_call()
        turn = self._conversation.do(step.input)
        passage = Passage(
            before=before, came_from=self._came_from, step=step, turn=turn, trail=self._trail
        )
        self._chart.backlog.strike(before, step)
        self.at, way, self._trail = self._chart.learn(passage)
        self._came_from = before.place.number
        number = self.at.place.number
        self._seen[number] = self._seen.get(number, 0) + 1
        self._chart.check()
        return way
