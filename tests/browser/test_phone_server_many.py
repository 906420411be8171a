"""Many calls at the browser phone at once, and calls that nobody attends to any more."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from ivr.browser import app, conversation
from ivr.browser.calls import (
    IDLE_SECONDS,
    MAX_CALLS,
    MAX_ENDED,
    REST_SECONDS,
    SPARE_SECONDS,
)
from ivr.simulator.setup import Setup
from tests.browser.phone_pages import Caller, Clock, caller_of
from tests.cli.pages import pages

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

PATIENCE_SECONDS = 20
MENU = {
    "/voice": '<Gather action="/one" numDigits="1"><Say>Press 1.</Say></Gather>',
    "/one": "<Redirect>/voice</Redirect>",
    "/ended": "",
}


class Ends:
    """An application that counts the calls whose end it was told of."""

    def __init__(self, inner: WSGIApplication) -> None:
        self.told = threading.Semaphore(0)
        self.slow_seconds = 0.0
        """How long it takes to be told of an end."""
        self._app = inner

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        answer = self._app(environ, start_response)
        if environ["PATH_INFO"] == "/ended":
            threading.Event().wait(self.slow_seconds)
            self.told.release()
        return answer

    def wait(self) -> bool:
        """Whether one more was told of."""
        return self.told.acquire(timeout=PATIENCE_SECONDS)


def told_of_the_end() -> Setup:
    return Setup(status_callback="/ended")


@contextmanager
def attended(clock: Clock) -> Iterator[tuple[Caller, Ends]]:
    ends = Ends(pages(MENU))
    with caller_of(ends, clock, setup=told_of_the_end) as caller:
        yield caller, ends


@pytest.mark.parametrize(
    ("is_virtual", "rest_seconds"), [(False, IDLE_SECONDS), (True, REST_SECONDS)]
)
def test_a_call_that_nobody_attends_to_is_hung_up(*, is_virtual: bool, rest_seconds: float) -> None:
    clock = Clock()
    with attended(clock) as (caller, ends):
        caller.ring(virtual=is_virtual)
        clock.seconds += rest_seconds
        assert caller.post(f"/phone/calls/{caller.id}", {"do": "hang_up"}).status_code == 200
        assert ends.wait()
        caller.ring(virtual=is_virtual)
        clock.seconds += rest_seconds + 1
        gone = caller.post(f"/phone/calls/{caller.id}", {"do": "hang_up"})
        assert ends.wait(), "the application is told of the end, though nobody has hung up"
        assert gone.status_code == 410
        assert "left alone for too long" in gone.get_json()["error"]


def test_each_thing_that_is_done_keeps_a_call_alive() -> None:
    clock = Clock()
    with attended(clock) as (caller, _):
        caller.ring(virtual=False)
        for _ in range(5):
            clock.seconds += IDLE_SECONDS
            caller.do("wait", seconds=0.01)
        assert caller.state["ended"] is None


def test_the_timer_finds_what_no_request_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "SWEEP_SECONDS", 0.01)
    clock = Clock()
    with attended(clock) as (caller, ends):
        caller.ring(virtual=False)
        clock.seconds += IDLE_SECONDS + 1
        assert ends.wait()


def test_the_end_of_the_server_hangs_every_call_up() -> None:
    with attended(Clock()) as (caller, ends):
        ends.slow_seconds = 0.2
        caller.ring().ring()
    # The server ends only when the application has been told, or has taken too long.
    assert ends.told.acquire(blocking=False)
    assert ends.told.acquire(blocking=False)


def test_too_many_calls_at_once_are_refused_until_one_is_over() -> None:
    with attended(Clock()) as (caller, _):
        for _ in range(MAX_CALLS):
            caller.ring()
        refused = caller.post("/phone/calls", {"virtual": True})
        assert refused.status_code == 429
        assert f"{MAX_CALLS} calls go on already" in refused.get_json()["error"]
        caller.do("hang_up").ring()


def test_the_call_that_was_idle_the_longest_makes_room() -> None:
    clock = Clock()
    with attended(clock) as (caller, ends):
        ids = []
        for _ in range(MAX_CALLS):
            ids.append(caller.ring().id)
            clock.seconds += 1
        clock.seconds += SPARE_SECONDS
        caller.id = ids[0]
        caller.do("wait", seconds=0.0)
        caller.ring()
        assert ends.wait()
        gone = [
            caller.post(f"/phone/calls/{each}", {"do": "wait", "seconds": 0}).status_code
            for each in ids
        ]
        assert gone == [200, 410] + [200] * (MAX_CALLS - 2)


def test_calls_that_are_over_are_forgotten_but_for_the_last_few() -> None:
    with attended(Clock()) as (caller, _):
        ids = [caller.ring().do("hang_up").id for _ in range(MAX_ENDED + 2)]
        caller.ring()
        found = [caller.post(f"/phone/calls/{each}", {"do": "listen"}).status_code for each in ids]
        assert found == [404] * 2 + [200] * MAX_ENDED


def test_the_calls_that_are_kept_are_those_that_ended_last() -> None:
    clock = Clock()
    with attended(clock) as (caller, _):
        long_one = Caller(caller.page).ring()
        for _ in range(MAX_ENDED):
            caller.ring().do("hang_up")
        clock.seconds += 1
        long_one.do("hang_up")
        caller.ring()
        kept = long_one.get(f"/phone/calls/{long_one.id}/kept")
        assert kept.status_code == 200


def test_two_calls_from_two_threads_do_not_disturb_each_other() -> None:
    heard: dict[str, list[float]] = {}

    def hold(name: str, caller: Caller) -> None:
        caller.ring(**{"from": name})
        for _ in range(20):
            caller.press("1")
            heard.setdefault(name, []).append(caller.state["seconds"])

    with attended(Clock()) as (first, _):
        second = Caller(first.page)
        threads = [
            threading.Thread(target=hold, args=each) for each in (("+1", first), ("+2", second))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE_SECONDS)
    assert heard["+1"] == heard["+2"]
    assert len(heard["+1"]) == 20


class Slow:
    """An application that answers at /one only when it is let."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.may_answer = threading.Event()
        self._app = pages(MENU)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/one":
            self.asked.set()
            assert self.may_answer.wait(PATIENCE_SECONDS)
        return self._app(environ, start_response)


