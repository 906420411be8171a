"""Requests that come twice, late or out of order, and calls whose session is lost or behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from ivr.engine.answer import MAX_TURN, Asked, answer
from ivr.engine.events import DialEnded, Digits, NoInput
from ivr.engine.memory import Memory
from ivr.engine.turn import Count
from ivr.flow.terms import Pace
from tests.engine.calls import GREETED, HELPED, HERE, KNOWN, MENU, at, code, digits, played

if TYPE_CHECKING:
    from ivr.flow.model import Flow


def asked(place: str, turn: int, keys: str = "1") -> Asked:
    return Asked(place, turn, Digits(keys))


@pytest.mark.parametrize(
    ("request_for", "same_answer"),
    [
        pytest.param(asked("warm_up", 5), True, id="the last turn again"),
        pytest.param(asked("warm_up", 5, "7"), True, id="again with another key"),
        pytest.param(asked("warm_up", 4), False, id="an older turn"),
        pytest.param(asked("practice_otp", 6), False, id="this turn elsewhere"),
        pytest.param(asked("nowhere", 6), False, id="an unknown node"),
        pytest.param(asked("nowhere", 9), False, id="an unknown node later on"),
        pytest.param(asked("main_menu", 0), False, id="turn 0"),
        pytest.param(asked("main_menu", MAX_TURN + 1), False, id="an absurd turn"),
    ],
)
def test_a_request_out_of_order_steps_nothing(
    flow: Flow, request_for: Asked, *, same_answer: bool
) -> None:
    first = answer(flow, at("warm_up"), asked("warm_up", 5), HERE)
    repeated = answer(flow, first.session, request_for, HERE)
    assert repeated.session == first.session
    assert repeated.session.place == "main_menu"
    assert repeated.effects == ()
    assert repeated.memory is None
    assert (repeated.instructions == first.instructions) is same_answer
    assert played(repeated)[-5:] == MENU


def test_an_older_turn_is_answered_without_what_led_there(flow: Flow) -> None:
    here = at("main_menu", lead=("warm_up_done",))
    assert played(answer(flow, here, asked("warm_up", 4), HERE))[0] == "warm_up_done"
    assert played(answer(flow, here, asked("warm_up", 3), HERE)) == MENU


# -- Lost ------------------------------------------------------------------------------------------


def test_without_a_session_the_call_goes_on_from_the_url(flow: Flow) -> None:
    turn = answer(flow, None, asked("register_lesson.register_6", 12), HERE)
    assert (turn.session.place, turn.session.turn) == ("register_lesson.register_7", 13)
    assert Count("session_lost") in turn.effects


@pytest.mark.parametrize("turn", [12, MAX_TURN])
def test_without_session_or_known_place_the_call_goes_home(flow: Flow, turn: int) -> None:
    home = answer(flow, None, asked("nowhere", turn), HERE)
    assert (played(home), home.session.turn) == (MENU, turn + 1)
    assert home.effects == (Count("place_gone"), Count("reached.main_menu"), Count("session_lost"))


@pytest.mark.parametrize("turn", [0, -3, MAX_TURN + 1])
def test_without_session_and_with_a_turn_that_cannot_be_the_call_begins(
    flow: Flow, turn: int
) -> None:
    assert played(answer(flow, None, asked("main_menu", turn), HERE)) == GREETED


def test_a_part_of_a_code_goes_on_from_the_url(flow: Flow) -> None:
    right = asked("practice_number.part_1", 9, code(flow, "practice_number.part_1"))
    turn = answer(flow, None, right, HERE)
    assert turn.session.place == "practice_number.part_2"
    assert played(turn) == [
        *("practice_right", "practice_safety", "practice_next_part"),
        *digits("12345"),
    ]


def test_a_talk_whose_call_was_lost_leads_back_kindly(flow: Flow) -> None:
    turn = answer(flow, None, Asked("person", 9, DialEnded(was_answered=False)), HERE)
    assert played(turn) == ["person_nobody", *MENU]


def test_a_person_is_offered_at_once_to_a_call_that_was_lost(flow: Flow) -> None:
    """The key was told while the session was there, so it is taken now."""
    for place, key in (("practice_help", "4"), ("about_to_end", "1")):
        assert answer(flow, None, asked(place, 9, key), HELPED).session.place == "person"
        assert answer(flow, None, asked(place, 9, key), HERE).session.place != "person"


def test_a_lost_call_is_spoken_to_as_its_caller_is_known(flow: Flow) -> None:
    memory = Memory(at=0, language="en", pace=Pace.SLOW, patience=1, simple=True)
    here = replace(KNOWN, memory=memory)
    session = answer(flow, None, Asked("main_menu", 9, NoInput()), here).session
    assert (session.language, session.pace, session.patience) == ("en", Pace.SLOW, 1)
    assert session.simple


@pytest.mark.parametrize("is_known", [True, False])
def test_of_a_lost_call_is_kept_what_its_number_allows(flow: Flow, *, is_known: bool) -> None:
    here = replace(HERE, is_known=is_known)
    turn = answer(flow, None, asked("register_lesson.register_6", 12), here)
    assert (turn.memory is not None) is is_known


# -- Behind ----------------------------------------------------------------------------------------


def test_a_session_older_than_the_url_follows_the_url(flow: Flow) -> None:
    turn = answer(flow, at("warm_up", language="en"), asked("main_menu", 8, "4"), HERE)
    assert (turn.session.place, turn.session.turn, turn.session.language) == ("more", 9, "en")
    assert Count("session_behind") in turn.effects


def test_a_session_older_than_the_url_keeps_nothing_of_its_place(flow: Flow) -> None:
    old = at("practice_otp", wrongs=2, brief=True, lead=("practice_warning",), back=("help_menu",))
    turn = answer(flow, old, asked("main_menu", 8, "7"), HERE)
    assert played(turn) == ["invalid_gentle", *MENU]
    assert (turn.session.wrongs, turn.session.back) == (1, ())


# -- A place that is gone --------------------------------------------------------------------------


def test_a_caller_whose_place_is_gone_is_led_to_the_main_menu(flow: Flow) -> None:
    turn = answer(flow, at("gone"), asked("gone", 5), HERE)
    assert played(turn) == MENU
    assert turn.session.turn == 6
    assert Count("place_gone") in turn.effects


@pytest.mark.parametrize("step", ["register_6", "part_1", "register_99"])
def test_a_place_with_a_step_that_it_cannot_have_is_no_place(flow: Flow, step: str) -> None:
    place = f"main_menu.{step}"
    turn = answer(flow, at(place), asked(place, 5), HERE)
    assert played(turn) == MENU


@pytest.mark.parametrize("part", ["part_0", "part_3", "part_x", "part_10", "first"])
def test_a_part_that_a_code_does_not_have_begins_the_code(flow: Flow, part: str) -> None:
    place = f"practice_number.{part}"
    turn = answer(flow, at(place), asked(place, 5), HERE)
    assert turn.session.place == "practice_number"
