"""How long is waited: 10 s and 5 s, more for who needed it, and a moment after each key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.engine.turn import Gather, Pause, Play, Turn
from tests.engine.calls import Caller, after, at, code, gather, played, plays
from tests.flow.small import small_flow

if TYPE_CHECKING:
    from ivr.engine.session import Session
    from ivr.flow.model import Flow

SIX = "register_lesson.register_6"


def seconds(turn: Turn) -> tuple[int, int]:
    asked = gather(turn)
    return asked.first_key_seconds, asked.next_key_seconds


@pytest.mark.parametrize(
    ("patience", "due"),
    [(0, (10, 5)), (1, (15, 10)), (2, (20, 15)), (3, (20, 20)), (9, (20, 20))],
)
def test_more_time_is_waited_for_who_was_given_more(
    flow: Flow, patience: int, due: tuple[int, int]
) -> None:
    assert seconds(after(flow, at("practice_otp", patience=patience), "#")) == due


@pytest.mark.parametrize(
    ("session", "keys", "patience"),
    [
        pytest.param(at("main_menu"), "1", 0, id="a key in time"),
        pytest.param(at("main_menu"), "silence", 0, id="a silence alone"),
        pytest.param(at("main_menu", silences=1), "1", 1, id="a silence and then a key"),
        pytest.param(at("main_menu", silences=2, patience=1), "4", 2, id="once more"),
        pytest.param(at("main_menu", silences=1, patience=2), "1", 2, id="never above the longest"),
        pytest.param(at("main_menu", silences=1, patience=7), "1", 7, id="what was given stays"),
        pytest.param(at("main_menu", silences=1), "9", 1, id="a silence and then a global key"),
        pytest.param(at("main_menu", silences=1), "*", 1, id="a silence and then a repeat"),
        pytest.param(at("main_menu", silences=1), "7", 0, id="a silence and a wrong key"),
        pytest.param(at("main_menu", wrongs=1), "1", 0, id="a wrong key and then the right one"),
        pytest.param(at("practice_question_1", silences=1), "1", 1, id="a silence while thinking"),
        pytest.param(at("practice_otp", silences=1), "#", 1, id="a silence and then a hash"),
        pytest.param(at("about_to_end"), "5", 1, id="any key at the warning"),
        pytest.param(at("about_to_end"), "0", 1, id="a global key at the warning"),
    ],
)
def test_who_needed_more_time_has_more(
    flow: Flow, session: Session, keys: str, patience: int
) -> None:
    assert after(flow, session, keys).session.patience == patience


def test_a_code_that_was_half_keyed_when_the_time_was_over_gives_more(flow: Flow) -> None:
    turn = after(flow, at("practice_otp"), code(flow)[:2])
    assert seconds(turn) == (15, 10)


def test_digits_that_are_not_the_codes_beginning_give_no_more(flow: Flow) -> None:
    right = code(flow)
    wrong = f"{(int(right[0]) + 1) % 10}{right[1]}"
    assert after(flow, at("practice_otp"), wrong).session.patience == 0


def test_the_right_code_after_a_silence_gives_more(flow: Flow) -> None:
    assert after(flow, at("practice_otp", silences=1), code(flow)).session.patience == 1


def test_where_something_is_written_down_the_line_waits_longer(flow: Flow) -> None:
    first = after(flow, at("main_menu"), "1")
    assert seconds(first) == (20, 5)
    assert seconds(after(flow, first.session, "1")) == (10, 5)
    assert seconds(after(flow, at("register_lesson.register_1"), "4"))[0] == 20


def test_where_something_is_written_down_a_longer_wait_still_holds() -> None:
    flow = small_flow(
        """
  menu:
    kind: lesson
    steps: [{prompt: one, write: note}, {prompt: two}]
    next: bye
""",
        ("longest_seconds: 20", "longest_seconds: 40"),
    )
    assert seconds(after(flow, at("menu.two", patience=9), "3"))[0] == 40


def test_time_that_is_the_longest_already_stays() -> None:
    flow = small_flow(
        """
  menu:
    kind: menu
    prompt: menu
    options: [{key: '1', prompt: menu_end, go: aside}]
