"""The form parameters of Twilio's requests: their names, and the forms made of them.

A first request, as a form body:

    CallSid=CA…&AccountSid=AC…&From=%2B15005550006&To=%2B12025550100&CallStatus=ringing
    &ApiVersion=2010-04-01&Direction=inbound&Caller=%2B15005550006&Called=%2B12025550100
    &FromCity=&FromState=&FromZip=&FromCountry=US&ToCity=&…

Sources: https://www.twilio.com/docs/voice/twiml#request-parameters for every request, the page of
each verb for what it adds, https://www.twilio.com/docs/voice/api/call-resource#statuscallback for
the status callback; `msg`, `FinishedOnKey`, `RecordingSid` and `DialBridged` from requests that
Twilio really sent.
"""

from __future__ import annotations

from email.utils import format_datetime
from math import ceil
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from msgspec import Struct

if TYPE_CHECKING:
    from datetime import datetime

ACCOUNT_SID = "AccountSid"
API_VERSION = "ApiVersion"
AVERAGE_QUEUE_TIME = "AvgQueueTime"
CALL_DURATION = "CallDuration"
CALL_SID = "CallSid"
CALL_STATUS = "CallStatus"
CALLBACK_SOURCE = "CallbackSource"
CALLED = "Called"
CALLER = "Caller"
CONFIDENCE = "Confidence"
CURRENT_QUEUE_SIZE = "CurrentQueueSize"
DIAL_BRIDGED = "DialBridged"
DIAL_CALL_DURATION = "DialCallDuration"
DIAL_CALL_SID = "DialCallSid"
DIAL_CALL_STATUS = "DialCallStatus"
DIGITS = "Digits"
DIRECTION = "Direction"
DURATION = "Duration"
ERROR_CODE = "ErrorCode"
ERROR_URL = "ErrorUrl"
FINISHED_ON_KEY = "FinishedOnKey"
FROM = "From"
MAX_QUEUE_SIZE = "MaxQueueSize"
MESSAGE = "msg"
PARENT_CALL_SID = "ParentCallSid"
QUEUE_POSITION = "QueuePosition"
QUEUE_RESULT = "QueueResult"
QUEUE_SID = "QueueSid"
QUEUE_TIME = "QueueTime"
RECORDING_CHANNELS = "RecordingChannels"
RECORDING_DURATION = "RecordingDuration"
RECORDING_SID = "RecordingSid"
RECORDING_SOURCE = "RecordingSource"
RECORDING_START_TIME = "RecordingStartTime"
RECORDING_STATUS = "RecordingStatus"
RECORDING_URL = "RecordingUrl"
SEQUENCE_NUMBER = "SequenceNumber"
SMS_SID = "SmsSid"
SMS_STATUS = "SmsStatus"
SPEECH_RESULT = "SpeechResult"
TIMESTAMP = "Timestamp"
TO = "To"
UNSTABLE_SPEECH_RESULT = "UnstableSpeechResult"

PARTIES = (FROM, TO, CALLER, CALLED)
PLACES = ("City", "State", "Zip")

IDEMPOTENCY_HEADER = "I-Twilio-Idempotency-Token"
"""The same on a retry of a request, another on every other request."""

THIS_API_VERSION = "2010-04-01"
GATHER_END = "Gather End"
PROGRESS_EVENTS = "call-progress-events"
RECORD_VERB = "RecordVerb"
SECONDS_IN_MINUTE = 60
DEFAULT_MAX_QUEUE_SIZE = 1000
"""https://www.twilio.com/docs/voice/twiml/enqueue"""
COUNTRIES: Final = {"+1": "US", "+91": "IN"}
"""By the beginning of a number; Twilio knows all of them, a helpline in India needs these."""

Status: TypeAlias = Literal[
    "queued",
    "initiated",
    "ringing",
    "in-progress",
    "completed",
    "busy",
    "failed",
    "no-answer",
    "canceled",
]
Direction: TypeAlias = Literal["inbound", "outbound-api", "outbound-dial"]
DialStatus: TypeAlias = Literal["completed", "answered", "busy", "no-answer", "failed", "canceled"]


