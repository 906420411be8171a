"""Twilio's way of speaking: its request forms as events, instructions as its documents.

The rules are those of https://www.twilio.com/docs/voice/twiml and of the page of each verb.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, TypeAlias, assert_never

from msgspec import Struct
from msgspec.structs import replace

from ivr.carriers.action_url import action_url
from ivr.carriers.number import caller_name, is_e164, is_own
from ivr.engine.carried import NOTHING, Carried
from ivr.engine.ending import OUTCOMES
from ivr.engine.events import CallEnded, DialEnded, Digits, LedBack, NoInput
from ivr.engine.turn import Dial, Gather, HandOver, Hangup, Instruction, Pause, Play, Reject
from ivr.errors import EventError
from ivr.twiml import request, verbs
from ivr.twiml.write import write

Speak: TypeAlias = Callable[[Sequence[Play]], Sequence[verbs.Play | verbs.Say]]
"""How prompts said one after another become sound: clips, or words for the carrier's own voice."""

MAX_KEYS: Final = 32
"""No entry of ours is half so long; what is longer is wrong by its length alone."""
ANSWERED: Final = frozenset({"completed", "answered"})
"""The words of `DialCallStatus` that mean a talk: https://www.twilio.com/docs/voice/twiml/dial"""
_Other: TypeAlias = Pause | Gather | Dial | Hangup | Reject | HandOver
_SID: Final = re.compile(r"[A-Za-z0-9_-]{2,64}")


class Call(Struct, frozen=True, kw_only=True):
    """The call that a request is about.

    Sample: `Call(sid="CA1", caller="+919876543210", line="+12025550100")`.
    """

    sid: str
    caller: str | None
    """Who is on the line, always written in the same way; None when the number is withheld."""
    line: str | None
    """The line's number, in E.164 form; None where it was rung in another way, as by SIP."""

    def __repr__(self) -> str:
        """Name the call only: a repr may end in a log, and numbers must not."""
        return f"Call({self.sid})"


class Person(Struct, frozen=True, kw_only=True):
    """Whom a Dial rings, and as whom.

    Sample: `Person(number="+919999999999", caller_id="+12025550100")`.
    """

    number: str
    caller_id: str
    """What the person sees: the line's number, never the caller's."""

    def __repr__(self) -> str:
        """Show neither number: a repr may end in a log."""
        return "Person(…)"


def call(form: Mapping[str, str]) -> Call:
    """The call that a request is about, by its parameters.

    Raises:
        EventError: it has no name, or one that cannot be.
    """
    sid = form.get(request.CALL_SID, "")
    if not _SID.fullmatch(sid):
        raise EventError("CallSid is missing or is no call's name; send the one of the call")
    caller, line = _parties(form)
    return Call(sid=sid, caller=caller_name(caller), line=line if is_e164(line) else None)


def turn_event(
    form: Mapping[str, str], carried: Carried = NOTHING
) -> Digits | NoInput | LedBack | DialEnded:
    """What the action of a Gather or a Dial says has happened, or a Redirect that leads back.

    `#` pressed alone ends an entry that has no digits: it is a key, not a silence. A Gather sends
    an empty `Digits` where none was pressed, and a Redirect sends none at all.

    Args:
        form: the parameters of the request.
        carried: what its address tells.
    """
    dialled = form.get(request.DIAL_CALL_STATUS)
    if dialled is not None:
        return DialEnded(was_answered=dialled in ANSWERED)
    digits = form.get(request.DIGITS, "") or form.get(request.FINISHED_ON_KEY, "")
    if not digits:
        has_waited = carried.has_waited or request.DIGITS in form
        return LedBack() if carried.leads_back and not has_waited else NoInput()
    return Digits(digits[:MAX_KEYS], own_number=is_own(digits, _parties(form)[0]))


def ended_event(form: Mapping[str, str]) -> CallEnded | None:
    """What a status callback says has happened, or None while the call goes on."""
    status = form.get(request.CALL_STATUS, "")
    return CallEnded(status) if status in OUTCOMES else None


def document(
    instructions: Sequence[Instruction],
    speak: Speak,
    carried: Carried,
    person: Person | None = None,
) -> bytes:
    """The TwiML of one turn.

    Args:
        instructions: what the line does.
        speak: how its prompts become sound.
        carried: what its addresses tell.
        person: whom a Dial rings; None: nobody, and a Dial only leads to where it would end.
    """
    found: list[verbs.Verb] = []
    for together, instruction in _runs(instructions):
        found += speak(together)
        match instruction:
            case None:
                pass
            case Pause(seconds=seconds):
                found.append(verbs.Pause(seconds))
            case Gather():
                found += _gather(instruction, speak, carried)
            case Dial():
                found.append(_dial(instruction, carried, person))
            case Hangup():
                found.append(verbs.Hangup())
            case Reject():
                found.append(verbs.Reject("busy"))
            case HandOver(place=place, turn=turn, carried=handed):
                found.append(verbs.Redirect(action_url(place, turn, handed)))
            case _:
                assert_never(instruction)
    return write(found)


def say(text: str, language: str) -> verbs.Say:
    """Words for the carrier's own voice: always a named one, since bn-IN has no default.

    Google's voices for India are named alike in each of its languages.
    """
    locale = f"{language}-IN"
    return verbs.Say(text, language=locale, voice=f"Google.{locale}-Standard-A")


def _parties(form: Mapping[str, str]) -> tuple[str, str]:
    """The caller's number and the line's: in a call that the line has placed, To is the caller.

    https://www.twilio.com/docs/voice/twiml#request-parameters, Direction.
    """
    ends = form.get(request.FROM, ""), form.get(request.TO, "")
    is_placed = form.get(request.DIRECTION, "").startswith("outbound")
    return ends[::-1] if is_placed else ends


def _gather(gather: Gather, speak: Speak, carried: Carried) -> tuple[verbs.Verb, ...]:
    """A Gather, and behind it the way on for a carrier that knows no `actionOnEmptyResult`.

    Twilio has one timeout for the first key and for the next ones; the longer of the two is given,
    since to cut an old caller short costs more than to wait.
    """
    action = behind = action_url(gather.place, gather.turn, carried)
    if carried.leads_back:  # lest this way on look like the one that leads back
        behind = action_url(gather.place, gather.turn, replace(carried, has_waited=True))
    return (
        verbs.Gather(
            nested=tuple(_nested(gather.said, speak)),
            action=action,
            timeout_seconds=max(gather.first_key_seconds, gather.next_key_seconds),
            finish_on_key=gather.finish_on_key,
            num_digits=gather.num_digits,
            action_on_empty_result=True,
        ),
        verbs.Redirect(behind),
    )


def _dial(dial: Dial, carried: Carried, person: Person | None) -> verbs.Dial | verbs.Redirect:
    """A Dial that shows the line's number; without it Twilio would show the caller's."""
    action = action_url(dial.place, dial.turn, carried)
    if person is None:
        return verbs.Redirect(action)
    return verbs.Dial(
        nouns=(verbs.Noun("Number", person.number),),
        action=action,
        timeout_seconds=dial.ring_seconds,
        time_limit_seconds=dial.limit_seconds,
        caller_id=person.caller_id,
    )


def _nested(said: Sequence[Play | Pause], speak: Speak) -> Iterator[verbs.Nested]:
    for together, behind in _runs(said):
        yield from speak(together)
        if isinstance(behind, Pause):  # nothing else can stand in a Gather
            yield verbs.Pause(behind.seconds)


def _runs(
    said: Sequence[Instruction],
) -> Iterator[tuple[list[Play], _Other | None]]:
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
