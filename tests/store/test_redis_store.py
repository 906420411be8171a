from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import redis
from msgspec.structs import replace

from ivr.engine.limits import Limits
from ivr.engine.memory import VERSION, Forgotten, Memory, caller_key, dump_memory
from ivr.engine.session import Phase, Session, dump
from ivr.engine.turn import Count
from ivr.errors import StoreError
from ivr.store.keys import SESSION_SECONDS, CallKey, Kept
from ivr.store.redis import RedisStore
from ivr.store.saving import Held, Learnt, Saving
from ivr.store.visit import Visit

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NOW = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)
SESSION = Session(place="practice_confirm_mpin", turn=120, language="bn", lead=("practice_right",))

SAVING = Saving(session=SESSION)
KEY = caller_key(b"secret of the tests", "+919876543210")
MEMORY = Memory(at=1_770_000_000, language="bn", bookmark="register_lesson.register_6", step=5)
QUARTER_SECONDS = 90 * 24 * 60 * 60
CALL = CallKey("CA1", KEY)


def save(store: RedisStore, saving: Saving, now: datetime, call: CallKey = CALL) -> bool:
    visit = store.visit(call)
    return visit.save(visit.load(), saving, now)


def learning(memory: Memory | Forgotten, *counts: Count) -> Saving:
    learnt = Learnt(memory=memory, seconds=QUARTER_SECONDS)
    return Saving(session=SESSION, counts=counts, learnt=learnt)


@pytest.fixture
def raw(redis_url: str) -> redis.Redis:
    return redis.Redis.from_url(redis_url)


def test_a_session_is_loaded_as_it_was_saved(store: RedisStore) -> None:
    before = store.load(CALL)
    assert before.session is None
    assert store.visit(CALL).save(before, SAVING, NOW)
    assert store.load(CALL).session == SESSION


def test_a_password_that_does_not_fit_is_told(redis_url: str) -> None:
    url = redis_url.replace("://", "://line:hush@")
    with closing(RedisStore(url)) as store, pytest.raises(StoreError) as caught:
        store.ping()
    assert str(caught.value) == "Redis wants another user or password; mend them in REDIS_URL"


def test_only_the_first_of_two_that_loaded_the_same_is_kept(store: RedisStore) -> None:
    before, calling = store.load(CALL), Saving(session=SESSION, counts=(Count("calls"),))
    assert store.visit(CALL).save(before, calling, NOW)
    assert not store.visit(CALL).save(before, calling, NOW)
    assert store.counts("2026-03-02") == {"calls": 1}


def test_a_session_ends_by_itself_and_is_small(store: RedisStore, raw: redis.Redis) -> None:
    save(store, SAVING, NOW)
    assert SESSION_SECONDS - 5 <= raw.ttl("ivr:call:CA1") <= SESSION_SECONDS
    assert 0 < (raw.memory_usage("ivr:call:CA1") or 0) <= 400


def test_a_closed_session_is_kept_as_long_as_the_settings_say(
    redis_url: str, raw: redis.Redis
) -> None:
    with closing(RedisStore(redis_url, kept=Kept(ended_seconds=700_000))) as store:
        closed = Session(place="goodbye", turn=3, language="bn", phase=Phase.CLOSED)
        raw.flushall()
        save(store, Saving(session=closed), NOW)
        assert 690_000 < raw.ttl("ivr:call:CA1") <= 700_000


