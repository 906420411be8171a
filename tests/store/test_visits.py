"""What a turn asks of Redis besides its session: who may ring, what was used, what is erased."""

from __future__ import annotations

import gc
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import redis

from ivr.engine.limits import NO_LIMITS, Limit, Limits
from ivr.engine.memory import Memory
from ivr.engine.session import Session
from ivr.engine.turn import Count
from ivr.errors import StoreError
from ivr.store.keys import PARTITIONS, CallKey, Kept, Names, kinds, partition, tag
from ivr.store.redis import RedisStore
from ivr.store.saving import Erased, Known, Learnt, Saving
from tests.faults.redis_servers import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)
DAY = "2026-03-02"
CALLER = "9f86d081884c7d659a2feaa0c55ad015"
SESSION = Session(place="main_menu", turn=1, language="bn")
MEMORY = Memory(at=1_770_000_000, language="bn")
TWO_AN_HOUR = Limits(calls_an_hour=2, minutes_a_day=0)
TWO_MINUTES = Limits(calls_an_hour=0, minutes_a_day=2)


@pytest.fixture
def raw(redis_url: str) -> Iterator[Any]:
    with redis.Redis.from_url(redis_url) as client:
        yield client


def call(number: int, caller: str | None = CALLER) -> CallKey:
    return CallKey(f"CA{number}", caller)


def save(store: RedisStore, number: int = 1, **what: Any) -> bool:
    visit = store.visit(call(number))
    return visit.save(visit.load(), Saving(session=SESSION, **what), NOW)


def admit(store: RedisStore, number: int, limits: Limits, minutes: float = 0) -> Known:
    return store.visit(call(number)).admit(limits, NOW + timedelta(minutes=minutes))


# -- Who may ring ----------------------------------------------------------------------------------


def test_a_caller_is_refused_after_so_many_calls_in_an_hour(store: RedisStore) -> None:
    found = [admit(store, number, TWO_AN_HOUR).refused for number in (1, 2, 3, 4)]
    assert found == [None, None, Limit.CALLS, Limit.CALLS]


def test_a_call_that_is_asked_about_again_counts_once_and_stays_taken(store: RedisStore) -> None:
    found = [admit(store, number, TWO_AN_HOUR).refused for number in (1, 1, 1, 2, 2, 1)]
    assert found == [None] * 6


def test_the_hour_slides_and_a_refused_call_does_not_count(store: RedisStore) -> None:
    taken = [
        admit(store, number, TWO_AN_HOUR, minutes).refused is None
        for number, minutes in enumerate((0, 30, 45, 59.9, 60.1, 61, 90.1))
    ]
    assert taken == [True, True, False, False, True, False, True]


def test_another_caller_has_calls_of_their_own(store: RedisStore) -> None:
    for number in (1, 2):
        admit(store, number, TWO_AN_HOUR)
    other = CallKey("CA3", "another caller")
    assert store.visit(other).admit(TWO_AN_HOUR, NOW).refused is None


def test_a_caller_whose_minutes_are_used_is_refused_and_told_so(store: RedisStore) -> None:
    assert admit(store, 1, TWO_MINUTES).seconds_left == 120
    save(store, 1, used_seconds=50)
    assert admit(store, 2, TWO_MINUTES) == Known(memory=None, refused=None, seconds_left=70)
    save(store, 2, used_seconds=100)
    assert admit(store, 3, TWO_MINUTES) == Known(refused=Limit.MINUTES, seconds_left=0)
    assert admit(store, 2, TWO_MINUTES).refused is None, "it was taken before"


def test_a_withheld_number_has_no_limits_and_nothing_is_kept_of_it(
    store: RedisStore, raw: Any
) -> None:
    for number in range(5):
        visit = store.visit(call(number, None))
        assert visit.admit(Limits(calls_an_hour=1, minutes_a_day=1), NOW) == Known()
        assert visit.recall() is None
        saving = Saving(session=SESSION, learnt=Learnt(memory=MEMORY, seconds=60), used_seconds=600)
        assert visit.save(visit.load(), saving, NOW)
    assert {key.rpartition(b"CA")[0] for key in raw.scan_iter()} == {b"ivr:call:"}


def test_without_limits_no_calls_are_noted_and_the_caller_is_known(
    store: RedisStore, raw: Any
) -> None:
    save(store, learnt=Learnt(memory=MEMORY, seconds=60))
    assert admit(store, 2, NO_LIMITS) == Known(memory=MEMORY)
    assert admit(store, 2, TWO_AN_HOUR).memory == MEMORY
    assert not raw.exists(f"ivr:calls:{CALLER}") or raw.zcard(f"ivr:calls:{CALLER}") == 1


def test_calls_and_used_seconds_end_by_themselves(store: RedisStore, raw: Any) -> None:
    admit(store, 1, TWO_AN_HOUR)
    save(store, 1, used_seconds=10)
    raw.expire(f"ivr:used:{CALLER}", 100)
    save(store, 1, used_seconds=10)
    assert raw.get(f"ivr:used:{CALLER}") == b"20"
    assert raw.ttl(f"ivr:used:{CALLER}") <= 100, "a day after the first, not after the last"
    assert 3500 < raw.ttl(f"ivr:calls:{CALLER}") <= 3600


@pytest.mark.parametrize("stored", ["", "many", "-5"])
def test_used_seconds_that_cannot_be_read_refuse_nobody(
    store: RedisStore, raw: Any, stored: str
) -> None:
    raw.set(f"ivr:used:{CALLER}", stored)
    assert admit(store, 1, TWO_MINUTES).refused is None


