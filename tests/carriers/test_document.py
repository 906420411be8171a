"""Instructions become documents as Twilio needs them, and only their addresses differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from ivr.carriers.document import Person, alike, say, unaddressed
from ivr.engine.carried import NOTHING, Carried
from ivr.engine.turn import Dial, Gather, HandOver, Hangup, Pause, Play, Reject
from ivr.errors import TwimlError
from ivr.twiml import verbs
from ivr.twiml.rules import MAX_DOCUMENT_BYTES
from tests.conftest import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ivr.engine.turn import Instruction

GATHER = Gather(
    said=(Play("menu"),),
    place="main_menu",
    turn=2,
    num_digits=1,
    first_key_seconds=10,
    next_key_seconds=5,
)
DIAL = Dial(place="person", turn=9, ring_seconds=25, limit_seconds=1200)
VOLUNTEER = Person(number="+919999999999", caller_id="+12025550100")


def speak(plays: Sequence[Play]) -> tuple[verbs.Play, ...]:
    """A clip for two prompts together, or for one alone."""
    pairs = (plays[start : start + 2] for start in range(0, len(plays), 2))
    return tuple(verbs.Play(f"/clips/{'-'.join(p.prompt for p in pair)}.wav") for pair in pairs)


def document(
    instructions: tuple[Instruction, ...], carried: Carried = NOTHING, person: Person | None = None
) -> bytes:
    return unaddressed(alike(instructions), speak, person).addressed(instructions, carried)


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
    assert clean(document((gather,))) == (
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
    assert clean(document(said)) == due


def test_keys_pressed_in_a_pause_before_a_gather_are_no_keys_of_it() -> None:
    """What is said before stays outside too, and is one clip of its own."""
    said = (Play("right"), Play("well_done"), Pause(1), GATHER)
    verb_types = [type(verb) for verb in clean(document(said))]
    assert verb_types == [verbs.Play, verbs.Pause, verbs.Gather, verbs.Redirect]
    first, _, gather, _ = clean(document(said))
    assert first == verbs.Play("/clips/right-well_done.wav")
    assert isinstance(gather, verbs.Gather)
    assert gather.nested == (verbs.Play("/clips/menu.wav"),)


def test_a_person_is_rung_with_both_limits_and_sees_the_number_of_the_line() -> None:
    found = document((Play("ringing"), DIAL), person=VOLUNTEER)
    assert clean(found) == (
        verbs.Play("/clips/ringing.wav"),
        verbs.Dial(
            nouns=(verbs.Noun("Number", "+919999999999"),),
            action="/voice/turn/person?turn=9",
            timeout_seconds=25,
            time_limit_seconds=1200,
            caller_id="+12025550100",
        ),
    )
    assert b'timeout="25" timeLimit="1200" callerId="+12025550100"' in found


def test_every_address_of_a_document_carries_what_the_call_needs() -> None:
    carried = Carried(began=1_795_420_000, language="en", silences=1)
    told = "call=1795420000,language:en,silences:1"
    gather, behind = clean(document((GATHER,), carried))
    assert isinstance(gather, verbs.Gather)
    assert gather.action == f"/voice/turn/main_menu?turn=2&{told}"
    assert behind == verbs.Redirect(gather.action)
    (dial,) = clean(document((DIAL,), carried, VOLUNTEER))
    assert isinstance(dial, verbs.Dial)
    assert dial.action == f"/voice/turn/person?turn=9&{told}"


def test_the_way_on_behind_a_gather_is_not_taken_for_one_that_leads_back() -> None:
    gather, behind = clean(document((GATHER,), Carried(retry=1)))
    assert isinstance(gather, verbs.Gather)
    assert gather.action == "/voice/turn/main_menu?turn=2&retry=1"
    assert behind == verbs.Redirect("/voice/turn/main_menu?turn=2&retry=1&waited=1")


@pytest.mark.parametrize(
    ("language", "locale", "voice"),
    [("bn", "bn-IN", "Google.bn-IN-Standard-A"), ("en", "en-IN", "Google.en-IN-Standard-A")],
)
def test_words_without_a_clip_have_a_voice_by_name(language: str, locale: str, voice: str) -> None:
    assert say("নমস্কার", language) == verbs.Say("নমস্কার", language=locale, voice=voice)


def test_what_callers_hear_alike_is_written_once_and_addressed_for_each() -> None:
    """A turn and a place stand only in the addresses."""
    one, other = GATHER, replace(GATHER, place="help", turn=9)
    assert alike((Play("right"), one)) == alike((Play("right"), other))
    assert alike((one,)) != alike((Play("right"), one))
    assert document((other,)) == document((one,)).replace(b"main_menu?turn=2", b"help?turn=9")


def test_hand_overs_of_all_calls_are_alike() -> None:
    """Else each of them would take the room of a menu among what is remembered."""
    one, other = (HandOver("new_menu", 3, Carried(began=began, hop=1)) for began in (1, 2))
    assert alike((one,)) == alike((other,))
    assert document((one,)) == document((other,)).replace(b"call=2", b"call=1")


def test_an_address_is_escaped_as_xml_needs_it() -> None:
    assert b"turn=2&amp;call=7,language:en" in document((GATHER,), Carried(began=7, language="en"))


def test_a_document_that_grows_too_large_by_its_addresses_is_not_given() -> None:
    """Twilio, 11750: "The response body was too large"; 64 kB is the most."""
    few = unaddressed((Hangup(),), speak)
    room = MAX_DOCUMENT_BYTES - len(few.addressed((), NOTHING)) - 1000
    words = tuple(say("a" * min(3900, room - at), "en") for at in range(0, room, 4000))
    full = unaddressed((GATHER,), lambda plays: words if plays else ())
    assert len(full.addressed((GATHER,), NOTHING)) > MAX_DOCUMENT_BYTES - 2000
    with pytest.raises(TwimlError, match="write fewer verbs"):
        full.addressed((GATHER,), Carried(began=1, back=("a" * 40,) * 50))
