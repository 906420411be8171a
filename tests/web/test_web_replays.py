"""Old requests, well signed and sent anew: a call that is over is not spoken to any more."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import httpx
import pytest
import redis
from msgspec.structs import replace

from ivr.engine.session import Phase
from ivr.store.redis import RedisStore
from ivr.web.app import create_app
from tests.conftest import DAY
from tests.web.conftest import FORM, Caller, call_key

if TYPE_CHECKING:
    from pathlib import Path

    from ivr.web.parts import Parts

SID = {**FORM, "CallSid": "CA1"}
PRESSED = {**SID, "CallStatus": "in-progress", "Digits": "1"}


def ended(caller: Caller) -> list[str]:
    """A call of two turns that has ended; gives what was asked for in it."""
    first = caller.ring("CA1").action or ""
    second = caller.key("CA1", first, "1").action or ""
    caller.key("CA1", second, "1")
    hung_up = caller.post("/voice/status", {**SID, "CallStatus": "completed"})
    assert hung_up.status_code == 204
    return ["/voice", first, second]


def everything(redis_url: str) -> dict[bytes, bytes]:
    """All that Redis holds, byte for byte."""
    with redis.Redis.from_url(redis_url) as client:
        return {key: client.dump(key) for key in client.scan_iter()}


def test_requests_of_a_call_that_has_ended_are_refused_and_change_nothing(
    caller: Caller, redis_url: str
) -> None:
    urls = ended(caller)
    before = everything(redis_url)
    for url in urls:
        response = caller.post(url, PRESSED)
        assert response.status_code == 403
        assert response.headers["Content-Type"].startswith("text/plain")
        assert "this call is over" in response.text
    assert everything(redis_url) == before


def test_the_end_of_a_call_that_is_told_again_counts_nothing(
    caller: Caller, redis_url: str
) -> None:
    ended(caller)
    before = everything(redis_url)
    for status in ("completed", "busy"):
        assert caller.post("/voice/status", {**SID, "CallStatus": status}).status_code == 204
    assert everything(redis_url) == before


def test_of_a_call_that_has_ended_nothing_of_what_was_said_is_kept(
    caller: Caller, store: RedisStore
) -> None:
    ended(caller)
    session = store.load(call_key("CA1")).session
    assert session is not None
    assert session.phase is Phase.CLOSED
    assert (session.lead, session.told, session.back, session.bookmark) == ((), {}, (), None)


@pytest.mark.parametrize(
    ("began", "status"),
    [
        pytest.param(timedelta(hours=-4, minutes=-14), 200, id="four hours ago"),
        pytest.param(timedelta(hours=-4, minutes=-16), 403, id="longer ago than a call lasts"),
        pytest.param(timedelta(days=-400), 403, id="last year"),
        pytest.param(timedelta(minutes=14), 200, id="by a clock that is fast"),
        pytest.param(timedelta(minutes=16), 403, id="by no clock"),
        pytest.param(None, 200, id="at a time that is not told"),
    ],
)
def test_a_turn_is_refused_when_its_call_must_be_over(
    caller: Caller, redis_url: str, began: timedelta | None, status: int
) -> None:
    told = "" if began is None else f"&call={int((DAY + began).timestamp())}"
    response = caller.post(f"/voice/turn/main_menu?turn=2{told}", PRESSED)
    assert response.status_code == status
    assert bool(everything(redis_url)) == (status == 200)


def test_without_redis_too_an_old_turn_is_refused(
    parts: Parts, caller: Caller, tmp_path: Path
) -> None:
    action = caller.ring("CA1").action or ""
    later = replace(
        parts,
        store=RedisStore(f"unix://{tmp_path}/none.sock"),
        clock=lambda: DAY + timedelta(hours=5),
    )
    transport = httpx.WSGITransport(app=create_app(later))
    response = Caller(httpx.Client(transport=transport)).post(action, PRESSED)
    assert response.status_code == 403
    assert "began more than 4 hours ago" in response.text
    later.store.close()


def test_a_call_keeps_the_time_at_which_it_began(parts: Parts, caller: Caller) -> None:
    began = f"call={int(DAY.timestamp())}"
    answer = caller.ring("CA1")
    transport = httpx.WSGITransport(
        app=create_app(replace(parts, clock=lambda: DAY + timedelta(minutes=9)))
    )
    later = Caller(httpx.Client(transport=transport), clips=caller.clips)
    for key in ("1", "1", "silence", "0", "4"):
        assert began in (answer.action or "")
        answer = later.key("CA1", answer.action or "", key)
