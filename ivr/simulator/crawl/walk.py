"""Walks an application: places calls, and tries at each place what was not tried there.

What an application remembers of a call cannot be seen, so that nothing but a call leads to a place.
A call goes on as long as there is something untried near; from where all is tried it goes by known
ways to the nearest place where something is left, or a new call is placed if that is shorter. Where
it comes elsewhere than was believed, that is learnt, and the next step is chosen anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ivr.simulator.crawl.atlas import outcomes_of
from ivr.simulator.crawl.limits import StopError
from ivr.simulator.crawl.route import route
from ivr.simulator.crawl.survey import MAX_TURN_DOCUMENTS
from ivr.simulator.crawl.visit import MAX_DOCUMENTS_PER_CALL, MIN_DOCUMENTS_LEFT, Visit

if TYPE_CHECKING:
    from ivr.simulator.crawl.atlas import Trail, Variant
    from ivr.simulator.crawl.chart import Chart
    from ivr.simulator.crawl.conversation import Ringer
    from ivr.simulator.crawl.inputs import Step

MAX_CALL_DOCUMENTS: Final = MAX_DOCUMENTS_PER_CALL + MIN_DOCUMENTS_LEFT + MAX_TURN_DOCUMENTS
"""After so many a call is cut off by the pretend carrier; the caller hangs up before."""
MAX_LOST_CALLS: Final = 2
"""One after another whose first document cannot be had, before the application has gone."""


class Walker:
    """Walks an application.

    Args:
        chart: what is known, and what is untried.
        ringer: places the calls; each can have MAX_CALL_DOCUMENTS.
    """

    def __init__(self, chart: Chart, ringer: Ringer) -> None:
        self.stopped = ""
        """Why it stopped before all was tried; empty when it did not."""
        self.waited_for = ""
        """What took so long that the time was over; empty for nothing."""
        self._chart, self._ringer = chart, ringer
        self._lost = 0

    def walk(self) -> None:
        """Places calls until nothing is untried, or a limit is reached, or Ctrl-C."""
        try:
            while self._call_again():
                pass
        except StopError as stop:
            self.stopped, self.waited_for = str(stop), stop.waited_for
        except KeyboardInterrupt:
            self.stopped = "Ctrl-C"

    def _call_again(self) -> bool:
        """Places the call that finds out most; False when nothing is left."""
        chart, backlog = self._chart, self._chart.backlog
        found = route(chart.atlas.start, backlog.is_open, is_new_call=True)
        if found is not None:
            # Where the shortest way has failed, what led there the first time may not.
            has_failed = backlog.has_failed(found.goal)
            self._visit(found.goal.trail if has_failed else found.trail, found.goal)
        elif backlog.errands:
            self._run_errand(*backlog.errands[0])
        elif left := backlog.left(chart.atlas.variants):
            self._visit(left[0].trail, left[0])
        else:
            return False
        return True

    def _visit(self, trail: Trail, goal: Variant) -> None:
        """Places a call that follows a trail, and goes on from where that has led."""
        self._chart.count_call()
        tried = self._chart.tried
        with self._ringer.ringing(outcomes_of(trail)) as conversation:
            visit = Visit(self._chart, conversation)
            visit.follow(trail)
            self._see_whether_it_answers(visit)
            visit.explore()
        if self._chart.tried == tried:
            self._chart.backlog.fail(goal)

    def _run_errand(self, goal: Variant, step: Step) -> None:
        """Places a call for one step, and goes on from where that has led."""
        self._chart.count_call()
        backlog = self._chart.backlog
        trail = goal.trail if backlog.has_failed(goal) else self._chart.trail_to(goal)
        with self._ringer.ringing(outcomes_of((*trail, step))) as conversation:
            visit = Visit(self._chart, conversation)
            visit.follow(trail)
            self._see_whether_it_answers(visit)
            if not visit.take_errand(goal, step) and backlog.fail(goal):
                backlog.given_up.append(backlog.errands.popleft())
            visit.explore()

    def _see_whether_it_answers(self, visit: Visit) -> None:
        """One that has answered before, and now fails at once again and again, has gone."""
        has_answered = any(not place.is_end for place in self._chart.atlas.places)
        self._lost = self._lost + 1 if has_answered and visit.has_failed_at_once else 0
        if self._lost >= MAX_LOST_CALLS:
            raise StopError("the application no longer answers")
