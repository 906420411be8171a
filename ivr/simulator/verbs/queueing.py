"""Enqueue: the caller waits, hears what `waitUrl` says, and is taken out by an agent or by Leave.

https://www.twilio.com/docs/voice/twiml/enqueue: the document at `waitUrl` is asked for again each
time that it has ended. When the caller is out, `action` is told how; without one the next verb
follows. In a pretend call nobody takes callers out, unless the outcomes of Dials that were given
beforehand go on with one that is answered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from ivr.simulator.events import Enqueued
from ivr.simulator.verbs.activity import HungUp, Left, Next, Over, Wait
from ivr.simulator.verbs.dialing import ANSWERED, TALK_SECONDS
from ivr.simulator.verbs.leg import new_sid
from ivr.simulator.verbs.rooms import QUEUE
from ivr.twiml import request
from ivr.twiml.rules import MAX_CALL_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.simulator.verbs.activity import Activity, Result
    from ivr.simulator.verbs.leg import Leg
    from ivr.simulator.verbs.rooms import Room
    from ivr.twiml.verbs import Enqueue

    RunOnce = Callable[[Leg, Next, Room], Activity[Result]]

HOLD_SECONDS: Final = 30.0
"""How long an agent lets a caller wait who has no document to hear."""

GAP_SECONDS: Final = 0.1
"""An estimate of how long it is quiet before the document of a queue begins anew."""


class _Queue(Struct, kw_only=True):
    """How the caller fares in the queue."""

    sid: str
    since: float
    taken_at: float | None = None
    """When an agent took the caller; None while nobody has."""

    def told(self, result: str, now: float) -> dict[str, str]:
        """What the action is told when the caller is out."""
        until = now if self.taken_at is None else self.taken_at
        return request.dequeued(result, self.sid, round(until - self.since))


def enqueue(leg: Leg, verb: Enqueue, run: RunOnce) -> Activity[Next | Over | None]:
    """Carries an Enqueue out.

    Args:
        leg: of the caller.
        verb: what and where.
        run: carries out a document and those that it redirects to, up to its end.

    Raises:
        TwimlError: 11100, its URLs are none.
    """
    base, queue = leg.base_url, _Queue(sid=new_sid("QU"), since=leg.log.seconds)
    action = None if verb.action is None else leg.resolve(verb.action)
    leg.log.add(Enqueued(at_seconds=queue.since, queue=verb.queue))
    try:
        result = yield from _wait(leg, verb, queue, run)
    except HungUp:
        leg.status = "completed"
        if action is not None:
            result = "hangup" if queue.taken_at is None else "bridged"
            leg.act(Next(verb.method, action, queue.told(result, leg.log.seconds)))
        raise
    if isinstance(result, Over):
        return result
    leg.base_url = base
    if action is None:
        return None
    return Next(verb.method, action, queue.told(result, leg.log.seconds))


def _wait(leg: Leg, verb: Enqueue, queue: _Queue, run: RunOnce) -> Activity[Over | str]:
    """The call is over, or the QueueResult."""
    if not verb.wait_url:  # None is Twilio's own music, and an empty one is silence
        yield _hold(leg, is_taken=_is_taken(leg))
    else:
        url, is_taken = leg.resolve(verb.wait_url), False
        while not is_taken:
            waited = round(leg.log.seconds - queue.since)
            added = request.queued(position=1, sid=queue.sid, queue_seconds=waited, size=1)
            result = yield from run(leg, Next(verb.wait_url_method, url, added), QUEUE)
            if isinstance(result, Left):
                return "leave"
            if isinstance(result, Over):
                return "error" if result.by == "error" else result
            is_taken = _is_taken(leg)
            if not is_taken:  # here the caller may think it over
                until, turn = leg.log.seconds + GAP_SECONDS, leg.shared.new_turn()
                yield Wait(until_seconds=until, turn=turn, waiting="queue")
    queue.taken_at = leg.log.seconds
    yield Wait(until_seconds=leg.log.seconds + TALK_SECONDS)
    return "bridged"


def _hold(leg: Leg, *, is_taken: bool) -> Wait:
    if is_taken:
        return Wait(until_seconds=leg.log.seconds + HOLD_SECONDS)
    # Nobody comes, for as long as a call may last.
    until = leg.log.seconds + MAX_CALL_SECONDS
    return Wait(until_seconds=until, turn=leg.shared.new_turn(), waiting="queue")


def _is_taken(leg: Leg) -> bool:
    """Whether an agent takes the caller; uses up the outcome that says so."""
    outcomes = leg.shared.outcomes
    if outcomes and outcomes[0] in ANSWERED:
        outcomes.popleft()
        return True
    return False
