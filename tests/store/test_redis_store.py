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
from msgspec.structs import replace

from ivr.engine.memory import VERSION, Forgotten, Memory, caller_key, dump_memory
from ivr.engine.session import Phase, Session, dump
from ivr.engine.turn import Count
from ivr.errors import StoreError
from ivr.store.embedded import embedded_redis, find_server
from ivr.store.redis import (
    CLOSED_SECONDS,
    COUNTS_SECONDS,
    SESSION_SECONDS,
    Held,
    Learnt,
    RedisStore,
    Saving,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NOW = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)
SESSION = Session(place="practice_confirm_mpin", turn=120, language="bn", lead=("practice_right",))

SAVING = Saving(session=SESSION)
KEY = caller_key(b"secret of the tests", "+919876543210")
MEMORY = Memory(at=1_770_000_000, language="bn", bookmark="register_lesson.register_6", step=5)
QUARTER_SECONDS = 90 * 24 * 60 * 60


def learning(memory: Memory | Forgotten, *counts: Count) -> Saving:
    learnt = Learnt(caller_key=KEY, memory=memory, seconds=QUARTER_SECONDS)
    return Saving(session=SESSION, counts=counts, learnt=learnt)


@pytest.fixture
def raw(redis_url: str) -> redis.Redis:
    return redis.Redis.from_url(redis_url)


def test_a_session_is_loaded_as_it_was_saved(store: RedisStore) -> None:
    before = store.load("CA1")
    assert before.session is None
    assert store.save("CA1", before, SAVING, NOW)
    assert store.load("CA1").session == SESSION


def test_only_the_first_of_two_that_loaded_the_same_is_kept(store: RedisStore) -> None:
    before, calling = store.load("CA1"), Saving(session=SESSION, counts=(Count("calls"),))
    assert store.save("CA1", before, calling, NOW)
    assert not store.save("CA1", before, calling, NOW)
    assert store.counts("2026-03-02") == {"calls": 1}


def test_a_session_ends_by_itself_and_is_small(store: RedisStore, raw: redis.Redis) -> None:
    store.save("CA1", store.load("CA1"), SAVING, NOW)
    assert SESSION_SECONDS - 5 <= raw.ttl("ivr:call:CA1") <= SESSION_SECONDS
    assert 0 < (raw.memory_usage("ivr:call:CA1") or 0) <= 400


def test_a_closed_session_ends_sooner(store: RedisStore, raw: redis.Redis) -> None:
    closed = Session(place="goodbye", turn=3, language="bn", phase=Phase.CLOSED)
    store.save("CA1", store.load("CA1"), Saving(session=closed), NOW)
    assert raw.ttl("ivr:call:CA1") <= CLOSED_SECONDS


def test_counts_add_up_by_day_and_end_by_themselves(store: RedisStore, raw: redis.Redis) -> None:
    for sid in ("CA1", "CA2"):
        counts = (Count("calls"), Count("reached.main_menu"))
        store.save(sid, store.load(sid), Saving(session=SESSION, counts=counts), NOW)
    assert store.counts("2026-03-02") == {"calls": 2, "reached.main_menu": 2}
    assert store.counts("2026-03-03") == {}
    assert 0 < raw.ttl("ivr:counts:2026-03-02") <= COUNTS_SECONDS


@pytest.mark.parametrize(
    "stored",
    [
        pytest.param(b"\xffgarbage", id="garbage"),
        pytest.param(dump(SESSION)[:-1], id="cut short"),
        pytest.param(dump(SESSION).replace(b"_mpin", b"\xe4mpin"), id="letters that are none"),
        pytest.param(dump(replace(SESSION, version=1)), id="an earlier version"),
    ],
)
def test_what_another_wrote_there_is_saved_over_but_not_believed(
    store: RedisStore, raw: redis.Redis, stored: bytes
) -> None:
    raw.set("ivr:call:CA1", stored)
    held = store.load("CA1")
    assert held.session is None
    assert store.save("CA1", held, SAVING, NOW)


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(lambda store: store.ping(), id="ping"),
        pytest.param(lambda store: store.load("CA1"), id="load"),
        pytest.param(lambda store: store.counts("2026-03-02"), id="counts"),
        pytest.param(lambda store: store.recall(KEY), id="recall"),
        pytest.param(lambda s: s.save("CA1", Held(None, b""), SAVING, NOW), id="save"),
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


