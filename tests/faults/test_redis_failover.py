"""Sentinels and a Cluster, by REDIS_URL alone: a master is killed under load, and nothing is lost
but that some turns go on without Redis for a while."""

from __future__ import annotations

import re
import time
from contextlib import closing
from typing import TYPE_CHECKING, Final

import pytest
import redis
from redis.crc import key_slot

from ivr.errors import StoreError
from ivr.store.breaker import MAX_FAILURES
from ivr.store.keys import CALLERS, CALLS, PARTITIONS
from ivr.store.redis import RedisStore
from tests.conftest import ROOT
from tests.faults.redis_clusters import redis_cluster
from tests.faults.redis_sentinels import SERVICE, SentinelServer, sentinel_set
from tests.faults.redis_servers import RedisServer, free_port, wait_until
from tests.faults.store_turns import DAY, SLOWEST_SECONDS, THREADS, Load, call, play, saves_again

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.faults.redis_clusters import RedisCluster
    from tests.faults.redis_sentinels import SentinelSet

MANY: Final = 200
"""Calls enough to be spread over all masters."""
BACK_SECONDS: Final = 20.0
DOCUMENTED: Final = (ROOT / "docs" / "redis.md").read_text()


@pytest.fixture
def sentinels(tmp_path: Path) -> Iterator[SentinelSet]:
    with sentinel_set(tmp_path) as made:
        yield made


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[RedisCluster]:
    with redis_cluster(tmp_path) as made:
        yield made


# -- Sentinels -------------------------------------------------------------------------------------


@pytest.mark.parametrize("fail", [RedisServer.kill, RedisServer.freeze], ids=["killed", "frozen"])
def test_sentinels_lead_to_the_new_master_under_load(
    sentinels: SentinelSet,
    fail: Callable[[RedisServer], None],
) -> None:
    with closing(RedisStore(sentinels.url)) as store:
        with Load(store) as load:
            wait_until(lambda: load.saved >= 100)
            old = sentinels.master()
            fail(old)
            begun = time.monotonic()
            sentinels.wait_for_failover(old)
            saved = load.saved
            wait_until(lambda: load.saved >= saved + 200, BACK_SECONDS)
            away = time.monotonic() - begun
        print(f"{load}, all was saved again after {away:.2f} s")  # noqa: T201 - the figures
        assert not load.wrong
        assert load.slowest() < SLOWEST_SECONDS
        assert all(play(store, number).error is None for number in range(20))
        assert store.counts(DAY)["degraded"] == load.failed()


def test_an_old_master_that_comes_back_as_a_replica_is_written_to_no_more(
    sentinels: SentinelSet,
) -> None:
    with closing(RedisStore(sentinels.url)) as store:
        assert play(store, 0).error is None
        old = sentinels.master()
        old.freeze()
        sentinels.wait_for_failover(old)
        old.thaw()
        wait_until(saves_again(store), BACK_SECONDS)
        new = sentinels.master()
        assert new is not old
        assert new.ask("EXISTS", f"{CALLS}{call(0).sid}")
        saved = turn_of(store, 0)
        assert play(store, 0).error is None
        assert turn_of(store, 0) == saved + 1


def turn_of(store: RedisStore, number: int) -> int:
    session = store.load(call(number)).session
    assert session is not None
    return session.turn


@pytest.mark.parametrize("fail", [RedisServer.kill, RedisServer.freeze], ids=["killed", "frozen"])
def test_a_sentinel_that_is_away_keeps_nobody_waiting(
    sentinels: SentinelSet, fail: Callable[[RedisServer], None]
) -> None:
    fail(sentinels.sentinels[0])
    with closing(RedisStore(sentinels.url)) as store:
        first, second = play(store, 0), play(store, 1)
    assert first.error is None
    assert first.seconds < SLOWEST_SECONDS
    assert second.error is None
    assert second.seconds < 0.3, "the one that answers is asked first now"


def test_without_any_sentinel_calls_go_on_without_redis(sentinels: SentinelSet) -> None:
    for sentinel in sentinels.sentinels:
        sentinel.freeze()
    with closing(RedisStore(sentinels.url)) as store:
        played = [play(store, 0) for _ in range(MAX_FAILURES + 20)]
        assert all(each.error for each in played)
        assert max(each.seconds for each in played) < SLOWEST_SECONDS
        assert sum(each.seconds for each in played[MAX_FAILURES:]) < 1
        for sentinel in sentinels.sentinels:
            sentinel.thaw()
        wait_until(saves_again(store), BACK_SECONDS)


