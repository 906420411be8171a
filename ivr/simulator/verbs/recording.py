"""Record: a tone, then the caller's voice until silence, a key, the limit or hanging up.

https://www.twilio.com/docs/voice/twiml/record: each end of it asks `action` (or this document's own
URL, so that it loops); the verbs after it are not reached. When the caller hangs up, `action` is
told so, with Digits=hangup, and its answer is heard by nobody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from ivr.simulator.events import Beeped, Recorded, Spoke
from ivr.simulator.http.failures import masked
from ivr.simulator.verbs.activity import HungUp, Key, Next, Sense, Speech, Voice, Wait
from ivr.simulator.verbs.leg import new_sid
from ivr.twiml import request

if TYPE_CHECKING:
    from ivr.simulator.verbs.activity import Activity
    from ivr.simulator.verbs.leg import Leg
    from ivr.twiml.verbs import Record

BEEP_SECONDS = 0.5
"""An estimate; Twilio does not tell how long the tone is."""
HANGUP: Final = "hangup"

TRIMMED: Final = "trim-silence"

_KEYS: frozenset[Sense] = frozenset({"keys"})
_VOICE: frozenset[Sense] = frozenset({"speech", "voice"})


class _Tape(Struct):
    """What was recorded so far, in seconds of the call's clock."""

    begun: float
    quiet_since: float
    is_talking: bool = False
    first_sound: float | None = None
    """None while there was none."""

    @property
    def voiced_seconds(self) -> float:
        """From the first sound to the end of the last: what trimming leaves."""
        return 0.0 if self.first_sound is None else self.quiet_since - self.first_sound

    def talk(self, now: float) -> None:
        """The caller begins to talk."""
        self.is_talking = True
        self.first_sound = now if self.first_sound is None else self.first_sound

    def hush(self, now: float) -> None:
        """The caller stops talking, if they did."""
        if self.is_talking:
            self.quiet_since, self.is_talking = now, False


def record(leg: Leg, verb: Record) -> Activity[Next]:
    """Carries a Record out; gives the request to its action.

    Raises:
        TwimlError: 11100, its action is not a URL.
    """
    action = leg.resolve(verb.action)
    if verb.transcribe:
        leg.log.warn_of(f"{leg.place}: a pretend call transcribes no Record, and asks no callback")
    if verb.play_beep:
        yield Wait(until_seconds=leg.log.seconds + BEEP_SECONDS)
    leg.log.add(
        Beeped(
            at_seconds=leg.log.seconds,
            max_seconds=verb.max_length_seconds,
            timeout_seconds=verb.timeout_seconds,
            finish_on_key=verb.finish_on_key,
            action=masked(action),
        )
    )
    tape = _Tape(begun=leg.log.seconds, quiet_since=leg.log.seconds)
    try:
        key = yield from _listen(leg, verb, tape)
    except HungUp:
        leg.status = "completed"
        leg.act(Next(verb.method, action, _finish(leg, verb, tape, HANGUP)))
        raise
    return Next(verb.method, action, _finish(leg, verb, tape, key))


def recording_url(account_sid: str, sid: str) -> str:
    """Gives the URL that a recording would have; nothing of a pretend call is there."""
    return f"https://api.twilio.com/2010-04-01/Accounts/{account_sid}/Recordings/{sid}"


def _listen(leg: Leg, verb: Record, tape: _Tape) -> Activity[str]:
    """The key that ended it; empty for silence and the limit."""
    turn, limit = leg.shared.new_turn(), tape.begun + verb.max_length_seconds
    until = _quiet_until(verb, tape, limit)
    while True:
        is_talking = tape.is_talking
        hears = _KEYS if is_talking else _KEYS | _VOICE
        match (yield Wait(until_seconds=until, hears=hears, turn=turn, waiting="record")):
            case Key(key):
                if key in verb.finish_on_key:
                    return key
            case (Speech() | Voice()) as sound:
                until = min(limit, _talk(leg, tape, sound))
            case None:
                tape.hush(leg.log.seconds)
                if not is_talking or leg.log.seconds >= limit:
                    return ""
                until = _quiet_until(verb, tape, limit)


def _quiet_until(verb: Record, tape: _Tape, limit: float) -> float:
    """When silence ends the recording; a timeout of 0 never does."""
    if not verb.timeout_seconds:
        return limit
    return min(limit, tape.quiet_since + verb.timeout_seconds)


def _talk(leg: Leg, tape: _Tape, sound: Speech | Voice) -> float:
    if isinstance(sound, Speech):
        leg.log.add(Spoke(at_seconds=leg.log.seconds, text=sound.text))
    tape.talk(leg.log.seconds)
    return leg.log.seconds + sound.seconds


def _finish(leg: Leg, verb: Record, tape: _Tape, key: str) -> dict[str, str]:
    """Tells of the recording, and gives what its action is told."""
    now = leg.log.seconds
    tape.hush(now)
    seconds = tape.voiced_seconds if verb.trim == TRIMMED else now - tape.begun
    leg.log.add(Recorded(at_seconds=now, seconds=seconds, key=key))
    sid = new_sid("RE")
    url = recording_url(leg.party.account_sid, sid)
    if verb.recording_status_callback is not None:
        started_at = leg.at(tape.begun)
        told = request.recording_status(leg.party, url, sid, round(seconds), started_at)
        leg.call_back(
            verb.recording_status_callback,
            told,
            method=verb.recording_status_callback_method,
            whole=False,
        )
    return request.recorded(url, sid, round(seconds), key)
