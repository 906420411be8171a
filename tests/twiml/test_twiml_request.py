"""The forms of Twilio's requests have Twilio's names."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ivr.twiml.request import Party, ended, gathered

PARTY = Party(
    call_sid="CA" + "1" * 32,
    account_sid="AC" + "2" * 32,
    from_number="+15005550006",
    to_number="+12025550100",
)


def test_every_request_has_the_standard_parameters() -> None:
    assert PARTY.form("ringing") == {
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


def test_a_gather_adds_what_was_pressed() -> None:
    assert gathered("12", "#") == {"Digits": "12", "FinishedOnKey": "#", "msg": "Gather End"}


# "Duration: in minutes", which are charged as begun; "Timestamp: RFC 2822".
@pytest.mark.parametrize(
    ("seconds", "minutes"), [(0, "0"), (1, "1"), (60, "1"), (61, "2")], ids=str
)
def test_a_status_callback_tells_how_long_the_call_was(seconds: int, minutes: str) -> None:
    assert ended(seconds, datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC), sequence_number=0) == {
        "CallDuration": str(seconds),
        "Duration": minutes,
        "Timestamp": "Thu, 02 Jan 2025 03:04:05 +0000",
        "CallbackSource": "call-progress-events",
        "SequenceNumber": "0",
    }