# -- Erasing ---------------------------------------------------------------------------------------


def test_a_caller_is_erased_and_what_was_there_is_told(store: RedisStore, raw: Any) -> None:
    for number in (1, 2):
        admit(store, number, TWO_AN_HOUR)
    learnt = Learnt(memory=MEMORY, seconds=60)
    save(store, 1, learnt=learnt, used_seconds=30)
    assert store.erase(CALLER) == Erased(memory=True, calls=2, used_seconds=30)
    assert not [key for key in raw.scan_iter() if CALLER.encode() in key]
    assert store.erase(CALLER) == Erased(memory=False, calls=0, used_seconds=0)


# -- Answers without Redis -------------------------------------------------------------------------


def test_answers_without_redis_are_counted_at_the_next_save_that_works(store: RedisStore) -> None:
    for _ in range(3):
        store.note_degraded()
    before = store.load(call(1))
    assert store.counts(DAY) == {}
    assert save(store, counts=(Count("calls"),))
    assert not store.visit(call(1)).save(before, Saving(session=SESSION), NOW), "too late"
    assert save(store)
    assert store.counts(DAY) == {"calls": 1, "degraded": 3}
    assert store.health().degraded == 3


def test_answers_without_redis_are_not_lost_by_a_save_that_comes_too_late(
    store: RedisStore,
) -> None:
    before = store.load(call(1))
    assert save(store)
    store.note_degraded()
    assert not store.visit(call(1)).save(before, Saving(session=SESSION), NOW)
    assert store.counts(DAY) == {}
    assert save(store)
    assert store.counts(DAY) == {"degraded": 1}


# -- One Redis or another --------------------------------------------------------------------------


def test_a_redis_that_lost_its_scripts_is_sent_them_again(store: RedisStore, raw: Any) -> None:
    assert save(store)
    raw.script_flush()
    assert save(store)
    assert admit(store, 1, TWO_AN_HOUR).refused is None


def test_one_damaged_key_keeps_nobody_else_from_redis(store: RedisStore, raw: Any) -> None:
    raw.hset("ivr:call:CA1", "a", "b")
    for _ in range(5):
        with pytest.raises(StoreError, match="Redis refused: WRONGTYPE"):
            store.visit(call(1)).load()
    assert save(store, 2)
    assert store.health().error is None


def test_connections_are_used_again(redis_url: str, raw: Any) -> None:
    raw.flushall()
    before = raw.info("stats")["total_connections_received"]
    with closing(RedisStore(redis_url)) as store:
        for number in range(20):
            assert save(store, number)
    assert raw.info("stats")["total_connections_received"] - before == 1


def test_a_store_that_nobody_closed_closes_its_connections(redis_url: str, raw: Any) -> None:
    """Whenever Python tidies up: it has moved the parts to where it looks seldom before they go."""
    gc.collect()  # what earlier tests have left
    before = raw.info("clients")["connected_clients"]
    store = RedisStore(redis_url)
    store.ping()
    gc.collect()
    assert raw.info("clients")["connected_clients"] == before + 1
    del store
    gc.collect()
    wait_until(lambda: raw.info("clients")["connected_clients"] == before)


def test_a_process_that_was_forked_opens_connections_of_its_own(redis_url: str, raw: Any) -> None:
    """An answer that one waits for could reach the other."""
    raw.flushall()
    program = (
        "import os, sys; from tests.store.test_visits import RedisStore, save\n"
        "store = RedisStore(sys.argv[1]); assert save(store, 1)\n"
        "child = os.fork()\n"
        "own = [save(store, 10 * bool(child) + number) for number in range(10)]\n"
        "status = os.waitpid(child, 0)[1] if child else 0\n"
        "os._exit(0 if all(own) and not status else 1)"
    )
    before = raw.info("stats")["total_connections_received"]
    subprocess.run([sys.executable, "-c", program, redis_url], check=True, timeout=60)  # noqa: S603 - this very Python
    assert raw.info("stats")["total_connections_received"] - before == 2
    assert len(raw.keys("ivr:call:*")) == 20


def test_a_password_is_given(redis_url: str, raw: Any) -> None:
    raw.acl_setuser("line", enabled=True, passwords=["+p/w"], keys=["ivr:*"], commands=["+@all"])
    path = redis_url.removeprefix("unix://")
    try:
        with closing(RedisStore(f"unix://line:p%2Fw@{path}?db=1")) as store:
            assert save(store)
            assert store.load(call(1)).session == SESSION
        with closing(RedisStore(f"unix://line:wrong@{path}")) as store:
            with pytest.raises(StoreError) as refused:
                store.ping()
            assert "wrong" not in str(refused.value)
    finally:
        raw.acl_deluser("line")


# -- Keys ------------------------------------------------------------------------------------------


def test_all_keys_of_a_call_lie_in_one_slot_of_a_cluster() -> None:
    names = Names(is_cluster=True)
    key = call(1)
    of_call = [
        names.call(key),
        names.caller(CALLER),
        names.calls(CALLER),
        names.used(CALLER),
        names.counts(key.partition, DAY),
        names.probe(key.partition),
    ]
    assert len({tag(name.encode()) for name in of_call}) == 1
    kinds_named = {name.split(":")[2] for name in of_call}
    assert kinds_named == {kind.name for kind in kinds(Kept())}


def test_callers_are_spread_over_all_partitions() -> None:
    found = {partition(f"{number:032x}") for number in range(2_000)}
    assert found == set(range(PARTITIONS))