# -- Callers ---------------------------------------------------------------------------------------


def test_a_caller_is_recalled_as_kept(store: RedisStore) -> None:
    assert store.recall(KEY) is None
    assert store.save("CA1", store.load("CA1"), learning(MEMORY), NOW)
    assert store.recall(KEY) == MEMORY
    assert store.load("CA1").session == SESSION


def test_what_is_kept_of_a_caller_ends_by_itself_and_is_small(
    store: RedisStore, raw: redis.Redis
) -> None:
    store.save("CA1", store.load("CA1"), learning(MEMORY, Count("calls")), NOW)
    assert QUARTER_SECONDS - 5 <= raw.ttl(f"ivr:caller:{KEY}") <= QUARTER_SECONDS
    assert 0 < (raw.memory_usage(f"ivr:caller:{KEY}") or 0) <= 250
    assert store.counts("2026-03-02") == {"calls": 1}


def test_a_turn_that_learns_nothing_leaves_what_is_kept(
    store: RedisStore, raw: redis.Redis
) -> None:
    store.save("CA1", store.load("CA1"), learning(MEMORY), NOW)
    raw.expire(f"ivr:caller:{KEY}", 60)
    store.save("CA1", store.load("CA1"), SAVING, NOW)
    assert store.recall(KEY) == MEMORY
    assert raw.ttl(f"ivr:caller:{KEY}") <= 60


def test_a_forgotten_caller_has_no_key(store: RedisStore, raw: redis.Redis) -> None:
    store.save("CA1", store.load("CA1"), learning(MEMORY), NOW)
    store.save("CA1", store.load("CA1"), learning(Forgotten(), Count("forgotten")), NOW)
    assert store.recall(KEY) is None
    assert not raw.exists(f"ivr:caller:{KEY}")
    assert store.load("CA1").session == SESSION
    assert store.counts("2026-03-02") == {"forgotten": 1}


@pytest.mark.parametrize("memory", [replace(MEMORY, step=9), Forgotten()], ids=["new", "forgotten"])
def test_the_slower_of_two_turns_learns_nothing(
    store: RedisStore, memory: Memory | Forgotten
) -> None:
    before = store.load("CA1")
    assert store.save("CA1", before, learning(MEMORY), NOW)
    assert not store.save("CA1", before, learning(memory), NOW)
    assert store.recall(KEY) == MEMORY


@pytest.mark.parametrize(
    "stored",
    [
        pytest.param(b"\xffgarbage", id="garbage"),
        pytest.param(b"", id="nothing"),
        pytest.param(dump_memory(MEMORY)[:-1], id="cut short"),
        pytest.param(dump_memory(replace(MEMORY, version=VERSION + 1)), id="another version"),
    ],
)
def test_what_cannot_be_read_of_a_caller_is_nothing_and_is_written_over(
    store: RedisStore, raw: redis.Redis, stored: bytes
) -> None:
    raw.set(f"ivr:caller:{KEY}", stored)
    assert store.recall(KEY) is None
    store.save("CA1", store.load("CA1"), learning(MEMORY), NOW)
    assert store.recall(KEY) == MEMORY


# -- Embedded --------------------------------------------------------------------------------------


def test_what_was_kept_is_there_after_a_restart(tmp_path: Path) -> None:
    with embedded_redis(tmp_path) as url:
        store = RedisStore(url)
        store.save("CA1", store.load("CA1"), SAVING, NOW)
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