class Party(Struct, frozen=True, kw_only=True):
    """Who calls whom, which stays the same for the whole call."""

    call_sid: str
    account_sid: str
    from_number: str
    """In E.164 form, such as +15005550006."""
    to_number: str
    direction: Direction = "inbound"
    parent_call_sid: str | None = None
    """Of the call whose Dial placed this one; None for a call of its own."""

    def form(self, status: Status) -> dict[str, str]:
        """Gives the parameters of every request, with the call's status at that moment.

        Where the parties are is told as Twilio does for a number outside North America: the
        country, and an empty city, state and ZIP code. Applications that count on these, or that
        leave empty parameters out of what they check the signature of, break only on such calls.
        """
        numbers = dict(zip(PARTIES, (self.from_number, self.to_number) * 2, strict=True))
        parent = {} if self.parent_call_sid is None else {PARENT_CALL_SID: self.parent_call_sid}
        return {
            CALL_SID: self.call_sid,
            ACCOUNT_SID: self.account_sid,
            CALL_STATUS: status,
            API_VERSION: THIS_API_VERSION,
            DIRECTION: self.direction,
            **numbers,
            **{f"{party}{place}": "" for party in PARTIES for place in PLACES},
            **{f"{party}Country": _country(number) for party, number in numbers.items()},
            **parent,
        }


def can_be_sent(text: str) -> bool:
    """Says whether a form can hold `text`: whatever UTF-8 can.

    What a shell or a terminal gave and Python could not decode stands in it as a lone surrogate.
    """
    return not any("\ud800" <= letter <= "\udfff" for letter in text)


def gathered(digits: str, finished_on: str) -> dict[str, str]:
    """Gives what Gather adds for its action after keys.

    Args:
        digits: the keys without the finishing key; empty when there was no entry.
        finished_on: the finishing key; empty when numDigits or the timeout ended the entry.
    """
    return {DIGITS: digits, FINISHED_ON_KEY: finished_on, MESSAGE: GATHER_END}


def spoken(text: str, confidence: float) -> dict[str, str]:
    """Gives what Gather adds for its action after speech.

    Args:
        text: what was understood.
        confidence: how surely, from 0 to 1.
    """
    return {SPEECH_RESULT: text, CONFIDENCE: str(confidence)}


def partly_spoken(text: str, sequence_number: int) -> dict[str, str]:
    """Gives what Gather adds for its partialResultCallback.

    Twilio tells it again and again while the caller speaks, of words that may change yet; a
    pretend call once, when the words are known.

    Args:
        text: what was understood so far.
        sequence_number: from 0, since callbacks may arrive in another order.
    """
    return {UNSTABLE_SPEECH_RESULT: text, SEQUENCE_NUMBER: str(sequence_number)}


def recorded(url: str, sid: str, duration_seconds: int, key: str) -> dict[str, str]:
    """Gives what Record adds for its action.

    Args:
        url: of the audio, without the ending that chooses its format.
        sid: of the recording.
        duration_seconds: of the recording.
        key: that ended it; `hangup` when the caller hung up; empty otherwise.
    """
    return {
        RECORDING_URL: url,
        RECORDING_SID: sid,
        RECORDING_DURATION: str(duration_seconds),
        DIGITS: key,
    }


def recording_status(
    party: Party, url: str, sid: str, duration_seconds: int, started_at: datetime
) -> dict[str, str]:
    """Gives all of what Record's recordingStatusCallback is sent when the recording is there.

    It has no From and To, nor the other parameters of every request.

    Args:
        party: of the call; only its SIDs are told.
        url: of the audio, without the ending that chooses its format.
        sid: of the recording.
        duration_seconds: of the recording.
        started_at: the moment of its beginning, with its time zone; written by RFC 2822.
    """
    return {
        ACCOUNT_SID: party.account_sid,
        CALL_SID: party.call_sid,
        RECORDING_SID: sid,
        RECORDING_URL: url,
        RECORDING_STATUS: "completed",
        RECORDING_DURATION: str(duration_seconds),
        RECORDING_CHANNELS: "1",
        RECORDING_START_TIME: format_datetime(started_at),
        RECORDING_SOURCE: RECORD_VERB,
        ERROR_CODE: "0",
    }


