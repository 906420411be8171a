"""Twilio's way of speaking: its request forms as events, instructions as its documents.

The rules are those of https://www.twilio.com/docs/voice/twiml and of the page of each verb.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, TypeAlias, assert_never

from ivr.engine.events import CallEnded, Digits, NoInput
from ivr.engine.step import OUTCOMES
from ivr.engine.turn import Gather, Hangup, Instruction, Pause, Play
from ivr.errors import EventError
from ivr.twiml import request, verbs
from ivr.twiml.write import write

Speak: TypeAlias = Callable[[Sequence[Play]], Sequence[verbs.Play | verbs.Say]]
"""How prompts said one after another become sound: clips, or words for the carrier's own voice."""

MAX_KEYS: Final = 32
"""No entry of ours is half so long; what is longer is wrong by its length alone."""
OWN_NUMBER_DIGITS: Final = 10
"""An Indian number without its country code."""
_SID: Final = re.compile(r"[A-Za-z0-9_-]{2,64}")


def call_sid(form: Mapping[str, str]) -> str:
    """The name of the call that a request is about.

    Raises:
        EventError: there is none, or it cannot be one.
    """
    sid = form.get(request.CALL_SID, "")
    if not _SID.fullmatch(sid):
        raise EventError("CallSid is missing or is no call's name; send the one of the call")
    return sid


def keys_event(form: Mapping[str, str]) -> Digits | NoInput:
    """What a Gather's action says has happened.

    `#` pressed alone ends an entry that has no digits: it is a key, not a silence.
    """
    digits = form.get(request.DIGITS, "") or form.get(request.FINISHED_ON_KEY, "")
    if not digits:
        return NoInput()
    own = re.sub(r"\D", "", form.get(request.FROM, ""))[-OWN_NUMBER_DIGITS:]
    return Digits(digits[:MAX_KEYS], own_number=len(own) == OWN_NUMBER_DIGITS and digits == own)


def ended_event(form: Mapping[str, str]) -> CallEnded | None:
    """What a status callback says has happened, or None while the call goes on."""
    status = form.get(request.CALL_STATUS, "")
    return CallEnded(status) if status in OUTCOMES else None


def document(instructions: Sequence[Instruction], speak: Speak) -> bytes:
    """The TwiML of one turn."""
    found: list[verbs.Verb] = []
    for together, instruction in _runs(instructions):
        found += speak(together)
        match instruction:
            case None:
                pass
            case Pause(seconds=seconds):
                found.append(verbs.Pause(seconds))
            case Gather():
                found += _gather(instruction, speak)
            case Hangup():
                found.append(verbs.Hangup())
            case _:
                assert_never(instruction)
    return write(found)


def say(text: str, language: str) -> verbs.Say:
    """Words for the carrier's own voice: always a named one, since bn-IN has no default.

    Google's voices for India are named alike in each of its languages.
    """
    locale = f"{language}-IN"
    return verbs.Say(text, language=locale, voice=f"Google.{locale}-Standard-A")


def action_url(place: str, turn: int) -> str:
    """Where the answer to a turn goes: ASCII and nothing secret."""
    return f"/voice/turn/{place}?turn={turn}"


def _gather(gather: Gather, speak: Speak) -> tuple[verbs.Verb, ...]:
    """A Gather, and behind it the way on for a carrier that knows no `actionOnEmptyResult`.

    Twilio has one timeout for the first key and for the next ones; the longer of the two is given,
    since to cut an old caller short costs more than to wait.
    """
    action = action_url(gather.place, gather.turn)
    return (
        verbs.Gather(
            nested=tuple(_nested(gather.said, speak)),
            action=action,
            timeout_seconds=max(gather.first_key_seconds, gather.next_key_seconds),
            finish_on_key=gather.finish_on_key,
            num_digits=gather.num_digits,
            action_on_empty_result=True,
        ),
        verbs.Redirect(action),
    )


def _nested(said: Sequence[Play | Pause], speak: Speak) -> Iterator[verbs.Nested]:
    for together, behind in _runs(said):
        yield from speak(together)
        if isinstance(behind, Pause):  # nothing else can stand in a Gather
            yield verbs.Pause(behind.seconds)


def _runs(
    said: Sequence[Instruction],
) -> Iterator[tuple[list[Play], Pause | Gather | Hangup | None]]:
    """What is said without a break, and so made sound together, with what stands behind it."""
    together: list[Play] = []
    for part in said:
        if isinstance(part, Play):
            together.append(part)
        else:
            yield together, part
            together = []
    if together:
        yield together, None
