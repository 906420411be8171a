"""Turns that have a time of their own, that key what was read out, or that stay to the end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.errors import CallError, ScriptError
from ivr.simulator.actions import HangUp, Press, Record, Speak
from ivr.simulator.digits import Digits
from ivr.simulator.events import KeyPressed, Pressed
from ivr.simulator.follower import follow
from ivr.simulator.http.in_process import InProcess
from ivr.simulator.phone import Phone
from ivr.simulator.script import Entry, ReadBack, Stay, Timed, Wait, parse, write
from ivr.simulator.setup import Setup
from ivr.simulator.testing import TestPhone
from tests.cli.pages import pages
from tests.sounds import sound

SCRIPTS: dict[str, tuple[Entry, ...]] = {
    "heard": (ReadBack(),),
    "1@2.5 2": (Timed(Press("1"), 2.5), Press("2")),
    "heard@4,0.5": (Timed(ReadBack(), 4.0, 0.5),),
    "'say:two words@1'": (Timed(Speak("two words"), 1.0),),
    "record:4@0": (Timed(Record(4.0), 0.0),),
    "hangup@4": (Timed(HangUp(), 4.0),),
    "1 stay": (Press("1"), Stay()),
    "say:me@home": (Speak("me@home"),),
    "'say:room@5 '": (Speak("room@5"),),
}


@pytest.mark.parametrize(("text", "turns"), SCRIPTS.items(), ids=SCRIPTS)
def test_a_turn_may_have_a_time(text: str, turns: tuple[Entry, ...]) -> None:
    assert parse(text) == turns
    assert write(turns) == text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("silence@2", "has a time, and lasts as long", id="silence"),
        pytest.param("stay@2", "has a time, and lasts as long", id="stay"),
        pytest.param("1@14401", "after the end of any call", id="after any call"),
        pytest.param("12@1,14401", "after the end of any call", id="between keys"),
        pytest.param("say:a@1,2", "no keys to leave time between", id="words have no keys"),
        pytest.param("1@", "'1@' is not a turn with a time; write seconds", id="no time"),
        pytest.param("1@abc", "is not a turn", id="no number"),
        pytest.param("@2", "'@2' is a time without a turn; write", id="only a time"),
        pytest.param("1@2@3", "'1@2' is not a turn", id="two times"),
        pytest.param("hangup@2 1", "'1' comes after 'hangup@2'", id="after hanging up"),
        pytest.param("stay 1", "'1' comes after 'stay'", id="after the end"),
    ],
)
def test_a_time_that_cannot_be_is_told(text: str, message: str) -> None:
    with pytest.raises(CallError, match=message):
        parse(text)


NUMBERS = st.integers(0, 14_400_000).map(lambda number: number / 1000)
WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).map(str.strip).filter(bool)
ACTIONS = st.one_of(
    st.text("0123456789*#", min_size=1, max_size=12).map(Press),
    WORDS.map(Speak),
    NUMBERS.filter(bool).map(Record),
)
TIMED = st.builds(Timed, ACTIONS | st.just(ReadBack()), NUMBERS) | st.builds(
    Timed, st.just(ReadBack()) | st.just(Press("12")), NUMBERS, NUMBERS
)
TURNS = st.lists(ACTIONS | TIMED | st.just(Wait()) | st.just(ReadBack()))
LAST = st.sampled_from([(), (HangUp(),), (Stay(),), (Timed(HangUp(), 2.5),)])


@given(st.builds(lambda turns, last: (*turns, *last), TURNS, LAST))
def test_what_is_written_is_read_again(turns: tuple[Entry, ...]) -> None:
    assert parse(write(turns)) == turns


DOCUMENTS = {
    "/menu": '<Gather numDigits="1" action="/code"><Play>/menu.wav</Play></Gather>'
    "<Redirect>/menu</Redirect>",
    "/code": '<Gather numDigits="4" action="/end"><Say>Your code is 4 7</Say><Say>2 1</Say>'
    "</Gather><Hangup/>",
    "/other": '<Gather numDigits="3" action="/end"><Say>Key null sieben eins</Say></Gather>',
    "/end": '<Say>Goodbye</Say><Pause length="2"/>',
    "/queue": '<Enqueue waitUrl="/wait">help</Enqueue>',
    "/wait": '<Pause length="40"/>',
    "/asks": '<Gather numDigits="1" timeout="3"/><Gather numDigits="1" timeout="3"/>',
}


def ring(path: str, keys: str, digits: Digits | None = None) -> tuple[object, list[object], int]:
    """Who ended the call, its keys and entries with their times, and the turns that are left."""
    app = pages(DOCUMENTS, {"/menu.wav": sound("Press a key", 2.5)})
    with Phone(InProcess(app), "T", Setup(key_seconds=0.0, max_documents=20)) as phone:
        call = phone.call(f"http://line.test{path}")
        left = follow(call, parse(keys), digits)
    shown = [
        (round(event.at_seconds, 6), event.key if isinstance(event, KeyPressed) else event.digits)
        for event in call.events
        if isinstance(event, KeyPressed | Pressed)
    ]
    return call.ended, list(shown), len(left)


def test_the_digits_that_were_read_out_are_keyed() -> None:
    _, done, left = ring("/menu", "1 heard")
    assert done[-1] == (done[-1][0], "4721")  # type: ignore[index]
    assert left == 0
    known = Digits({"null": "0", "sieben": "7", "eins": "1"})
    assert ring("/other", "heard", known)[1][-1] == (1.428571, "071")


def test_the_phone_of_the_fixture_can_be_told_what_is_a_digit() -> None:
    with TestPhone() as phone:
        app, known = pages(DOCUMENTS, {}), Digits({"null": "0", "sieben": "7", "eins": "1"})
        call = phone.ring(app, "heard", path="/other", digits=known)
        assert "071" in [event.digits for event in call.events if isinstance(event, Pressed)]
        with pytest.raises(ScriptError, match="no digits were read out before"):
            phone.ring(app, "heard", path="/other")


def test_nothing_that_was_read_out_is_a_failure_and_the_call_is_hung_up() -> None:
    with Phone(InProcess(pages(DOCUMENTS, {})), "T") as phone:
        call = phone.call("http://line.test/other")
        with pytest.raises(ScriptError, match=r"'heard' at 1\.4 s: no digits were read out before"):
            follow(call, parse("heard"))
    assert call.ended == "caller"


def test_a_turn_with_a_time_does_not_wait_for_the_line() -> None:
    ended, done, left = ring("/menu", "1@1.25 hangup@0.5")
    assert (ended, done, left) == ("caller", [(1.25, "1"), (1.25, "1")], 0)


def test_the_time_is_counted_from_the_turn_before() -> None:
    assert ring("/menu", "1@1 4@1 7@0.5 2@0 1@0.25")[1] == [
        *((1.0, "1"), (1.0, "1"), (2.0, "4"), (2.5, "7"), (2.5, "2"), (2.75, "1")),
        (2.75, "4721"),
    ]


def test_after_a_silence_it_is_counted_from_its_end() -> None:
    assert ring("/asks", "silence 5@1")[1] == [(4.0, "5"), (4.0, "5")]


def test_after_a_time_the_next_turn_waits_for_the_line_again() -> None:
    done = ring("/menu", "1@1 4721")[1]
    assert done[0] == (1.0, "1")
    assert done[-1] == (pytest.approx(1 + 19 / 14, abs=1e-3), "4721")


def test_keys_may_have_time_between_them() -> None:
    assert ring("/menu", "1@1 heard@3,0.5")[1][2:] == [
        *((4.0, "4"), (4.5, "7"), (5.0, "2"), (5.5, "1"), (5.5, "4721")),
    ]
    assert ring("/menu", "12@1,0.5 5@1")[1][:2] == [(1.0, "1"), (1.0, "1")], "2 is dropped"
    assert ring("/menu", "12@1,0.5")[0] == "caller"


def test_a_turn_that_comes_after_the_end_is_left_over() -> None:
    ended, _, left = ring("/end", "1@9 2")
    assert (ended, left) == ("document", 2)


def test_a_time_is_kept_in_a_queue_as_well() -> None:
    assert ring("/queue", "hangup@75")[0] == "caller"
    app = pages(DOCUMENTS, {})
    with Phone(InProcess(app), "T") as phone:
        call = phone.call("http://line.test/queue")
        follow(call, parse("hangup@75"))
    assert call.seconds == 75.0


@pytest.mark.parametrize(("path", "by"), [("/asks", "document"), ("/queue", "limit")])
def test_who_stays_hears_the_call_to_its_end(path: str, by: str) -> None:
    assert ring(path, "stay")[0] == by
