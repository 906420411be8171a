"""What happens in a call is told in lines to read, each of one speaker."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.simulator import events
from ivr.simulator.transcript import Told, tell, told

if TYPE_CHECKING:
    from ivr.simulator.events import Event


def heard(words: str, *, is_clip: bool = True, loop: int = 1, to: str | None = None) -> Event:
    url = "http://line.test/a.wav" if is_clip else None
    return events.Heard(
        at_seconds=0,
        words=words,
        url=url,
        seconds=1,
        is_clip=is_clip,
        language=None,
        loop=loop,
        to=to,
    )


def gathering(num_digits: int | None, finish_on_key: str) -> Event:
    return events.Gathering(
        at_seconds=0,
        input="dtmf",
        num_digits=num_digits,
        timeout_seconds=5,
        finish_on_key=finish_on_key,
        action="http://line.test/turn",
    )


def requested(status: int | None, *faults: str) -> Event:
    return events.Requested(
        at_seconds=0,
        method="POST",
        url="u",
        status=status,
        purpose="document",
        seconds=0.0124,
        faults=faults,
    )


LINES: dict[str, tuple[Event, str, str]] = {
    "a clip": (heard("Press 1"), "line", "Press 1"),
    "a clip without words": (
        heard(" "),
        "line",
        "(a clip without words: http://line.test/a.wav)",
    ),
    "a Say": (heard("Hello", is_clip=False), "line", "(Say) Hello"),
    "a loop": (heard("Hello", is_clip=False, loop=3), "line", "(Say) Hello (3 times)"),
    "a whisper": (heard("A call", to="+1500"), "line", "(to +1500) A call"),
    "tones": (
        events.Played(at_seconds=0, words="ww1#", url=None, seconds=1.4),
        "line",
        "(tones ww1#)",
    ),
    "a pause": (events.Paused(at_seconds=0, seconds=2), "line", "(pause of 2 s)"),
    "a slow application": (
        events.Delayed(at_seconds=0, seconds=2.5),
        "line",
        "(nothing for 2.5 s: the application is slow)",
    ),
    "a tone": (
        events.Beeped(
            at_seconds=0, max_seconds=60, timeout_seconds=5, finish_on_key="#", action="u"
        ),
        "line",
        "(beep: records)",
    ),
    "an entry": (events.Pressed(at_seconds=0, digits="12", finished_on="#"), "caller", "12#"),
    "words": (events.Spoke(at_seconds=0, text="yes"), "caller", "says: yes"),
    "words to nobody": (
        events.Spoke(at_seconds=0, text="yes", is_heard=False),
        "caller",
        "says: yes (the line does not listen for words)",
    ),
    "silence": (events.Silence(at_seconds=0, seconds=5), "caller", "(silence for 5 s)"),
    "a recording": (
        events.Recorded(at_seconds=0, seconds=4, key=""),
        "caller",
        "(recorded 4.0 s)",
    ),
    "a recording that a key ends": (
        events.Recorded(at_seconds=0, seconds=4.25, key="hangup"),
        "caller",
        "(recorded 4.2 s, ended by hangup)",
    ),
    "a Dial": (
        events.Dialed(at_seconds=0, to=("+1", "asha"), outcome="busy", seconds=0),
        "line",
        "(dials +1, asha: busy)",
    ),
    "a queue": (
        events.Enqueued(at_seconds=0, queue="help"),
        "line",
        "(the caller waits in the queue help)",
    ),
    "a message": (
        events.Texted(at_seconds=0, to="+1", text="Hello"),
        "line",
        "(SMS to +1: Hello)",
    ),
    "a warning of Twilio's": (
        events.Warned(at_seconds=0, code=12200, message="odd"),
        "warning",
        "12200: odd",
    ),
    "a warning of its own": (
        events.Warned(at_seconds=0, code=None, message="odd"),
        "warning",
        "odd",
    ),
    "a failure": (events.Failed(at_seconds=0, code=11200, message="no"), "error", "11200: no"),
    "a request": (requested(200), "", "POST u \u2192 200, 12 ms"),
    "a request without an answer": (requested(None), "", "POST u \u2192 no answer, 12 ms"),
    "a request that faults befell": (
        requested(500, "slow:3", "status:500@2"),
        "",
        "POST u \u2192 500, 12 ms; on purpose: slow:3, status:500@2",
    ),
    "a Redirect": (events.Redirected(at_seconds=0, url="u"), "", "Redirect to u"),
    "a Reject": (events.Rejected(at_seconds=0, reason="busy"), "", "Reject: busy"),
    "a Gather": (
        gathering(None, ""),
        "",
        "waits 5 s for dtmf, then http://line.test/turn",
    ),
    "a Gather with an end": (
        gathering(4, "#"),
        "",
        "waits 5 s for dtmf, at most 4, ended by #, then http://line.test/turn",
    ),
    "a key to nobody": (
        events.KeyPressed(at_seconds=0, key="1", is_heard=False),
        "",
        "the line does not listen for the key 1",
    ),
    "lines in one": (heard("one\ntwo \r\n three"), "line", "one two three"),
    "what could steer a terminal": (heard("\x1b[31mred\x07\x9b"), "line", "[31mred"),
}
"""The event, who is said to speak, and what is said of it."""

TOLD_BY_OTHERS: dict[str, Event] = {
    "a Say, by what is heard": events.Said(
        at_seconds=0, text="Hello", language="en-US", voice="man", loop=1, seconds=1
    ),
    "a Play, by what is heard": events.Played(at_seconds=0, words="Hello", url="u", seconds=1),
    "a key, by the entry": events.KeyPressed(at_seconds=0, key="1"),
    "what stops a prompt, by the entry": events.Interrupted(at_seconds=0),
    "the end, by whoever tells of the call": events.Ended(at_seconds=0, by="caller"),
}


@pytest.mark.parametrize(("event", "speaker", "text"), LINES.values(), ids=LINES)
def test_each_event_is_one_line_of_its_speaker(event: Event, speaker: str, text: str) -> None:
    line = tell(event)
    assert line is not None
    assert (line.speaker, line.text) == (speaker, text)


@pytest.mark.parametrize("event", TOLD_BY_OTHERS.values(), ids=TOLD_BY_OTHERS)
def test_nothing_is_told_twice(event: Event) -> None:
    assert tell(event) is None


def test_a_line_begins_with_its_time_and_its_speaker() -> None:
    assert str(Told(4.25, "caller", "1")) == "   4.2s  caller  1"
    assert str(Told(14_400, "line", "Bye")) == "14400.0s  line    Bye"


def test_what_only_an_engineer_wants_to_know_is_left_out() -> None:
    happened = [
        requested(200),
        heard("Press 1"),
        gathering(1, "#"),
        TOLD_BY_OTHERS["a key, by the entry"],
    ]
    assert list(told(happened)) == ["   0.0s  line    Press 1"]
