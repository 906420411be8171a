"""Carries out documents, verb by verb, until the call is over.

It is a loop, not a recursion, and bounded: each round uses up a verb of a document, or one of the
documents that a call may have. Only a noun's document and a waitUrl run inside of another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from ivr.errors import TwimlError
from ivr.simulator.events import Redirected, Rejected, Texted
from ivr.simulator.http.clips import Clip
from ivr.simulator.http.failures import masked
from ivr.simulator.http.urls import resolve
from ivr.simulator.verbs.activity import Left, Next, Over
from ivr.simulator.verbs.dialing import dial
from ivr.simulator.verbs.gather import gather
from ivr.simulator.verbs.leg import new_sid
from ivr.simulator.verbs.queueing import enqueue
from ivr.simulator.verbs.recording import record
from ivr.simulator.verbs.rooms import CALL, QUEUE, SCREENING
from ivr.simulator.verbs.sound import hear, hear_body
from ivr.twiml import request
from ivr.twiml import verbs as twiml
from ivr.twiml.rules import SCHEMA

if TYPE_CHECKING:
    from ivr.simulator.verbs.activity import Activity, Result
    from ivr.simulator.verbs.leg import Leg
    from ivr.simulator.verbs.rooms import Room


DIAL_IN_DIAL = 13201
REFER_WITHOUT_SIP = 13801


def run(leg: Leg, first: Next, room: Room = CALL) -> Activity[Over]:
    """Carries out `first` and all that follows from it, and says how the leg ended."""
    result = yield from run_once(leg, first, room)
    return result if isinstance(result, Over) else Over("document")


def run_once(leg: Leg, first: Next, room: Room) -> Activity[Result]:
    """Carries out `first` and what it leads to, up to the end of a document or of the leg.

    A document that cannot be had or carried out leads to the call's fallback URL, if there is one;
    if that cannot be had either, the call is over.
    """
    result: Result = first
    while isinstance(result, Next):
        following = result
        try:
            result = yield from _document(leg, following, room)
        except TwimlError as error:
            leg.log.fail(error)
            result = _after_failure(leg, following, error, room)
    return result


def _after_failure(leg: Leg, failed: Next, error: TwimlError, room: Room) -> Next | Over:
    """https://www.twilio.com/docs/usage/security/availability-reliability says what is sent."""
    setup = leg.shared.setup
    if setup.fallback_url is None or room is not CALL or request.ERROR_CODE in failed.added:
        return Over("error")
    try:
        fallback = resolve(leg.shared.first_url, setup.fallback_url)
    except TwimlError as wrong:
        leg.log.fail(TwimlError(wrong.code, f"the fallback URL: {wrong}"))
        return Over("error")
    return Next(setup.method, fallback, request.failed(error.code, failed.url))


def _document(leg: Leg, following: Next, room: Room) -> Activity[Result]:
    loaded = yield from leg.load(following, room)
    if isinstance(loaded, Clip):
        yield from hear_body(leg, loaded)
        return None
    for verb in loaded:
        leg.is_answered |= not isinstance(verb, twiml.Reject | twiml.Redirect)
        if not room.allows(verb):
            _bar(leg, verb, room)
            continue
        result = yield from _verb(leg, verb, room)
        if result is not None:
            return result
    return None


def _verb(leg: Leg, verb: twiml.Verb, room: Room) -> Activity[Result]:  # noqa: C901, PLR0911 - one case a verb
    match verb:
        case twiml.Say() | twiml.Play() | twiml.Pause():
            yield from hear(leg, (verb,))
            return None
        case twiml.Gather():
            return (yield from gather(leg, verb))
        case twiml.Record():
            return (yield from record(leg, verb))
        case twiml.Dial():
            return (yield from dial(leg, verb, run))
        case twiml.Enqueue():
            return (yield from enqueue(leg, verb, run_once))
        case twiml.Redirect(url, method):
            target = leg.resolve(url)
            leg.log.add(Redirected(at_seconds=leg.log.seconds, url=masked(target)))
            return Next(method, target)
        case twiml.Leave():
            return Left() if room is QUEUE else None
        case twiml.Hangup():
            return Over("hangup")
        case twiml.Reject(reason):
            return _reject(leg, reason)
        case twiml.Sms():
            return _text(leg, verb)
        case twiml.Other(name):
            _pass_over(leg, name)
            return None
        case _:
            assert_never(verb)


def _bar(leg: Leg, verb: twiml.Verb, room: Room) -> None:
    message = f"{leg.place}: <{type(verb).__name__}> cannot be used in {room.name}"
    if isinstance(verb, twiml.Dial) and room is SCREENING:
        leg.log.fail(TwimlError(DIAL_IN_DIAL, message))
    else:
        leg.log.warn_of(message, SCHEMA)


def _pass_over(leg: Leg, name: str) -> None:
    message = f"{leg.place}: <{name}> does nothing in a pretend call; the next verb follows"
    if name == "Refer":  # only SIP calls can be referred, and this is none
        leg.log.fail(TwimlError(REFER_WITHOUT_SIP, message))
    else:
        leg.log.warn_of(message)


def _reject(leg: Leg, reason: str) -> Over:
    """https://www.twilio.com/docs/voice/twiml/reject#attributes-reason."""
    leg.log.add(Rejected(at_seconds=leg.log.seconds, reason=reason))
    if leg.is_answered:
        return Over("reject")
    return Over("reject", "busy" if reason == "busy" else "no-answer")


def _text(leg: Leg, verb: twiml.Sms) -> Next | None:
    """https://www.twilio.com/docs/voice/twiml/sms: with an action, its answer takes over."""
    to = verb.to or leg.party.from_number
    leg.log.add(Texted(at_seconds=leg.log.seconds, to=to, text=verb.text))
    sid = new_sid("SM")
    if verb.status_callback is not None:
        leg.call_back(verb.status_callback, request.messaged(sid, "sent"))
    if verb.action is None:
        return None
    return Next(verb.method, leg.resolve(verb.action), request.messaged(sid, "sending"))
