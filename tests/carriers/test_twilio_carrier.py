from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.carriers import twilio
from ivr.engine.events import CallEnded, Digits, NoInput
from ivr.engine.turn import Gather, Hangup, Pause, Play
from ivr.errors import EventError
from ivr.twiml import verbs
from tests.conftest import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ivr.engine.turn import Instruction

OWN = {"From": "+919876543210"}


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
        pytest.param({"From": "", "Digits": "9876543210"}, Digits("9876543210"), id="withheld"),
        pytest.param({"From": "anonymous", "Digits": "1"}, Digits("1"), id="anonymous"),
        pytest.param({"From": "1", "Digits": "1"}, Digits("1"), id="a short caller id"),
    ],
)
def test_a_form_becomes_an_event(form: dict[str, str], event: Digits | NoInput) -> None:
    assert twilio.keys_event(form) == event


def test_ten_thousand_digits_are_cut() -> None:
    event = twilio.keys_event({"Digits": "1" * 10_000})
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
        twilio.call_sid({"CallSid": sid})


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
    assert clean(twilio.document((gather,), speak)) == (
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
    ],
)
def test_what_is_said_outside_of_a_gather_is_written_in_its_order(
    said: tuple[Instruction, ...], due: tuple[verbs.Verb, ...]
) -> None:
    assert clean(twilio.document(said, speak)) == due


@pytest.mark.parametrize(
    ("language", "locale", "voice"),
    [("bn", "bn-IN", "Google.bn-IN-Standard-A"), ("en", "en-IN", "Google.en-IN-Standard-A")],
)
def test_words_without_a_clip_have_a_voice_by_name(language: str, locale: str, voice: str) -> None:
    assert twilio.say("নমস্কার", language) == verbs.Say("নমস্কার", language=locale, voice=voice)
