"""The forms of Twilio's requests have Twilio's names."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from ivr.twiml.request import (
    Party,
    dequeued,
    dialed,
    ended,
    failed,
    gathered,
    messaged,
    partly_spoken,
    progressed,
    queued,
    recorded,
    recording_status,
    spoken,
)

MOMENT = datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC)
PARTY = Party(
    call_sid="CA" + "1" * 32,
    account_sid="AC" + "2" * 32,
    from_number="+15005550006",
    to_number="+12025550100",
)


STANDARD = {
    "CallSid": "CA" + "1" * 32,
    "AccountSid": "AC" + "2" * 32,
    "From": "+15005550006",
    "To": "+12025550100",
    "CallStatus": "ringing",
    "ApiVersion": "2010-04-01",
    "Direction": "inbound",
    "Caller": "+15005550006",
    "Called": "+12025550100",
}


# "Twilio also attempts to look up geographic data": often without success, and then empty.
def test_every_request_has_the_standard_parameters_and_the_places_of_both() -> None:
    places = {
        f"{party}{place}": "US" if place == "Country" else ""
        for party in ("From", "To", "Caller", "Called")
        for place in ("City", "State", "Zip", "Country")
    }
    assert PARTY.form("ringing") == STANDARD | places


@pytest.mark.parametrize(
    ("number", "country"),
    [("+919876543210", "IN"), ("+15005550006", "US"), ("+8801712345678", ""), ("ann", "")],
)
def test_the_country_is_that_of_the_number(number: str, country: str) -> None:
    form = replace(PARTY, from_number=number).form("ringing")
    assert (form["FromCountry"], form["CallerCountry"]) == (country, country)
    assert (form["ToCountry"], form["CalledCountry"]) == ("US", "US")


# "ParentCallSid: only on calls created with Dial".
def test_the_leg_of_a_dial_names_the_call_that_dialed() -> None:
    leg = replace(PARTY, parent_call_sid="CA" + "3" * 32, direction="outbound-dial")
    form = leg.form("in-progress")
    assert (form["ParentCallSid"], form["Direction"]) == ("CA" + "3" * 32, "outbound-dial")
    assert "ParentCallSid" not in PARTY.form("in-progress")


ADDED: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "keys": (gathered("12", "#"), {"Digits": "12", "FinishedOnKey": "#", "msg": "Gather End"}),
    "speech": (spoken("yes", 0.9), {"SpeechResult": "yes", "Confidence": "0.9"}),
    "speech so far": (
        partly_spoken("ye", 1),
        {"UnstableSpeechResult": "ye", "SequenceNumber": "1"},
    ),
    "recording": (
        recorded("https://example.org/RE1", "RE1", 7, "hangup"),
        {
            "RecordingUrl": "https://example.org/RE1",
            "RecordingSid": "RE1",
            "RecordingDuration": "7",
            "Digits": "hangup",
        },
    ),
    # "RecordingSource: RecordVerb"; requests that Twilio sent have neither From nor To.
    "recording is there": (
        recording_status(PARTY, "https://example.org/RE1", "RE1", 7, MOMENT),
        {
            "AccountSid": "AC" + "2" * 32,
            "CallSid": "CA" + "1" * 32,
            "RecordingSid": "RE1",
            "RecordingUrl": "https://example.org/RE1",
            "RecordingStatus": "completed",
            "RecordingDuration": "7",
            "RecordingChannels": "1",
            "RecordingStartTime": "Thu, 02 Jan 2025 03:04:05 +0000",
            "RecordingSource": "RecordVerb",
            "ErrorCode": "0",
        },
    ),
    "dial": (
        dialed("completed", "CA2", 9, bridged=True),
        {
            "DialCallStatus": "completed",
            "DialBridged": "true",
            "DialCallSid": "CA2",
            "DialCallDuration": "9",
        },
    ),
    # "DialCallSid, DialCallDuration: not for Conference".
    "dial of a conference": (
        dialed("answered", None, None, bridged=False),
        {"DialCallStatus": "answered", "DialBridged": "false"},
    ),
    "waiting": (
        queued(2, "QU1", 30, 4),
        {
            "QueuePosition": "2",
            "QueueSid": "QU1",
            "QueueTime": "30",
            "AvgQueueTime": "30",
            "CurrentQueueSize": "4",
            "MaxQueueSize": "1000",
        },
    ),
    "waited": (
        dequeued("leave", "QU1", 30),
        {"QueueResult": "leave", "QueueSid": "QU1", "QueueTime": "30"},
    ),
    "message": (messaged("SM1", "sending"), {"SmsSid": "SM1", "SmsStatus": "sending"}),
    "fallback": (
        failed(12100, "https://example.org/voice"),
        {"ErrorCode": "12100", "ErrorUrl": "https://example.org/voice"},
    ),
    "progress": (
        progressed(MOMENT, 2),
        {
            "Timestamp": "Thu, 02 Jan 2025 03:04:05 +0000",
            "CallbackSource": "call-progress-events",
            "SequenceNumber": "2",
        },
    ),
}


@pytest.mark.parametrize(("form", "expected"), ADDED.values(), ids=ADDED.keys())
def test_what_a_verb_adds_has_twilios_names(form: dict[str, str], expected: dict[str, str]) -> None:
    assert form == expected


# "Duration: in minutes", which are charged as begun; "Timestamp: RFC 2822".
@pytest.mark.parametrize(
    ("seconds", "minutes"), [(0, "0"), (1, "1"), (60, "1"), (61, "2")], ids=str
)
def test_a_status_callback_tells_how_long_the_call_was(seconds: int, minutes: str) -> None:
    assert ended(seconds, MOMENT, sequence_number=0) == {
        "CallDuration": str(seconds),
        "Duration": minutes,
        "Timestamp": "Thu, 02 Jan 2025 03:04:05 +0000",
        "CallbackSource": "call-progress-events",
        "SequenceNumber": "0",
    }
