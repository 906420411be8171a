"""The flow changes while a call runs, or between two calls of one caller: nobody is dropped."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from ivr.engine.answer import Asked, answer
from ivr.engine.events import CallStarted
from ivr.engine.memory import Memory
from ivr.engine.step import restate
from ivr.engine.turn import Count
from ivr.flow.model import Asking, Flow, Lesson
from ivr.flow.places import MAX_RENAMED, is_place, present, split
from tests.engine.calls import CODES, KNOWN, MENU, NOON, Caller, after, at, event_of, played
from tests.engine.versions import now_called, renamed_flow, without_node, without_step
from tests.engine.walking import Stand, at_its_beginning, told
from tests.flow.small import small_flow

if TYPE_CHECKING:
    from ivr.engine.turn import Turn

LATER = replace(KNOWN, now=NOON + timedelta(hours=71))
AT = int(NOON.timestamp())
TRIED = ("1", "2", "3", "9", "0", "7", "#", "silence")


@pytest.fixture(scope="module")
def new(flow: Flow) -> Flow:
    """The shipped flow with another name for every node and every step."""
    return renamed_flow(flow)


# -- Renamed ---------------------------------------------------------------------------------------


def test_after_a_hang_up_at_every_place_a_call_to_renamed_nodes_goes_on_rightly(
    new: Flow, stands: list[Stand]
) -> None:
    asked = 0
    for stand in stands:
        again = Caller(new, LATER, stand.memory)
        again.ring()
        if stand.last is None:
            assert again.place == "new_warm_up", stand.place
            continue
        asked += 1
        last = now_called(stand.last)
        assert again.place == "new_resume", stand.place
        heard = played(again.turn)
        assert heard[2:] == [*told(new, last), "resume_go_on", "resume_anew"]
        due = at_its_beginning(new, last, is_simple=stand.session.simple)
        assert again.press("1").session.place == due
    assert asked > 100


@pytest.mark.parametrize("is_lost", [False, True], ids=["session there", "session lost"])
def test_a_key_in_mid_call_does_at_a_renamed_place_what_it_did_there(
    flow: Flow, new: Flow, stands: list[Stand], *, is_lost: bool
) -> None:
    for stand in {stand.place: stand for stand in stands}.values():
        session = None if is_lost else stand.session
        for keys in TRIED:
            asked = Asked(stand.place, stand.session.turn, event_of(keys))
            was = answer(flow, session, asked, KNOWN)
            now = answer(new, session, asked, KNOWN)
            assert now.session.place == now_called(was.session.place), (stand.place, keys)
            assert now.session.turn == was.session.turn
            assert Count("place_gone") not in now.effects


def test_a_renamed_flow_answers_a_duplicate_as_the_old_one_did(flow: Flow, new: Flow) -> None:
    first = after(flow, at("warm_up"), "1")
    again = answer(new, first.session, Asked("warm_up", 5, event_of("1")), KNOWN)
    assert played(again) == played(first)


def test_help_leads_back_to_a_place_that_was_renamed_meanwhile(flow: Flow, new: Flow) -> None:
    helped = after(flow, at("register_lesson.register_6"), "9")
    asked = Asked("help_menu", helped.session.turn, event_of("1"))
    back = answer(new, helped.session, asked, KNOWN)
    assert back.session.place == "new_register_lesson.new_register_6"


# -- Removed ---------------------------------------------------------------------------------------


def places_to_go_on(flow: Flow) -> list[str]:
    return [
        node_id for node_id, node in flow.nodes.items() if isinstance(node, Asking) and node.resume
    ]


def test_after_a_hang_up_at_a_node_that_was_removed_the_call_begins_as_for_everybody(
    flow: Flow, stands: list[Stand]
) -> None:
    for gone in places_to_go_on(flow):
        new = without_node(flow, gone)
        for stand in stands:
            if stand.last is not None and split(stand.last)[0] == gone:
                again = Caller(new, LATER, stand.memory)
                assert again.ring().session.place == "warm_up", stand.place
                assert again.turn.session.language == stand.session.language


def test_a_call_at_a_node_that_is_removed_goes_on_at_the_main_menu(
    flow: Flow, stands: list[Stand]
) -> None:
    for gone in flow.nodes.keys() - {"main_menu", "greeting"}:
        new = without_node(flow, gone)
        for stand in stands:
            if split(stand.place)[0] != gone:
                continue
            asked = Asked(stand.place, stand.session.turn, event_of("1"))
            turn = answer(new, stand.session, asked, KNOWN)
            assert turn.session.place == "main_menu", stand.place
            assert Count("place_gone") in turn.effects
            lost = answer(new, None, asked, KNOWN)
            assert is_place(new, lost.session.place)


def test_help_leads_to_the_main_menu_when_what_was_left_is_removed(flow: Flow) -> None:
    new = without_node(flow, "practice_otp")
    back = after(new, at("help_menu", back=("practice_otp",)), "1")
    assert back.session.place == "main_menu"


@pytest.mark.parametrize(
    ("index", "number", "prompt"),
    [
        pytest.param(5, "step_6", "register_7", id="the next step stands there now"),
        pytest.param(0, "step_1", "register_2", id="the first"),
        pytest.param(14, "step_14", "register_14", id="the last"),
    ],
)
def test_where_a_step_was_removed_the_call_goes_on_at_the_one_that_stands_there(
    flow: Flow, index: int, number: str, prompt: str
) -> None:
    lesson = flow.nodes["register_lesson"]
    assert isinstance(lesson, Lesson)
    old, place = lesson.steps[index].prompt, f"register_lesson.{prompt}"
    new = without_step(flow, "register_lesson", index)
    caller = Caller(flow)
    caller.ring()
    caller.press("1", "1", *["1"] * index)
    assert caller.place == f"register_lesson.{old}"
    again = Caller(new, LATER, caller.memory)
    assert played(again.ring())[-4:] == ["resume_register", number, "resume_go_on", "resume_anew"]
    assert again.press("1").session.place == place
    meanwhile = caller.turn.session
    turn = answer(new, meanwhile, Asked(meanwhile.place, meanwhile.turn, event_of("1")), KNOWN)
    assert turn.session.place == place, "and in the middle of a call as well"


def test_help_leads_back_to_the_step_that_stands_where_the_one_that_was_left_stood(
    flow: Flow,
) -> None:
    caller = Caller(flow)
    caller.ring()
    caller.press("1", "1", *["1"] * 5, "9")
    assert caller.turn.session.back == ("register_lesson.register_6",)
    caller.flow = without_step(flow, "register_lesson", 5)
    assert caller.press("1").session.place == "register_lesson.register_7"


def test_a_step_that_is_gone_from_a_lost_call_begins_its_lesson(flow: Flow) -> None:
    new = without_step(flow, "register_lesson", 5)
    asked = Asked("register_lesson.register_6", 9, event_of("1"))
    turn = answer(new, None, asked, KNOWN)
    assert turn.session.place == "register_lesson.register_1"
    assert Count("session_lost") in turn.effects


def test_the_question_to_go_on_outlives_the_place_that_it_asks_about(flow: Flow) -> None:
    """The flow changes while the caller hears where the last call broke off."""
    caller = Caller(flow, memory=Memory(at=AT, language="bn", bookmark="practice_otp"))
    caller.ring()
    new = without_node(flow, "practice_otp")
    said = restate(new, caller.turn.session, CODES)
    assert played(said) == ["greeting", "resume", "resume_go_on", "resume_anew"]
    assert played(after(new, caller.turn.session, "1")) == MENU


def test_a_place_that_is_no_longer_one_to_go_on_from_is_not_asked_about(flow: Flow) -> None:
    memory = Memory(at=AT, language="bn", bookmark="what_next")
    assert Caller(flow, memory=memory).ring().session.place == "warm_up"


# -- The map ---------------------------------------------------------------------------------------

ROWS = """
  menu:
    kind: lesson
    resume: in_the_row
    steps: [{prompt: one}, {prompt: two}, {prompt: three}]
    next: code
  code:
    kind: practice
    resume: in_the_code
    prompt: code
    code_prompt: code_is
    code: {digits: '012345', groups: [3, 3]}
    next: bye
