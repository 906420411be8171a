"""How much of the line one caller may use, and what becomes of a call that is too much."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from ivr.engine.answer import Asked, answer
from ivr.engine.events import CallEnded, CallStarted, DialEnded, LedBack
from ivr.engine.limits import Limit, Limits
from ivr.engine.session import Phase
from ivr.engine.step import step
from ivr.engine.turn import Count, Reject
from tests.engine.calls import HERE, KNOWN, MENU, NOON, after, at, event_of, played
from tests.flow.small import MENU as ONE_MENU
from tests.flow.small import small_flow

if TYPE_CHECKING:
    from ivr.engine.turn import Turn
    from ivr.flow.model import Flow

NOW = int(NOON.timestamp())
TEN_TURNS = replace(HERE, limits=Limits(turns_a_call=10))
TOO_LONG = ["long_call", "enough", "goodbye", "hangup"]


def refused(flow: Flow, limit: Limit) -> Turn:
    return after(flow, None, CallStarted(), replace(KNOWN, refused=limit))


# -- Refused ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("limit", Limit)
def test_a_call_that_is_one_too_many_is_rejected_before_it_costs_anything(
    flow: Flow, limit: Limit
) -> None:
    turn = refused(flow, limit)
    assert turn.instructions == (Reject(),)
    assert turn.effects == (Count(f"refused.{limit}"),)
    assert (turn.session.phase, turn.memory) == (Phase.REFUSED, None)


def test_a_refused_call_that_comes_twice_is_refused_alike_and_counted_once(flow: Flow) -> None:
    first = refused(flow, Limit.CALLS)
    for here in (KNOWN, replace(KNOWN, refused=Limit.CALLS)):
        again = step(flow, first.session, CallStarted(), here)
        assert (again.instructions, again.effects) == (first.instructions, ())
        assert again.session == first.session
    for number in (1, 2, 9):
        turn = answer(flow, first.session, Asked("main_menu", number, event_of("1")), KNOWN)
        assert (turn.instructions, turn.session) == (first.instructions, first.session)


def test_a_refused_call_was_nowhere_and_took_no_time(flow: Flow) -> None:
    later = replace(KNOWN, now=NOON + timedelta(minutes=1))
    turn = after(flow, refused(flow, Limit.MINUTES).session, CallEnded("busy"), later)
    assert turn.effects == (Count("ended.busy"),)
    assert turn.used_seconds == 0


# -- Turns -----------------------------------------------------------------------------------------


def test_the_last_turn_that_a_call_may_have_is_a_kind_goodbye(flow: Flow) -> None:
    before = after(flow, at("main_menu", turn=8), "7", TEN_TURNS)
    assert played(before) == ["invalid_gentle", *MENU]
    last = after(flow, before.session, "4", TEN_TURNS)
    assert played(last) == TOO_LONG
    assert last.session.turn == 10
    assert Count("limit.turns") in last.effects
    assert last.session.phase is Phase.GOODBYE


def test_a_call_that_has_said_goodbye_is_not_ended_once_more(flow: Flow) -> None:
    over = at("goodbye", turn=10, phase=Phase.GOODBYE, lead=("enough",))
    turn = after(flow, over, "1", TEN_TURNS)
    assert (played(turn), turn.effects) == (["enough", "goodbye", "hangup"], ())


def test_the_last_turn_that_comes_twice_says_the_same(flow: Flow) -> None:
    asked = Asked("main_menu", 9, event_of("1"))
    first = answer(flow, at("main_menu", turn=9), asked, TEN_TURNS)
    again = answer(flow, first.session, asked, TEN_TURNS)
    assert (again.instructions, again.effects) == (first.instructions, ())


def test_turns_of_a_lost_call_are_told_by_its_address(flow: Flow) -> None:
    turn = answer(flow, None, Asked("main_menu", 250, event_of("1")), TEN_TURNS)
    assert played(turn) == TOO_LONG


def test_a_call_without_limits_goes_on(flow: Flow) -> None:
    assert after(flow, at("main_menu", turn=5000), "4").session.place == "more"


@pytest.mark.parametrize(
    ("event", "counted"),
    [(DialEnded(was_answered=True), "helper.answered"), (LedBack(), "helper.nobody")],
    ids=["a talk", "led back"],
)
def test_a_talk_after_which_the_call_must_end_is_counted(
    flow: Flow, event: DialEnded | LedBack, counted: str
) -> None:
    turn = step(flow, at("person", turn=9), event, TEN_TURNS)
    assert played(turn) == TOO_LONG
    assert turn.effects[:2] == (Count(counted), Count("limit.turns"))


def test_a_flow_without_words_for_it_says_its_goodbye() -> None:
    turn = after(small_flow(ONE_MENU), at("menu", turn=9), "1", TEN_TURNS)
    assert played(turn) == ["bye", "hangup"]


# -- Minutes ---------------------------------------------------------------------------------------


def test_a_call_ends_with_the_minutes_of_its_caller(flow: Flow) -> None:
    first = after(flow, None, CallStarted(), replace(KNOWN, seconds_left=90))
    assert first.session.until == NOW + 90
    before, then = (replace(KNOWN, now=NOON + timedelta(seconds=s)) for s in (89, 90))
    assert "main_menu" in played(after(flow, first.session, "1", before))
    last = after(flow, first.session, "1", then)
    assert played(last) == TOO_LONG
    assert Count("limit.minutes") in last.effects


def test_minutes_without_end_end_no_call(flow: Flow) -> None:
    first = after(flow, None, CallStarted(), KNOWN)
    later = replace(KNOWN, now=NOON + timedelta(hours=4))
    assert first.session.until == 0
    assert "main_menu" in played(after(flow, first.session, "1", later))


def test_where_a_call_broke_off_by_its_limit_the_next_goes_on(flow: Flow) -> None:
    here = replace(KNOWN, limits=Limits(turns_a_call=10))
    lesson = after(flow, at("register_lesson.register_5", turn=8, is_kept=True), "1", here)
    last = after(flow, lesson.session, "1", here)
    assert played(last) == TOO_LONG
    assert last.session.bookmark == "register_lesson.register_6"
