from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.carriers import twilio
from ivr.engine.carried import NOTHING, Carried
from ivr.engine.events import CallEnded, DialEnded, Digits, LedBack, NoInput
from ivr.engine.turn import Dial, Gather, HandOver, Hangup, Pause, Play, Reject
from ivr.errors import EventError
from ivr.twiml import verbs
from tests.conftest import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ivr.engine.turn import Instruction

OWN = {"From": "+919876543210"}
GATHER = Gather(
    said=(Play("menu"),),
    place="main_menu",
    turn=2,
    num_digits=1,
    first_key_seconds=10,
    next_key_seconds=5,
)
DIAL = Dial(place="person", turn=9, ring_seconds=25, limit_seconds=1200)
VOLUNTEER = twilio.Person(number="+919999999999", caller_id="+12025550100")


def speak(plays: Sequence[Play]) -> tuple[verbs.Play, ...]:
    """A clip for two prompts together, or for one alone."""
    pairs = (plays[start : start + 2] for start in range(0, len(plays), 2))
    return tuple(verbs.Play(f"/clips/{'-'.join(p.prompt for p in pair)}.wav") for pair in pairs)


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
    assert (repr(call), repr(VOLUNTEER)) == ("Call(CA1)", "Person(…)")


def test_a_gather_is_written_as_twilio_needs_it() -> None:
    gather = Gather(
        said=(Play("one"), Pause(2), Play("two"), Play("three"), Play("four")),
        place="register_lesson.register_6",
        turn=7,
        num_digits=1,
        first_key_seconds=10,
        next_key_seconds=5,
    )
    action = "/voice/turn/register_lesson.register_6?turn=7"
    assert clean(twilio.document((gather,), speak, NOTHING)) == (
        verbs.Gather(
            nested=(
                verbs.Play("/clips/one.wav"),
                verbs.Pause(2),
                verbs.Play("/clips/two-three.wav"),
                verbs.Play("/clips/four.wav"),
            ),
            action=action,
            timeout_seconds=10,
            finish_on_key="",
            num_digits=1,
            action_on_empty_result=True,
        ),
        verbs.Redirect(action),
    )


@pytest.mark.parametrize(
    ("said", "due"),
    [
        pytest.param(
            (Play("goodbye"), Pause(), Hangup()),
            (verbs.Play("/clips/goodbye.wav"), verbs.Pause(), verbs.Hangup()),
            id="a goodbye",
        ),
        pytest.param(
            (Play("no_input_last"), Play("goodbye"), Hangup()),
            (verbs.Play("/clips/no_input_last-goodbye.wav"), verbs.Hangup()),
            id="a goodbye with its lead as one clip",
        ),
        pytest.param(
            (Pause(2), Play("goodbye")),
            (verbs.Pause(2), verbs.Play("/clips/goodbye.wav")),
            id="a pause first and nothing behind",
        ),
        pytest.param((Hangup(),), (verbs.Hangup(),), id="nothing said"),
        pytest.param(
            (DIAL,), (verbs.Redirect("/voice/turn/person?turn=9"),), id="a dial, and nobody to ring"
        ),
        pytest.param((Reject(),), (verbs.Reject("busy"),), id="a call that is one too many"),
        pytest.param(
            (HandOver("new_menu", 3, Carried(began=1_795_420_000, hop=1)),),
            (verbs.Redirect("/voice/turn/new_menu?turn=3&call=1795420000&hop=1"),),
            id="a place of another version",
        ),
    ],
)
def test_what_is_said_outside_of_a_gather_is_written_in_its_order(
    said: tuple[Instruction, ...], due: tuple[verbs.Verb, ...]
) -> None:
    assert clean(twilio.document(said, speak, NOTHING)) == due


def test_keys_pressed_in_a_pause_before_a_gather_are_no_keys_of_it() -> None:
    """What is said before stays outside too, and is one clip of its own."""
    said = (Play("right"), Play("well_done"), Pause(1), GATHER)
    verb_types = [type(verb) for verb in clean(twilio.document(said, speak, NOTHING))]
    assert verb_types == [verbs.Play, verbs.Pause, verbs.Gather, verbs.Redirect]
    first, _, gather, _ = clean(twilio.document(said, speak, NOTHING))
    assert first == verbs.Play("/clips/right-well_done.wav")
    assert isinstance(gather, verbs.Gather)
    assert gather.nested == (verbs.Play("/clips/menu.wav"),)


def test_a_person_is_rung_with_both_limits_and_sees_the_number_of_the_line() -> None:
    document = twilio.document((Play("ringing"), DIAL), speak, NOTHING, VOLUNTEER)
    assert clean(document) == (
        verbs.Play("/clips/ringing.wav"),
        verbs.Dial(
            nouns=(verbs.Noun("Number", "+919999999999"),),
            action="/voice/turn/person?turn=9",
            timeout_seconds=25,
            time_limit_seconds=1200,
            caller_id="+12025550100",
        ),
    )
    assert b'timeout="25" timeLimit="1200" callerId="+12025550100"' in document


def test_every_address_of_a_document_carries_what_the_call_needs() -> None:
    carried = Carried(began=1_795_420_000, language="en", silences=1)
    told = "call=1795420000,language:en,silences:1"
    gather, behind = clean(twilio.document((GATHER,), speak, carried))
    assert isinstance(gather, verbs.Gather)
    assert gather.action == f"/voice/turn/main_menu?turn=2&{told}"
    assert behind == verbs.Redirect(gather.action)
    (dial,) = clean(twilio.document((DIAL,), speak, carried, VOLUNTEER))
    assert isinstance(dial, verbs.Dial)
    assert dial.action == f"/voice/turn/person?turn=9&{told}"


def test_the_way_on_behind_a_gather_is_not_taken_for_one_that_leads_back() -> None:
    gather, behind = clean(twilio.document((GATHER,), speak, Carried(retry=1)))
    assert isinstance(gather, verbs.Gather)
    assert gather.action == "/voice/turn/main_menu?turn=2&retry=1"
    assert behind == verbs.Redirect("/voice/turn/main_menu?turn=2&retry=1&waited=1")


@pytest.mark.parametrize(
    ("language", "locale", "voice"),
    [("bn", "bn-IN", "Google.bn-IN-Standard-A"), ("en", "en-IN", "Google.en-IN-Standard-A")],
)
def test_words_without_a_clip_have_a_voice_by_name(language: str, locale: str, voice: str) -> None:
    assert twilio.say("নমস্কার", language) == verbs.Say("নমস্কার", language=locale, voice=voice)