"""


@pytest.mark.parametrize(
    ("renamed", "place", "step", "now"),
    [
        pytest.param("row: menu", "row.two", None, "menu.two", id="a lesson with its steps"),
        pytest.param("row: menu", "row.four", 1, "menu.two", id="a step that did not come along"),
        pytest.param("row: menu", "row.four", 9, "menu.three", id="the last at most"),
        pytest.param("row: menu", "row.four", None, "menu.one", id="the first if none is known"),
        pytest.param("menu.zwei: menu.two", "menu.zwei", None, "menu.two", id="a step alone"),
        pytest.param("row.zwei: menu.two", "row.zwei", None, "menu.two", id="a step elsewhere"),
        pytest.param("row: menu.two", "row.x", None, "menu.two", id="a lesson into one step"),
        pytest.param(
            "row: menu.two", "row.three", None, "menu.three", id="but for what came along"
        ),
        pytest.param("row: menu.two", "row", None, "menu.two", id="a node into one step"),
        pytest.param("otp: code", "otp.part_2", None, "code.part_2", id="a part of a code"),
        pytest.param("otp: code", "otp.part_9", None, "code", id="a part that is no longer"),
        pytest.param("a: b, b: c, c: code", "a", None, "code", id="over several versions"),
        pytest.param("a: menu", "b", None, None, id="another place"),
        pytest.param("a: menu", "b.one", None, None, id="a step of another place"),
    ],
)
def test_what_a_place_is_called_now(
    renamed: str, place: str, step: int | None, now: str | None
) -> None:
    flow = small_flow(ROWS, tail=f"renamed: {{{renamed}}}\n")
    assert present(flow, place, step) == now


def test_a_map_that_leads_round_is_followed_so_many_times_only(flow: Flow) -> None:
    ring = replace(flow, renamed={"a": "b", "b": "a"})
    assert present(ring, "a") is None
    names = [f"v{number}" for number in range(MAX_RENAMED + 2)]
    chain = dict(zip(names, [*names[1:], "main_menu"], strict=True))
    assert present(replace(flow, renamed=chain), names[2]) == "main_menu"
    assert present(replace(flow, renamed=chain), names[0]) is None


def test_a_branch_or_a_word_on_the_way_is_no_place(flow: Flow) -> None:
    assert present(flow, "greeting") is None
    assert present(flow, "rung_again") is None
    assert present(flow, "main_menu.x") == "main_menu"


def test_a_new_call_of_a_renamed_flow_begins_at_its_start(new: Flow) -> None:
    turn: Turn = after(new, None, CallStarted())
    assert turn.session.place == "new_warm_up"
