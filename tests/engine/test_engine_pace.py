"""What is said again is said slowly, once; and what places say by themselves."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from ivr.engine.answer import Asked, answer
from ivr.engine.codes import Codes, code_at, keyed_codes
from ivr.engine.events import CallStarted, Digits, NoInput
from ivr.engine.session import Session, dump, parse
from ivr.engine.speak import instructions
from ivr.engine.step import step
from ivr.engine.turn import Gather, Pause, Play, Turn
from ivr.flow.model import Lesson, Pace
from ivr.flow.usage import own_prompts

if TYPE_CHECKING:
    from ivr.flow.model import Flow, Spec

NOON = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)
CODES: Codes = keyed_codes(b"a secret of the tests", "CA1")
NORMAL, SLOW = Pace.NORMAL, Pace.SLOW
LESSON = "register_lesson.register_6"
MENU_ROW = ("main_menu", "choose_lesson", "choose_practice", "choose_services", "choose_more")


@pytest.fixture
def flow(spec: Spec) -> Flow:
    return spec.flow


def at(place: str, **changes: object) -> Session:
    return replace(Session(place=place, turn=5, language="bn"), **changes)


def after(flow: Flow, session: Session, keys: str) -> Turn:
    event = NoInput() if keys == "silence" else Digits(keys)
    turn = step(flow, session, event, NOON, CODES)
    assert parse(dump(turn.session)) == turn.session
    return turn


def plays(turn: Turn) -> list[Play]:
    (gather,) = turn.instructions
    assert isinstance(gather, Gather)
    return [part for part in gather.said if isinstance(part, Play)]


@pytest.mark.parametrize("pace", list(Pace))
@pytest.mark.parametrize(
    ("place", "keys", "lead"),
    [
        pytest.param(LESSON, "*", (), id="star"),
        pytest.param(LESSON, "2", (), id="again in a lesson"),
        pytest.param("register_lesson.register_1", "3", ("lesson_at_first",), id="back at first"),
        pytest.param("main_menu", "silence", ("no_input_gentle",), id="silence"),
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
    heard = plays(after(flow, at(place, pace=pace), keys))
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
    assert {play.pace for play in plays(turn)} == {pace}
    assert not turn.session.again


def test_giving_up_leads_on_at_the_pace_of_the_call(flow: Flow) -> None:
    turn = after(flow, at("main_menu", silences=2, again=True), "silence")
    assert turn.session.place == "help"
    assert {play.pace for play in plays(turn)} == {NORMAL}


def test_a_return_from_help_is_not_said_again_but_anew(flow: Flow) -> None:
    helped = after(flow, at(LESSON, again=True), "9").session
    turn = after(flow, helped, "3")
    assert (turn.session.place, turn.session.again) == (LESSON, False)


def test_the_choice_to_hear_it_slower_makes_all_slow(flow: Flow) -> None:
    turn = after(flow, after(flow, at(LESSON), "9").session, "2")
    assert {play.pace for play in plays(turn)} == {SLOW}


@pytest.mark.parametrize("keys", ["*", "silence", "7"])
def test_a_duplicate_of_a_repeat_is_answered_word_for_word(flow: Flow, keys: str) -> None:
    first = after(flow, at(LESSON), keys)
    again = answer(flow, first.session, Asked(LESSON, 5, Digits("1")), NOON, CODES)
    assert again.instructions == first.instructions
    assert again.session == first.session
    ring = step(flow, first.session, CallStarted(), NOON, CODES)
    assert ring.instructions == first.instructions


def test_an_older_request_hears_the_repeat_without_its_lead(flow: Flow) -> None:
    first = after(flow, at("main_menu"), "silence")
    older = answer(flow, first.session, Asked("warm_up", 2, Digits("1")), NOON, CODES)
    assert plays(older) == [Play(prompt, SLOW) for prompt in MENU_ROW]


def test_a_call_whose_session_is_lost_repeats_slowly_too(flow: Flow) -> None:
    turn = answer(flow, None, Asked(LESSON, 12, Digits("2")), NOON, CODES)
    assert {play.pace for play in plays(turn)} == {SLOW}


def test_a_session_older_than_the_url_says_nothing_again(flow: Flow) -> None:
    old = at("warm_up", again=True)
    turn = answer(flow, old, Asked("main_menu", 8, Digits("4")), NOON, CODES)
    assert {play.pace for play in plays(turn)} == {NORMAL}


# -- Digits: content.md has them read one by one; a comma after each but the last ------------------


@pytest.mark.parametrize("again", [False, True])
def test_the_voice_falls_only_at_the_very_last_digit_of_a_code(flow: Flow, *, again: bool) -> None:
    session = at("practice_number", again=again)
    (gather,) = instructions(flow, session, CODES)
    assert isinstance(gather, Gather)
    pace = SLOW if again else NORMAL
    assert gather.said[3:] == (
        *(Play("digit_0_more", pace) for _ in range(5)),
        Pause(),
        *(Play(f"digit_{digit}_more", pace) for digit in "1234"),
        Play("digit_5", pace),
    )


def test_a_code_without_groups_is_read_in_one_breath(flow: Flow) -> None:
    (gather,) = instructions(flow, at("practice_otp"), CODES)
    assert isinstance(gather, Gather)
    code = code_at(flow, "practice_otp", CODES)
    more = [Play(f"digit_{digit}_more") for digit in code[:-1]]
    assert list(gather.said[3:]) == [*more, Play(f"digit_{code[-1]}")]


# -- What a place says by itself -------------------------------------------------------------------

SCENE = ("practice_otp", "practice_safety", "practice_otp_is")


@pytest.mark.parametrize(
    ("place", "brief", "own"),
    [
        pytest.param("main_menu", False, MENU_ROW, id="a menu"),
        pytest.param(LESSON, False, ("register_6", "lesson_keys"), id="a step"),
        pytest.param(
            "register_lesson.register_15", False, ("register_15", "lesson_last_keys"), id="the last"
        ),
        pytest.param(
            "practice_question_1", False, ("practice_question_1", "ready_key"), id="think"
        ),
        pytest.param("practice_otp", False, SCENE, id="a practice"),
        pytest.param("practice_otp", True, SCENE[1:], id="a practice in brief"),
        pytest.param("main_menu", True, MENU_ROW, id="a menu has no brief form"),
    ],
)
def test_a_place_says_its_own_prompts_behind_the_lead(
    flow: Flow, place: str, own: tuple[str, ...], *, brief: bool
) -> None:
    (gather,) = instructions(flow, at(place, brief=brief, lead=("no_input_gentle",)), CODES)
    assert isinstance(gather, Gather)
    said = [part.prompt for part in gather.said if isinstance(part, Play)]
    assert said[0] == "no_input_gentle"
    assert tuple(p for p in said[1:] if not p.startswith("digit_")) == own


def test_a_lesson_that_stands_nowhere_says_its_first_step(flow: Flow) -> None:
    node = flow.nodes["register_lesson"]
    assert isinstance(node, Lesson)
    assert own_prompts(flow, node) == ("register_1", "lesson_keys")
