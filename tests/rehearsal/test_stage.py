"""The service under rehearsal: what it holds and logs is seen, and a busy Redis is waited for."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
import redis
from msgspec.structs import replace

from ivr.cli.rehearse.service import Stage, rehearsed_line
from ivr.errors import StoreError
from ivr.rehearsal.caller import Caller
from ivr.rehearsal.guide import Guide
from ivr.rehearsal.population import person
from ivr.store.embedded import embedded_redis

if TYPE_CHECKING:
    from pathlib import Path

    from ivr.rehearsal.line import Line
    from ivr.rehearsal.personas import Personas


@pytest.fixture
def held(stage: Stage, line: Line) -> Line:
    client = redis.Redis.from_url(stage.redis_url)
    client.set("text", "4471")
    client.set("packed", msgspec.msgpack.encode(["bn", 5582, {"a": 6613}]))
    client.set("bytes", b"\xc1\xff7724")
    client.hset("fields", "keyed.8815", 1)
    client.rpush("row", "9926")
    client.sadd("some", "5537")
    client.zadd("ranks", {"6648": 1.0})
    client.close()
    return line


@pytest.mark.parametrize("secret", ["4471", "5582", "6613", "7724", "8815", "9926", "5537", "6648"])
def test_all_that_is_stored_is_seen_until_it_is_forgotten(secret: str, held: Line) -> None:
    assert secret in held.kept().decode("latin-1")
    held.forget()
    assert held.kept() == b""


@pytest.mark.parametrize("name", ["ivr.web.line", "werkzeug"])
def test_all_that_is_logged_is_seen_whoever_logs_it(name: str, line: Line) -> None:
    logging.getLogger(name).info("keyed %s", 4471)
    assert "keyed 4471" in line.logged()
    assert line.logged() == ""


def test_a_redis_that_answers_late_changes_no_figure(
    stage: Stage, line: Line, shipped: Personas
) -> None:
    usual = Caller(line, Guide(line, shipped), 1, person(shipped, 1, 0)).live()
    client: Any = redis.Redis.from_url(stage.redis_url)
    client.execute_command("CLIENT", "PAUSE", 1500)
    client.close()
    assert Caller(line, Guide(line, shipped), 1, person(shipped, 1, 0)).live() == usual
    assert "degraded" not in line.logged()


def test_a_redis_that_is_gone_is_told(stage: Stage, tmp_path: Path) -> None:
    with embedded_redis(tmp_path) as url:
        stage = replace(stage, redis_url=url)
        with rehearsed_line(stage) as line:
            line.forget()
            client = redis.Redis.from_url(url)
            client.shutdown(nosave=True)
            client.close()
            with pytest.raises(StoreError, match="the Redis of the rehearsal is gone"):
                line.kept()
