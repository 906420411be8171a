"""Webhooks that come twice, late, out of order and at once, over two processes and one Redis."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

import httpx
import pytest
from msgspec import Struct

from ivr.cli.clock import now
from ivr.simulator.verbs.leg import new_sid
from ivr.store.redis import RedisStore
from ivr.twiml.read import read
from ivr.twiml.verbs import Dial, Gather
from tests.faults.line_servers import line_server
from tests.faults.signed_requests import PUBLIC, Webhooks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


AT_ONCE: Final = 8
CODE: Final = "0000012345"
"""The made-up number of the practice."""
KEYS: Final = ("1", "1", "1", "", "2", "3", "9", "", "", "0", "2", CODE, "000", "*")
"""Of a whole call: the lesson, silence, again, back, help, the main menu, the practice with a right
number, a wrong one, and once more."""


class Lines(Struct, frozen=True):
    """Two processes that answer for one line, and what they count."""

    webhooks: Webhooks
    store: RedisStore

    def send(self, path: str, form: dict[str, str], which: int = 0) -> httpx.Response:
        """What Twilio sends, to one of the two."""
        return self.webhooks.send(path, form, which=which)

    def send_at_once(self, path: str, form: dict[str, str]) -> list[httpx.Response]:
        """The same to both, several times at the same moment."""
        gate = threading.Barrier(AT_ONCE)

        def one(number: int) -> httpx.Response:
            gate.wait(10)
            return self.send(path, form, number)

        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(one, range(AT_ONCE)))

    def counts(self) -> Counter[str]:
        """What was counted today."""
        return Counter(self.store.counts(f"{now():%Y-%m-%d}"))


class Call(Struct):
    """One call, and the answer that it stands at."""

    lines: Lines
    sid: str
    at_once: bool = False
    action: str = ""
    body: bytes = b""

    @property
    def form(self) -> dict[str, str]:
        sid = {"CallSid": self.sid, "AccountSid": "AC1", "CallStatus": "in-progress"}
        return sid | {"From": "anonymous", "To": "+12025550100"}

    def keyed(self, keys: str) -> dict[str, str]:
        return self.form | {"Digits": keys, "FinishedOnKey": "", "msg": "Gather End"}

    def ring(self) -> None:
        self.take(self.ask("/voice", self.form | {"CallStatus": "ringing"}))

    def press(self, keys: str) -> None:
        self.take(self.ask(self.action, self.keyed(keys)))

    def end(self) -> None:
        answers = self.ask("/voice/status", self.form | {"CallStatus": "completed"})
        assert {each.status_code for each in answers} == {204}

    def ask(self, path: str, form: dict[str, str]) -> list[httpx.Response]:
        if self.at_once:
            return self.lines.send_at_once(path, form)
        return [self.lines.send(path, form)]

    def take(self, answers: Sequence[httpx.Response]) -> None:
        """Go on from an answer that is the same for all."""
        assert {each.status_code for each in answers} == {200}
        bodies = {each.content for each in answers}
        assert len(bodies) == 1, "two requests for one turn were answered differently"
        (self.body,) = bodies
        self.action = action(self.body)


def action(document: bytes) -> str:
    found = read(document)
    assert found.findings == ()
    (asked,) = (verb for verb in found.verbs if isinstance(verb, Gather | Dial))
    assert asked.action is not None
    return asked.action


@pytest.fixture(scope="module")
def lines(redis_url: str, audio: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lines]:
    folder = tmp_path_factory.mktemp("two processes")
    with ExitStack() as stack:
        servers = [
            stack.enter_context(
                line_server(folder, redis_url=redis_url, audio=audio, PUBLIC_URL=PUBLIC)
            )
            for _ in range(2)
        ]
        for server in servers:
            server.wait_until_ready()
        client = stack.enter_context(httpx.Client(trust_env=False, timeout=15))
        store = RedisStore(redis_url)
        stack.callback(store.close)
        webhooks = Webhooks(tuple(server.origin for server in servers), client)
        yield Lines(webhooks, store)


@pytest.fixture
def call(lines: Lines) -> Call:
    return Call(lines, new_sid("CA"))


def hold(call: Call, keys: Sequence[str] = KEYS) -> None:
    call.ring()
    for each in keys:
        call.press(each)


def counted(lines: Lines, before: Counter[str]) -> Counter[str]:
    """What was counted since then."""
    found = lines.counts()
    found.subtract(before)
    return +found


@pytest.mark.timeout(120)
def test_a_call_whose_every_webhook_comes_eight_times_at_once_steps_once_a_turn(
    lines: Lines,
) -> None:
    def whole_call(*, at_once: bool) -> Counter[str]:
        before = lines.counts()
        call = Call(lines, new_sid("CA"), at_once=at_once)
        hold(call)
        call.end()
        return counted(lines, before)

    once = whole_call(at_once=False)
    assert once["calls"] == 1
    assert once["ended.completed"] == 1
    assert whole_call(at_once=True) == once


def test_the_latest_turn_is_answered_again_by_the_other_process_and_steps_nothing(
    lines: Lines, call: Call
) -> None:
    hold(call, ("1", "1"))
    latest = call.action
    call.press("1")
    before = lines.counts()
    again = lines.send(latest, call.keyed("1"), which=1)
    assert again.content == call.body
    assert counted(lines, before) == {}


@pytest.mark.parametrize("keys", ["1", "", "0", "9", "2"])
def test_a_turn_that_comes_late_steps_nothing_and_does_the_call_no_harm(
    lines: Lines, call: Call, keys: str
) -> None:
    hold(call, ("1", "1"))
    old = call.action
    for each in ("1", "1", "1"):
        call.press(each)
    before = lines.counts()
    late = lines.send(old, call.keyed(keys), which=1)
    assert late.status_code == 200
    assert action(late.content) == call.action, "it leads to where the call is"
    assert counted(lines, before) == {}
    was = call.action
    call.press("1")
    assert call.action != was


def test_a_turn_that_overtakes_another_is_the_one_that_counts(lines: Lines, call: Call) -> None:
    twin = Call(lines, new_sid("CA"))
    for each in (call, twin):
        hold(each, ("1", "1"))
    overtaken = call.action
    twin.press("1")
    # The twin shows where the call would stand; the request for that comes before the other one.
    first = lines.send(twin.action, call.keyed("1"), which=1)
    before = lines.counts()
    second = lines.send(overtaken, call.keyed("1"))
    assert (first.status_code, second.status_code) == (200, 200)
    assert counted(lines, before) == {}
    assert action(second.content) == action(first.content)


def test_a_turn_behind_the_end_of_its_call_is_refused_and_counted_nowhere(
    lines: Lines, call: Call
) -> None:
    hold(call, ("1", "1"))
    call.end()
    before = lines.counts()
    for path, form in (
        (call.action, call.keyed("1")),
        ("/voice", call.form | {"CallStatus": "ringing"}),
    ):
        for which in range(2):
            assert lines.send(path, form, which).status_code == 403
    assert lines.send("/voice/status", call.form | {"CallStatus": "completed"}).status_code == 204
    assert counted(lines, before) == {}


def test_parallel_turns_with_different_keys_make_one_step(lines: Lines, call: Call) -> None:
    """As when a carrier's request is sent once more while another key was pressed."""
    hold(call, ("1",))
    before = lines.counts()
    gate = threading.Barrier(2)

    def one(number: int) -> httpx.Response:
        gate.wait(10)
        return lines.send(call.action, call.keyed(str(number + 1)), number)

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(one, range(2)))
    call.take(answers)
    reached = [name for name in counted(lines, before) if name.startswith("reached.")]
    lesson, practice = "reached.register_lesson", "reached.practice_number"
    assert (lesson in "".join(reached)) != (practice in "".join(reached))


def test_the_end_that_comes_eight_times_at_once_is_counted_once(lines: Lines, call: Call) -> None:
    hold(call, ("1",))
    before = lines.counts()
    Call(lines, call.sid, at_once=True).end()
    found = counted(lines, before)
    assert found["ended.completed"] == 1
    assert found["left.main_menu"] == 1
