"""A slow application keeps its caller waiting, who hears nothing and can do what callers do."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from ivr.simulator import events
from ivr.simulator.phone import Phone
from ivr.twiml.rules import MAX_CALL_SECONDS
from tests.simulator.conformance import (
    EMPTY,
    ONE_SECOND,
    ORIGIN,
    THANKS,
    TOKEN,
    Application,
    Carrier,
    Case,
    case,
    hang_up,
    press,
    say,
    start,
    wait,
)
from tests.simulator.faulty_line import (
    ENDED,
    KEYED,
    LINE,
    MOVED,
    SCREENED,
    THANKED,
    with_faults,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.simulator.call import Call

# The application answers, and its answer comes late.
SLOW: dict[str, Case] = {
    "slow, at the first document": case(
        LINE,
        "1",
        setup=with_faults("slow:3@1"),
        asked=["POST /voice", "POST /turn"],
        heard=THANKED,
        ended="document",
        seconds=3 + ENDED,
        events=[
            *("Delayed", "Said", "Heard", "Gathering", "KeyPressed", "Pressed"),
            *("Said", "Heard", "Ended"),
        ],
        at={"Delayed": 0, "Gathering": 4, "Pressed": 4.5},
    ),
    "slow, at a Gather's action": case(
        LINE,
        "1",
        setup=with_faults("slow:3@2"),
        heard=THANKED,
        ended="document",
        seconds=3 + ENDED,
        at={"Delayed": KEYED, "Pressed": KEYED, "Ended": 3 + ENDED},
    ),
    "slow, at every document": case(
        LINE, "1", setup=with_faults("slow:0.25"), heard=THANKED, seconds=0.5 + ENDED
    ),
    "slow, by two faults": case(
        LINE, "1", setup=with_faults("slow:1", "slow:2@2"), heard=THANKED, seconds=4 + ENDED
    ),
    "slow, at an HTTP redirect and its target": case(
        {"/voice": MOVED, "/moved": THANKS},
        setup=with_faults("slow:7"),
        asked=["POST /voice", "GET /moved"],
        heard=["Thanks"],
        seconds=14 + 6 / 14,
        ended="document",
    ),
    "slow, at the url of a noun": case(
        {"/voice": SCREENED, "/screen": EMPTY, "/turn": EMPTY},
        setup=with_faults("slow:3@2"),
        dialed=[(("+12025550123",), "completed")],
        seconds=4 + 3 + 20,
        at={"Delayed": 4},
    ),
    "slow, at a waitUrl": case(
        {
            "/voice": "<Response><Enqueue waitUrl='/wait'>q</Enqueue></Response>",
            "/wait": "<Response><Say>Wait</Say><Leave/></Response>",
        },
        setup=with_faults("slow:3@2"),
        heard=["Wait"],
        seconds=3 + 4 / 14,
        ended="document",
    ),
    # As long as a read may last, which is 15 s, and as everything together may.
    "slow, and just in time": case(
        LINE, "1", setup=with_faults("slow:15@2"), heard=THANKED, seconds=15 + ENDED
    ),
    "too slow": case(
        LINE,
        "1",
        setup=with_faults("slow:15.001@2"),
        asked=["POST /voice", "POST /turn"],
        heard=[ONE_SECOND],
        failures=[11200],
        ended="error",
        seconds=15 + KEYED,
    ),
    "too slow, with a fallback": case(
        LINE,
        "1",
        setup=with_faults("slow:20@2", fallback_url="/fallback"),
        asked=["POST /voice", "POST /turn", "POST /fallback"],
        heard=[ONE_SECOND, "Sorry"],
        failures=[11200],
        at={"Delayed": KEYED, "Failed": 15 + KEYED, "Heard": 15 + KEYED},
        ended="document",
    ),
    "too slow, at the fallback too": case(
        LINE,
        setup=with_faults("slow:20", fallback_url="/fallback"),
        asked=["POST /voice", "POST /fallback"],
        failures=[11200, 11200],
        ended="error",
        seconds=30,
    ),
    "too slow for its own read timeout": case(
        LINE,
        setup=with_faults("slow:3"),
        path="/voice#rt=2000",
        failures=[11200],
        ended="error",
        seconds=2,
    ),
    "too slow, tried again": case(
        LINE,
        "1",
        setup=with_faults("slow:3@1"),
        path="/voice#rt=2000&rc=1&rp=rt",
        asked=["POST /voice", "POST /voice", "POST /turn"],
        heard=THANKED,
        seconds=2 + ENDED,
        ended="document",
    ),
    "too slow, tried again until the time for all of it is over": case(
        LINE,
        setup=with_faults("slow:9"),
        path="/voice#rt=2000&tt=5000&rc=5&rp=rt",
        asked=["POST /voice"] * 3,
        failures=[11200],
        ended="error",
        seconds=5,
    ),
    "slow, at an HTTP redirect for which no time is left": case(
        {"/voice": MOVED, "/moved": THANKS},
        setup=with_faults("slow:15@1"),
        asked=["POST /voice"],
        failures=[11200],
        ended="error",
        seconds=15,
    ),
    "slow, and then too slow for what is left": case(
        {"/voice": MOVED, "/moved": THANKS},
        setup=with_faults("slow:9"),
        asked=["POST /voice", "GET /moved"],
        failures=[11200],
        ended="error",
        seconds=15,
    ),
    "slow, and a status": case(
        LINE,
        setup=with_faults("slow:3", "status:500"),
        asked=[],
        failures=[11200],
        ended="error",
        seconds=3,
    ),
    # Nobody is on the line any more: no time passes for anybody.
    "slow, at what is told after the caller has hung up": case(
        {"/voice": "<Response><Record action='/done'/></Response>", "/done": EMPTY},
        [start(), hang_up()],
        setup=with_faults("slow:3@2"),
        asked=["POST /voice", "POST /done"],
        ended="caller",
        seconds=0.5,
        at={"Delayed": None},
    ),
    "too slow, at what is told after the caller has hung up": case(
        {"/voice": "<Response><Record action='/done'/></Response>", "/done": EMPTY},
        [start(), hang_up()],
        setup=with_faults("slow:20@2"),
        failures=[11200],
        ended="caller",
        seconds=0.5,
    ),
}


@pytest.mark.parametrize("case", SLOW.values(), ids=SLOW)
def test_an_answer_comes_late_or_not_at_all(case: Case) -> None:
    expected = case.expected()
    for name in {"seconds", "at"} & expected.keys():
        expected[name] = pytest.approx(expected[name], abs=0.001)
    assert case.seen() == expected


DELAYED: dict[str, Case] = {
    "keys, which nobody hears": case(
        LINE,
        [start(1.0), press("1", 0.0), wait()],
        setup=with_faults("slow:3@1"),
        heard=[ONE_SECOND],
        events=["Delayed", "KeyPressed", "Said", "Heard", "Gathering"],
        at={"KeyPressed": 1.5, "Said": 3, "Gathering": 4},
        ended=None,
    ),
    "the second key of a turn, which is not pressed": case(
        LINE,
        [start(), press("12", 0.0)],
        setup=with_faults("slow:3@2"),
        events=["Said", "Heard", "Gathering", "KeyPressed", "Pressed", "Delayed"],
        ended=None,
        seconds=KEYED,
    ),
    "words, which nobody hears": case(
        LINE,
        [start(1.0), say(ONE_SECOND, 0.0)],
        setup=with_faults("slow:3@1"),
        at={"Spoke": 1.0, "Said": None},
        seconds=2.0,
    ),
    "something else for longer than that": case(
        LINE,
        [start(), press("1", 5.0)],
        setup=with_faults("slow:3@2"),
        heard=THANKED,
        at={"Heard": KEYED + 3},
        ended="document",
    ),
    "hanging up": case(
        LINE | {"/status": EMPTY},
        [start(), press("1", 1.0), hang_up()],
        setup=with_faults("slow:3@2", status_callback="/status"),
        asked=["POST /voice", "POST /turn", "POST /status"],
        sent={"/status": {"CallStatus": "completed"}},
        heard=[ONE_SECOND],
        ended="caller",
        seconds=KEYED + 1,
    ),
    "hanging up before there was any answer": case(
        LINE | {"/status": EMPTY},
        [start(1.0), hang_up()],
        setup=with_faults("slow:3@1", status_callback="/status"),
        asked=["POST /voice", "POST /status"],
        sent={"/status": {"CallStatus": "no-answer"}},
        heard=[],
        ended="caller",
        seconds=1.0,
    ),
    "hanging up on somebody who is being screened": case(
        {"/voice": SCREENED, "/screen": EMPTY, "/turn": EMPTY},
        [start(5.0), hang_up()],
        setup=with_faults("slow:3@2"),
        asked=["POST /voice", "POST /screen", "POST /turn"],
        sent={"/turn": {"DialCallStatus": "completed", "DialBridged": "false"}},
        ended="caller",
        seconds=5.0,
    ),
}
"""What a caller does while the application is slow."""


@pytest.mark.parametrize("case", DELAYED.values(), ids=DELAYED)
def test_a_caller_who_waits_for_the_application_can(case: Case) -> None:
    assert case.seen() == case.expected()


def test_a_wait_that_passes_the_longest_call_ends_it() -> None:
    quiet = "<Response><Pause length='14390'/><Redirect>/turn</Redirect></Response>"
    seen = case(
        {"/voice": quiet, "/turn": THANKS},
        setup=with_faults("slow:14@2"),
        heard=[],
        failures=[None],
        ended="limit",
        seconds=MAX_CALL_SECONDS,
    )
    assert seen.seen() == seen.expected()


class TiredError(Exception):
    """Somebody who does not want to wait."""


@pytest.mark.parametrize(
    "kind", [KeyboardInterrupt, TiredError], ids=["Ctrl-C", "a reader who is gone"]
)
def test_a_call_that_is_interrupted_while_its_caller_waits_can_be_ended(
    kind: type[BaseException],
) -> None:
    def pace(_: float) -> None:
        raise kind

    application = Application(LINE)
    with Phone(Carrier(application), TOKEN) as phone:
        call = phone.call(f"{ORIGIN}/voice", setup=with_faults("slow:3"), pace=pace)
        with pytest.raises(kind):
            call.start()
        assert call.ended is None
        call.hang_up()
    assert call.ended == "caller"
    assert [type(event) for event in call.events] == [
        events.Requested,
        events.Delayed,
        events.Ended,
    ]


def paced(pace: Callable[[float], object], *faults: str, path: str = "/voice") -> Call:
    """A call at that pace, with its end."""
    application = Application(LINE | {"/first": MOVED, "/moved": THANKS})
    with Phone(Carrier(application), TOKEN) as phone:
        call = phone.call(ORIGIN + path, setup=with_faults(*faults), pace=pace)
        call.start()
        call.hang_up()
    return call


def test_real_time_is_told_of_the_wait() -> None:
    passed: list[float] = []
    call = paced(passed.append, "slow:3", "slow:1@1")
    assert passed[0] == 4
    assert sum(passed) == pytest.approx(call.seconds)


def test_real_time_is_not_counted_twice() -> None:
    """What a caller waits for in real time leaves the application its own time."""
    never = threading.Event()
    call = paced(lambda _: never.wait(1.1), "slow:0.5@1", path="/first#tt=1000")
    assert (call.heard, call.ended) == (["Thanks"], "document")
    assert call.seconds == pytest.approx(0.5 + 6 / 14)