def dialed(
    status: DialStatus, call_sid: str | None, duration_seconds: int | None, *, bridged: bool
) -> dict[str, str]:
    """Gives what Dial adds for its action.

    Args:
        status: how it ended; "answered" only for a Conference.
        call_sid: of the leg that was called; None for a Conference, which has none to tell.
        duration_seconds: of that leg; None for a Conference, which has none to tell.
        bridged: whether the two were connected; one who answers, listens to the noun's document
            and is hung up on there is completed, but not bridged.
    """
    form: dict[str, str] = {DIAL_CALL_STATUS: status, DIAL_BRIDGED: "true" if bridged else "false"}
    if call_sid is not None:
        form[DIAL_CALL_SID] = call_sid
    if duration_seconds is not None:
        form[DIAL_CALL_DURATION] = str(duration_seconds)
    return form


def queued(position: int, sid: str, queue_seconds: int, size: int) -> dict[str, str]:
    """Gives what Enqueue adds for its waitUrl.

    Args:
        position: of the caller in the queue; 1 is the next.
        sid: of the queue.
        queue_seconds: how long the caller has waited; here the average of all, too.
        size: how many wait.
    """
    return {
        QUEUE_POSITION: str(position),
        QUEUE_SID: sid,
        QUEUE_TIME: str(queue_seconds),
        AVERAGE_QUEUE_TIME: str(queue_seconds),
        CURRENT_QUEUE_SIZE: str(size),
        MAX_QUEUE_SIZE: str(DEFAULT_MAX_QUEUE_SIZE),
    }


def dequeued(result: str, sid: str, queue_seconds: int) -> dict[str, str]:
    """Gives what Enqueue adds for its action.

    Args:
        result: such as "leave", "bridged", "hangup" or "error".
        sid: of the queue.
        queue_seconds: how long the caller has waited.
    """
    return {QUEUE_RESULT: result, QUEUE_SID: sid, QUEUE_TIME: str(queue_seconds)}


def dequeuing(sid: str, queue_seconds: int, dequeuing_call_sid: str) -> dict[str, str]:
    """Gives what Dial's Queue adds for its url, which the caller hears who has waited.

    Args:
        sid: of the queue.
        queue_seconds: how long the caller has waited.
        dequeuing_call_sid: of the call that has dialled the queue.
    """
    # One «u» is missing in Twilio's own name for it.
    return {
        QUEUE_SID: sid,
        QUEUE_TIME: str(queue_seconds),
        "DequeingCallSid": dequeuing_call_sid,
    }


def messaged(sid: str, status: str) -> dict[str, str]:
    """Gives what Sms adds for its action and its statusCallback.

    Args:
        sid: of the message.
        status: "sending" or "invalid" for the action, "sent" or "failed" for the callback.
    """
    return {SMS_SID: sid, SMS_STATUS: status}


def failed(code: int, url: str) -> dict[str, str]:
    """Gives what a request to the fallback URL adds.

    Args:
        code: of the failure, as Twilio's debugger shows it.
        url: of the document that failed.
    """
    return {ERROR_CODE: str(code), ERROR_URL: url}


def progressed(at: datetime, sequence_number: int) -> dict[str, str]:
    """Gives what a status callback adds while the call goes on.

    Args:
        at: the moment of the event, with its time zone; written by RFC 2822.
        sequence_number: from 0, since callbacks may arrive in another order.
    """
    return {
        TIMESTAMP: format_datetime(at),
        CALLBACK_SOURCE: PROGRESS_EVENTS,
        SEQUENCE_NUMBER: str(sequence_number),
    }


def ended(duration_seconds: int, at: datetime, sequence_number: int) -> dict[str, str]:
    """Gives what a status callback adds when the call is over.

    Args:
        duration_seconds: of the whole call; Duration tells it in begun minutes, as it is charged.
        at: the moment of the event, with its time zone; written by RFC 2822.
        sequence_number: from 0, since callbacks may arrive in another order.
    """
    return {
        CALL_DURATION: str(duration_seconds),
        DURATION: str(ceil(duration_seconds / SECONDS_IN_MINUTE)),
    } | progressed(at, sequence_number)


def _country(number: str) -> str:
    return next((name for start, name in COUNTRIES.items() if number.startswith(start)), "")
