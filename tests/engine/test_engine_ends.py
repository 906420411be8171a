"""How a call begins, is told twice, and ends."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from ivr.engine.events import CallEnded, CallStarted, DialEnded
from ivr.engine.session import Phase
from ivr.engine.step import step
from ivr.engine.turn import Count
from ivr.flow.model import Say
from ivr.flow.terms import MAX_PASSED
from tests.engine.calls import HERE, MENU, NIGHT, NOON, after, at, played
from tests.flow.small import MENU as ONE_MENU
from tests.flow.small import small_flow

if TYPE_CHECKING:
    from ivr.flow.model import Flow


def test_a_second_ring_of_one_call_says_the_same_again(flow: Flow) -> None:
    first = after(flow, None, CallStarted())
    again = step(flow, first.session, CallStarted(), replace(HERE, now=NIGHT))
    assert again.instructions == first.instructions
    assert again.session == first.session


def test_a_call_that_said_goodbye_says_it_again(flow: Flow) -> None:
    over = after(flow, at("goodbye", phase=Phase.GOODBYE), "1")
    assert (over.session.place, played(over)) == ("goodbye", ["goodbye", "hangup"])


@pytest.mark.parametrize(
    ("now", "words"),
    [pytest.param(NOON, "goodbye", id="day"), pytest.param(NIGHT, "goodbye_night", id="night")],
)
def test_the_goodbye_is_that_of_the_hour(flow: Flow, now: datetime, words: str) -> None:
    turn = after(flow, at("about_to_end"), "silence", replace(HERE, now=now))
    assert turn.session.place == words
    assert played(turn) == ["nobody_there", words, "hangup"]


@pytest.mark.parametrize(
    ("hour", "is_night"),
    [(20, False), (21, True), (23, True), (0, True), (5, True), (6, False), (12, False)],
)
def test_night_is_told_by_the_clock_in_kolkata(flow: Flow, hour: int, *, is_night: bool) -> None:
    utc = datetime(2026, 3, 2, (hour - 6) % 24, 30, tzinfo=UTC)  # half an hour: UTC+5:30
    turn = after(flow, at("about_to_end"), "silence", replace(HERE, now=utc))
    assert turn.session.place == ("goodbye_night" if is_night else "goodbye")


def test_hours_that_end_where_they_begin_never_are() -> None:
    flow = small_flow(
        """
  menu:
    kind: menu
    prompt: menu
    options: [{key: '1', prompt: menu_end, go: by_hour}]
  by_hour: {kind: branch, when: [{condition: night, go: aside}], otherwise: bye}
""",
        ("night_hours: [21, 6]", "night_hours: [12, 12]"),
    )
    assert after(flow, at("menu"), "1").session.place == "bye"


def test_the_end_is_counted_once_with_its_outcome_and_place(flow: Flow) -> None:
    turn = after(flow, at("register_lesson.register_6"), CallEnded("completed"))
    assert turn.effects == (Count("ended.completed"), Count("left.register_lesson.register_6"))
    again = after(flow, turn.session, CallEnded("completed"))
    assert again.effects == ()


def test_a_call_that_ended_before_it_began_stays_closed(flow: Flow) -> None:
    ended = after(flow, None, CallEnded("no-answer"))
    assert ended.effects == (Count("ended.no-answer"),)
    late = after(flow, ended.session, CallStarted())
    assert late.session == ended.session
    assert late.effects == ()


def test_an_outcome_that_is_not_known_is_counted_as_other(flow: Flow) -> None:
    turn = after(flow, at("main_menu"), CallEnded("<script>"))
    assert turn.effects[0] == Count("ended.other")


def test_what_was_finished_is_counted(flow: Flow) -> None:
    turn = after(flow, at("register_lesson.register_15"), "1")
    assert Count("finished.register_recap") in turn.effects
    assert Count("reached.after_lesson") in turn.effects


def test_a_talk_that_is_over_twice_says_the_place_once_more(flow: Flow) -> None:
    back = at("main_menu", lead=("person_done",))
    again = after(flow, back, DialEnded(was_answered=True))
    assert again.session == back
    assert played(again) == ["person_done", *MENU]


def test_a_call_that_stands_where_nobody_waits_goes_home(flow: Flow) -> None:
    """Such as one whose node was a menu and is a branch in a new version."""
    for place in ("goodbye", "greeting", "rung_again"):
        turn = after(flow, at(place), "1")
        assert played(turn) == MENU


def test_a_line_without_key_0_leads_home_to_its_start() -> None:
    lines = [("'0': menu, ", ""), ("'0': menu", "'0': repeat")]
    for change in lines:
        flow = small_flow(ONE_MENU, change)
        turn = after(flow, at("gone"), "1")
        assert played(turn) == ["hello", "menu", "menu_end"]


def test_a_ring_of_sayings_that_nobody_checked_ends_the_call_instead_of_the_process() -> None:
    flow = small_flow()
    ring = {name: Say(prompt=name, next=name) for name in ("hello", "menu")}
    turn = after(replace(flow, nodes={**flow.nodes, **ring}), None, CallStarted())
    assert played(turn) == [*["hello"] * (MAX_PASSED + 1), "hangup"]
