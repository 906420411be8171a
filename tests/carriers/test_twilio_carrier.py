from __future__ import annotations

import pytest

from ivr.carriers import twilio
from ivr.engine.carried import NOTHING, Carried
from ivr.engine.events import CallEnded, DialEnded, Digits, LedBack, NoInput
from ivr.errors import EventError

OWN = {"From": "+919876543210"}


@pytest.mark.parametrize(
    ("form", "event"),
    [
        pytest.param({"Digits": "1"}, Digits("1"), id="one key"),
        pytest.param({"Digits": "0123"}, Digits("0123"), id="a leading zero stays"),
        pytest.param({"Digits": "*"}, Digits("*"), id="star"),
        # Gather: "the finishOnKey is not part of Digits"; pressed alone, Digits is empty.
        pytest.param({"Digits": "", "FinishedOnKey": "#"}, Digits("#"), id="hash alone"),
        pytest.param({"Digits": "12", "FinishedOnKey": "#"}, Digits("12"), id="hash after digits"),
        pytest.param({"Digits": ""}, NoInput(), id="no key"),
        pytest.param({}, NoInput(), id="no Digits at all"),
        pytest.param(
            OWN | {"Digits": "9876543210"}, Digits("9876543210", own_number=True), id="own"
        ),
        pytest.param(OWN | {"Digits": "9876543211"}, Digits("9876543211"), id="not own"),
        pytest.param(
            {"From": "+12025550100", "To": "+919876543210", "Direction": "outbound-api"}
            | {"Digits": "9876543210"},
            Digits("9876543210", own_number=True),
            id="own, in a call that the line has placed",
        ),
        pytest.param({"From": "", "Digits": "9876543210"}, Digits("9876543210"), id="withheld"),
        pytest.param({"From": "anonymous", "Digits": "1"}, Digits("1"), id="anonymous"),
        pytest.param({"From": "1", "Digits": "1"}, Digits("1"), id="a short caller id"),
    ],
)
def test_a_form_becomes_an_event(form: dict[str, str], event: Digits | NoInput) -> None:
    assert twilio.turn_event(form) == event


# Dial, DialCallStatus: "The outcome of the Dial attempt": these words, and `answered` for a
# conference. https://www.twilio.com/docs/voice/twiml/dial
@pytest.mark.parametrize(
    ("status", "was_answered"),
    [
        ("completed", True),
        ("answered", True),
        ("busy", False),
        ("no-answer", False),
        ("failed", False),
        ("canceled", False),
        ("", False),
        ("a word of another carrier", False),
    ],
)
def test_the_end_of_a_dial_tells_whether_somebody_answered(
    status: str, *, was_answered: bool
) -> None:
    form = {"DialCallStatus": status, "DialCallSid": "CA2", "Digits": ""}
    assert twilio.turn_event(form) == DialEnded(was_answered)


@pytest.mark.parametrize(
    ("form", "carried", "event"),
    [
        pytest.param({}, Carried(retry=1), LedBack(), id="a Redirect after a failure"),
        pytest.param({}, Carried(hop=1), LedBack(), id="a Redirect by another version"),
        pytest.param({}, NOTHING, NoInput(), id="behind a Gather"),
        pytest.param({}, Carried(retry=1, has_waited=True), NoInput(), id="behind one, later"),
        # Gather, actionOnEmptyResult: the action is asked, and `Digits` is empty.
        pytest.param({"Digits": ""}, Carried(retry=1), NoInput(), id="silence, later"),
        pytest.param({"Digits": "1"}, Carried(retry=1), Digits("1"), id="a key, later"),
        pytest.param(
            {"DialCallStatus": "completed"},
            Carried(retry=2),
            DialEnded(was_answered=True),
            id="a talk, later",
        ),
    ],
)
def test_a_redirect_that_leads_back_is_no_silence(
    form: dict[str, str], carried: Carried, event: object
) -> None:
    assert twilio.turn_event(form, carried) == event


def test_ten_thousand_digits_are_cut() -> None:
    event = twilio.turn_event({"Digits": "1" * 10_000})
    assert isinstance(event, Digits)
    assert len(event.keys) == twilio.MAX_KEYS


@pytest.mark.parametrize("status", ["completed", "busy", "failed", "no-answer", "canceled"])
def test_a_final_status_ends_the_call(status: str) -> None:
    assert twilio.ended_event({"CallStatus": status}) == CallEnded(status)


@pytest.mark.parametrize("status", ["queued", "ringing", "in-progress", "", "Completed"])
def test_another_status_does_not(status: str) -> None:
    assert twilio.ended_event({"CallStatus": status}) is None


@pytest.mark.parametrize("sid", ["", "C", "CA 1", "CA\n1", "x" * 65, "CAé"])
def test_a_call_without_a_name_is_refused_in_words(sid: str) -> None:
    with pytest.raises(EventError, match="CallSid is missing"):
        twilio.call({"CallSid": sid})


@pytest.mark.parametrize(
    ("to", "line"),
    [
        pytest.param("+12025550100", "+12025550100", id="a number"),
        pytest.param("sip:line@example.sip.twilio.com", None, id="by SIP"),
        pytest.param("client:line", None, id="an application"),
        pytest.param("56161", None, id="a short code"),
        pytest.param("+0123456789", None, id="no country has 0"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_a_call_tells_which_number_was_rung(to: str, line: str | None) -> None:
    assert twilio.call({**OWN, "CallSid": "CA1", "To": to}) == twilio.Call(
        sid="CA1", caller="+919876543210", line=line
    )


def test_in_a_call_that_the_line_has_placed_the_caller_is_whom_it_rang() -> None:
    """Direction: "outbound-api" for calls initiated via the REST API."""
    form = {"CallSid": "CA1", "From": "+12025550100", "To": "+919876543210"}
    assert twilio.call({**form, "Direction": "outbound-api"}) == twilio.Call(
        sid="CA1", caller="+919876543210", line="+12025550100"
    )


def test_what_may_end_in_a_log_shows_no_number() -> None:
    call = twilio.call({**OWN, "CallSid": "CA1", "To": "+12025550100"})
    assert repr(call) == "Call(CA1)"
