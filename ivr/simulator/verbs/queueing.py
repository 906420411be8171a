"""Enqueue: the caller waits, hears what `waitUrl` says, and is taken out by an agent or by Leave.

https://www.twilio.com/docs/voice/twiml/enqueue: the document at `waitUrl` is asked for again each
time that it has ended. When the caller is out, `action` is told how; without one the next verb
follows. In a pretend call nobody takes callers out, unless the outcomes of Dials that were given
beforehand go on with one that is answered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ivr.simulator.events import Enqueued
from ivr.simulator.verbs.activity import HungUp, Left, Next, Over, Wait
from ivr.simulator.verbs.dialing import ANSWERED, TALK_SECONDS
from ivr.simulator.verbs.leg import new_sid
from ivr.simulator.verbs.rooms import QUEUE
from ivr.twiml import request

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.simulator.verbs.activity import Activity, Result
    from ivr.simulator.verbs.leg import Leg
    from ivr.simulator.verbs.rooms import Room
    from ivr.twiml.verbs import Enqueue

    RunOnce = Callable[[Leg, Next, Room], Activity[Result]]

HOLD_SECONDS: Final = 30.0
"""How long an agent lets a caller wait who has no document to hear."""
PATIENCE_SECONDS: Final = 4 * 60 * 60.0
"""How long a caller waits whom nobody takes out: as long as a call may last."""


def enqueue(leg: Leg, verb: Enqueue, run: RunOnce) -> Activity[Next | Over | None]:
    """Carries an Enqueue out.

    Args:
        leg: of the caller.
        verb: what and where.
        run: carries out a document and those that it redirects to, up to its end.

    Raises:
        TwimlError: its URLs are none, or `waitUrl` gives no document.
    """
    base, begun, sid = leg.base_url, leg.log.seconds, new_sid("QU")
    action = None if verb.action is None else leg.resolve(verb.action)
    leg.log.add(Enqueued(at_seconds=begun, queue=verb.queue))
    try:
        result = yield from _wait(leg, verb, sid, run)
    except HungUp:
        leg.status = "completed"
        if action is not None:
            told = request.dequeued("hangup", sid, round(leg.log.seconds - begun))
            leg.act(Next(verb.method, action, told))
        raise
    if isinstance(result, Over):
        return result
    leg.base_url = base
    if action is None:
        return None
    told = request.dequeued(result, sid, round(leg.log.seconds - begun))
    return Next(verb.method, action, told)


def _wait(leg: Leg, verb: Enqueue, sid: str, run: RunOnce) -> Activity[Over | str]:
    """The call is over, or the QueueResult."""
    if not verb.wait_url:  # None is Twilio's own music, and an empty one is silence
        yield _hold(leg, is_taken=_is_taken(leg))
    else:
        url = leg.resolve(verb.wait_url)
        begun, is_taken = leg.log.seconds, False
        while not is_taken:
            waited = round(leg.log.seconds - begun)
            added = request.queued(position=1, sid=sid, queue_seconds=waited, size=1)
            result = yield from run(leg, Next(verb.wait_url_method, url, added), QUEUE)
            if isinstance(result, Left):
                return "leave"
            if isinstance(result, Over):
                return "error" if result.by == "error" else result
            is_taken = _is_taken(leg)
    yield Wait(until_seconds=leg.log.seconds + TALK_SECONDS)
    return "bridged"


def _hold(leg: Leg, *, is_taken: bool) -> Wait:
    if is_taken:
        return Wait(until_seconds=leg.log.seconds + HOLD_SECONDS)
    until = leg.log.seconds + PATIENCE_SECONDS
    return Wait(until_seconds=until, turn=leg.shared.new_turn(), waiting="queue")


def _is_taken(leg: Leg) -> bool:
    """Whether an agent takes the caller; uses up the outcome that says so."""
    outcomes = leg.shared.outcomes
    if outcomes and outcomes[0] in ANSWERED:
        outcomes.popleft()
        return True
    return False