""",
        ("longest_seconds: 20", "longest_seconds: 10"),
    )
    turn = after(flow, at("menu", silences=1), "1")
    assert turn.session.patience == 0
    assert seconds(turn) == (10, 5)


# -- A warning before the end ----------------------------------------------------------------------


@pytest.mark.parametrize("key", [*"123456789*0#", "55"])
def test_before_the_call_ends_any_key_gives_more_time_and_leads_back(flow: Flow, key: str) -> None:
    caller = Caller(flow)
    caller.ring()
    caller.turn = after(flow, at("register_lesson.register_15"), "1")
    caller.press("silence")
    assert caller.place == "about_to_end"
    caller.press(key)
    assert caller.place == "after_lesson"
    assert seconds(caller.turn) == (15, 10)


# -- A moment after a key --------------------------------------------------------------------------


def before(turn: Turn) -> list[Pause | Play]:
    """What is done before keys are awaited."""
    *first, last = turn.instructions
    assert isinstance(last, Gather)
    assert all(isinstance(each, Pause | Play) for each in first)
    return [each for each in first if isinstance(each, Pause | Play)]


@pytest.mark.parametrize(
    ("session", "keys"),
    [
        pytest.param(at("warm_up"), "1", id="a key of a menu"),
        pytest.param(at(SIX), "0", id="a global key"),
        pytest.param(at("main_menu"), "7", id="a wrong key"),
        pytest.param(at("main_menu"), "*", id="a repeat"),
        pytest.param(at("practice_question_1"), "1", id="ready"),
        pytest.param(at("practice_otp"), "0", id="a wrong entry"),
        pytest.param(at("practice_otp"), "#", id="the code again"),
        pytest.param(at("told_otp_lesson.told_otp_1"), "1", id="a step without a number"),
        pytest.param(at("register_lesson.register_1"), "3", id="back at the first step"),
        pytest.param(at("main_menu"), "77", id="a key pressed twice"),
        pytest.param(at("about_to_end", back=("main_menu",)), "5", id="a key at the warning"),
        pytest.param(at(SIX, confusion=7), "2", id="a repeat that offers the simpler way"),
    ],
)
def test_after_a_key_and_in_lessons_after_silence_no_key_counts_for_a_moment(
    flow: Flow, session: Session, keys: str
) -> None:
    assert before(after(flow, session, keys)) == [Pause(1)]


@pytest.mark.parametrize(
    ("session", "keys"),
    [
        pytest.param(at("warm_up"), "silence", id="asked again"),
        pytest.param(at("practice_otp"), "silence", id="no entry"),
        pytest.param(at("practice_otp", confusion=6), "silence", id="the simpler way is offered"),
        pytest.param(at("what_next"), "silence", id="the warning, at which any key is right"),
    ],
)
def test_after_silence_a_key_counts_at_once(flow: Flow, session: Session, keys: str) -> None:
    assert before(after(flow, session, keys)) == []


@pytest.mark.parametrize(
    ("session", "word", "goal"),
    [
        pytest.param(at("warm_up", silences=1), "warm_up_too_many", "main_menu", id="the warm-up"),
        pytest.param(at("main_menu"), "straight_line", "register_lesson.register_1", id="a menu"),
        pytest.param(
            at("practice_otp", silences=2), "practice_too_many", "practice_help", id="the way out"
        ),
        pytest.param(at("simpler", back=("main_menu",)), "simple_now", "main_menu", id="an offer"),
        pytest.param(
            at("register_lesson.register_15"), "register_recap", "after_lesson", id="a lesson's end"
        ),
    ],
)
def test_a_key_that_comes_late_is_not_taken_for_the_place_that_silence_led_to(
    flow: Flow, session: Session, word: str, goal: str
) -> None:
    """Who presses 2 for the practice a second too late does not have a step said again."""
    turn = after(flow, session, "silence")
    assert turn.session.place == goal
    assert [each.prompt for each in before(turn) if isinstance(each, Play)] == [word]
    assert word not in [each.prompt for each in plays(turn)]
    again = after(flow, turn.session, "silence")
    assert word not in played(again)


def test_where_silence_went_on_a_late_key_has_a_moment_and_the_number_to_pass(flow: Flow) -> None:
    assert before(after(flow, at(SIX), "silence")) == [Pause(1), Play("step_7")]


def test_who_goes_on_at_a_bookmark_by_silence_hears_so_before_a_key_counts(flow: Flow) -> None:
    turn = after(flow, at("resume", bookmark=SIX), "silence")
    assert before(turn) == [Play("resume_silent"), Play("step_6")]


@pytest.mark.parametrize("keys", ["1", "2", "3", "*"])
def test_a_numbered_step_says_its_number_while_no_key_counts(flow: Flow, keys: str) -> None:
    (number,) = before(after(flow, at(SIX), keys))
    assert isinstance(number, Play)
    assert number.prompt.startswith("step_")


def test_no_moment_is_waited_where_the_flow_has_none() -> None:
    flow = small_flow(
        """
  menu:
    kind: menu
    prompt: menu
    options: [{key: '1', prompt: menu_end, go: bye}]
""",
        ("settle_seconds: 1", "settle_seconds: 0"),
    )
    assert before(after(flow, at("menu"), "7")) == []
    lesson = """
  menu:
    kind: lesson
    numbered: of
    steps: [{prompt: one}, {prompt: two}]
    next: bye
"""
    flow = small_flow(lesson, ("settle_seconds: 1", "settle_seconds: 0"))
    assert before(after(flow, at("menu.one"), "silence")) == [Play("step_2")]
