"""The simpler way: fewer choices, slower, and codes keyed in parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.flow.terms import Pace
from tests.engine.calls import Caller, after, at, code, digits, gather, more, played, plays

if TYPE_CHECKING:
    from ivr.flow.model import Flow

PART_1, PART_2 = "practice_number.part_1", "practice_number.part_2"


def simple(place: str, **changes: object) -> object:
    return at(place, simple=True, pace=Pace.SLOW, **changes)


def test_fewer_choices_are_told_and_slowly(flow: Flow) -> None:
    turn = after(flow, at("what_next", simple=True, pace=Pace.SLOW), "1")
    assert played(turn) == ["main_menu", "choose_lesson", "choose_practice"]
    assert {play.pace for play in plays(turn)} == {Pace.SLOW}


@pytest.mark.parametrize(
    ("key", "goal"), [("3", "services_lesson.services_1"), ("4", "more"), ("9", "help_menu")]
)
def test_the_keys_that_are_not_told_are_taken_all_the_same(flow: Flow, key: str, goal: str) -> None:
    assert after(flow, at("main_menu", simple=True), key).session.place == goal


def test_a_number_is_keyed_in_parts(flow: Flow) -> None:
    first = after(flow, at("main_menu", simple=True), "2")
    assert first.session.place == PART_1
    assert played(first) == [
        *("practice_intro", "practice_how", "practice_number", "practice_safety"),
        *("practice_first_part", *digits("00000")),
    ]
    assert gather(first).num_digits == 5
    second = after(flow, first.session, "00000")
    assert second.session.place == PART_2
    assert played(second) == [
        *("practice_right", "practice_safety", "practice_next_part", *digits("12345"))
    ]
    assert after(flow, second.session, "12345").session.place == "practice_otp"


def test_a_wrong_part_stays_at_that_part(flow: Flow) -> None:
    turn = after(flow, at(PART_2, simple=True), "12346")
    assert turn.session.place == PART_2
    assert played(turn) == [
        *("practice_not_same_gentle", "practice_safety", "practice_next_part", *digits("12345"))
    ]


def test_of_a_wrong_first_part_the_scene_is_not_told_again(flow: Flow) -> None:
    turn = after(flow, at(PART_1, simple=True), "00010")
    assert played(turn)[1:3] == ["practice_safety", "practice_first_part"]


def test_the_other_part_is_wrong(flow: Flow) -> None:
    assert after(flow, at(PART_1, simple=True), "12345").session.place == PART_1


@pytest.mark.parametrize("keys", ["#", "*"])
def test_a_part_is_said_again_when_asked(flow: Flow, keys: str) -> None:
    turn = after(flow, at(PART_2, simple=True), keys)
    assert played(turn)[-5:] == [*more("1234"), "digit_5"]
    assert turn.session.place == PART_2


def test_a_code_without_groups_stays_whole(flow: Flow) -> None:
    turn = after(flow, at(PART_2, simple=True), "12345")
    assert turn.session.place == "practice_otp"
    assert gather(turn).num_digits == len(code(flow)) == 4


def test_the_number_to_log_in_with_is_keyed_in_parts_too(flow: Flow) -> None:
    entry = code(flow, "practice_second_otp")
    turn = after(flow, at("practice_second_otp", simple=True), entry)
    assert turn.session.place == "practice_login_number.part_1"


def test_a_call_that_breaks_off_at_the_second_part_goes_on_at_the_first(flow: Flow) -> None:
    caller = Caller(flow)
    caller.ring()
    caller.turn = after(flow, at("main_menu", simple=True, is_kept=True), "2")
    caller.press("00000")
    assert caller.place == PART_2
    assert caller.memory is not None
    caller.ring()
    assert caller.press("1").session.place == PART_1


def test_the_practice_help_leads_to_the_simpler_way_and_back(flow: Flow) -> None:
    turn = after(flow, at("practice_help", back=("practice_number",)), "2")
    assert turn.session.place == PART_1
    assert (turn.session.simple, turn.session.pace) == (True, Pace.SLOW)