@contextmanager
def asking(slow: Slow) -> Iterator[tuple[Caller, Caller, threading.Thread, Clock]]:
    """A call whose caller waits for an answer, and somebody else at the same call."""
    clock = Clock()
    with caller_of(slow, clock) as caller:
        caller.ring()
        other = Caller(caller.page)
        other.id = caller.id
        thread = threading.Thread(target=caller.press, args=("1",))
        thread.start()
        assert slow.asked.wait(PATIENCE_SECONDS)
        try:
            yield caller, other, thread, clock
        finally:
            slow.may_answer.set()
            thread.join(PATIENCE_SECONDS)


def test_who_hangs_up_while_the_application_is_asked_has_hung_up_then() -> None:
    slow = Slow()
    with asking(slow) as (caller, other, thread, _):
        hanging = threading.Thread(target=other.do, args=("hang_up",))
        hanging.start()
        slow.may_answer.set()
        thread.join(PATIENCE_SECONDS)
        hanging.join(PATIENCE_SECONDS)
        assert (caller.state["ended"], other.state["ended"]) == ("caller", "caller")
        assert sorted(caller.kinds + other.kinds).count("Ended") == 1


def test_what_comes_while_something_is_under_way_does_not_wait_forever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(conversation, "BUSY_SECONDS", 0.01)
    slow = Slow()
    with asking(slow) as (caller, other, thread, _):
        busy = other.post(f"/phone/calls/{other.id}", {"do": "press", "keys": "2"})
        assert busy.status_code == 409
        assert "still under way" in busy.get_json()["error"]
        busy = other.post(f"/phone/calls/{other.id}", {"do": "hang_up"})
        assert busy.status_code == 409
        slow.may_answer.set()
        thread.join(PATIENCE_SECONDS)
        assert caller.state["ended"] == "caller", "whoever was busy has hung up"


def test_a_call_that_waits_for_its_application_is_not_idle() -> None:
    with asking(Slow()) as (caller, other, _, clock):
        clock.seconds += REST_SECONDS * 2
        other.get("/phone/about")
        assert other.get(f"/phone/calls/{caller.id}/clips/0").status_code == 404


def test_a_call_is_attended_to_until_its_slow_answer_has_come() -> None:
    slow = Slow()
    with asking(slow) as (caller, other, thread, clock):
        clock.seconds += REST_SECONDS * 2
        slow.may_answer.set()
        thread.join(PATIENCE_SECONDS)
        clock.seconds += REST_SECONDS
        assert other.do("wait", seconds=0).id == caller.id