def test_a_sentinel_that_has_missed_the_failover_hides_the_new_master_from_nobody(
    sentinels: SentinelSet, tmp_path: Path
) -> None:
    """As one does that was run again with its first configuration while the old master was away."""
    old = sentinels.master()
    old.kill()
    sentinels.wait_for_failover(old)
    with SentinelServer(tmp_path / "late", old) as late:
        assert late.master_port() == old.port
        url = sentinels.url.replace("://", f"://{late.address},")
        with closing(RedisStore(url)) as store:
            wait_until(saves_again(store), BACK_SECONDS)


def test_a_sentinel_is_given_the_password_only_if_it_asks(sentinels: SentinelSet) -> None:
    for server in sentinels.servers:
        server.ask("ACL", "SETUSER", "line", "on", ">p/w", "~ivr:*", "+@all")
    user = sentinels.url.replace("://", "://line:p%2Fw@")
    with closing(RedisStore(user)) as store:
        assert play(store, 0).error is None
    for sentinel in sentinels.sentinels:
        sentinel.ask("ACL", "SETUSER", "line", "on", ">p/w", "~*", "+@all")
        sentinel.ask("ACL", "SETUSER", "default", "off")
    with closing(RedisStore(user)) as store:
        assert play(store, 0).error is None
    with closing(RedisStore(user.replace("p%2Fw", "wrong"))) as store:
        assert play(store, 0).error is not None


def test_a_name_that_the_sentinels_do_not_know_is_no_master(sentinels: SentinelSet) -> None:
    url = sentinels.url.replace(f"/{SERVICE}/", "/another/")
    words = "no Sentinel answered that knows a master 'another'; mend REDIS_URL"
    with closing(RedisStore(url)) as store, pytest.raises(StoreError, match=words):
        store.ping()


# -- A Cluster -------------------------------------------------------------------------------------


@pytest.mark.parametrize("fail", [RedisServer.kill, RedisServer.freeze], ids=["killed", "frozen"])
def test_a_cluster_goes_on_with_the_replica_of_a_master_under_load(
    cluster: RedisCluster,
    fail: Callable[[RedisServer], None],
) -> None:
    with closing(RedisStore(cluster.url)) as store:
        with Load(store) as load:
            wait_until(lambda: load.saved >= 300)
            fail(cluster.masters[0])
            begun = time.monotonic()
            cluster.wait_for_failover(0)
            wait_until(lambda: store.health().error is None, BACK_SECONDS)
            failed = load.failed()
            away = time.monotonic() - begun
            saved = load.saved
            wait_until(lambda: load.saved >= saved + 300, BACK_SECONDS)
            assert load.failed() <= failed + THREADS, "they were under way"
        print(f"{load}, all was saved again after {away:.2f} s")  # noqa: T201 - the figures
        assert not load.wrong
        assert load.slowest() < SLOWEST_SECONDS
        assert saves_again(store, MANY)()


def test_a_server_that_was_restarted_without_its_part_of_the_cluster_hides_nobody_elses(
    cluster: RedisCluster,
) -> None:
    """It is named first in REDIS_URL, and answers that nobody has any slot."""
    first = cluster.masters[0]
    with closing(RedisStore(cluster.url)) as store:
        assert saves_again(store, MANY)()
        first.kill()
        cluster.wait_for_failover(0)
        (first.folder / "nodes.conf").unlink()
        first.start()
        wait_until(saves_again(store, MANY), BACK_SECONDS)
    with closing(RedisStore(cluster.url)) as store:
        wait_until(saves_again(store, MANY), BACK_SECONDS)


def test_one_server_of_a_cluster_is_no_single_redis_and_says_so(cluster: RedisCluster) -> None:
    def sends_away(server: RedisServer) -> bool:
        try:
            server.ask("SET", "ivr:probe", 1)
        except redis.ResponseError:  # MOVED
            return True
        return False

    server = next(each for each in cluster.masters if sends_away(each))
    with closing(RedisStore(f"redis://{server.address}")) as store:
        wait_until(lambda: bool(play(store, 0).error) and store.health().error is not None)
        for why in (play(store, 1).error, store.health().error):
            assert "this Redis is one of a Cluster; set REDIS_URL to redis+cluster://" in str(why)


