"""What an application in this process raises, or a listener, comes out; and then the call is over.

A listener may ask a call whatever it likes, and steer it only between two things that happen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.errors import CallError
from ivr.simulator.events import (
    Ended,
    Failed,
    Gathering,
    Heard,
    KeyPressed,
    Pressed,
    Requested,
)
from ivr.simulator.phone import Phone
from tests.simulator.conformance import (
    EMPTY,
    ORIGIN,
    THANKS,
    TOKEN,
    Application,
    Carrier,
    Do,
    Page,
    hang_up,
    press,
    record,
    say,
    setup,
    start,
    wait,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from werkzeug.wrappers import Request

    from ivr.simulator.call import Call
    from ivr.simulator.events import Event
    from tests.simulator.conformance import Answer

    Ring = Callable[..., Call]

KEY = "<Response><Gather numDigits='1' action='/turn'/><Hangup/></Response>"
USES = {"press": press("1"), "say": say("yes"), "record": record(1), "wait": wait()}


def broken(_: Request) -> Answer:
    raise LookupError("no such node")


@pytest.fixture
def ring() -> Iterator[Ring]:
    """Makes calls that are told of at `/status` when they have ended."""
    phones: list[Phone] = []

    def ring(pages: Mapping[str, Page], on_event: Callable[[Event], object] | None = None) -> Call:
        application = Application({"/status": EMPTY, **pages})
        phones.append(Phone(Carrier(application), TOKEN, setup(status_callback="/status")))
        return phones[-1].call(f"{ORIGIN}/voice", on_event=on_event)

    yield ring
    for phone in phones:
        phone.close()


RAISING: dict[str, tuple[Mapping[str, Page], tuple[Do, ...]]] = {
    "at the first document": ({"/voice": broken}, (start(),)),
    "at a later document": ({"/voice": KEY, "/turn": broken}, (start(), press("1"))),
    "at a clip": (
        {"/voice": "<Response><Play>/a.wav</Play></Response>", "/a.wav": broken},
        (start(),),
    ),
    "at a callback": (
        {
            "/voice": "<Response><Sms statusCallback='/sent'>Hello</Sms></Response>",
            "/sent": broken,
        },
        (start(),),
    ),
}


@pytest.mark.parametrize(("pages", "dos"), RAISING.values(), ids=RAISING)
@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_what_an_application_raises_comes_out_and_ends_the_call(
    ring: Ring, pages: Mapping[str, Page], dos: tuple[Do, ...], use: Do
) -> None:
    call = ring(pages)
    for do in dos[:-1]:
        do(call)
    with pytest.raises(LookupError, match="no such node"):
        dos[-1](call)
    assert call.ended == "error"
    assert call.waiting is None
    with pytest.raises(CallError, match="the call is over"):
        use(call)
    call.hang_up()
    assert call.ended == "error"


def test_what_the_last_callback_raises_comes_out(ring: Ring) -> None:
    call = ring({"/voice": KEY, "/status": broken})
    call.start()
    with pytest.raises(LookupError, match="no such node"):
        call.hang_up()
    assert call.ended == "caller"
    with pytest.raises(CallError, match="ended by caller"):
        call.press("1")


def test_what_an_application_raises_while_the_caller_hangs_up_comes_out(ring: Ring) -> None:
    call = ring({"/voice": "<Response><Record action='/done'/></Response>", "/done": broken})
    call.start()
    with pytest.raises(LookupError, match="no such node"):
        call.hang_up()
    assert call.ended == "error"
    with pytest.raises(CallError, match="the call is over"):
        call.press("1")


class Listener:
    """Does something to a call the first time that it is told of a kind of event."""

    def __init__(self, kind: type[Event], do: Do) -> None:
        self.call: Call | None = None
        self._kind = kind
        self._do: Do | None = do

    def __call__(self, event: Event) -> None:
        if isinstance(event, self._kind) and self._do is not None and self.call is not None:
            do, self._do = self._do, None
            do(self.call)


def fail(_: Call) -> None:
    raise ValueError("the listener is broken")


WITHIN = {"a request": Requested, "a Gather": Gathering, "an entry": Pressed, "words": Heard}
BETWEEN = {"a key": KeyPressed}
"""What happens while the line does nothing."""


@pytest.mark.parametrize("kind", WITHIN.values(), ids=WITHIN)
def test_what_a_listener_raises_comes_out_and_ends_the_call(ring: Ring, kind: type[Event]) -> None:
    listener = Listener(kind, fail)
    call = listener.call = ring({"/voice": KEY, "/turn": THANKS}, listener)
    with pytest.raises(ValueError, match="listener is broken"):
        go_through(call)
    assert call.ended == "error"
    for use in (*USES.values(), start()):
        with pytest.raises(CallError):
            use(call)


def test_what_a_listener_raises_at_the_end_comes_out(ring: Ring) -> None:
    listener = Listener(Ended, fail)
    call = listener.call = ring({"/voice": THANKS}, listener)
    with pytest.raises(ValueError, match="listener is broken"):
        call.start()
    assert call.ended == "document"


@pytest.mark.parametrize("kind", [*WITHIN.values(), *BETWEEN.values()], ids=[*WITHIN, *BETWEEN])
@pytest.mark.parametrize("use", [*USES.values(), hang_up()], ids=[*USES, "hang up"])
def test_a_listener_cannot_steer_the_call(ring: Ring, kind: type[Event], use: Do) -> None:
    refused: list[str] = []

    def steer(call: Call) -> None:
        with pytest.raises(CallError) as caught:
            use(call)
        refused.append(str(caught.value))

    listener = Listener(kind, steer)
    call = listener.call = ring({"/voice": KEY, "/turn": THANKS}, listener)
    go_through(call)
    assert refused == ["the call is in the middle of something; do this after on_event"]
    assert call.ended == "document"
    assert call.heard == ["Thanks"]


def test_a_listener_cannot_end_a_call_that_a_limit_ends(ring: Ring) -> None:
    listener = Listener(Failed, hang_up())
    pages = {"/voice": "<Response><Pause length='99999'/></Response>"}
    call = listener.call = ring(pages, listener)
    with pytest.raises(CallError, match="in the middle of something"):
        call.start()
    assert [type(event) for event in call.events].count(Ended) == 0


def test_a_listener_that_hangs_up_a_call_that_has_ended_changes_nothing(ring: Ring) -> None:
    listener = Listener(Ended, hang_up())
    call = listener.call = ring({"/voice": THANKS}, listener)
    call.start()
    assert call.ended == "document"
    assert [type(event) for event in call.events].count(Ended) == 1


def go_through(call: Call) -> None:
    call.start()
    call.press("1")
