"""A script is a line of words, each of which the caller does when the line waits for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.errors import CallError
from ivr.simulator.actions import HangUp, Press, Record, Speak
from ivr.simulator.events import Ended, Pressed, Recorded, Requested, Silence, Spoke
from ivr.simulator.follower import follow
from ivr.simulator.http.in_process import InProcess
from ivr.simulator.phone import Phone
from ivr.simulator.script import Entry, Wait, parse
from ivr.simulator.setup import Setup
from tests.cli.pages import pages
from tests.sounds import sound

if TYPE_CHECKING:
    from ivr.simulator.call import Call
    from ivr.simulator.log import Pace

SCRIPTS: dict[str, tuple[Entry, ...]] = {
    "": (),
    "  ": (),
    "1": (Press("1"),),
    "1 1 2 silence 0000012345": (
        Press("1"),
        Press("1"),
        Press("2"),
        Wait(),
        Press("0000012345"),
    ),
    "*9# # 0": (Press("*9#"), Press("#"), Press("0")),
    " 1\t2\nhangup ": (Press("1"), Press("2"), HangUp()),
    "say:yes 1": (Speak("yes"), Press("1")),
    '"say:two words" 1': (Speak("two words"), Press("1")),
    "say:'two  words' '12#'": (Speak("two  words"), Press("12#")),
    '"say:it\'s me"': (Speak("it's me"),),
    "say:\u09b9\u09cd\u09af\u09be\u0981": (Speak("\u09b9\u09cd\u09af\u09be\u0981"),),
    "say:#1": (Speak("#1"),),
    "record:4 record:0.5 record:14400": (Record(4.0), Record(0.5), Record(14400.0)),
}


@pytest.mark.parametrize(("text", "turns"), SCRIPTS.items(), ids=map(repr, SCRIPTS))
def test_each_word_is_a_turn(text: str, turns: tuple[Entry, ...]) -> None:
    assert parse(text) == turns


@pytest.mark.parametrize(
    ("text", "bad_word"),
    [
        pytest.param("1 two 3", "two", id="a word"),
        pytest.param("1,2", "1,2", id="a comma"),
        pytest.param("Silence", "Silence", id="a capital letter"),
        pytest.param("1 \u09e7", "\u09e7", id="a Bengali digit"),
        pytest.param("1 ''", "", id="nothing in quotes"),
        pytest.param("1 hangup 2", "2", id="a turn after hanging up"),
        pytest.param("hangup hangup", "hangup", id="hanging up twice"),
        pytest.param("say:", "say:", id="nothing to say"),
        pytest.param("'say: '", "say: ", id="only a space to say"),
        pytest.param("say:\udcff", "say:\udcff", id="what is no text"),
        pytest.param("say :yes", "say", id="a space before the colon"),
        pytest.param("record:", "record:", id="no seconds"),
        pytest.param("record:abc", "record:abc", id="letters for seconds"),
        pytest.param("record:-4", "record:-4", id="less than no seconds"),
        pytest.param("record:0", "record:0", id="no time at all"),
        pytest.param("record:nan", "record:nan", id="no number"),
        pytest.param("record:1e3", "record:1e3", id="an exponent"),
        pytest.param("record:\u09ea", "record:\u09ea", id="Bengali seconds"),
        pytest.param("record:14401", "record:14401", id="longer than a call"),
        pytest.param(f"record:{'9' * 5000}", f"record:{'9' * 5000}", id="longer than anything"),
        pytest.param("1 'say:two words", "say:two words", id="a quote that is not closed"),
        pytest.param("say:don't 1", "say:dont 1", id="an apostrophe"),
        pytest.param("1 2\\", "2", id="a backslash at the end"),
    ],
)
def test_a_bad_word_is_named(text: str, bad_word: str) -> None:
    with pytest.raises(CallError) as caught:
        parse(text)
    assert str(caught.value).startswith(f"keys: {bad_word!r}")


def test_what_to_do_is_said() -> None:
    with pytest.raises(CallError, match="write digits, \\* or #, 'silence', 'heard', 'say"):
        parse("one")
    with pytest.raises(CallError, match="close it, or put a turn"):
        parse("say:don't")
    with pytest.raises(CallError, match="such as 'record:4'"):
        parse("record:long")


DOCUMENTS = {
    "/menu": '<Gather numDigits="1" action="/free"><Play>/menu.wav</Play></Gather>'
    "<Redirect>/menu</Redirect>",
    "/free": '<Gather action="/words" timeout="3"/><Redirect>/free</Redirect>',
    "/words": '<Gather input="speech" action="/record" speechTimeout="2"/><Hangup/>',
    "/record": '<Record action="/end" timeout="4"/>',
    "/end": '<Say>Goodbye</Say><Pause length="2"/>',
    "/queue": '<Enqueue waitUrl="/wait">help</Enqueue>',
    "/hold": "<Enqueue>help</Enqueue>",
    "/wait": '<Gather numDigits="1" action="/leave" timeout="10"/>',
    "/leave": "<Leave/>",
    "/music": '<Enqueue waitUrl="/song">help</Enqueue>',
    "/song": '<Pause length="25"/>',
    "/mute": '<Enqueue waitUrl="/nothing">help</Enqueue>',
    "/nothing": "",
    "/again": '<Enqueue waitUrl="/again">help</Enqueue>',
    "/soon": '<Enqueue waitUrl="/late" action="/menu">help</Enqueue>',
    "/late": '<Pause length="40"/><Leave/>',
}


def place(path: str, keys: str, pace: Pace | None = None) -> tuple[Call, int]:
    app = pages(DOCUMENTS, {"/menu.wav": sound("Press a key", 2.5)})
    with Phone(InProcess(app), "T", Setup(max_documents=20)) as phone:
        call = phone.call(f"http://line.test{path}", pace=pace)
        left = follow(call, parse(keys))
    return call, len(left)


def test_each_time_that_the_line_waits_the_next_turn_is_used() -> None:
    call, left = place("/menu", "silence 1 45 'say:one two' record:3")
    done = [
        event for event in call.events if isinstance(event, Silence | Pressed | Spoke | Recorded)
    ]
    assert done == [
        Silence(at_seconds=7.5, seconds=5.0),
        Pressed(at_seconds=10.5, digits="1", finished_on=""),
        Pressed(at_seconds=14.5, digits="45", finished_on=""),
        Spoke(at_seconds=15.0, text="one two"),
        Recorded(at_seconds=24.5, seconds=3.0, key=""),
    ]
    assert (call.ended, left) == ("document", 0)


ENDS: dict[str, tuple[str, str, str, int]] = {
    "no turns": ("/menu", "", "caller", 0),
    "turns that run out": ("/menu", "1 1", "caller", 0),
    "hanging up": ("/menu", "1 hangup", "caller", 0),
    "a line that hangs up sooner": ("/words", "silence 1 2", "hangup", 2),
    "a document that ends": ("/end", "1", "document", 1),
    "a queue that is not waited in": ("/hold", "1", "caller", 1),
    "a queue that is hung up in": ("/hold", "hangup", "caller", 0),
    "a queue that says the same again and again": ("/music", "1", "caller", 1),
    "a queue that says nothing": ("/mute", "", "caller", 0),
    "a queue that waits in itself": ("/again", "1", "caller", 1),
}


@pytest.mark.parametrize(("path", "keys", "by", "left"), ENDS.values(), ids=ENDS)
def test_how_a_script_ends(path: str, keys: str, by: str, left: int) -> None:
    call, found = place(path, keys)
    assert (call.ended, found) == (by, left)


# Nobody takes a pretend caller out of a queue; a script's has patience, and not without end.
@pytest.mark.parametrize(
    ("path", "seconds"), [("/hold", 60), ("/music", 100.3), ("/mute", 1), ("/again", 1)]
)
def test_a_script_stays_in_a_queue_for_a_minute(path: str, seconds: float) -> None:
    call, _ = place(path, "")
    assert call.seconds == pytest.approx(seconds)
    assert not call.failures


def test_a_turn_is_kept_for_what_comes_after_the_queue() -> None:
    call, left = place("/soon", "1")
    assert Pressed(at_seconds=43.0, digits="1", finished_on="") in call.events
    assert (call.ended, left) == ("caller", 0)


PACED = ["", "1", "silence 123", "1 45# hangup", "1 45 silence", "1 # 45 'say:one two' record:3 9"]


@pytest.mark.parametrize("keys", PACED)
@pytest.mark.parametrize("path", ["/menu", "/free", "/words", "/record", "/hold", "/queue"])
def test_a_script_on_the_real_clock_does_the_same(path: str, keys: str) -> None:
    waited: list[float] = []
    usual, left = place(path, keys)
    paced, left_too = place(path, keys, waited.append)
    assert without_requests(paced) == without_requests(usual)
    assert left_too == left
    assert sum(waited) == pytest.approx(paced.seconds, abs=1.5), "but for keys that were dropped"


def without_requests(call: Call) -> list[object]:
    """What took a moment really differs from call to call."""
    return [event for event in call.events if not isinstance(event, Requested)]


def test_nothing_is_asked_ahead_of_the_real_clock() -> None:
    """A prompt of 2.5 s is waited for before the key that leads to the next document."""
    happened: list[str] = []
    app = pages(DOCUMENTS, {"/menu.wav": sound("Press a key", 2.5)})
    with Phone(InProcess(app), "T") as phone:
        call = phone.call(
            "http://line.test/menu",
            on_event=lambda event: happened.append(type(event).__name__),
            pace=lambda seconds: happened.append(f"{seconds:g} s"),
        )
        follow(call, parse("1"))
    told = [each for each in happened if each not in {"Received", "Played", "Heard", "Warned"}]
    assert told[:8] == [
        *("Requested", "Requested", "2.5 s", "Gathering", "0.5 s"),
        *("KeyPressed", "Pressed", "Requested"),
    ]
    assert told[-1] == Ended.__name__
