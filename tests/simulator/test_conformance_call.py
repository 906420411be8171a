"""A whole call is told event by event, and is used in its order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from ivr.errors import CallError
from ivr.simulator.actions import Press
from ivr.simulator.events import (
    Ended,
    Event,
    Gathering,
    Heard,
    KeyPressed,
    Paused,
    Played,
    Pressed,
    Received,
    Redirected,
    Requested,
    Said,
    Silence,
)
from ivr.simulator.follower import follow
from ivr.simulator.phone import Phone
from ivr.simulator.script import parse
from ivr.simulator.verbs.sound import SAY_CHARACTERS_PER_SECOND
from ivr.speech.join import join
from ivr.twiml.rules import MAX_CALL_SECONDS
from tests.simulator.conformance import (
    BENGALI,
    ONE_SECOND,
    ORIGIN,
    SETUP,
    THANKS,
    TOKEN,
    Application,
    Carrier,
    Reply,
    clip,
    hang_up,
    press,
    record,
    say,
    setup,
    wait,
)
from tests.sounds import sound

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.simulator.call import Call
    from ivr.simulator.events import Purpose
    from tests.simulator.conformance import Do, Page

FIRST = "<Response><Redirect>/menu/</Redirect></Response>"
LAST = "<Response><Say language='en-GB'>Goodbye</Say><Hangup/></Response>"
MENU = """<Response>
    <Gather action="turn?n=1" numDigits="1"><Play>/menu.wav</Play><Pause length="2"/></Gather>
    <Redirect>/menu/</Redirect>
