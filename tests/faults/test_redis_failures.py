"""One Redis that fails in every way: no turn waits long, and all is well again by itself."""

from __future__ import annotations

import socket
import time
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING, Final

import pytest

from ivr.engine.session import Session
from ivr.engine.turn import Count
from ivr.errors import StoreError
from ivr.store.breaker import MAX_FAILURES
from ivr.store.redis import RedisStore
from ivr.store.saving import Saving
from ivr.store.visit import VISIT_SECONDS
from tests.faults.bad_network import Certificate, proxied
from tests.faults.redis_servers import RedisServer, wait_until
from tests.faults.store_turns import DAY, NOW, SLOWEST_SECONDS, Load, call, play, saves_again

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from ivr.store.saving import Health
    from tests.faults.bad_network import Proxy

BACK_SECONDS: Final = 3.0
"""So soon a Redis that is there again is used again."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    with RedisServer(tmp_path / "redis") as server:
        yield server


@pytest.fixture
def store(server: RedisServer) -> Iterator[RedisStore]:
    with closing(RedisStore(server.url)) as store:
        yield store


@contextmanager
def behind(server: RedisServer) -> Iterator[tuple[RedisStore, Proxy]]:
    with proxied(server.port) as proxy, closing(RedisStore(proxy.url)) as store:
        assert play(store, 0).error is None
        yield store, proxy


FAILURES = [
    pytest.param(RedisServer.kill, RedisServer.start, id="killed"),
    pytest.param(RedisServer.freeze, RedisServer.thaw, id="frozen"),
    pytest.param(RedisServer.read_only, RedisServer.writable, id="read-only"),
]


@pytest.mark.parametrize(("fail", "mend"), FAILURES)
def test_only_the_first_callers_ask_a_redis_that_is_away(
    server: RedisServer,
    store: RedisStore,
    fail: Callable[[RedisServer], None],
    mend: Callable[[RedisServer], None],
) -> None:
    assert play(store, 0).error is None
    fail(server)
    first = [play(store, 0) for _ in range(MAX_FAILURES)]
    assert all(each.error for each in first)
    assert max(each.seconds for each in first) < SLOWEST_SECONDS
    before = time.monotonic()
    assert all(play(store, 0).error for _ in range(1_000))
    assert time.monotonic() - before < 10, "they waited for it"
    mend(server)
    wait_until(saves_again(store), BACK_SECONDS)
    assert store.counts(DAY)["degraded"] == store.health().degraded >= MAX_FAILURES + 1_000


def test_a_redis_that_cannot_write_is_asked_for_nothing(
    server: RedisServer, store: RedisStore
) -> None:
    assert play(store, 0).error is None
    server.read_only()
    for _ in range(MAX_FAILURES):
        play(store, 0)
    asked = gets(server)
    assert all(play(store, 0).error for _ in range(100))
    assert gets(server) == asked


def gets(server: RedisServer) -> object:
    with server.raw() as client:
        return client.info("commandstats")["cmdstat_get"]["calls"]


@pytest.mark.parametrize(("fail", "mend"), FAILURES)
def test_many_threads_meet_a_failure_without_waiting_and_come_back(
    server: RedisServer,
    store: RedisStore,
    fail: Callable[[RedisServer], None],
    mend: Callable[[RedisServer], None],
) -> None:
    with Load(store) as load:
        wait_until(lambda: load.saved >= 50)
        for _ in range(3):
            fail(server)
            failed = load.failed()
            wait_until(lambda least=failed: load.failed() >= least + 50)  # type: ignore[misc]
            mend(server)
            saved = load.saved
            wait_until(lambda least=saved: load.saved >= least + 50, 10.0)  # type: ignore[misc]
    print(load)  # noqa: T201 - the figures
    assert not load.wrong
    assert load.slowest() < SLOWEST_SECONDS


def test_a_redis_that_was_restarted_empty_is_used_at_once(
    server: RedisServer, store: RedisStore
) -> None:
    for _ in range(3):
        assert play(store, 0).error is None
        server.restart()
        assert store.load(call(0)).session is None
        assert play(store, 0).error is None
    assert store.counts(DAY) == {"turns": 1}


def test_a_redis_that_was_emptied_is_saved_into_again(
    server: RedisServer, store: RedisStore
) -> None:
    assert play(store, 0).error is None
    server.empty()
    assert play(store, 0).error is None
    assert store.counts(DAY) == {"turns": 1}


def test_a_redis_that_is_away_at_the_start_is_used_when_it_comes(tmp_path: Path) -> None:
    server = RedisServer(tmp_path)
    with closing(RedisStore(server.url)) as store:
        assert all(play(store, 0).error for _ in range(10))
        with server:
            wait_until(saves_again(store), BACK_SECONDS)
            assert store.counts(DAY)["degraded"] == store.health().degraded >= 10


# -- The network between ---------------------------------------------------------------------------


def test_a_slow_redis_is_used_as_long_as_a_turn_can_wait_for_it(server: RedisServer) -> None:
    with behind(server) as (store, proxy):
        proxy.latency_seconds = 0.2
        played = play(store, 0)
        assert played.error is None
        assert 0.6 <= played.seconds < SLOWEST_SECONDS


@pytest.mark.parametrize("seconds", [0.25, 0.28, 0.6, 5.0])
def test_no_turn_waits_long_for_a_slow_redis(server: RedisServer, seconds: float) -> None:
    with behind(server) as (store, proxy):
        proxy.latency_seconds = seconds
        slowest = max(play(store, number).seconds for number in range(6))
        print(f"slowest turn {slowest:.3f} s")  # noqa: T201 - the figures
        assert slowest < SLOWEST_SECONDS
        proxy.latency_seconds = 0.0
        wait_until(saves_again(store), BACK_SECONDS)


def test_all_dealings_of_a_turn_have_one_end(server: RedisServer) -> None:
    with behind(server) as (store, proxy):
        proxy.latency_seconds = 0.15
        visit, before = store.visit(call(0)), time.monotonic()
        asked = 0
        with suppress(StoreError):
            for asked in range(100):  # noqa: B007 - how far it came
                visit.load()
        assert asked < 10
        proxy.latency_seconds = 0.0
        with pytest.raises(StoreError, match="did not answer"):
            visit.load()
        assert play(store, 0).error is None, "another turn has its own time"
        assert time.monotonic() - before < VISIT_SECONDS + 0.4


def test_answers_that_trickle_hold_nobody(server: RedisServer) -> None:
    with behind(server) as (store, proxy):
        proxy.trickle_seconds = 0.05
        played = [play(store, 0) for _ in range(MAX_FAILURES)]
        assert all(each.error for each in played)
        assert max(each.seconds for each in played) < SLOWEST_SECONDS
        proxy.trickle_seconds = 0.0
        wait_until(saves_again(store), BACK_SECONDS)


@pytest.mark.parametrize("after", [0, 1, 3])
def test_answers_that_are_cut_short_are_no_answers(server: RedisServer, after: int) -> None:
    with behind(server) as (store, proxy):
        proxy.cut_after = after
        played = [play(store, 0) for _ in range(MAX_FAILURES)]
        assert all(each.error for each in played)
        assert max(each.seconds for each in played) < SLOWEST_SECONDS
        proxy.cut_after = None
        wait_until(saves_again(store), BACK_SECONDS)


def test_a_save_whose_answer_was_lost_is_made_once(server: RedisServer) -> None:
    """It is sent once more, and the compare finds that it is there already."""
    with behind(server) as (store, proxy):
        visit = store.visit(call(1))
        held, session = visit.load(), Session(place="main_menu", turn=1, language="bn")
        saving = Saving(session=session, counts=(Count("calls"),), used_seconds=5)
        proxy.cut_after = 0
        with pytest.raises(StoreError, match="did not answer"):
            visit.save(held, saving, NOW)
        assert proxy.cuts == 2
        proxy.cut_after = None
        assert store.load(call(1)).session == session
        assert store.counts(DAY)["calls"] == 1
        assert store.erase(str(call(1).caller_key)).used_seconds == 5


def test_connections_that_were_cut_while_nobody_asked_cost_nobody(server: RedisServer) -> None:
    with behind(server) as (store, _):
        server.ask("CLIENT", "KILL", "TYPE", "normal")
        assert play(store, 0).error is None


def test_a_redis_over_tls_is_trusted_by_ssl_cert_file_alone(
    server: RedisServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = Certificate(tmp_path)
    with proxied(server.port, certificate) as proxy:
        url = f"rediss://localhost:{proxy.port}/0"
        with closing(RedisStore(url)) as stranger:
            assert play(stranger, 0).error is not None
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))
        with closing(RedisStore(url)) as store:
            assert play(store, 0).error is None
            proxy.trickle_seconds = 0.05
            assert play(store, 0).seconds < SLOWEST_SECONDS
            proxy.trickle_seconds = 0.0
            wait_until(saves_again(store), BACK_SECONDS)


def test_a_name_with_many_addresses_that_swallow_everything_holds_nobody_longer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each address would have the whole time otherwise; the name of a Cluster has many."""
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        with closing(socket.create_connection(full.getsockname())):  # takes no more from now on
            found = (socket.AF_INET, socket.SOCK_STREAM, 0, "", full.getsockname())
            monkeypatch.setattr(socket, "getaddrinfo", lambda *_: [found] * 8)
            with closing(RedisStore("redis://many.invalid")) as store:
                played = play(store, 0)
    assert played.error is not None
    assert played.seconds < VISIT_SECONDS


