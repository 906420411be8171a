"""Duplicate, delayed, reordered and parallel requests for one call, at two servers on one Redis."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from itertools import cycle, islice
from threading import Barrier
from typing import TYPE_CHECKING

import pytest
from msgspec import Struct
from msgspec.structs import replace

from ivr.flow.model import Transfer
from ivr.store.redis import RedisStore
from ivr.twiml.verbs import Dial, Gather
from ivr.web.app import create_app
from tests.conftest import DAY, clean
from tests.web.conftest import FORM, wired

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.flow.model import Spec
    from ivr.web.parts import Parts
    from tests.web.conftest import Reply, Wire

TODAY = f"{DAY:%Y-%m-%d}"
AT_ONCE = 8


class Servers(Struct, frozen=True):
    """Two of them, between which a carrier does not tell."""

    wires: tuple[Wire, Wire]

    def post(self, path: str, **form: str) -> Reply:
        """One request, to the first."""
        return self.wires[0].post(path, FORM | {"CallSid": "CA1"} | form)

    def press(self, path: str, keys: str) -> str:
        """Press a key; gives where the next one goes."""
        return action(self.post(path, Digits=keys))

    def at_once(self, path: str, *forms: dict[str, str]) -> list[Reply]:
        """Eight requests at the same moment, four to each; the forms by turns."""
        start = Barrier(AT_ONCE)

        def send(wire: Wire, form: dict[str, str]) -> Reply:
            start.wait(10)
            return wire.post(path, FORM | {"CallSid": "CA1"} | form)

        wires, sent = islice(cycle(self.wires), AT_ONCE), islice(cycle(forms), AT_ONCE)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(send, wires, sent))


def action(reply: Reply) -> str:
    """Where an answer sends what happens next."""
    assert reply.status == 200
    asked = next(verb for verb in clean(reply.body) if isinstance(verb, Gather | Dial))
    return asked.action or ""


@contextmanager
def two(parts: Parts, redis_url: str) -> Iterator[Servers]:
    """Two servers of a line, each with connections of its own."""
    other = replace(parts, store=RedisStore(redis_url))
    with ExitStack() as stack:
        stack.callback(other.store.close)
        first, second = (stack.enter_context(wired(create_app(each))) for each in (parts, other))
        yield Servers((first, second))


@pytest.fixture
def servers(parts: Parts, redis_url: str) -> Iterator[Servers]:
    with two(parts, redis_url) as found:
        yield found


@pytest.fixture
def with_volunteer(parts: Parts, redis_url: str) -> Iterator[Servers]:
    with two(replace(parts, helper_number="+919999999999"), redis_url) as found:
        yield found


def counted(parts: Parts) -> dict[str, int]:
    return parts.store.counts(TODAY)


def test_rings_at_once_are_one_call(servers: Servers, parts: Parts) -> None:
    replies = servers.at_once("/voice", {"CallStatus": "ringing"})
    assert len({(reply.status, reply.body) for reply in replies}) == 1
    assert counted(parts)["calls"] == 1


def test_the_same_key_many_times_at_once_is_one_step(servers: Servers, parts: Parts) -> None:
    menu = servers.press(action(servers.post("/voice")), "1")
    replies = servers.at_once(menu, {"Digits": "1"})
    assert len({(reply.status, reply.body) for reply in replies}) == 1
    assert counted(parts)["reached.register_lesson"] == 1


def test_of_different_keys_at_once_one_is_taken_and_every_answer_is_its(
    servers: Servers, parts: Parts
) -> None:
    menu = servers.press(action(servers.post("/voice")), "1")
    went = ("register_lesson", "services_lesson", "more")
    replies = servers.at_once(menu, {"Digits": "1"}, {"Digits": "3"}, {"Digits": "4"})
    assert len({(reply.status, reply.body) for reply in replies}) == 1
    after = counted(parts)
    assert [after.get(f"reached.{name}", 0) for name in (*went, "main_menu")].count(1) == 2


def test_a_key_that_comes_late_steps_nothing(servers: Servers, parts: Parts) -> None:
    first = action(servers.post("/voice"))
    menu = servers.press(first, "1")
    lesson = servers.press(menu, "1")
    servers.press(lesson, "1")
    before = counted(parts)
    shown = {servers.press(late, keys) for late in (first, menu) for keys in ("1", "3", "")}
    assert len(shown) == 1
    assert counted(parts) == before


def test_the_end_that_comes_before_the_last_turn_ends_the_call(
    servers: Servers, parts: Parts
) -> None:
    menu = servers.press(action(servers.post("/voice")), "1")
    assert servers.post("/voice/status", CallStatus="completed").status == 204
    before = counted(parts)
    late = servers.post(menu, Digits="1")
    assert (late.status, b"this call is over" in late.body) == (403, True)
    assert counted(parts) == before
    assert before["left.main_menu"] == 1


def test_ends_at_once_are_counted_once(servers: Servers, parts: Parts) -> None:
    servers.post("/voice")
    forms = [{"CallStatus": status} for status in ("completed", "busy", "failed")]
    assert {reply.status for reply in servers.at_once("/voice/status", *forms)} == {204}
    ended = [count for name, count in counted(parts).items() if name.startswith("ended.")]
    assert ended == [1]


def dialling(servers: Servers, spec: Spec) -> str:
    """A call in which a volunteer is rung; gives where the end of the talk is told."""
    servers.post("/voice")
    person = next(name for name, node in spec.flow.nodes.items() if isinstance(node, Transfer))
    at, key = next(
        (name, option.key)
        for name, node in spec.flow.nodes.items()
        for option in getattr(node, "options", ())
        if option.go == person
    )
    began = int(DAY.timestamp())
    return action(servers.post(f"/voice/turn/{at}?turn=50&call={began}", Digits=key))


def test_the_end_of_a_talk_many_times_at_once_is_counted_once(
    with_volunteer: Servers, parts: Parts, spec: Spec
) -> None:
    dial = dialling(with_volunteer, spec)
    replies = with_volunteer.at_once(dial, {"DialCallStatus": "completed"})
    assert len({(reply.status, reply.body) for reply in replies}) == 1
    assert counted(parts)["helper.answered"] == 1


def test_the_end_of_a_talk_that_is_told_after_the_end_of_the_call_is_counted_once(
    with_volunteer: Servers, parts: Parts, spec: Spec
) -> None:
    dial = dialling(with_volunteer, spec)
    assert with_volunteer.post("/voice/status", CallStatus="completed").status == 204
    replies = with_volunteer.at_once(dial, {"DialCallStatus": "completed"})
    assert {reply.status for reply in replies} <= {200, 403}
    assert with_volunteer.post(dial, DialCallStatus="completed").status == 403
    assert counted(parts)["helper.answered"] == 1
