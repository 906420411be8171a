"""Gather: plays what is nested, takes keys or words, and says where the call goes on.

https://www.twilio.com/docs/voice/twiml/gather: the first key, or the first word, stops what is
playing, and which of the two comes first decides what is listened for from then on. The timeout
begins when the nested prompt ends or at the first key, and anew at each key. numDigits ends the
entry; so does finishOnKey, which is not part of it and by itself is no entry. Without an entry the
next verb follows, unless actionOnEmptyResult asks `action` all the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from ivr.simulator.events import Gathering, Pressed, Silence, Spoke
from ivr.simulator.http.failures import masked
from ivr.simulator.verbs.activity import Key, Next, Sense, Speech, Voice, Wait
from ivr.simulator.verbs.sound import hear
from ivr.twiml import request

if TYPE_CHECKING:
    from ivr.simulator.verbs.activity import Activity, Stimulus
    from ivr.simulator.verbs.leg import Leg
    from ivr.twiml.verbs import Gather

AUTO_SECONDS = 5
"""What is waited for a beginning where the timeout is `auto`; Twilio does not say how long."""
AUTO_SPEECH_SECONDS = 1
"""How long a pause ends speech where speechTimeout is `auto`: our estimate of «the first pause»."""
CONFIDENCE = 0.9
"""Of words that a pretend caller says: they were understood. Twilio gives 0.0 to 1.0."""


class _Entry(Struct, frozen=True):
    """What a Gather has taken."""

    digits: str = ""
    finished_on: str = ""
    words: str | None = None


def gather(leg: Leg, verb: Gather) -> Activity[Next | None]:
    """Carries a Gather out.

    Returns:
        The request to its action; None when the next verb follows.

    Raises:
        TwimlError: 11100, its action is not a URL.
    """
    turn, hears = leg.shared.new_turn(), _senses(verb)
    action = leg.resolve(verb.action)
    interrupts = hears if verb.barge_in else hears - {"speech"}
    stimulus = yield from hear(leg, verb.nested, hears=interrupts, turn=turn)
    begun = leg.log.seconds
    leg.log.add(
        Gathering(
            at_seconds=begun,
            input=verb.input,
            num_digits=verb.num_digits,
            timeout_seconds=_timeout(verb),
            finish_on_key=verb.finish_on_key,
            action=masked(action),
        )
    )
    entry = yield from _take(leg, verb, turn, stimulus)
    _tell(leg, entry, leg.log.seconds - begun)
    if entry is not None and entry.words is not None:
        added = request.spoken(entry.words, CONFIDENCE)
    elif (entry is not None and entry.digits) or verb.action_on_empty_result:
        taken = entry or _Entry()
        added = request.gathered(taken.digits, taken.finished_on)
    else:
        return None
    return Next(verb.method, action, added)


def _senses(verb: Gather) -> frozenset[Sense]:
    senses: dict[str, Sense] = {"dtmf": "keys", "speech": "speech"}
    return frozenset(senses[each] for each in verb.input.split())


def _timeout(verb: Gather) -> int:
    return AUTO_SECONDS if verb.timeout_seconds is None else verb.timeout_seconds


def _take(leg: Leg, verb: Gather, turn: int, stimulus: Stimulus | None) -> Activity[_Entry | None]:
    """The entry; None for none. `stimulus` has already come, in the middle of the prompt."""
    if stimulus is None:
        stimulus = yield _wait(leg, verb, turn, _senses(verb))
    match stimulus:
        case Key():
            return (yield from _take_keys(leg, verb, turn, stimulus))
        case Speech():
            return (yield from _take_words(leg, verb, stimulus))
        case Voice(seconds):
            raise AssertionError(seconds)  # a Gather never listens for sound without words
        case None:
            return None


def _wait(leg: Leg, verb: Gather, turn: int, hears: frozenset[Sense]) -> Wait:
    until = leg.log.seconds + _timeout(verb)
    return Wait(until_seconds=until, hears=hears, turn=turn, waiting="gather")


def _take_keys(leg: Leg, verb: Gather, turn: int, first: Key) -> Activity[_Entry]:
    digits, stimulus = "", first
    while True:
        if stimulus.key == verb.finish_on_key:
            return _Entry(digits=digits, finished_on=stimulus.key)
        digits += stimulus.key
        if len(digits) == verb.num_digits:
            return _Entry(digits=digits)
        answer = yield _wait(leg, verb, turn, frozenset({"keys"}))
        if not isinstance(answer, Key):
            return _Entry(digits=digits)
        stimulus = answer


def _take_words(leg: Leg, verb: Gather, speech: Speech) -> Activity[_Entry]:
    """Speech ends at a pause of speechTimeout, or when it has lasted as long as it may."""
    seconds = min(speech.seconds, verb.max_speech_seconds)
    yield Wait(until_seconds=leg.log.seconds + seconds)
    leg.log.add(Spoke(at_seconds=leg.log.seconds, text=speech.text))
    if speech.seconds <= verb.max_speech_seconds:
        yield Wait(until_seconds=leg.log.seconds + _speech_timeout(verb))
    if verb.partial_result_callback is not None:
        leg.call_back(
            verb.partial_result_callback,
            request.partly_spoken(speech.text, 0),
            method=verb.partial_result_callback_method,
        )
    return _Entry(words=speech.text)


def _speech_timeout(verb: Gather) -> int:
    match verb.speech_timeout_seconds:
        case "auto":
            return AUTO_SPEECH_SECONDS
        case None:
            return _timeout(verb)
        case int(seconds):
            return seconds


def _tell(leg: Leg, entry: _Entry | None, seconds: float) -> None:
    if entry is None:
        leg.log.add(Silence(at_seconds=leg.log.seconds, seconds=seconds))
    elif entry.words is None:
        pressed = Pressed(
            at_seconds=leg.log.seconds, digits=entry.digits, finished_on=entry.finished_on
        )
        leg.log.add(pressed)