def test_counts_add_up_by_day_and_end_by_themselves(store: RedisStore, raw: redis.Redis) -> None:
    for sid in ("CA1", "CA2"):
        counts = (Count("calls"), Count("reached.main_menu"))
        save(store, Saving(session=SESSION, counts=counts), NOW, CallKey(sid, KEY))
    assert store.counts("2026-03-02") == {"calls": 2, "reached.main_menu": 2}
    assert store.counts("2026-03-03") == {}
    assert 0 < raw.ttl("ivr:counts:2026-03-02") <= Kept().counts_seconds


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
    held = store.load(CALL)
    assert held.session is None
    assert store.visit(CALL).save(held, SAVING, NOW)


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(lambda store: store.ping(), id="ping"),
        pytest.param(lambda store: store.load(CALL), id="load"),
        pytest.param(lambda store: store.counts("2026-03-02"), id="counts"),
        pytest.param(lambda store: store.recall(KEY), id="recall"),
        pytest.param(lambda store: store.erase(KEY), id="erase"),
        pytest.param(lambda s: s.visit(CALL).save(Held(None, b""), SAVING, NOW), id="save"),
    ],
)
def test_a_redis_that_is_not_there_is_an_error_of_ours(
    tmp_path: Path, ask: Callable[[RedisStore], object]
) -> None:
    with pytest.raises(StoreError, match="Redis did not answer"):
        ask(RedisStore(f"unix://{tmp_path}/none.sock"))


def test_every_dealing_in_a_turn_without_redis_is_an_error_of_ours(tmp_path: Path) -> None:
    for ask in (Visit.load, Visit.recall, lambda visit: visit.admit(Limits(), NOW)):
        with (
            closing(RedisStore(f"unix://{tmp_path}/none.sock")) as away,
            pytest.raises(StoreError, match="Redis did not answer"),
        ):
            ask(away.visit(CALL))


def test_a_url_that_is_none_is_an_error_of_ours() -> None:
    with pytest.raises(StoreError, match="REDIS_URL cannot be read"):
        RedisStore("http://example.org")


# -- Callers ---------------------------------------------------------------------------------------


def test_a_caller_is_recalled_as_kept(store: RedisStore) -> None:
    assert store.recall(KEY) is None
    assert save(store, learning(MEMORY), NOW)
    assert store.recall(KEY) == MEMORY
    assert store.load(CALL).session == SESSION


def test_what_is_kept_of_a_caller_ends_by_itself_and_is_small(
    store: RedisStore, raw: redis.Redis
) -> None:
    save(store, learning(MEMORY, Count("calls")), NOW)
    assert QUARTER_SECONDS - 5 <= raw.ttl(f"ivr:caller:{KEY}") <= QUARTER_SECONDS
    assert 0 < (raw.memory_usage(f"ivr:caller:{KEY}") or 0) <= 250
    assert store.counts("2026-03-02") == {"calls": 1}


def test_a_turn_that_learns_nothing_leaves_what_is_kept(
    store: RedisStore, raw: redis.Redis
) -> None:
    save(store, learning(MEMORY), NOW)
    raw.expire(f"ivr:caller:{KEY}", 60)
    save(store, SAVING, NOW)
    assert store.recall(KEY) == MEMORY
    assert raw.ttl(f"ivr:caller:{KEY}") <= 60


def test_a_forgotten_caller_has_no_key(store: RedisStore, raw: redis.Redis) -> None:
    save(store, learning(MEMORY), NOW)
    save(store, learning(Forgotten(), Count("forgotten")), NOW)
    assert store.recall(KEY) is None
    assert not raw.exists(f"ivr:caller:{KEY}")
    assert store.load(CALL).session == SESSION
    assert store.counts("2026-03-02") == {"forgotten": 1}


@pytest.mark.parametrize("memory", [replace(MEMORY, step=9), Forgotten()], ids=["new", "forgotten"])
def test_the_slower_of_two_turns_learns_nothing(
    store: RedisStore, memory: Memory | Forgotten
) -> None:
    before = store.load(CALL)
    assert store.visit(CALL).save(before, learning(MEMORY), NOW)
    assert not store.visit(CALL).save(before, learning(memory), NOW)
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
    save(store, learning(MEMORY), NOW)
    assert store.recall(KEY) == MEMORY


def test_a_refusal_of_redis_is_told_in_its_own_words(redis_url: str) -> None:
    away = RedisStore(f"{redis_url}?db=99")
    with pytest.raises(StoreError, match="DB index is out of range"):
        away.ping()
