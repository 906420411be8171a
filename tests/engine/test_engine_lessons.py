"""Lessons: the straight line, how far along, the recap, and two at the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.engine.session import Phase
from ivr.engine.turn import Count
from ivr.flow.model import Lesson
from tests.engine.calls import GREETED, LAST_WORDS, Caller, after, at, gather, played, plays
from tests.flow.small import small_flow

if TYPE_CHECKING:
    from ivr.engine.session import Session
    from ivr.flow.model import Flow

STEPS = [f"register_{number}" for number in range(1, 16)]


# -- The straight line -----------------------------------------------------------------------------


def silent_call(flow: Flow) -> list[list[str]]:
    """What a caller hears turn by turn who never presses a key."""
    caller = Caller(flow)
    rows = [played(caller.ring())]
    while caller.turn.session.phase is Phase.RUNNING:
        rows.append(played(caller.press("silence")))
        assert len(rows) < 50, "the call does not end"
    return rows


def test_who_presses_nothing_hears_all_that_matters_and_a_goodbye(flow: Flow) -> None:
    rows = silent_call(flow)
    assert rows[0] == GREETED
    assert rows[1] == ["warm_up_no_input", "warm_up", "warm_up_key"]
    assert rows[2][:2] == ["warm_up_too_many", "main_menu"]
    assert rows[3][:3] == ["straight_line", "umang_purpose", "register_notice"]
    told = [prompt for row in rows[3:18] for prompt in row if prompt in STEPS]
    assert told == STEPS
    assert rows[18][0] == "register_recap"
    assert rows[19:] == [["about_to_end"], LAST_WORDS]


def test_who_presses_nothing_hears_the_main_menu_once(flow: Flow) -> None:
    heard = [prompt for row in silent_call(flow) for prompt in row]
    assert heard.count("main_menu") == 1


def test_each_step_says_how_to_go_on_hear_again_or_stop(flow: Flow) -> None:
    rows = [row for row in silent_call(flow) if set(row) & set(STEPS)]
    assert len(rows) == 15
    assert all("lesson_keys" in row for row in rows[:-1])
    assert "lesson_last_keys" in rows[-1]


def test_silence_in_a_lesson_is_no_mistake(flow: Flow) -> None:
    turn = after(flow, at("register_lesson.register_6"), "silence")
    assert turn.effects == (Count("reached.register_lesson.register_7"),)
    assert (turn.session.silences, turn.session.confusion) == (0, 0)


def test_the_straight_line_is_the_same_in_the_simpler_way(flow: Flow) -> None:
    turn = after(flow, at("main_menu", simple=True), "silence")
    assert turn.session.place == "register_lesson.register_1"


def test_silence_in_every_lesson_leads_through_its_recap(flow: Flow) -> None:
    for node_id, node in flow.nodes.items():
        if isinstance(node, Lesson):
            session = at(f"{node_id}.{node.steps[0].prompt}", back=("main_menu",))
            for _ in node.steps:
                session = after(flow, session, "silence").session
            assert not session.place.startswith(node_id)
            assert session.lead[0].endswith("_recap")


# -- How far along ---------------------------------------------------------------------------------


def test_each_step_tells_its_number_and_every_fifth_how_many_there_are(flow: Flow) -> None:
    rows = [row for row in silent_call(flow) if set(row) & set(STEPS)]
    assert [next(word for word in row if word.startswith("step_")) for row in rows] == [
        f"step_{number}" for number in range(1, 16)
    ]
    with_total = [number for number, row in enumerate(rows, 1) if "of_15" in row]
    assert with_total == [1, 5, 10, 15]


def test_a_lesson_without_numbers_tells_none(flow: Flow) -> None:
    turn = after(flow, at("remember_lesson.remember_1"), "1")
    assert played(turn) == ["remember_2", "lesson_keys"]


def test_with_a_word_before_it_the_number_is_said_behind_that_word(flow: Flow) -> None:
    turn = after(flow, at("register_lesson.register_6"), "7")
    assert played(turn) == ["invalid_gentle", "step_6", "register_6", "lesson_keys"]
    assert [play.prompt for play in plays(turn)][:2] == ["invalid_gentle", "step_6"]


def test_that_a_step_is_the_first_is_said_twice_at_most(flow: Flow) -> None:
    caller = Caller(flow)
    caller.ring()
    caller.press("1", "1")
    rows = [played(caller.press("3")) for _ in range(4)]
    assert [row[0] for row in rows] == ["lesson_at_first", "lesson_at_first", "step_1", "step_1"]


# -- Two at the screen -----------------------------------------------------------------------------

PAGES = [STEPS[0:3], STEPS[3:7], STEPS[7:9], STEPS[9:11], STEPS[11:14], STEPS[14:15]]


def together(flow: Flow) -> Caller:
    caller = Caller(flow)
    caller.ring()
    heard = played(caller.press("1", "4", "4"))
    assert heard[:2] == ["together_now", "register_notice"]
    return caller


def told(caller: Caller) -> list[str]:
    return [prompt for prompt in played(caller.turn) if prompt in STEPS]


@pytest.mark.parametrize("keys", ["1", "silence"])
def test_to_two_at_the_screen_the_lesson_gives_whole_pages(flow: Flow, keys: str) -> None:
    caller, pages = together(flow), []
    for _ in PAGES:
        pages.append(told(caller))
        caller.press(keys)
    assert pages == PAGES
    assert played(caller.turn)[0] == "register_recap"


def test_a_page_has_its_numbers_its_keys_once_and_the_keys_of_its_steps(flow: Flow) -> None:
    caller = together(flow)
    assert played(caller.turn)[2:] == [
        *("step_1", "of_15", "register_1", "step_2", "register_2", "step_3", "register_3"),
        *("lesson_keys", "lesson_spell"),
    ]
    assert caller.press("4").session.place == "address_lesson.address_spelt_1"
    caller.press("1", "1", "1")
    assert told(caller) == PAGES[0]


def test_the_last_page_says_that_it_is_the_last(flow: Flow) -> None:
    caller = together(flow)
    caller.press(*["1"] * 5)
    assert played(caller.turn) == ["step_15", "of_15", "register_15", "lesson_last_keys"]


def test_a_page_is_said_again_and_the_one_before_is_gone_back_to(flow: Flow) -> None:
    caller = together(flow)
    caller.press("1", "1")
    assert told(caller) == PAGES[2]
    caller.press("2")
    assert told(caller) == PAGES[2]
    caller.press("3")
    assert told(caller) == PAGES[1]
    caller.press("3", "3")
    assert played(caller.turn)[0] == "lesson_at_first"
    assert told(caller) == PAGES[0]


def test_from_the_middle_of_a_page_the_rest_of_it_is_said(flow: Flow) -> None:
    """Somebody begins alone, and then somebody is with them: the next page is a whole one."""
    caller = Caller(flow)
    caller.turn = after(flow, at("register_lesson.register_4", together=True), "1")
    assert told(caller) == PAGES[2]
    caller.turn = after(flow, at("register_lesson.register_6", together=True), "*")
    assert told(caller) == STEPS[5:7]
    caller.press("3")
    assert told(caller) == STEPS[4:7]
    caller.press("3")
    assert told(caller) == PAGES[1]


def test_a_call_that_broke_off_on_a_page_goes_on_at_its_first_step(flow: Flow) -> None:
    caller = together(flow)
    caller.press("1")
    caller.ring()
    caller.press("1")
    assert told(caller) == ["register_4"], "whether somebody is there again, nobody knows"


def test_a_lesson_without_pages_is_told_step_by_step_to_two_as_well(flow: Flow) -> None:
    turn = after(flow, at("services_lesson.services_1", together=True), "1")
    assert played(turn) == ["step_2", "services_2", "lesson_keys"]


def test_who_is_at_the_screen_has_time_to_do_what_was_said_and_hears_how_to_go_on(
    flow: Flow,
) -> None:
    caller = together(flow)
    assert gather(caller.turn).first_key_seconds == 45
    assert gather(caller.press("1")).first_key_seconds == 45
    alone = after(flow, at("register_lesson.register_4"), "1")
    assert gather(alone).first_key_seconds == 10


def test_the_lesson_chosen_anew_is_that_of_one_alone(flow: Flow) -> None:
    caller = together(flow)
    caller.press("0", "1", "1")
    assert caller.place == "register_lesson.register_2"


@pytest.mark.parametrize(
    ("session", "said", "place"),
    [
        pytest.param(at("menu.one", is_kept=True), ["one_more"], "bye", id="it holds"),
        pytest.param(at("menu.one"), [], "menu.one", id="it does not"),
    ],
)
def test_a_key_of_a_step_is_there_while_its_condition_holds(
    session: Session, said: list[str], place: str
) -> None:
    flow = small_flow("""
  menu:
    kind: lesson
    steps: [{prompt: one, options: [{key: '5', prompt: one_more, when: kept, go: bye}]}]
    next: bye
""")
    assert played(after(flow, session, "2")) == ["one", "last_keys", *said]
    assert after(flow, session, "5").session.place == place


def test_a_page_waits_longer_wherever_on_it_something_is_written_down() -> None:
    flow = small_flow("""
  menu:
    kind: lesson
    together: [1, 2]
    steps: [{prompt: one}, {prompt: two}, {prompt: three, write: note}]
    next: bye
""")
    page = after(flow, at("menu.one", together=True), "1")
    assert played(page) == ["two", "three", "last_keys"]  # what is typed at once is not noted
    assert gather(page).first_key_seconds == 20
    assert gather(after(flow, at("menu.one"), "1")).first_key_seconds == 10
