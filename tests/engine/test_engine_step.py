"""Which key leads where, and how a call begins and ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.engine import speak
from ivr.engine.events import CallStarted, Digits
from ivr.engine.session import Session, dump
from ivr.engine.turn import Count
from ivr.flow.terms import Pace
from tests.engine.calls import (
    GREETED,
    HELP,
    LAST_WORDS,
    MENU,
    after,
    at,
    code,
    digits,
    played,
)

if TYPE_CHECKING:
    from ivr.flow.model import Flow

SIX = ["step_6", "register_6", "lesson_keys"]


def test_a_call_begins_with_the_greeting_and_the_keypad_warm_up(flow: Flow) -> None:
    turn = after(flow, None, CallStarted())
    assert (turn.session.place, played(turn)) == ("warm_up", GREETED)
    assert Count("calls") in turn.effects


FIRST_STEP = ["step_1", "of_15", "register_1", "write_down", "lesson_keys", "lesson_spell"]


@pytest.mark.parametrize(
    ("place", "key", "goal", "heard"),
    [
        pytest.param(
            "warm_up", "1", "main_menu", ["warm_up_done", "global_keys", *MENU], id="warm-up 1"
        ),
        pytest.param(
            "main_menu",
            "1",
            "register_lesson.register_1",
            ["umang_purpose", "register_notice", *FIRST_STEP],
            id="menu 1 learns",
        ),
        pytest.param(
            "main_menu",
            "2",
            "practice_number",
            [
                *("practice_intro", "practice_how", "practice_number", "practice_safety"),
                *("practice_number_is", *(["digit_0_more"] * 5), "…"),
                *("digit_1_more", "digit_2_more", "digit_3_more", "digit_4_more", "digit_5"),
            ],
            id="menu 2 practises",
        ),
        pytest.param(
            "main_menu",
            "3",
            "services_lesson.services_1",
            ["services_intro", "step_1", "of_8", "services_1", "lesson_keys"],
            id="menu 3 tells services",
        ),
        pytest.param(
            "main_menu",
            "4",
            "more",
            ["more", "choose_remember", "choose_app", "choose_address", "choose_together"],
            id="menu 4 more",
        ),
        pytest.param(
            "register_lesson.register_6",
            "1",
            "register_lesson.register_7",
            ["step_7", "register_7", "lesson_keys"],
            id="lesson 1 next",
        ),
        pytest.param(
            "register_lesson.register_6", "2", "register_lesson.register_6", SIX, id="lesson 2"
        ),
        pytest.param(
            "register_lesson.register_6",
            "3",
            "register_lesson.register_5",
            ["step_5", "of_15", "register_5", "lesson_keys"],
            id="lesson 3 back",
        ),
        pytest.param(
            "register_lesson.register_1",
            "3",
            "register_lesson.register_1",
            ["lesson_at_first", *FIRST_STEP],
            id="back from the first step",
        ),
        pytest.param(
            "register_lesson.register_1",
            "4",
            "address_lesson.address_spelt_1",
            ["address_spelt_1", "write_down", "lesson_keys"],
            id="a step's own key",
        ),
        pytest.param(
            "register_lesson.register_14",
            "1",
            "register_lesson.register_15",
            ["step_15", "of_15", "register_15", "lesson_last_keys"],
            id="the last step says so",
        ),
        pytest.param(
            "register_lesson.register_15",
            "1",
            "after_lesson",
            ["register_recap", "after_lesson", "after_lesson_practice", "after_lesson_again"],
            id="past the last step comes the recap",
        ),
        pytest.param(
            "practice_question_1",
            "1",
            "practice_question_2",
            ["practice_question_2", "ready_key"],
            id="think 1",
        ),
        pytest.param("register_lesson.register_6", "0", "main_menu", MENU, id="0 main menu"),
        pytest.param("register_lesson.register_6", "9", "help_menu", HELP, id="9 help"),
        pytest.param(
            "register_lesson.register_6", "*", "register_lesson.register_6", SIX, id="star repeats"
        ),
        pytest.param("practice_question_1", "0", "main_menu", MENU, id="0 while thinking"),
        pytest.param(
            "help_menu",
            "3",
            "told_otp_lesson.told_otp_1",
            ["told_otp_1", "lesson_keys"],
            id="help 3 I told my OTP",
        ),
        pytest.param("what_next", "1", "main_menu", MENU, id="more, please"),
        pytest.param("what_next", "2", "goodbye", ["goodbye", "hangup"], id="that was all"),
    ],
)
def test_a_key_leads_where_it_says(
    flow: Flow, place: str, key: str, goal: str, heard: list[str]
) -> None:
    turn = after(flow, at(place), key)
    assert (turn.session.place, played(turn)) == (goal, heard)


def test_a_key_of_another_step_is_wrong(flow: Flow) -> None:
    turn = after(flow, at("register_lesson.register_2"), "4")
    assert played(turn)[0] == "invalid_gentle"


def test_help_leads_back_to_the_step_and_speaks_slower_there(flow: Flow) -> None:
    helped = after(flow, at("register_lesson.register_6"), "9")
    back = after(flow, helped.session, "1")
    assert played(back) == ["slower_now", *SIX]
    assert back.session.pace is Pace.SLOW


def test_help_changes_the_language_and_back(flow: Flow) -> None:
    session = at("main_menu")
    for language in ("en", "bn"):
        session = after(flow, session, "9").session
        turn = after(flow, session, "2")
        assert played(turn) == ["language_now", *MENU]
        assert turn.session.language == language
        session = turn.session


def test_a_language_that_is_gone_changes_to_the_flows_own(flow: Flow) -> None:
    turn = after(flow, at("help_menu", language="hi"), "2")
    assert turn.session.language == "bn"


# -- Nothing that is keyed stays -------------------------------------------------------------------


def test_nothing_that_was_keyed_stays_in_the_session_or_its_counts(flow: Flow) -> None:
    secret = "86420"
    for place in ("practice_otp", "practice_number", "main_menu", "register_lesson.register_1"):
        turn = after(flow, at(place), secret)
        assert secret.encode() not in dump(turn.session)
        assert secret not in repr(turn)
    assert secret not in repr(Digits(secret))


def test_the_whole_practice_is_keyed_back_to_its_end(flow: Flow) -> None:
    session = at("practice_number")
    row = ["practice_number", "practice_otp", "practice_set_mpin", "practice_confirm_mpin"]
    for place in row:
        assert session.place == place
        session = after(flow, session, code(flow, place)).session
    session = after(flow, after(flow, session, "1").session, "1").session
    for place in ("practice_second_otp", "practice_login_number"):
        assert session.place == place
        session = after(flow, session, code(flow, place)).session
    done = after(flow, session, code(flow, "practice_login_mpin"))
    assert played(done)[:2] == ["practice_right", "practice_done"]
    assert Count("finished.practice_done") in done.effects
    assert done.session.bookmark is None


def test_the_last_words_of_a_silent_call(flow: Flow) -> None:
    session: Session | None = at("after_lesson")
    warned = after(flow, session, "silence")
    assert played(warned) == ["about_to_end"]
    assert played(after(flow, warned.session, "silence")) == LAST_WORDS


def test_a_code_is_read_digit_by_digit(flow: Flow) -> None:
    turn = after(flow, at("practice_number"), code(flow, "practice_number"))
    assert played(turn)[-4:] == digits(code(flow))


def test_where_no_key_is_awaited_a_place_has_no_row_of_its_own(flow: Flow) -> None:
    assert speak._own_row(flow, "goodbye", speak._Manner(Pace.NORMAL)) == ()
