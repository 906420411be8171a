"""The table in docs/privacy.md is held against the keys that real calls leave in a real Redis."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec import Struct
from msgspec.structs import replace

from ivr.engine.limits import Limits
from ivr.store.keys import CallKey, Kept, Names, kinds
from ivr.store.redis import RedisStore
from tests.conftest import DAY
from tests.faults.redis_servers import RedisServer, wait_until
from tests.web.visitor import Visitor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.flow.model import Spec
    from ivr.store.keys import KeyKind
    from ivr.web.parts import Parts

PAGE = Path(__file__).parents[2] / "docs/privacy.md"
SECONDS = {"minute": 60, "hour": 3600, "day": 86_400}
NAMES = {"<CallSid>": r"[A-Za-z0-9_-]{2,64}", "<key>": r"[0-9a-f]{32}", "<day>": r"\d{4}-\d\d-\d\d"}
"""What stands behind each name in the page's patterns."""
TALK = timedelta(seconds=90)
SLACK_SECONDS = 60
"""Between the call and the look at its keys."""
CALLS_AN_HOUR = 2
ANOTHER = "+919876543211"


class Row(Struct, frozen=True):
    """One row of the page's table."""

    pattern: str
    kind: str
    seconds: int

    @property
    def name(self) -> str:
        return self.pattern.split(":")[1]

    def matches(self, key: str) -> bool:
        pattern = re.escape(self.pattern)
        for name, meant in NAMES.items():
            pattern = pattern.replace(re.escape(name), meant)
        return re.fullmatch(pattern, key) is not None


class Found(Struct, frozen=True):
    """One key of Redis, and the rows that fit it."""

    key: str
    kind: str
    seconds: int
    rows: list[Row]


class Clock(Struct):
    """The time of the line, which a test lets pass."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


def rows() -> list[Row]:
    row = r"(?m)^\| `(ivr:[^`]+)` \| (\w+) \| [^|]+ \| (\d+) (\w+?)s? \|"
    found = re.findall(row, PAGE.read_text())
    return [Row(key, kind, int(many) * SECONDS[unit]) for key, kind, many, unit in found]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with RedisServer(tmp_path_factory.mktemp("redis"), keeps_data=True) as running:
        yield running


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock(DAY)


@pytest.fixture
def line(parts: Parts, server: RedisServer, clock: Clock) -> Iterator[Parts]:
    server.empty()
    store, clock.now = RedisStore(server.url), DAY
    limits = Limits(calls_an_hour=CALLS_AN_HOUR)
    yield replace(parts, store=store, limits=limits, clock=clock)
    store.close()


def withheld(line: Parts) -> Visitor:
    """Somebody who does not show a number."""
    return replace(Visitor.at(line), number="anonymous")


def let_ring(line: Parts, clock: Clock) -> None:
    """Calls that come to everything that is ever kept."""
    known = Visitor.at(line)
    known.break_off()
    again = known.ring()
    # Of a caller who has chosen another language more is kept, and longer.
    known.press(known.press(again, "9"), "2")
    clock.now += TALK
    known.hang_up()
    refused = known.ring()
    assert [type(verb).__name__ for verb in refused.verbs] == ["Reject"]
    withheld(line).break_off()
    replace(Visitor.at(line), number=ANOTHER).ring()


def lose_redis(line: Parts, server: RedisServer) -> None:
    """Take Redis away for some calls, and let it come back."""
    unheard = withheld(line)
    server.kill()
    for _ in range(5):
        unheard.ring()
    server.start()
    with server.raw() as client:
        wait_until(lambda: bool(client.exists("ivr:probe")), 10.0, "nothing has looked for Redis")


def found(server: RedisServer) -> list[Found]:
    table = rows()
    with server.raw() as client:
        return [
            Found(
                key=key.decode(),
                kind=client.type(key).decode(),
                seconds=client.ttl(key),
                rows=[row for row in table if row.matches(key.decode())],
            )
            for key in client.scan_iter(count=1000)
        ]


def test_every_key_is_in_one_row_of_the_page_with_its_type_and_time(
    line: Parts, server: RedisServer, clock: Clock
) -> None:
    let_ring(line, clock)
    lose_redis(line, server)
    every = found(server)
    assert [each.key for each in every if len(each.rows) != 1] == []
    for each in every:
        (row,) = each.rows
        assert each.kind == row.kind, each.key
        assert 0 < each.seconds <= row.seconds, each.key
    longest = {row.name: max(s.seconds for s in every if row in s.rows) for row in rows()}
    told = {row.name: row.seconds for row in rows()}
    assert longest.keys() == told.keys(), "each row was seen"
    late = [name for name, most in told.items() if longest[name] < most - SLACK_SECONDS]
    assert late == [], "the page tells no longer time than there is"


def test_no_key_and_no_value_leads_to_a_number(
    line: Parts, server: RedisServer, clock: Clock
) -> None:
    let_ring(line, clock)
    with server.raw() as client:
        read = {
            "string": client.get,
            "hash": client.hgetall,
            "zset": lambda key: client.zrange(key, 0, -1),
        }
        held = " ".join(f"{each.key} {read[each.kind](each.key)!r}" for each in found(server))
    assert "ivr:caller:" in held
    assert "98765" not in held


def test_the_page_has_the_kinds_of_keys_that_the_line_writes() -> None:
    assert [row.name for row in rows()] == [kind.name for kind in kinds(Kept())]


@pytest.mark.parametrize("kind", kinds(Kept()), ids=lambda kind: kind.name)
def test_the_page_has_the_times_that_hold_without_settings(kind: KeyKind, spec: Spec) -> None:
    (row,) = [each for each in rows() if each.name == kind.name]
    assert row.seconds == (kind.seconds or spec.flow.flow.kept.pace_days * SECONDS["day"])


def test_the_page_has_the_form_of_keys_in_a_cluster() -> None:
    key = Names(is_cluster=True).call(CallKey("<CallSid>", None))
    assert re.sub(r"\{\w\w\}", "{1f}", key) in PAGE.read_text()


def test_key_nine_and_then_four_forget_a_caller_as_the_page_says(
    line: Parts, server: RedisServer
) -> None:
    visitor = Visitor.at(line)
    visitor.break_off()
    assert "caller" in {each.rows[0].name for each in found(server)}
    visitor.press(visitor.press(visitor.ring(), "9"), "4")
    assert "caller" not in {each.rows[0].name for each in found(server)}
