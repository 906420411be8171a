from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import redis

from ivr.engine.session import Phase, Session
from ivr.engine.turn import Count
from ivr.errors import StoreError
from ivr.store.embedded import embedded_redis, find_server
from ivr.store.redis import CLOSED_SECONDS, COUNTS_SECONDS, SESSION_SECONDS, Held, RedisStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NOW = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)
SESSION = Session(place="practice_confirm_mpin", turn=120, language="bn", lead=("practice_right",))


@pytest.fixture
def raw(redis_url: str) -> redis.Redis:
    return redis.Redis.from_url(redis_url)


def test_a_session_is_loaded_as_it_was_saved(store: RedisStore) -> None:
    before = store.load("CA1")
    assert before.session is None
    assert store.save("CA1", before, SESSION, (), NOW)
    assert store.load("CA1").session == SESSION


def test_only_the_first_of_two_that_loaded_the_same_is_kept(store: RedisStore) -> None:
    before = store.load("CA1")
    assert store.save("CA1", before, SESSION, (Count("calls"),), NOW)
    assert not store.save("CA1", before, SESSION, (Count("calls"),), NOW)
    assert store.counts("2026-03-02") == {"calls": 1}


def test_a_session_ends_by_itself_and_is_small(store: RedisStore, raw: redis.Redis) -> None:
    store.save("CA1", store.load("CA1"), SESSION, (), NOW)
    assert SESSION_SECONDS - 5 <= raw.ttl("ivr:call:CA1") <= SESSION_SECONDS
    assert 0 < (raw.memory_usage("ivr:call:CA1") or 0) <= 400


def test_a_closed_session_ends_sooner(store: RedisStore, raw: redis.Redis) -> None:
    closed = Session(place="goodbye", turn=3, language="bn", phase=Phase.CLOSED)
    store.save("CA1", store.load("CA1"), closed, (), NOW)
    assert raw.ttl("ivr:call:CA1") <= CLOSED_SECONDS


def test_counts_add_up_by_day_and_end_by_themselves(store: RedisStore, raw: redis.Redis) -> None:
    for sid in ("CA1", "CA2"):
        counts = (Count("calls"), Count("reached.main_menu"))
        store.save(sid, store.load(sid), SESSION, counts, NOW)
    assert store.counts("2026-03-02") == {"calls": 2, "reached.main_menu": 2}
    assert store.counts("2026-03-03") == {}
    assert 0 < raw.ttl("ivr:counts:2026-03-02") <= COUNTS_SECONDS


def test_what_another_wrote_there_is_saved_over_but_not_believed(
    store: RedisStore, raw: redis.Redis
) -> None:
    raw.set("ivr:call:CA1", b"\xffgarbage")
    held = store.load("CA1")
    assert held.session is None
    assert store.save("CA1", held, SESSION, (), NOW)


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(lambda store: store.ping(), id="ping"),
        pytest.param(lambda store: store.load("CA1"), id="load"),
        pytest.param(lambda store: store.counts("2026-03-02"), id="counts"),
        pytest.param(lambda s: s.save("CA1", Held(None, b""), SESSION, (), NOW), id="save"),
    ],
)
def test_a_redis_that_is_not_there_is_an_error_of_ours(
    tmp_path: Path, ask: Callable[[RedisStore], object]
) -> None:
    with pytest.raises(StoreError, match="Redis did not answer"):
        ask(RedisStore(f"unix://{tmp_path}/none.sock"))


def test_a_url_that_is_none_is_an_error_of_ours() -> None:
    with pytest.raises(StoreError, match="REDIS_URL cannot be read"):
        RedisStore("http://example.org")


# -- Embedded --------------------------------------------------------------------------------------


def test_what_was_kept_is_there_after_a_restart(tmp_path: Path) -> None:
    with embedded_redis(tmp_path) as url:
        store = RedisStore(url)
        store.save("CA1", store.load("CA1"), SESSION, (), NOW)
        store.close()
    with embedded_redis(tmp_path) as url:
        store = RedisStore(url)
        assert store.load("CA1").session == SESSION
        store.close()


def test_two_users_share_a_server_and_the_last_stops_it(tmp_path: Path) -> None:
    with embedded_redis(tmp_path) as first:
        with embedded_redis(tmp_path) as second:
            assert first == second
        store = RedisStore(first)
        store.ping()
        store.close()
    gone = RedisStore(first)
    with pytest.raises(StoreError):
        gone.ping()


def test_a_server_whose_owner_was_killed_is_taken_over(tmp_path: Path) -> None:
    program = (
        "import os, sys; from pathlib import Path; from ivr.store.embedded import embedded_redis\n"
        "with embedded_redis(Path(sys.argv[1])) as url:\n"
        "    print(url, flush=True); os.kill(os.getpid(), 9)"
    )
    killed = subprocess.run(  # noqa: S603 - this very Python
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert killed.returncode == -9
    with embedded_redis(tmp_path) as url:
        assert url == killed.stdout.strip()
    with pytest.raises(StoreError):
        RedisStore(url).ping()


def test_a_server_that_cannot_start_says_its_last_words(tmp_path: Path) -> None:
    (tmp_path / "appendonlydir").write_text("a file where Redis wants a folder")
    (tmp_path / "appendonly.aof").mkdir()
    with (
        pytest.raises(StoreError, match="the embedded Redis did not start: "),
        embedded_redis(tmp_path),
    ):
        pass


def test_no_server_at_all_is_told_with_the_command_to_install_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(StoreError, match="apt install redis-server"):
        find_server()


def test_a_frozen_server_is_stopped_all_the_same(tmp_path: Path) -> None:
    with embedded_redis(tmp_path) as url:
        pid = int(redis.Redis.from_url(url).info("server")["process_id"])
        os.kill(pid, signal.SIGSTOP)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_refusal_of_redis_is_told_in_its_own_words(redis_url: str) -> None:
    away = RedisStore(f"{redis_url}?db=99")
    with pytest.raises(StoreError, match="DB index is out of range"):
        away.ping()
