from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from ivr.engine.events import CallStarted
from ivr.engine.limits import Limits
from ivr.engine.session import Phase, Session, dump
from ivr.engine.step import step
from ivr.engine.told import MAX_PLACES, MOST_COUNTED, place_number, telling, times, troubled
from ivr.flow.model import Lesson, Practice, Transfer
from ivr.flow.places import places, split
from tests.engine.calls import HELPED, after, at, code, event_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.flow.model import Flow

MOST_BYTES = 250
"""Redis's own allocator gives 256 to so many bytes with what belongs to them, and 320 to more: with
the key, a session then stays below 400."""
CALLS = 60
TURNS = 200


def told_at(names: list[str]) -> Session:
    session = at("main_menu")
    for name in names:
        session = telling(replace(session, place=name), 0)
    return session


def test_each_rung_is_counted_by_itself_and_no_further_than_a_figure_holds() -> None:
    session = at("main_menu")
    for rung in (0, 2, 0, *[5] * 12):
        session = telling(session, rung)
    assert [times(session, rung) for rung in range(7)] == [2, 0, 1, 0, 0, MOST_COUNTED, 0]


def test_the_parts_of_a_code_are_one_place() -> None:
    assert place_number("practice_number.part_1") == place_number("practice_number.part_2")
    assert place_number("practice_number.part_2") == place_number("practice_number")
    assert place_number("register_lesson.register_1") != place_number("register_lesson.register_2")


def test_at_one_place_too_many_the_one_of_longest_ago_is_forgotten(flow: Flow) -> None:
    names = [each for each in places(flow) if ".part_" not in each][: MAX_PLACES + 1]
    session = told_at(names[:-1])
    assert troubled(flow, session) == names[:-1]
    again = telling(replace(session, place=names[0]), 0)
    more = telling(replace(again, place=names[-1]), 0)
    assert troubled(flow, more) == [*names[2:-1], names[0], names[-1]]
    assert times(replace(more, place=names[0]), 0) == 2
    assert times(replace(more, place=names[1]), 0) == 0


def test_no_two_places_of_the_line_have_one_number(flow: Flow) -> None:
    names = {each for each in places(flow) if ".part_" not in each}
    assert len({place_number(each) for each in names}) == len(names)


def test_a_place_that_the_flow_does_not_have_is_not_told(flow: Flow) -> None:
    assert troubled(flow, told_at(["gone", "main_menu"])) == ["main_menu"]


def test_a_session_of_a_release_before_is_read_without_its_troubles(flow: Flow) -> None:
    session = at("what_next", told_by_name={"what_next": "222"})
    assert after(flow, session, "7").session.told == {place_number("what_next"): 1}


@pytest.mark.parametrize("seed", range(4))
def test_a_troubled_call_stays_small_in_redis(flow: Flow, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 (no secret: which keys a pretend caller presses)
    sessions = [each for _ in range(CALLS // 4) for each in troubled_call(flow, chance)]
    assert max(len(each.told) for each in sessions) == MAX_PLACES
    assert max(len(dump(each)) for each in sessions) <= MOST_BYTES


def troubled_call(flow: Flow, chance: random.Random) -> Iterator[Session]:
    """The sessions of a call in which every second thing leads nowhere."""
    here = replace(HELPED, seconds_left=7200, limits=Limits())
    session = step(flow, None, CallStarted(), here).session
    for _ in range(TURNS):
        yield session
        if session.phase is not Phase.RUNNING:
            return
        session = step(flow, session, event_of(_keys(flow, session, chance)), here).session


def _keys(flow: Flow, session: Session, chance: random.Random) -> str:
    node = flow.nodes[split(session.place)[0]]
    if isinstance(node, Transfer):
        return chance.choice(("answered", "nobody"))
    if chance.random() < 0.4:
        return chance.choice(("silence", "7", "5", "99"))
    if isinstance(node, Practice):
        return code(flow, session.place)
    return chance.choice("11112349" if isinstance(node, Lesson) else "1234")
