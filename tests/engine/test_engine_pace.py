"""What is said again is said slowly, once; and what places say by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.engine.answer import Asked, answer
from ivr.engine.events import CallStarted, Digits
from ivr.engine.speak import instructions
from ivr.engine.step import step
from ivr.engine.turn import Gather, Pause, Play, Turn
from ivr.flow.model import Lesson, Practice
from ivr.flow.terms import Pace
from ivr.flow.usage import own_prompts
from tests.engine.calls import CODES, HERE, MENU, after, at, code, played, plays

if TYPE_CHECKING:
    from ivr.engine.session import Session
    from ivr.flow.model import Flow

NORMAL, SLOW = Pace.NORMAL, Pace.SLOW
LESSON = "register_lesson.register_6"


def all_plays(turn: Turn) -> list[Play]:
    """What is said in a turn, before keys are awaited and while they are."""
    first = [each for each in turn.instructions if isinstance(each, Play)]
    return [*first, *plays(turn)]


@pytest.mark.parametrize("pace", list(Pace))
@pytest.mark.parametrize(
    ("place", "keys", "lead"),
    [
        pytest.param(LESSON, "*", (), id="star"),
        pytest.param(LESSON, "2", (), id="again in a lesson"),
        pytest.param("register_lesson.register_1", "3", ("lesson_at_first",), id="back at first"),
        pytest.param("warm_up", "silence", ("warm_up_no_input",), id="silence"),
        pytest.param("main_menu", "7", ("invalid_gentle",), id="a wrong key"),
        pytest.param("practice_question_1", "5", ("invalid_gentle",), id="a wrong key in think"),
        pytest.param("practice_otp", "#", (), id="hash in practice"),
        pytest.param("practice_otp", "*", (), id="star in practice"),
        pytest.param("practice_otp", "silence", ("practice_no_input_gentle",), id="no entry"),
        pytest.param("practice_otp", "999", ("practice_warning",), id="a wrong entry"),
    ],
)
def test_what_is_said_again_is_slow_behind_a_lead_at_the_pace_of_the_call(
    flow: Flow, place: str, keys: str, lead: tuple[str, ...], pace: Pace
) -> None:
    heard = all_plays(after(flow, at(place, pace=pace), keys))
    assert heard[: len(lead)] == [Play(prompt, pace) for prompt in lead]
    own = heard[len(lead) :]
    assert own
    assert {play.pace for play in own} == {SLOW}


@pytest.mark.parametrize(
    ("place", "keys"),
    [
        pytest.param(LESSON, "1", id="the next step"),
        pytest.param(LESSON, "3", id="the step before"),
        pytest.param(LESSON, "0", id="the main menu"),
        pytest.param("main_menu", "2", id="into the practice"),
        pytest.param("practice_question_1", "1", id="a question further"),
    ],
)
@pytest.mark.parametrize("pace", list(Pace))
def test_elsewhere_the_pace_of_the_call_holds_again(
    flow: Flow, place: str, keys: str, pace: Pace
) -> None:
    turn = after(flow, at(place, pace=pace, again=True, silences=1), keys)
    assert {play.pace for play in all_plays(turn)} == {pace}
    assert not turn.session.again


def test_giving_up_leads_on_at_the_pace_of_the_call(flow: Flow) -> None:
    turn = after(flow, at("main_menu", wrongs=2, again=True), "7")
    assert turn.session.place == "help_menu"
    assert {play.pace for play in plays(turn)} == {NORMAL}


def test_a_return_from_help_is_not_said_again_but_anew(flow: Flow) -> None:
    helped = after(flow, at(LESSON, again=True), "9").session
    turn = after(flow, helped, "2")
    assert (turn.session.place, turn.session.again) == (LESSON, False)


def test_the_choice_to_hear_it_slower_makes_all_slow(flow: Flow) -> None:
    turn = after(flow, after(flow, at(LESSON), "9").session, "1")
    assert {play.pace for play in all_plays(turn)} == {SLOW}


@pytest.mark.parametrize(
    ("session", "offer"),
    [
        pytest.param(at(LESSON), "help_slower", id="at the usual pace"),
        pytest.param(at(LESSON, pace=SLOW), "help_usual", id="slow already"),
        pytest.param(at(LESSON, pace=SLOW, simple=True), "help_usual", id="in the simpler way"),
    ],
)
def test_help_offers_the_pace_at_which_the_call_is_not(
    flow: Flow, session: Session, offer: str
) -> None:
    helped = after(flow, session, "9")
    assert [each for each in played(helped) if each in {"help_slower", "help_usual"}] == [offer]
    session = after(flow, helped.session, "1").session
    is_slow = offer == "help_slower"
    assert (session.pace, session.simple) == (SLOW if is_slow else NORMAL, False)
    assert session.place == LESSON


@pytest.mark.parametrize("keys", ["*", "2", "7"])
def test_a_duplicate_of_a_repeat_is_answered_word_for_word(flow: Flow, keys: str) -> None:
    first = after(flow, at(LESSON), keys)
    again = answer(flow, first.session, Asked(LESSON, 5, Digits("1")), HERE)
    assert again.instructions == first.instructions
    assert again.session == first.session
    ring = step(flow, first.session, CallStarted(), HERE)
    assert ring.instructions == first.instructions


def test_an_older_request_hears_the_repeat_without_its_lead(flow: Flow) -> None:
    first = after(flow, at("main_menu"), "7")
    older = answer(flow, first.session, Asked("warm_up", 2, Digits("1")), HERE)
    assert plays(older) == [Play(prompt, SLOW) for prompt in MENU]


def test_a_call_whose_session_is_lost_repeats_slowly_too(flow: Flow) -> None:
    turn = answer(flow, None, Asked(LESSON, 12, Digits("2")), HERE)
    assert {play.pace for play in all_plays(turn)} == {SLOW}


def test_a_session_older_than_the_url_says_nothing_again(flow: Flow) -> None:
    old = at("warm_up", again=True)
    turn = answer(flow, old, Asked("main_menu", 8, Digits("4")), HERE)
    assert {play.pace for play in plays(turn)} == {NORMAL}


# -- Digits: content.md has them read one by one; a comma after each but the last ------------------


@pytest.mark.parametrize("again", [False, True])
def test_the_voice_falls_only_at_the_very_last_digit_of_a_code(flow: Flow, *, again: bool) -> None:
    (asked,) = instructions(flow, at("practice_number", again=again), CODES)
    assert isinstance(asked, Gather)
    pace = SLOW if again else NORMAL
    assert asked.said[3:] == (
        *(Play("digit_0_more", pace) for _ in range(5)),
        Pause(),
        *(Play(f"digit_{digit}_more", pace) for digit in "1234"),
        Play("digit_5", pace),
    )


def test_of_a_code_in_parts_the_voice_falls_at_the_end_of_each(flow: Flow) -> None:
    (asked,) = instructions(flow, at("practice_number.part_1", simple=True), CODES)
    assert isinstance(asked, Gather)
    assert asked.said[3:] == (*(Play("digit_0_more") for _ in range(4)), Play("digit_0"))


def test_a_code_without_groups_is_read_in_one_breath(flow: Flow) -> None:
    (asked,) = instructions(flow, at("practice_otp"), CODES)
    assert isinstance(asked, Gather)
    right = code(flow)
    more = [Play(f"digit_{digit}_more") for digit in right[:-1]]
    assert list(asked.said[3:]) == [*more, Play(f"digit_{right[-1]}")]


# -- What a place says by itself -------------------------------------------------------------------

SCENE = ("practice_otp", "practice_safety", "practice_otp_is")


@pytest.mark.parametrize(
    ("place", "brief", "own"),
    [
        pytest.param("main_menu", False, tuple(MENU), id="a menu"),
        pytest.param(LESSON, False, ("step_6", "register_6", "lesson_keys"), id="a step"),
        pytest.param(
            "register_lesson.register_15",
            False,
            ("step_15", "of_15", "register_15", "lesson_last_keys"),
            id="the last",
        ),
        pytest.param(
            "practice_question_1", False, ("practice_question_1", "ready_key"), id="think"
        ),
        pytest.param("practice_otp", False, SCENE, id="a practice"),
        pytest.param("practice_otp", True, SCENE[1:], id="a practice in brief"),
        pytest.param("main_menu", True, tuple(MENU), id="a menu has no brief form"),
    ],
)
def test_a_place_says_its_own_prompts_behind_the_lead(
    flow: Flow, place: str, own: tuple[str, ...], *, brief: bool
) -> None:
    (asked,) = instructions(flow, at(place, brief=brief, lead=("no_input_gentle",)), CODES)
    assert isinstance(asked, Gather)
    said = [part.prompt for part in asked.said if isinstance(part, Play)]
    assert said[0] == "no_input_gentle"
    assert tuple(p for p in said[1:] if not p.startswith("digit_")) == own


def test_a_lesson_that_stands_nowhere_says_its_first_step(flow: Flow) -> None:
    node = flow.nodes["register_lesson"]
    assert isinstance(node, Lesson)
    due = ("step_1", "of_15", "register_1", "write_down", "lesson_keys", "lesson_spell")
    assert own_prompts(flow, node) == own_prompts(flow, node, "gone") == due


def test_the_own_prompts_of_a_node_are_all_that_it_can_say(flow: Flow) -> None:
    practice = flow.nodes["practice_otp"]
    assert isinstance(practice, Practice)
    assert own_prompts(flow, practice) == SCENE
    helping = flow.nodes["practice_help"]
    assert not isinstance(helping, Practice)
    assert "practice_help_person" in own_prompts(flow, helping)  # type: ignore[arg-type] # a menu


def test_the_pace_of_the_call_holds_in_what_is_said_before_a_person_is_rung(flow: Flow) -> None:
    (wait, _) = instructions(flow, at("person", pace=SLOW), CODES)
    assert wait == Play("person_wait", SLOW)