</Response>"""


@pytest.fixture
def call() -> Iterator[Call]:
    """A call to a line that waits for a key, and says thanks for it."""
    pages = {"/voice": "<Response><Gather/><Hangup/></Response>"}
    with Phone(Carrier(Application(pages)), TOKEN, SETUP) as phone:
        yield phone.call(f"{ORIGIN}/voice")


def requested(
    path: str, *, method: str = "POST", at: float = 0, purpose: Purpose = "document"
) -> Event:
    """A good request that took no time."""
    return Requested(
        at_seconds=at, method=method, url=ORIGIN + path, status=200, purpose=purpose, seconds=0
    )


def received(path: str, text: str, *, at: float = 0) -> Event:
    return Received(
        at_seconds=at, method="POST", url=ORIGIN + path, content_type="text/xml", text=text
    )


def without_real_time(event: Event) -> Event:
    return replace(event, seconds=0) if isinstance(event, Requested) else event


def test_a_whole_call_is_told_event_by_event() -> None:
    application = Application(
        {
            "/voice": FIRST,
            "/menu/": MENU,
            "/menu/turn": LAST,
            "/menu.wav": clip(BENGALI, 1.5),
        }
    )
    told: list[Event] = []
    with Phone(Carrier(application), TOKEN) as phone:
        call = phone.call(f"{ORIGIN}/voice", on_event=told.append)
        assert follow(call, parse("1")) == ()
    say_seconds, say_at = len("Goodbye") / SAY_CHARACTERS_PER_SECOND, 4.0
    clip_url = f"{ORIGIN}/menu.wav"
    assert told == list(call.events)
    assert [without_real_time(event) for event in told] == [
        requested("/voice"),
        received("/voice", FIRST),
        Redirected(at_seconds=0, url=f"{ORIGIN}/menu/"),
        requested("/menu/"),
        received("/menu/", MENU),
        requested("/menu.wav", method="GET", purpose="clip"),
        Played(at_seconds=0, words=BENGALI, url=clip_url, seconds=1.5),
        Heard(at_seconds=0, words=BENGALI, url=clip_url, seconds=1.5, is_clip=True, language=None),
        Paused(at_seconds=1.5, seconds=2),
        Gathering(
            at_seconds=3.5,
            input="dtmf",
            num_digits=1,
            timeout_seconds=5,
            finish_on_key="#",
            action=f"{ORIGIN}/menu/turn?n=1",
        ),
        KeyPressed(at_seconds=say_at, key="1"),
        Pressed(at_seconds=say_at, digits="1", finished_on=""),
        requested("/menu/turn?n=1", at=say_at),
        received("/menu/turn?n=1", LAST, at=say_at),
        Said(
            at_seconds=say_at,
            text="Goodbye",
            language="en-GB",
            voice="man",
            loop=1,
            seconds=say_seconds,
        ),
        Heard(
            at_seconds=say_at,
            words="Goodbye",
            url=None,
            seconds=say_seconds,
            is_clip=False,
            language="en-GB",
        ),
        Ended(at_seconds=say_at + say_seconds, by="hangup"),
    ]
    assert call.seconds == say_at + say_seconds


def test_silence_is_told_with_its_length() -> None:
    pages = {"/voice": "<Response><Gather timeout='6'/><Hangup/></Response>"}
    with Phone(Carrier(Application(pages)), TOKEN) as phone:
        call = phone.call(f"{ORIGIN}/voice")
        follow(call, parse("silence"))
    assert Silence(at_seconds=6, seconds=6) in call.events


# CallSid: 34 characters that name the call.
def test_a_call_without_a_sid_makes_one() -> None:
    with Phone(Carrier(Application({})), TOKEN) as phone:
        sids = {phone.call(ORIGIN).party.call_sid for _ in range(2)}
    assert len(sids) == 2
    assert all(len(sid) == 34 and sid.startswith("CA") for sid in sids)


def test_turns_that_a_limit_leaves_over_are_given_back() -> None:
    pages = {"/voice": "<Response><Gather numDigits='1'/><Hangup/></Response>"}
    with Phone(Carrier(Application(pages)), TOKEN, setup(max_documents=30)) as phone:
        call = phone.call(f"{ORIGIN}/voice")
        left = follow(call, [Press("1")] * 35)
    assert call.ended == "limit"
    assert len(left) == 5


def test_a_caller_takes_as_long_for_a_key_as_the_setup_says() -> None:
    pages = {
        "/voice": "<Response><Gather numDigits='4' action='/turn'/><Hangup/></Response>",
        "/turn": THANKS,
    }
    with Phone(Carrier(Application(pages)), TOKEN, setup(key_seconds=2)) as phone:
        call = phone.call(f"{ORIGIN}/voice")
        call.start()
        call.press("1234")
    assert next(event for event in call.events if isinstance(event, Pressed)).at_seconds == 8


USES: dict[str, Do] = {
    "press": press("1"),
    "say": say("yes"),
    "record": record(1),
    "wait": wait(),
    "go on": lambda call: call.go_on(),
}


@pytest.mark.parametrize("use", [*USES.values(), hang_up()], ids=[*USES, "hang up"])
def test_a_call_must_be_started_before_it_is_used(call: Call, use: Do) -> None:
    with pytest.raises(CallError, match="not started"):
        use(call)
    assert call.events == ()


def test_a_call_is_started_once(call: Call) -> None:
    call.start()
    with pytest.raises(CallError, match="started before"):
        call.start()


@pytest.mark.parametrize("keys", ["", "1a", "A", " ", "\u09e7"])
def test_only_keys_of_a_telephone_are_pressed(call: Call, keys: str) -> None:
    call.start()
    with pytest.raises(CallError, match="cannot be pressed"):
        call.press(keys)
    assert call.seconds == 0


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf"), 14_401])
def test_nobody_speaks_for_no_time_or_for_ever(call: Call, seconds: float) -> None:
    call.start()
    with pytest.raises(CallError, match="nobody can speak"):
        call.record(seconds)


@pytest.mark.parametrize("text", ["", " ", "\ud800", "yes\udcff"], ids=repr)
def test_words_that_can_be_sent_are_needed_to_say_something(call: Call, text: str) -> None:
    call.start()
    with pytest.raises(CallError, match="cannot be said"):
        call.say(text)
    assert call.seconds == 0
    assert call.waiting == "gather"


LONG = {
    "waiting": wait(20_000),
    "waiting for the line": wait(),
    "a key": press("1"),
    "a voice": record(14_400),
    "words": say("yes " * 100_000),
}


@pytest.mark.parametrize("use", LONG.values(), ids=LONG)
@pytest.mark.parametrize("waited_seconds", [0, 10, 14_399, 14_399.75, 14_400])
def test_the_clock_of_a_call_never_goes_back(use: Do, waited_seconds: float) -> None:
    verbs = "<Gather timeout='999999999' numDigits='1' input='dtmf speech'/><Hangup/>"
    pages = {"/voice": f"<Response>{verbs}</Response>"}
    clock: list[float] = []
    with Phone(Carrier(Application(pages)), TOKEN) as phone:
        placed: Call = phone.call(
            f"{ORIGIN}/voice", on_event=lambda _: clock.append(placed.seconds)
        )
        placed.start()
        placed.wait(waited_seconds)
        clock.append(placed.seconds)
        assert placed.seconds == waited_seconds
        use(placed)
        clock.append(placed.seconds)
    assert clock == sorted(clock)
    assert clock[-1] <= MAX_CALL_SECONDS
    assert [event.at_seconds for event in placed.events] == sorted(
        event.at_seconds for event in placed.events
    )


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_a_call_that_is_over_cannot_go_on(call: Call, use: Do) -> None:
    call.start()
    call.hang_up()
    with pytest.raises(CallError, match="ended by caller"):
        use(call)
    assert call.waiting is None
    assert call.next_seconds is None


def test_hanging_up_twice_ends_a_call_once(call: Call) -> None:
    call.start()
    call.hang_up()
    call.hang_up()
    ended = [event for event in call.events if isinstance(event, Ended)]
    assert ended == [Ended(at_seconds=0, by="caller")]


def test_a_line_tells_what_it_waits_for(call: Call) -> None:
    call.start()
    assert call.waiting == "gather"
    assert call.listens == {"keys"}
    assert call.next_seconds == 5


def test_who_lets_a_call_go_on_stops_at_each_thing_that_happens() -> None:
    prompt = f"<Gather timeout='3'><Say>{ONE_SECOND}</Say><Pause length='2'/></Gather>"
    pages = {"/voice": f"<Response>{prompt}<Hangup/></Response>"}
    stops: list[tuple[float, str | None]] = []
    with Phone(Carrier(Application(pages)), TOKEN) as phone:
        call = phone.call(f"{ORIGIN}/voice")
        call.start(listen_seconds=0)
        while call.ended is None:
            stops.append((call.seconds, call.waiting))
            call.go_on()
    assert stops == [(0, None), (1, None), (3, "gather")]
    assert (call.seconds, call.ended) == (6, "hangup")


def test_who_lets_a_call_go_on_passes_all_that_happens_at_that_moment() -> None:
    pages: dict[str, Page] = {
        "/voice": f"<Response><Say>{ONE_SECOND}</Say><Play>/parts.wav</Play></Response>",
        "/parts.wav": Reply(join([sound("One"), sound("Two")], 400), type="audio/wav"),
    }
    with Phone(Carrier(Application(pages)), TOKEN) as phone:
        call = phone.call(f"{ORIGIN}/voice")
        call.start(listen_seconds=0)
        assert call.heard == [ONE_SECOND]
        call.go_on()
    assert call.heard == [ONE_SECOND, "One"]
    assert call.seconds == 1
