"""When the service is ready, and what it tells when something has gone away."""

from __future__ import annotations

import multiprocessing
import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from msgspec.structs import replace

from ivr.speech.library import Library
from ivr.store.redis import RedisStore
from ivr.web.app import create_app
from ivr.web.standing import Standing
from tests.conftest import LINE
from tests.faults.redis_servers import RedisServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ivr.web.parts import Parts
    from tests.web.conftest import Own

SLOWEST_SECONDS = 1.0


def ready(parts: Parts) -> tuple[int, dict[str, Any]]:
    with httpx.Client(transport=httpx.WSGITransport(app=create_app(parts))) as client:
        answer = client.get(f"{LINE}/readyz")
    return answer.status_code, answer.json()


@pytest.fixture
def away(tmp_path: Path) -> Iterator[RedisStore]:
    """A store whose Redis was never there."""
    made = RedisStore(f"unix://{tmp_path}/none.sock")
    yield made
    made.close()


def test_it_is_not_ready_before_redis_has_answered_once(parts: Parts, away: RedisStore) -> None:
    without = replace(parts, store=away)
    status, told = ready(without)
    assert (status, told["ready"], told["degraded"]) == (503, False, ["redis"])
    assert ready(replace(without, store=parts.store))[0] == 200
    status, told = ready(without)
    assert (status, told["ready"], told["degraded"]) == (200, True, ["redis"])


def test_it_is_not_ready_before_every_clip_was_there_once(
    own: Own, own_parts: Parts, tmp_path: Path
) -> None:
    bare = replace(own_parts, library=Library.open(tmp_path / "bare"))
    status, told = ready(bare)
    assert (status, told["degraded"]) == (503, ["clips"])
    assert told["what_to_do"] == "run: ivr audio render"
    assert ready(own_parts)[0] == 200
    own.file("main_menu").unlink()
    status, told = ready(own_parts)
    assert (status, told["degraded"], told["clips"]["missing"]) == (200, ["clips"], 1)


def test_a_line_that_drains_is_not_ready_whatever_is_there(parts: Parts) -> None:
    assert ready(parts)[0] == 200
    parts.standing.drain()
    status, told = ready(parts)
    assert (status, told["ready"], told["draining"], told["degraded"]) == (503, False, True, [])


def test_a_redis_that_comes_back_is_told(parts: Parts, tmp_path: Path) -> None:
    with RedisServer(tmp_path) as server:
        store = RedisStore(server.url)
        served = replace(parts, store=store)
        try:
            assert ready(served)[1]["redis_away_seconds"] is None
            server.kill()
            # One failure alone does not say that it is away.
            answers = [ready(served) for _ in range(4)]
            assert {status for status, _ in answers} == {200}
            assert all(told["degraded"] == ["redis"] for _, told in answers)
            assert answers[-1][1]["redis_away_seconds"] >= 0
            server.restart()
            assert _ready_again(served)["redis_away_seconds"] is None
        finally:
            store.close()


def _ready_again(parts: Parts) -> dict[str, Any]:
    """What it tells when Redis has been found again; that takes the time of a probe or two."""
    until = time.monotonic() + 10
    while (told := ready(parts)[1])["degraded"]:
        assert time.monotonic() < until, "Redis was not found again"
    return told


def test_a_frozen_redis_does_not_hold_up_who_asks_whether_it_is_ready(
    parts: Parts, tmp_path: Path
) -> None:
    with RedisServer(tmp_path) as server:
        store = RedisStore(server.url)
        served = replace(parts, store=store)
        app = create_app(served)
        try:
            with httpx.Client(transport=httpx.WSGITransport(app=app)) as client:
                assert client.get(f"{LINE}/readyz").status_code == 200
                server.freeze()
                slowest = max(_seconds(client) for _ in range(8))
            server.thaw()
        finally:
            store.close()
    print(f"slowest /readyz beside a frozen Redis: {slowest:.3f} s")  # noqa: T201 - the figure
    assert slowest < SLOWEST_SECONDS


def _seconds(client: httpx.Client) -> float:
    begun = time.monotonic()
    answer = client.get(f"{LINE}/readyz")
    assert (answer.status_code, answer.json()["degraded"]) == (200, ["redis"])
    return time.monotonic() - begun


def test_what_it_tells_of_redis_holds_no_secret(parts: Parts) -> None:
    store = RedisStore("redis://someone:hushhush@127.0.0.1:1/0")
    try:
        told = str(ready(replace(parts, store=store))[1])
    finally:
        store.close()
    assert "hushhush" not in told
    assert "127.0.0.1" not in told


def test_every_process_of_the_service_stands_as_the_others() -> None:
    standing = Standing()
    assert (standing.was_ready, standing.is_draining) == (False, False)
    fork = multiprocessing.get_context("fork")
    for raised in (standing.note_ready, standing.drain):
        process = fork.Process(target=raised)
        process.start()
        process.join(10)
        assert process.exitcode == 0
    assert (standing.was_ready, standing.is_draining) == (True, True)