def test_a_host_whose_name_cannot_be_is_a_redis_that_is_away() -> None:
    with closing(RedisStore("redis://redis..internal")) as store:
        assert play(store, 0).error is not None
        assert store.health().error is not None


# -- What is told ----------------------------------------------------------------------------------


def test_health_tells_how_long_redis_is_away_and_what_it_cost(
    server: RedisServer, store: RedisStore
) -> None:
    assert healthy(store.health())
    server.freeze()
    for _ in range(5):
        play(store, 0)
    told = store.health()
    assert told.error is not None
    assert told.since is not None
    assert 0 < told.since < 10
    assert told.degraded == 5
    assert str(server.port) not in told.error
    server.thaw()
    wait_until(lambda: healthy(store.health()), BACK_SECONDS)


def healthy(health: Health) -> bool:
    return health.error is None and health.since is None


def test_that_redis_goes_and_comes_is_logged_once_each(
    server: RedisServer, store: RedisStore, caplog: pytest.LogCaptureFixture
) -> None:
    with Load(store) as load:
        wait_until(lambda: load.saved >= 20)
        server.kill()
        wait_until(lambda: load.failed() >= 100)
        server.start()
        saved = load.saved
        wait_until(lambda: load.saved >= saved + 20)
    told = caplog.text
    assert (told.count("redis_away"), told.count("redis_back")) == (1, 1)


def test_a_store_that_is_closed_asks_no_more(server: RedisServer) -> None:
    store = RedisStore(server.url)
    server.freeze()
    for _ in range(MAX_FAILURES):
        play(store, 0)
    store.close()
    server.thaw()
    commands = server.ask("INFO", "commandstats")
    assert b"cmdstat_set:" not in commands
