"""Who stands where on a line that runs, and what a change of its flow does to them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import redis

from ivr.errors import StoreError
from ivr.store import census as census_module
from ivr.store.census import Affected, Stand, affected, take_census
from ivr.store.redis import BATCH_KEYS, CALLERS, CALLS, RedisStore
from tests.engine.calls import NOON
from tests.flow.small_versions import version
from tests.store.kept_calls import Line

if TYPE_CHECKING:
    from pathlib import Path

    from ivr.flow.model import Flow
    from ivr.store.census import Census

OLD = version().flow
RENAMED_CODE = (("code:\n    kind", "practice:\n    kind"), ("go: code}", "go: practice}"))
WITHOUT_TWO = (("      - {prompt: two}\n", ""),)
TURNED = ("{prompt: one}\n      - {prompt: two}", "{prompt: two}\n      - {prompt: one}")
WITHOUT_LESSON = (("  lesson:\n", "  row:\n"), ("go: lesson}", "go: row}"))


@pytest.fixture
def line(store: RedisStore) -> Line:
    return Line(store, OLD, NOON)


@pytest.fixture
def raw(redis_url: str, store: RedisStore) -> redis.Redis:
    assert store is not None  # emptied for this test
    return redis.Redis.from_url(redis_url)


def taken(line: Line, **later: int) -> Census:
    return take_census(line.store, NOON + timedelta(**later), OLD)


def lost(line: Line, new: Flow) -> tuple[Affected, ...]:
    return affected(taken(line), OLD, new)


# -- Counting --------------------------------------------------------------------------------------


def test_who_is_in_a_call_is_counted_where_the_call_stands(line: Line) -> None:
    line.call("1", "1")
    line.call("1", "1")
    line.call("2")
    found = taken(line)
    assert found.calls == {Stand("lesson.two", 1): 2, Stand("code", 0): 1}
    assert found.bookmarks == {Stand("lesson.two", 1): 2, Stand("code", 0): 1}
    assert not found.back
    assert found.is_whole


def test_who_was_cut_off_is_counted_by_bookmark_alone(line: Line) -> None:
    line.cut_off("1", "1")
    found = taken(line)
    assert not found.calls
    assert found.bookmarks == {Stand("lesson.two", 1): 1}


def test_who_has_heard_the_goodbye_stands_nowhere(line: Line) -> None:
    line.call("3")
    assert not taken(line).calls


def test_who_is_beside_the_way_is_counted_where_the_call_would_come_back(line: Line) -> None:
    line.call("1", "1", "9")
    found = taken(line)
    assert found.calls == {Stand("aside", 1): 1}
    assert found.back == {Stand("lesson.two", 1): 1}


@pytest.mark.parametrize(
    ("hours", "counted"),
    [pytest.param(71, 1, id="asked about still"), pytest.param(73, 0, id="asked about no more")],
)
def test_a_bookmark_counts_as_long_as_it_is_asked_about(
    line: Line, hours: int, counted: int
) -> None:
    line.cut_off("1")
    assert taken(line, hours=hours).bookmarks.total() == counted


def test_a_caller_without_a_bookmark_is_not_counted(line: Line) -> None:
    line.flow = version(("    resume: in_code\n", "")).flow
    line.cut_off("2", "silence")
    assert not taken(line).bookmarks


def test_what_cannot_be_read_is_passed_over(line: Line, raw: redis.Redis) -> None:
    line.call("1")
    raw.set(f"{CALLS}damaged", b"\xff")
    raw.set(f"{CALLERS}damaged", b"\xff")
    raw.hset(f"{CALLS}a hash", "a", "b")
    assert taken(line).calls == {Stand("lesson.one", 0): 1}
    assert taken(line).bookmarks.total() == 1


def test_every_call_is_counted_once_over_many_batches(line: Line, raw: redis.Redis) -> None:
    line.call("1")
    stored = raw.get(f"{CALLS}CA1")
    assert isinstance(stored, bytes)
    more = 3 * BATCH_KEYS
    raw.mset({f"{CALLS}more{number}": stored for number in range(more)})
    assert taken(line).calls == {Stand("lesson.one", 0): more + 1}


def test_no_more_are_read_than_the_limit_and_that_is_told(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(census_module, "MAX_COUNTED", 2)
    for _ in range(3):
        line.call("1")
    found = taken(line)
    assert found.calls.total() == 2
    assert not found.is_whole


def test_a_census_changes_nothing(line: Line, raw: redis.Redis) -> None:
    line.call("1", "1")
    before = {key: (raw.dump(key), raw.ttl(key)) for key in raw.scan_iter()}
    taken(line)
    after = {key: (raw.dump(key), raw.ttl(key)) for key in raw.scan_iter()}
    assert after.keys() == before.keys()
    assert [value[0] for value in after.values()] == [before[key][0] for key in after]


def test_a_redis_that_is_not_there_cannot_be_counted(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="Redis did not answer"):
        take_census(RedisStore(f"unix://{tmp_path}/none.sock"), NOON, OLD)


# -- Who is affected -------------------------------------------------------------------------------


def test_nobody_is_affected_by_the_same_flow(line: Line) -> None:
    line.call("1", "1", "9")
    line.cut_off("2")
    assert lost(line, OLD) == ()


def test_who_stands_on_a_node_that_goes_without_a_map_is_lost(line: Line) -> None:
    line.call("2")
    line.cut_off("2")
    line.cut_off("1")
    assert lost(line, version(*RENAMED_CODE).flow) == (
        Affected(
            place="code",
            in_call=1,
            with_bookmark=2,
            calls_to="menu",
            next_call_to=None,
            is_lost=True,
        ),
    )


def test_who_stands_on_a_node_that_is_renamed_goes_on_there(line: Line) -> None:
    line.call("2")
    line.cut_off("2")
    new = version(*RENAMED_CODE, tail="renamed: {code: practice}\n").flow
    assert lost(line, new) == (
        Affected(
            place="code",
            in_call=1,
            with_bookmark=2,
            calls_to="practice",
            next_call_to="practice",
            is_lost=False,
        ),
    )


def test_who_is_beside_the_way_of_a_lesson_that_goes_is_lost_on_the_way_back(line: Line) -> None:
    line.call("1", "1", "9")
    (found,) = lost(line, version(*WITHOUT_LESSON).flow)
    assert (found.place, found.in_call, found.coming_back) == ("lesson.two", 0, 1)
    assert found.is_lost


def test_who_stands_on_a_step_that_goes_is_taken_to_the_one_that_stands_there(line: Line) -> None:
    line.call("1", "1")
    (found,) = lost(line, version(*WITHOUT_TWO).flow)
    assert (found.place, found.calls_to, found.is_lost) == ("lesson.two", "lesson.three", False)
    assert found.next_call_to == "lesson.three"


def test_a_bookmark_is_lost_where_a_later_call_goes_on_no_more(line: Line) -> None:
    line.cut_off("2")
    line.call("2")
    (found,) = lost(line, version(("    resume: in_code\n", "")).flow)
    assert (found.in_call, found.with_bookmark) == (0, 2)
    assert (found.next_call_to, found.is_lost) == (None, False)


def test_a_name_of_before_that_the_map_has_no_more_is_lost(line: Line) -> None:
    """The line has run a flow in which the code was called otherwise."""
    line.cut_off("2")
    newer = version(*RENAMED_CODE, tail="renamed: {code: practice}\n").flow
    newest = version(*RENAMED_CODE).flow
    census = taken(line)
    assert [each.is_lost for each in affected(census, newer, newest)] == [True]
    assert affected(census, newest, newest) == (), "it was lost before"


def test_places_come_in_order_of_how_many_stand_there(line: Line) -> None:
    line.call("2")
    for _ in range(2):
        line.call("1", "1")
    found = lost(line, version(*WITHOUT_LESSON, *RENAMED_CODE).flow)
    assert [each.place for each in found] == ["lesson.two", "code"]


def test_two_steps_at_one_place_that_go_to_one_are_told_together(line: Line) -> None:
    """The steps have changed places meanwhile: calls of two versions tell another number."""
    line.call("1", "1")
    line.flow = version(TURNED).flow
    line.call("1")
    assert taken(line).calls == {Stand("lesson.two", 1): 1, Stand("lesson.two", 0): 1}
    (found,) = lost(line, version(*WITHOUT_LESSON).flow)
    assert (found.in_call, found.with_bookmark) == (2, 2)
