"""Dial: the caller is connected to somebody else, whose behaviour is given beforehand.

https://www.twilio.com/docs/voice/twiml/dial: with an `action` the call goes on there, whatever came
of the Dial; without one the next verb follows. Nouns ring at once and the first to answer wins,
unless `sequential` tries them one after the other. The `url` of a noun is carried out on the leg of
the one who answered, before the two can talk; Hangup there keeps them apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from ivr.simulator.events import Dialed
from ivr.simulator.verbs.activity import DEAF, HungUp, Key, Next, Sense, Wait
from ivr.simulator.verbs.callee import CONFERENCE, Callee
from ivr.simulator.verbs.leg import new_sid
from ivr.simulator.verbs.recording import recording_url
from ivr.simulator.verbs.rooms import SCREENING, TAKEN
from ivr.twiml import request

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ivr.simulator.verbs.activity import Activity, Over, Stimulus
    from ivr.simulator.verbs.leg import Leg
    from ivr.simulator.verbs.rooms import Room
    from ivr.twiml.verbs import Dial

    Run = Callable[[Leg, Next, Room], Activity[Over]]

ANSWERED: Final[frozenset[str]] = frozenset({"completed", "answered"})
NOT_RECORDED: Final = "do-not-record"
STAR: Final = "*"

RING_SECONDS: Final = 4.0
"""How long a pretend party lets it ring before they answer, or before a busy tone is clear."""
TALK_SECONDS: Final = 20.0
"""How long a pretend party talks."""

_STAR: frozenset[Sense] = frozenset({"keys"})


class _Dialing(Struct, kw_only=True):
    """How far a Dial has come."""

    callees: Sequence[Callee] = ()
    """Who is being called at the moment, or was at last; the first is the one who answers."""
    bridged_at: float | None = None

    @property
    def is_answered(self) -> bool:
        return any(callee.answered_at is not None for callee in self.callees)

    def answered_status(self) -> request.DialStatus:
        """What an answered Dial is called at its end."""
        return "answered" if self.callees[0].noun.kind == CONFERENCE else "completed"


def dial(leg: Leg, verb: Dial, run: Run) -> Activity[Next | None]:
    """Carries a Dial out.

    Args:
        leg: of the caller.
        verb: with at least one noun.
        run: carries out the documents of a leg.

    Raises:
        TwimlError: 11100, its action is not a URL.
    """
    action = None if verb.action is None else leg.resolve(verb.action)
    dialing = _Dialing()
    try:
        status = yield from _try(leg, verb, run, dialing)
    except HungUp:
        status = dialing.answered_status() if dialing.is_answered else "canceled"
        _end(dialing, status)
        leg.status = "completed"
        form = _finish(leg, verb, dialing, status)
        if action is not None:
            leg.act(Next(verb.method, action, form))
        raise
    form = _finish(leg, verb, dialing, status)
    return None if action is None else Next(verb.method, action, form)


def _try(leg: Leg, verb: Dial, run: Run, dialing: _Dialing) -> Activity[request.DialStatus]:
    status: request.DialStatus = "failed"
    for nouns in [(noun,) for noun in verb.nouns] if verb.sequential else [verb.nouns]:
        dialing.callees = [Callee(leg, noun, verb.caller_id) for noun in nouns]
        status = yield from _ring(leg, verb, run, dialing)
        if status in ANSWERED:
            break
    return status


def _ring(leg: Leg, verb: Dial, run: Run, dialing: _Dialing) -> Activity[request.DialStatus]:
    outcome = leg.shared.outcomes.popleft() if leg.shared.outcomes else "completed"
    rings = verb.timeout_seconds if outcome == "no-answer" else RING_SECONDS
    for callee in dialing.callees:
        callee.ring()
    yield Wait(until_seconds=leg.log.seconds + min(rings, verb.timeout_seconds))
    if outcome not in ANSWERED:
        _end(dialing, outcome)
        return outcome
    first, *others = dialing.callees
    for callee in others:
        callee.end("canceled")
    dialing.callees = (first,)
    first.answer()
    if first.noun.url is None or (yield from _agrees(leg, first, run)):
        dialing.bridged_at = leg.log.seconds
        yield from _talk(leg, verb)
    first.end("completed")
    return dialing.answered_status()


def _agrees(leg: Leg, callee: Callee, run: Run) -> Activity[bool]:
    """Whether the one who answered lets the caller through: by not being hung up on."""
    noun = callee.noun
    room, added = SCREENING, dict[str, str]()
    if noun.kind == "Queue":  # it is the one who waited longest who answers
        room, added = TAKEN, request.dequeuing(new_sid("QU"), 0, leg.party.call_sid)
    first = Next(noun.method, callee.leg.resolve(noun.url), added)
    over = yield from run(callee.leg, first, room)
    return over.by == "document"


def _end(dialing: _Dialing, status: request.DialStatus) -> None:
    """Ends the legs of all who are being called."""
    for callee in dialing.callees:
        # No leg is ever "answered": that word is the conference's.
        callee.end("completed" if status == "answered" else status)


def _talk(leg: Leg, verb: Dial) -> Activity[None]:
    """Until the other hangs up, the limit is reached, or the caller presses the star."""
    until = leg.log.seconds + min(TALK_SECONDS, verb.time_limit_seconds)
    hears = _STAR if verb.hangup_on_star else DEAF
    stimulus: Stimulus | None = Key("")
    while stimulus is not None and stimulus != Key(STAR):
        stimulus = yield Wait(until_seconds=until, hears=hears)


def _finish(leg: Leg, verb: Dial, dialing: _Dialing, status: request.DialStatus) -> dict[str, str]:
    """Tells of the Dial, and gives what its action is told."""
    now, bridged_at = leg.log.seconds, dialing.bridged_at
    seconds = 0.0 if bridged_at is None else now - bridged_at
    to = tuple(noun.address for noun in verb.nouns)
    leg.log.add(Dialed(at_seconds=now, to=to, outcome=status, seconds=seconds))
    first = dialing.callees[0]
    duration = None if first.call_sid is None else round(first.answer_seconds)
    form = request.dialed(status, first.call_sid, duration, bridged=bridged_at is not None)
    if bridged_at is not None and verb.record != NOT_RECORDED:
        form[request.RECORDING_URL] = recording_url(leg.party.account_sid, new_sid("RE"))
    return form