def test_of_a_master_that_is_away_only_its_own_callers_notice(cluster: RedisCluster) -> None:
    with closing(RedisStore(cluster.url)) as store:
        assert saves_again(store, MANY)()
        for server in (cluster.masters[0], cluster.replicas[0]):
            server.kill()
        errors = [play(store, number).error for number in range(MANY)]
        assert 0 < sum(error is not None for error in errors) < MANY * 2 // 3
        told = store.health()
        assert told.error is not None
        assert told.since is not None
        for server in (cluster.masters[0], cluster.replicas[0]):
            server.start()
        wait_until(saves_again(store, MANY), BACK_SECONDS)


def test_a_cluster_that_is_all_away_costs_only_the_first_callers(cluster: RedisCluster) -> None:
    with closing(RedisStore(cluster.url)) as store:
        assert saves_again(store, MANY)()
        for server in cluster.servers:
            server.freeze()
        played = [play(store, number) for number in range(MANY)]
        assert all(each.error for each in played)
        assert max(each.seconds for each in played) < SLOWEST_SECONDS
        waited = [each for each in played if each.seconds > 0.1]
        assert len(waited) <= MAX_FAILURES * (len(cluster.masters) + 1)
        for server in cluster.servers:
            server.thaw()
        wait_until(saves_again(store, MANY), BACK_SECONDS)


def test_a_cluster_that_is_away_at_the_start_is_used_when_it_comes() -> None:
    urls = ",".join(f"127.0.0.1:{free_port()}" for _ in range(3))
    with closing(RedisStore(f"redis+cluster://{urls}")) as store:
        played = [play(store, number) for number in range(100)]
        assert all(each.error for each in played)
        assert max(each.seconds for each in played) < SLOWEST_SECONDS
        assert store.health().error is not None
        wait_until(lambda: store.health().since is not None, 5.0)


def test_a_server_that_is_no_cluster_is_told_so(tmp_path: Path) -> None:
    with RedisServer(tmp_path) as server:
        url = f"redis+cluster://{server.address}"
        with closing(RedisStore(url)) as store:
            wait_until(lambda: "cluster support disabled" in str(store.health().error), 5.0)


def test_calls_in_a_slot_that_moves_are_found(cluster: RedisCluster) -> None:
    with closing(RedisStore(cluster.url)) as store:
        assert saves_again(store, 1)()
        at = call(0).partition
        slot = key_slot(b"%02x" % at)
        source = next(n for n, master in enumerate(cluster.masters) if has_slot(master, slot))
        target = (source + 1) % 3
        cluster.begin_move(slot, source, target)
        new = next(number for number in range(1, 10_000) if call(number).partition == at)
        assert play(store, 0).error is None, "all of it is at the old master still"
        assert store.load(call(new)).session is None, "what is not there is asked for at the new"
        for _ in range(2 * MAX_FAILURES):
            assert "rehashing" in str(play(store, new).error), "its keys are at both for a moment"
        assert store.health().error is None
        cluster.move_slot(slot, source, target)
        assert [play(store, number).error for number in (0, new)] == [None, None]
        assert turn_of(store, 0) == 3
        assert all(play(store, number).error is None for number in range(MANY))


def has_slot(master: RedisServer, slot: int) -> bool:
    try:
        master.ask("CLUSTER", "COUNTKEYSINSLOT", slot)
        master.ask("EXISTS", next(f"{{{n:02x}}}" for n in range(PARTITIONS) if of(n) == slot))
    except redis.ResponseError:
        return False
    return True


def of(partition: int) -> int:
    return key_slot(b"%02x" % partition)


def test_what_a_cluster_keeps_is_counted_read_and_erased(cluster: RedisCluster) -> None:
    """By a user who may do no more than the documentation says."""
    (rule,) = re.findall(r"ACL SETUSER line on >PASSWORD .*", DOCUMENTED)
    for server in cluster.servers:
        server.ask(*rule.split())
    with closing(RedisStore(cluster.url.replace("://", "://line:PASSWORD@"))) as store:
        assert saves_again(store, MANY)()
        assert store.counts(DAY) == {"turns": MANY}
        assert len(list(store.each_kept(CALLS, 10_000))) == MANY
        assert len(list(store.each_kept(CALLERS, 10_000))) == MANY
        assert len(list(store.each_kept(CALLS, 7))) == 7
        key = str(call(1).caller_key)
        assert store.recall(key) is not None
        erased = store.erase(key)
        assert (erased.memory, erased.calls, erased.used_seconds) == (True, 1, 1)
        assert store.recall(key) is None
        assert len(list(store.each_kept(CALLERS, 10_000))) == MANY - 1
