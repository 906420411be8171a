"""A Redis of one's own: it keeps what it holds, is shared, and stops with its last user."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import redis

from ivr.engine.session import Session
from ivr.errors import StoreError
from ivr.store.embedded import embedded_redis, find_server
from ivr.store.keys import CallKey
from ivr.store.redis import RedisStore
from ivr.store.saving import Saving

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)
SESSION = Session(place="practice_confirm_mpin", turn=120, language="bn")
CALL = CallKey("CA1", None)


def test_what_was_kept_is_there_after_a_restart(tmp_path: Path) -> None:
    with embedded_redis(tmp_path) as url, closing(RedisStore(url)) as store:
        visit = store.visit(CALL)
        assert visit.save(visit.load(), Saving(session=SESSION), NOW)
    with embedded_redis(tmp_path) as url:
        store = RedisStore(url)
        assert store.load(CALL).session == SESSION
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
