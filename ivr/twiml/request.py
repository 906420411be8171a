"""The form parameters of Twilio's requests: their names, and the forms made of them.

A first request, as a form body:

    CallSid=CA…&AccountSid=AC…&From=%2B15005550006&To=%2B12025550100&CallStatus=ringing
    &ApiVersion=2010-04-01&Direction=inbound&Caller=%2B15005550006&Called=%2B12025550100

Sources: https://www.twilio.com/docs/voice/twiml#request-parameters for every request, the page of
Gather for its action, https://www.twilio.com/docs/voice/api/call-resource#statuscallback for the
status callback; `msg` and `FinishedOnKey` from requests that Twilio really sent.
"""

from __future__ import annotations

from email.utils import format_datetime
from math import ceil
from typing import TYPE_CHECKING, Literal, TypeAlias

from msgspec import Struct

if TYPE_CHECKING:
    from datetime import datetime

ACCOUNT_SID = "AccountSid"
API_VERSION = "ApiVersion"
CALL_DURATION = "CallDuration"
CALL_SID = "CallSid"
CALL_STATUS = "CallStatus"
CALLBACK_SOURCE = "CallbackSource"
CALLED = "Called"
CALLER = "Caller"
DIGITS = "Digits"
DIRECTION = "Direction"
DURATION = "Duration"
FINISHED_ON_KEY = "FinishedOnKey"
FROM = "From"
MESSAGE = "msg"
SEQUENCE_NUMBER = "SequenceNumber"
TIMESTAMP = "Timestamp"
TO = "To"

GATHERED = frozenset({DIGITS, FINISHED_ON_KEY, MESSAGE})
"""What Gather adds for its action, and an HTTP redirect from there loses."""

IDEMPOTENCY_HEADER = "I-Twilio-Idempotency-Token"
"""The same on a retry of a request, another on every other request."""

THIS_API_VERSION = "2010-04-01"
GATHER_END = "Gather End"
PROGRESS_EVENTS = "call-progress-events"
SECONDS_IN_MINUTE = 60

Status: TypeAlias = Literal[
    "queued", "ringing", "in-progress", "completed", "busy", "failed", "no-answer", "canceled"
]
Direction: TypeAlias = Literal["inbound", "outbound-api", "outbound-dial"]


class Party(Struct, frozen=True, kw_only=True):
    """Who calls whom, which stays the same for the whole call."""

    call_sid: str
    account_sid: str
    from_number: str
    """In E.164 form, such as +15005550006."""
    to_number: str
    direction: Direction = "inbound"

    def form(self, status: Status) -> dict[str, str]:
        """Gives the parameters of every request, with the call's status at that moment."""
        return {
            CALL_SID: self.call_sid,
            ACCOUNT_SID: self.account_sid,
            FROM: self.from_number,
            TO: self.to_number,
            CALL_STATUS: status,
            API_VERSION: THIS_API_VERSION,
            DIRECTION: self.direction,
            CALLER: self.from_number,
            CALLED: self.to_number,
        }


def gathered(digits: str, finished_on: str) -> dict[str, str]:
    """Gives what Gather adds for its action.

    Args:
        digits: the keys without the finishing key; empty when there was no entry.
        finished_on: the finishing key; empty when numDigits or the timeout ended the entry.
    """
    return {DIGITS: digits, FINISHED_ON_KEY: finished_on, MESSAGE: GATHER_END}


def ended(duration_seconds: int, at: datetime, sequence_number: int) -> dict[str, str]:
    """Gives what a status callback adds.

    Args:
        duration_seconds: of the whole call; Duration tells it in begun minutes, as it is charged.
        at: the moment of the event, with its time zone; written by RFC 2822.
        sequence_number: from 0, since callbacks may arrive in another order.
    """
    return {
        CALL_DURATION: str(duration_seconds),
        DURATION: str(ceil(duration_seconds / SECONDS_IN_MINUTE)),
        TIMESTAMP: format_datetime(at),
        CALLBACK_SOURCE: PROGRESS_EVENTS,
        SEQUENCE_NUMBER: str(sequence_number),
    }
