"""What is kept of a caller from one call to the next: little, under a key, and only if shown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
import redis
from msgspec.structs import replace

from ivr.engine.memory import Memory, caller_key, dump_memory, parse_memory
from ivr.flow.terms import BOOKMARK
from ivr.store.redis import RedisStore
from tests.conftest import DAY, SECRET
from tests.web.conftest import Watched
from tests.web.visitor import DIGITS, NUMBER, Visitor, options, place

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from ivr.engine.limits import Limits
    from ivr.flow.model import Option, Spec
    from ivr.store.keys import CallKey
    from ivr.store.saving import Held, Known, Saving
    from ivr.store.visit import Visit
    from ivr.web.parts import Parts

KEY = f"ivr:caller:{caller_key(SECRET.encode(), NUMBER)}"
HOUR_SECONDS = 60 * 60
DAY_SECONDS = 24 * HOUR_SECONDS


@pytest.fixture
def raw(redis_url: str, store: RedisStore) -> redis.Redis:
    assert store is not None  # emptied for this test
    return redis.Redis.from_url(redis_url)


@pytest.fixture
def visitor(parts: Parts) -> Visitor:
    return Visitor.at(parts)


def callers(raw: redis.Redis) -> list[str]:
    """Under which keys anything is kept of a caller."""
    return [key.decode() for key in raw.scan_iter("ivr:caller:*")]


def everything(raw: redis.Redis) -> bytes:
    """Every key and value that Redis holds, as bytes."""
    held: list[Any] = []
    for key in raw.scan_iter():
        held.append(key)
        if raw.type(key) == b"hash":
            held += [part for pair in raw.hgetall(key).items() for part in pair]
        else:
            held.append(raw.get(key))
    return b"\n".join(held)


def going_on(spec: Spec) -> tuple[str, Option]:
    """Where a caller is asked whether to go on, and the option that does."""
    return next(each for each in options(spec.flow) if each[1].go == BOOKMARK)


def forgetting(spec: Spec) -> tuple[str, str]:
    """Where a caller can be forgotten, and the key."""
    return next((at, each.key) for at, each in options(spec.flow) if each.set and each.set.forget)


# -- Kept ------------------------------------------------------------------------------------------


def test_a_caller_who_rings_again_goes_on_where_the_call_broke_off(
    visitor: Visitor, spec: Spec
) -> None:
    broke_off = visitor.break_off()
    asking, option = going_on(spec)
    again = visitor.ring()
    assert place(again) == asking
    assert place(visitor.press(again, option.key)) == broke_off


def test_a_caller_is_kept_under_a_key_that_does_not_lead_to_the_number(
    visitor: Visitor, raw: redis.Redis, caplog: pytest.LogCaptureFixture
) -> None:
    visitor.break_off()
    (key,) = callers(raw)
    assert key == KEY
    assert re.fullmatch("ivr:caller:[0-9a-f]{32}", key)
    held = everything(raw)
    for shown in (DIGITS, DIGITS[:5], DIGITS[-5:]):
        assert shown.encode() not in held.replace(key.encode(), b"")
    assert DIGITS not in key
    assert DIGITS not in caplog.text


def test_what_is_kept_of_a_caller_ends_by_itself(
    visitor: Visitor, raw: redis.Redis, spec: Spec
) -> None:
    visitor.break_off()
    due = spec.flow.flow.kept.bookmark_hours * HOUR_SECONDS
    assert due - 60 <= raw.ttl(KEY) <= due, "a bookmark alone"
    at, key = next((at, o.key) for at, o in options(spec.flow) if o.set and o.set.language)
    visitor.ring()
    visitor.press_at(at, key)
    due = spec.flow.flow.kept.pace_days * DAY_SECONDS
    assert due - 60 <= raw.ttl(KEY) <= due, "and what was learnt besides"


def test_under_another_secret_a_caller_has_another_key_and_is_not_known(
    visitor: Visitor, parts: Parts, raw: redis.Redis
) -> None:
    first = visitor.ring()
    visitor.break_off()
    elsewhere = Visitor.at(replace(parts, secret_key="another secret of the tests"))
    assert place(elsewhere.ring()) == place(first)
    elsewhere.break_off()
    assert len(callers(raw)) == 2


@pytest.mark.parametrize(
    "written",
    ["+91 98765 43210", "919876543210", "09876543210", "sip:+919876543210@example.org"],
)
def test_a_caller_is_known_however_the_number_is_written(
    visitor: Visitor, raw: redis.Redis, spec: Spec, written: str
) -> None:
    visitor.break_off()
    visitor.number = written
    assert place(visitor.ring()) == going_on(spec)[0]
    assert callers(raw) == [KEY]


def test_another_caller_is_not_led_to_the_bookmark_of_the_first(visitor: Visitor) -> None:
    first = visitor.ring()
    visitor.break_off()
    visitor.number = "+919876543211"
    assert place(visitor.ring()) == place(first)


def test_the_language_that_a_caller_chose_greets_at_the_next_call(
    visitor: Visitor, spec: Spec
) -> None:
    at, key = next((at, o.key) for at, o in options(spec.flow) if o.set and o.set.language)
    bengali = visitor.ring()
    visitor.press_at(at, key)
    visitor.hang_up()
    again = visitor.ring()
    assert again.words[0] in spec.words["en"].prompts.values()
    assert bengali.words[0] in spec.words["bn"].prompts.values()


def test_a_duplicate_of_the_first_ring_of_a_known_caller_gets_the_same_bytes(
    visitor: Visitor, raw: redis.Redis
) -> None:
    visitor.break_off()
    first, held = visitor.ring(), everything(raw)
    assert visitor.ring_once_more().document == first.document
    assert everything(raw) == held


def test_what_is_kept_meanwhile_does_not_change_a_call_that_runs(
    visitor: Visitor, raw: redis.Redis, spec: Spec
) -> None:
    """The caller is recalled when the call begins, and at no turn after."""
    first = visitor.ring()
    raw.set(KEY, dump_memory(Memory(at=int(DAY.timestamp()), language="en")))
    answer = visitor.press(first, "1")
    assert answer.words[0] in spec.words["bn"].prompts.values()


# -- Not kept --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "number",
    [
        *(None, "", "anonymous", "Restricted", "+266696687", "+7378742833", "+86282452253"),
        *("+8656696", "+2562533", "sip:anonymous@anonymous.invalid", "client:Anonymous"),
    ],
)
def test_of_a_withheld_number_nothing_is_kept(
    visitor: Visitor, raw: redis.Redis, number: str | None
) -> None:
    visitor.number = number
    first = visitor.ring()
    visitor.break_off()
    assert callers(raw) == []
    assert visitor.ring().document == first.document


def test_a_caller_who_is_forgotten_has_no_key_and_is_not_kept_again_in_that_call(
    visitor: Visitor, raw: redis.Redis, spec: Spec
) -> None:
    new = visitor.ring()
    visitor.break_off()
    assert callers(raw) == [KEY]
    known = visitor.ring()
    answer = visitor.press_at(*forgetting(spec))
    assert callers(raw) == []
    for _ in range(3):
        answer = visitor.press(answer, "1")
    visitor.hang_up()
    assert callers(raw) == []
    again = visitor.ring()
    assert place(again) == place(new) != place(known)


@pytest.mark.parametrize(
    "stored",
    [
        pytest.param(b"\xffgarbage", id="garbage"),
        pytest.param(b"\x90", id="an empty array"),
        pytest.param(
            dump_memory(Memory(version=99, at=int(DAY.timestamp()), language="en")),
            id="another version",
        ),
    ],
)
def test_what_cannot_be_read_of_a_caller_is_no_caller(
    visitor: Visitor, raw: redis.Redis, stored: bytes
) -> None:
    raw.set(KEY, stored)
    stranger = Visitor(visitor.caller, visitor.flow, number=None)
    assert visitor.ring().document == stranger.ring().document
    visitor.break_off()
    held = raw.get(KEY)
    assert isinstance(held, bytes)
    assert parse_memory(held) is not None


def test_a_caller_whose_turn_another_process_has_answered_is_not_kept_by_this_one(
    parts: Parts, raw: redis.Redis, redis_url: str
) -> None:
    class Slower(RedisStore):
        def visit(self, call: CallKey) -> Visit:
            return Loser(super().visit(call))

    class Loser(Watched):
        def save(self, *_: object) -> bool:
            return False

    visitor = Visitor.at(replace(parts, store=Slower(redis_url)))
    visitor.break_off()
    assert callers(raw) == []


def test_without_redis_a_known_caller_is_answered_as_a_new_one(
    visitor: Visitor, parts: Parts, tmp_path: Path
) -> None:
    new = visitor.ring()
    visitor.break_off()
    away = replace(parts, store=RedisStore(f"unix://{tmp_path}/none.sock"))
    assert Visitor.at(away).ring().document == new.document


def test_without_redis_no_caller_is_told_of_being_forgotten(
    visitor: Visitor, parts: Parts, raw: redis.Redis, spec: Spec, tmp_path: Path
) -> None:
    visitor.break_off()
    away = Visitor.at(replace(parts, store=RedisStore(f"unix://{tmp_path}/none.sock")))
    away.ring()
    answer = away.press_at(*forgetting(spec))
    said = spec.words["bn"].prompts
    told = next(o.say for _, o in options(spec.flow) if o.set and o.set.forget)
    assert answer.words == (said[spec.flow.flow.apologies.again],)
    assert callers(raw) == [KEY]
    visitor.ring()
    assert said[told or ""] in visitor.press_at(*forgetting(spec)).words, "with Redis it is told"
    assert callers(raw) == []


def test_when_redis_goes_before_the_caller_is_recalled_the_call_goes_on(
    visitor: Visitor, parts: Parts, redis_url: str, tmp_path: Path
) -> None:
    gone = RedisStore(f"unix://{tmp_path}/none.sock")

    class Going(RedisStore):
        def visit(self, call: CallKey) -> Visit:
            return Leaving(super().visit(call))

    class Leaving(Watched):
        def admit(self, limits: Limits, now: datetime) -> Known:
            return gone.visit(self._call).admit(limits, now)

        def recall(self) -> Memory | None:
            return gone.visit(self._call).recall()

    assert Visitor.at(replace(parts, store=Going(redis_url))).ring().document == (
        visitor.ring().document
    )


def test_who_can_no_longer_be_told_apart_is_not_told_of_being_forgotten(
    visitor: Visitor, raw: redis.Redis, spec: Spec
) -> None:
    """From stands in every request of Twilio; should it not, nothing can be deleted."""
    visitor.break_off()
    visitor.ring()
    visitor.number = None
    answer = visitor.press_at(*forgetting(spec))
    assert answer.words == (spec.words["bn"].prompts[spec.flow.flow.apologies.again],)
    assert callers(raw) == [KEY]


def test_when_redis_goes_between_reading_and_writing_the_call_keeps_its_language(
    parts: Parts, redis_url: str, spec: Spec, tmp_path: Path
) -> None:
    gone = RedisStore(f"unix://{tmp_path}/none.sock")

    class Going(RedisStore):
        def visit(self, call: CallKey) -> Visit:
            return Leaving(super().visit(call))

    class Leaving(Watched):
        def save(self, before: Held, saving: Saving, now: datetime) -> bool:
            return gone.visit(self._call).save(before, saving, now)

    visitor = Visitor.at(parts)
    visitor.ring()
    at, key = next((at, o.key) for at, o in options(spec.flow) if o.set and o.set.language)
    english = visitor.press_at(at, key)
    visitor.caller.client = Visitor.at(replace(parts, store=Going(redis_url))).caller.client
    answer = visitor.press(english, "1")
    assert answer.words[-1] in spec.words["en"].prompts.values()
