"""Twilio's requests: their forms as events.

The rules are those of https://www.twilio.com/docs/voice/twiml and of the page of each verb.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from ivr.carriers.number import caller_name, is_e164, is_own
from ivr.engine.carried import NOTHING, Carried
from ivr.engine.ending import OUTCOMES
from ivr.engine.events import CallEnded, DialEnded, Digits, LedBack, NoInput
from ivr.errors import EventError
from ivr.twiml import request

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_KEYS: Final = 32
"""No entry of ours is half so long; what is longer is wrong by its length alone."""
ANSWERED: Final = frozenset({"completed", "answered"})
"""The words of `DialCallStatus` that mean a talk: https://www.twilio.com/docs/voice/twiml/dial"""
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


def _parties(form: Mapping[str, str]) -> tuple[str, str]:
    """The caller's number and the line's: in a call that the line has placed, To is the caller.

    https://www.twilio.com/docs/voice/twiml#request-parameters, Direction.
    """
    ends = form.get(request.FROM, ""), form.get(request.TO, "")
    is_placed = form.get(request.DIRECTION, "").startswith("outbound")
    return ends[::-1] if is_placed else ends
