"""Aside of the way and back: help from anywhere, aside of aside, and how deep that goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.engine.moves import MAX_BACK
from tests.engine.calls import HELPED, MENU, Caller, after, at, played
from tests.flow.small import small_flow

if TYPE_CHECKING:
    from ivr.flow.model import Flow

FIRST = "register_lesson.register_1"


def at_first_step(flow: Flow) -> Caller:
    caller = Caller(flow)
    caller.ring()
    caller.press("1", "1")
    assert caller.place == FIRST
    return caller


def test_the_spelt_address_leads_back_to_the_step_that_asked_for_it(flow: Flow) -> None:
    caller = at_first_step(flow)
    caller.press("4", "1", "1")
    assert caller.place == "address_lesson.address_spelt_3"
    caller.press("1")
    assert caller.place == FIRST
    assert played(caller.turn)[:3] == ["address_recap", "step_1", "of_15"]


def test_help_in_the_spelt_address_leads_back_to_it_and_on_to_the_lesson(flow: Flow) -> None:
    caller = at_first_step(flow)
    caller.press("4", "1", "9")
    assert caller.turn.session.back == (FIRST, "address_lesson.address_spelt_2")
    caller.press("1")
    assert caller.place == "address_lesson.address_spelt_2"
    caller.press("1", "1")
    assert caller.place == FIRST
    assert not caller.turn.session.back


def test_who_has_told_an_otp_is_sent_off_and_not_back_into_the_lesson(flow: Flow) -> None:
    caller = at_first_step(flow)
    caller.press("1", "9", "3", "1", "1", "1")
    assert caller.place == "what_next"
    assert played(caller.turn)[0] == "told_otp_recap"
    assert caller.turn.session.bookmark == "register_lesson.register_2"


def test_who_is_forgotten_at_the_resume_question_is_not_asked_it_again(flow: Flow) -> None:
    session = at("resume", bookmark=FIRST, is_kept=True)
    session = after(flow, session, "9").session
    turn = after(flow, session, "4")
    assert turn.session.place == "main_menu"
    assert played(turn)[0] == "forgotten"


def test_silence_in_a_lesson_aside_goes_on_and_back(flow: Flow) -> None:
    caller = at_first_step(flow)
    caller.press("4", "silence", "silence", "silence")
    assert caller.place == FIRST


def test_the_address_that_was_chosen_leads_back_to_the_menu_of_more(flow: Flow) -> None:
    caller = Caller(flow)
    caller.ring()
    caller.press("1", "4", "3", "1", "1", "1")
    assert caller.place == "more"


def test_help_asked_from_the_practice_help_leads_back_to_the_practice(flow: Flow) -> None:
    session = at("practice_help", back=("practice_otp",))
    session = after(flow, session, "9").session
    assert after(flow, session, "1").session.place == "practice_otp"


def test_a_choice_of_the_way_forgets_what_was_left(flow: Flow) -> None:
    caller = at_first_step(flow)
    caller.press("4", "0")
    assert caller.turn.session.back == ()


def test_silence_in_help_goes_back_to_what_was_being_heard(flow: Flow) -> None:
    """Who was led to help and does not know what to press does not lose the lesson for it."""
    caller = at_first_step(flow)
    caller.press("9")
    assert played(caller.press("silence"))[0] == "no_input_gentle"
    assert played(caller.press("silence"))[0] == "going_back"
    assert caller.place == FIRST


def test_silence_in_help_leads_back_twice_and_then_warns_of_the_end(flow: Flow) -> None:
    caller = at_first_step(flow)
    for _ in range(2):
        caller.press("9", "silence", "silence")
        assert caller.place == FIRST
    caller.press("9", "silence")
    assert caller.place == "about_to_end"


def test_help_in_help_does_not_lead_back_to_help(flow: Flow) -> None:
    caller = at_first_step(flow)
    caller.press("9", "9", "9")
    assert caller.turn.session.back == (FIRST,)
    caller.press("1")
    assert caller.place == FIRST


def test_help_by_way_of_a_person_leads_back_too(flow: Flow) -> None:
    caller = Caller(flow, HELPED)
    caller.ring()
    caller.press("1", "1", "9", "2", "1")
    assert caller.place == FIRST


@pytest.mark.parametrize("back", [(), ("a_node_that_is_gone",), ("main_menu.register_1",)])
def test_help_without_a_way_back_leads_home(flow: Flow, back: tuple[str, ...]) -> None:
    turn = after(flow, at("help_menu", back=back), "1")
    assert played(turn) == ["slower_now", *MENU]


def test_only_so_many_places_aside_of_one_another_are_found_back_to() -> None:
    steps = "\n".join(
        f"""
  side_{number}:
    kind: lesson
    aside: true
    steps: [{{prompt: side_{number}_1, options: [
      {{key: '4', prompt: side_{number}_on, go: side_{number + 1}}}]}}]
    next: return"""
        for number in range(5)
    )
    flow = small_flow(f"""
  menu:
    kind: menu
    prompt: menu
    options: [{{key: '1', prompt: menu_on, go: side_0}}, {{key: '2', prompt: menu_end, go: bye}}]
{steps}
  side_5: {{kind: say, prompt: side_5, next: return}}
""")
    caller = Caller(flow)
    caller.ring()
    caller.press("1", *["4"] * 4)
    assert len(caller.turn.session.back) == MAX_BACK
    assert caller.press("1").session.place == "side_3.side_3_1"
    assert caller.press("1").session.place == "side_2.side_2_1"
    assert caller.press("1").session.place == "side_1.side_1_1"
    assert caller.press("1").session.place == "menu", "deeper, the first are forgotten"


def test_a_lesson_that_leads_into_itself_is_left_once() -> None:
    flow = small_flow("""
  menu:
    kind: menu
    prompt: menu
    options: [{key: '1', prompt: menu_on, go: side}, {key: '2', prompt: menu_end, go: bye}]
  side:
    kind: lesson
    aside: true
    steps:
      - {prompt: side_1, options: [{key: '4', prompt: side_anew, go: side}]}
      - {prompt: side_2, options: [{key: '4', prompt: side_anew, go: side}]}
    next: return
""")
    caller = Caller(flow)
    caller.ring()
    caller.press("1", "1", "4", "4")
    assert caller.place == "side.side_1"
    assert caller.turn.session.back == ("menu",)
