"""Trouble over the whole call: it adds up, and at each level the line offers something, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.engine.turn import Count
from ivr.flow.terms import Pace
from tests.engine.calls import HELP, HELPED, Caller, after, at, code, played
from tests.flow.small import small_flow

if TYPE_CHECKING:
    from ivr.engine.session import Session
    from ivr.flow.model import Flow

SIX = "register_lesson.register_6"
SIMPLER = ["simpler", "simpler_yes", "simpler_no"]


@pytest.mark.parametrize(
    ("place", "keys", "points"),
    [
        pytest.param("main_menu", "7", 2, id="a wrong key"),
        pytest.param("warm_up", "silence", 2, id="a silence"),
        pytest.param("main_menu", "silence", 2, id="a silence that leads on"),
        pytest.param(SIX, "silence", 0, id="a silence in a lesson goes on"),
        pytest.param(SIX, "7", 2, id="a wrong key in a lesson"),
        pytest.param(SIX, "2", 1, id="again"),
        pytest.param(SIX, "*", 1, id="star"),
        pytest.param("register_lesson.register_1", "3", 1, id="back at the first"),
        pytest.param(SIX, "3", 0, id="back"),
        pytest.param(SIX, "1", 0, id="on"),
        pytest.param("practice_otp", "#", 1, id="the code again"),
        pytest.param("practice_otp", "silence", 2, id="no entry"),
        pytest.param("practice_otp", "0", 2, id="a wrong entry"),
        pytest.param("practice_question_1", "5", 2, id="a wrong key while thinking"),
        pytest.param("told_otp_lesson.told_otp_1", "7", 2, id="a wrong key in a lesson aside"),
        pytest.param("help_menu", "7", 0, id="a wrong key in help"),
        pytest.param("help_menu", "silence", 0, id="a silence in help"),
        pytest.param("simpler", "7", 0, id="a wrong key where the simpler way is offered"),
        pytest.param("practice_help", "*", 0, id="again in the practice help"),
    ],
)
def test_trouble_adds_its_points(flow: Flow, place: str, keys: str, points: int) -> None:
    assert after(flow, at(place, confusion=1), keys).session.confusion == 1 + points


def test_what_is_found_does_not_take_points_away(flow: Flow) -> None:
    assert after(flow, at("practice_otp", confusion=5), code(flow)).session.confusion == 5


def test_at_the_first_level_the_simpler_way_is_offered_and_leads_back(flow: Flow) -> None:
    offered = after(flow, at(SIX, confusion=6), "7")
    assert played(offered) == SIMPLER
    assert offered.session.back == (SIX,)
    assert Count("offered.simpler") in offered.effects
    assert Count(f"wrong.{SIX}") in offered.effects


@pytest.mark.parametrize("keys", ["1", "silence"])
def test_the_simpler_way_is_taken_by_its_key_and_by_silence(flow: Flow, keys: str) -> None:
    offered = after(flow, at(SIX, confusion=6), "7")
    back = after(flow, offered.session, keys)
    assert back.session.place == SIX
    assert played(back)[0] == "simple_now"
    assert (back.session.simple, back.session.pace) == (True, Pace.SLOW)


def test_the_simpler_way_is_taken_by_two_keys_that_lead_nowhere(flow: Flow) -> None:
    session = after(flow, at(SIX, confusion=6), "7").session
    session = after(flow, session, "7").session
    assert session.place == "simpler"
    back = after(flow, session, "7")
    assert (back.session.place, back.session.simple) == (SIX, True)


def test_the_simpler_way_may_be_refused(flow: Flow) -> None:
    offered = after(flow, at(SIX, confusion=6), "7")
    back = after(flow, offered.session, "2")
    assert (back.session.place, back.session.simple) == (SIX, False)
    assert played(back) == ["step_6", "register_6", "lesson_keys"]


def test_a_level_is_offered_once(flow: Flow) -> None:
    offered = after(flow, at(SIX, confusion=6), "7")
    session = after(flow, offered.session, "2").session
    assert after(flow, session, "7").session.place == SIX


def test_a_repeat_too_many_offers_it_too_and_counts_no_mistake(flow: Flow) -> None:
    offered = after(flow, at(SIX, confusion=7), "2")
    assert played(offered) == SIMPLER
    assert not any(count.name.startswith("wrong.") for count in offered.effects)


def test_silence_offers_it_too(flow: Flow) -> None:
    offered = after(flow, at("practice_otp", confusion=6), "silence")
    assert offered.session.place == "simpler"
    assert Count("silence.practice_otp") in offered.effects


def test_a_warning_is_said_before_what_is_offered(flow: Flow) -> None:
    entry = "".join(str((int(digit) + 5) % 10) for digit in code(flow))
    offered = after(flow, at("practice_otp", confusion=6), entry)
    assert played(offered) == ["practice_warning", *SIMPLER]


@pytest.mark.parametrize(
    ("session", "offers"),
    [
        pytest.param(at(SIX, confusion=14, offered=1), "help_menu", id="the second level"),
        pytest.param(at(SIX, confusion=14), "simpler", id="both at once begin with the first"),
        pytest.param(at(SIX, confusion=12, simple=True), SIX, id="in the simpler way already"),
        pytest.param(at(SIX, confusion=14, simple=True), "help_menu", id="there comes help"),
        pytest.param(at(SIX, confusion=40, offered=2), SIX, id="all are offered"),
    ],
)
def test_which_level_is_due(flow: Flow, session: Session, offers: str) -> None:
    assert after(flow, session, "7").session.place == offers


def test_help_is_offered_with_a_word_and_with_the_person_who_is_there(flow: Flow) -> None:
    session = at(SIX, confusion=14, offered=1)
    assert played(after(flow, session, "7")) == ["too_many", *HELP]
    assert played(after(flow, session, "7", HELPED))[:3] == ["too_many", "help", "choose_person"]


def test_a_whole_call_of_wrong_keys_is_offered_each_thing_once(flow: Flow) -> None:
    caller = Caller(flow)
    caller.ring()
    caller.press("1", "1")
    offered: list[str] = []
    for _ in range(14):
        effects = caller.press("7").effects
        offered += [count.name for count in effects if count.name.startswith("offered.")]
        if caller.place in {"simpler", "help_menu"}:
            caller.press("2")
        caller.press("1")
    assert caller.place == "register_lesson.register_15"
    assert offered == ["offered.simpler", "offered.help"]


@pytest.mark.parametrize("keys", ["7", "*"])
def test_no_level_is_offered_beside_the_way_where_help_is_already(flow: Flow, keys: str) -> None:
    turn = after(flow, at("help_menu", confusion=20, back=(SIX,)), keys)
    assert (turn.session.place, turn.session.offered) == ("help_menu", 0)


def test_a_flow_without_levels_offers_nothing() -> None:
    assert after(small_flow(), at("menu", confusion=99), "7").session.place == "menu"


def test_a_level_may_lead_on_instead_of_aside() -> None:
    level = ("levels: []", "levels: [{at: 3, go: bye}]")
    flow = small_flow(
        """
  menu:
    kind: menu
    prompt: menu
    options: [{key: '1', prompt: menu_end, go: bye}]
""",
        level,
    )
    assert after(flow, at("menu", confusion=3), "7").session.place == "bye"
