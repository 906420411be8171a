"""Calls that are led back after a failure, and those that two versions answer by turns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
import yaml
from msgspec.structs import replace

from ivr.engine.answer import MAX_TURN, Asked, answer
from ivr.engine.carried import MAX_HOPS, NOTHING, Carried
from ivr.engine.events import CallStarted, LedBack
from ivr.engine.session import Phase
from ivr.engine.step import MAX_RESAID, step
from ivr.engine.turn import Count, HandOver, Reject
from ivr.errors import CallOverError
from ivr.flow.model import Flow
from tests.engine.calls import HERE, KNOWN, MENU, NOON, after, at, event_of, played
from tests.engine.versions import renamed_flow, without_node, without_step
from tests.flow.small import small_text

if TYPE_CHECKING:
    from ivr.engine.events import Event
    from ivr.engine.session import Session
    from ivr.engine.turn import Turn

BEGAN = int(NOON.timestamp())
SIBLINGS = replace(KNOWN, has_siblings=True)
VERSION_CHANGED = Count("version_changed")


def led_back(place: str, turn: int, **carried: object) -> Asked:
    return Asked(place, turn, LedBack(), replace(Carried(began=BEGAN, retry=1), **carried))


# -- Led back --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "place", ["main_menu", "register_lesson.register_6", "practice_otp", "practice_question_1"]
)
def test_a_call_that_is_led_back_hears_its_place_word_for_word(flow: Flow, place: str) -> None:
    said = after(flow, at(place, lead=("no_input_gentle",), again=True, began=BEGAN), "silence")
    back = answer(flow, said.session, led_back(said.session.place, said.session.turn), HERE)
    assert back.instructions == said.instructions
    assert (back.effects, back.memory) == ((), None)
    assert back.session == said.session, "so no silence is counted, and nothing steps"


def test_a_lost_call_that_is_led_back_hears_its_place(flow: Flow) -> None:
    back = answer(flow, None, led_back("main_menu", 7, wrongs=1, language="en"), KNOWN)
    assert played(back) == MENU
    assert (back.session.turn, back.session.wrongs, back.session.language) == (7, 1, "en")
    assert back.effects == (Count("session_lost"),)


def test_a_call_whose_step_was_kept_and_whose_answer_failed_is_led_on(flow: Flow) -> None:
    first = after(flow, at("main_menu"), "4")
    back = answer(flow, first.session, led_back("main_menu", 5), HERE)
    assert (back.instructions, back.session) == (first.instructions, first.session)


def test_a_person_is_not_rung_once_more_when_the_call_is_led_back(flow: Flow) -> None:
    back = answer(flow, at("person", back=("main_menu",)), led_back("person", 5), HERE)
    assert played(back) == ["person_nobody", *MENU]
    assert Count("helper.nobody") in back.effects
    again = answer(flow, back.session, led_back("person", 5), HERE)
    assert (again.instructions, again.effects, again.carried) == (
        back.instructions,
        (),
        back.carried,
    )


def test_a_goodbye_that_is_led_back_is_said_again(flow: Flow) -> None:
    over = at("goodbye", phase=Phase.GOODBYE)
    assert played(answer(flow, over, led_back("goodbye", 5), HERE)) == ["goodbye", "hangup"]


def test_how_often_a_turn_has_failed_is_told_until_one_succeeds(flow: Flow) -> None:
    """Else a place whose every step fails would apologise for ever."""
    back = answer(
        flow, at("main_menu", began=BEGAN), led_back("main_menu", 5, retry=2, hop=1), HERE
    )
    assert (back.carried.retry, back.carried.hop) == (2, 0)
    pressed = Asked("main_menu", 5, event_of("4"), back.carried)
    on = answer(flow, back.session, pressed, HERE)
    assert on.session.place == "more"
    assert (on.carried.retry, on.carried.hop) == (0, 0)


# -- Another version's place -----------------------------------------------------------------------


def hand_over(flow: Flow, session: Session | None, asked: Asked) -> HandOver:
    """What hands a turn over, when it does and nothing else happens."""
    turn = answer(flow, session, asked, SIBLINGS)
    (handed,) = turn.instructions
    assert isinstance(handed, HandOver)
    assert (turn.effects, turn.memory) == ((), None)
    assert session is None or turn.session == session
    return handed


@pytest.mark.parametrize("keys", ["1", "silence"])
@pytest.mark.parametrize("turn", [None, 5, 3, 6], ids=["lost", "due", "behind", "a duplicate"])
def test_a_place_of_another_version_is_left_to_it(flow: Flow, turn: int | None, keys: str) -> None:
    here = "new_menu" if turn in {5, 6} else "main_menu"
    session = None if turn is None else at(here, turn=turn)
    carried = Carried(began=BEGAN, language="en")
    handed = hand_over(flow, session, Asked("new_menu", 5, event_of(keys), carried))
    assert handed == HandOver("new_menu", 5, replace(carried, hop=1))


def test_a_step_of_another_version_is_left_to_it_though_its_lesson_is_here(flow: Flow) -> None:
    new = without_step(flow, "register_lesson", 5)
    place = "register_lesson.register_6"
    assert hand_over(new, at(place), Asked(place, 5, event_of("1"))).place == place


def test_a_turn_is_handed_over_so_many_times_and_then_led_home(flow: Flow) -> None:
    asked = Asked("new_menu", 5, event_of("1"), Carried(began=BEGAN))
    for hop in range(1, MAX_HOPS + 1):
        handed = hand_over(flow, at("new_menu"), asked)
        assert handed.carried.hop == hop
        asked = Asked(handed.place, handed.turn, LedBack(), handed.carried)
    turn = answer(flow, at("new_menu"), asked, SIBLINGS)
    assert played(turn) == MENU
    assert Count("place_gone") in turn.effects


def test_the_version_that_has_the_place_says_it_where_the_key_was_lost(flow: Flow) -> None:
    session = after(flow, at("main_menu"), "4").session
    handed = hand_over(
        without_node(flow, "more"), session, Asked("more", 6, event_of("2"), Carried(began=BEGAN))
    )
    asked = Asked(handed.place, handed.turn, LedBack(), handed.carried)
    turn = answer(flow, session, asked, SIBLINGS)
    assert (turn.session, turn.effects) == (replace(session, resaid=1), ())
    assert played(turn)[-5] == "more"


def test_a_caller_whose_keys_go_astray_each_time_is_led_home_at_last(flow: Flow) -> None:
    """As when two servers with two versions take their requests by turns, at night."""
    session, old = after(flow, at("main_menu"), "4").session, without_node(flow, "more")
    asked = Asked("more", 6, event_of("2"), Carried(began=BEGAN))
    for _ in range(MAX_RESAID):
        handed = hand_over(old, session, asked)
        session = answer(
            flow, session, Asked("more", 6, LedBack(), handed.carried), SIBLINGS
        ).session
        assert session.place == "more"
    turn = answer(old, session, asked, SIBLINGS)
    assert (turn.session.place, turn.session.resaid) == ("main_menu", 0)


def test_a_place_that_is_called_otherwise_now_is_no_other_versions(flow: Flow) -> None:
    new = renamed_flow(flow)
    turn = answer(new, at("main_menu"), Asked("main_menu", 5, event_of("4")), SIBLINGS)
    assert turn.session.place == "new_more"


@pytest.mark.parametrize(
    ("place", "turn"),
    [("new_menu", 0), ("new_menu", MAX_TURN + 1), ("../status", 5), ("Menü", 5), ("a.b.c", 5)],
)
def test_what_no_version_can_have_is_left_to_none(flow: Flow, place: str, turn: int) -> None:
    answered = answer(flow, None, Asked(place, turn, event_of("1")), SIBLINGS)
    assert not isinstance(answered.instructions[0], HandOver)


def test_without_another_process_the_caller_goes_home_at_once(flow: Flow) -> None:
    assert played(answer(flow, at("new_menu"), Asked("new_menu", 5, event_of("1")), KNOWN)) == MENU


def test_a_call_that_is_no_more_is_left_to_nobody(flow: Flow) -> None:
    asked = Asked("new_menu", 7, event_of("1"))
    refused = answer(flow, at("main_menu", phase=Phase.REFUSED), asked, SIBLINGS)
    assert refused.instructions == (Reject(),)
    with pytest.raises(CallOverError):
        answer(flow, at("main_menu", phase=Phase.CLOSED), asked, SIBLINGS)


def test_a_second_ring_at_a_place_of_another_version_is_left_to_it(flow: Flow) -> None:
    session = at("new_menu", language="en", began=BEGAN, is_kept=True)
    turn = step(flow, session, CallStarted(), SIBLINGS)
    due = Carried(began=BEGAN, language="en", hop=1)
    assert turn.instructions == (HandOver("new_menu", 5, due),)
    assert (turn.session, turn.effects) == (session, ())


# -- Keys that mean something else now -------------------------------------------------------------


def other_keys(flow: Flow) -> Flow:
    """The flow with the goals of the first two keys of the main menu changed about."""
    made = msgspec.json.decode(msgspec.json.encode(flow))
    one, two, *_ = made["nodes"]["main_menu"]["options"]
    one["go"], two["go"] = two["go"], one["go"]
    return msgspec.convert(made, Flow)


def pressed(flow: Flow, turn: Turn, keys: str | Event) -> Turn:
    session = turn.session
    return answer(flow, session, Asked(session.place, session.turn, event_of(keys)), HERE)


def test_a_key_that_means_something_else_now_is_not_taken(flow: Flow) -> None:
    new, said = other_keys(flow), after(flow, at("warm_up"), "1")
    again = pressed(new, said, "1")
    assert (played(again), again.effects) == (MENU, (VERSION_CHANGED,))
    assert again.session.wrongs == 0
    assert pressed(new, again, "1").session.place == "practice_number"


def test_while_two_versions_answer_by_turns_no_key_is_taken_for_the_other_ones(flow: Flow) -> None:
    new, said = other_keys(flow), after(flow, at("warm_up"), "1")
    for there in (new, flow) * (MAX_RESAID // 2):
        said = pressed(there, said, "1")
        assert played(said) == MENU
    taken = pressed(new, said, "1")
    assert taken.session.place == "practice_number", "for it must not go round for ever"
    assert taken.session.resaid == 0


def test_a_key_does_what_was_said_last_whichever_version_said_it(flow: Flow) -> None:
    new, said = other_keys(flow), after(flow, at("warm_up"), "1")
    for there in (new, flow, new):
        said = pressed(there, said, "1")
    assert pressed(new, said, "1").session.place == "practice_number"


def test_a_duplicate_of_a_key_that_was_not_taken_says_the_same(flow: Flow) -> None:
    new, said = other_keys(flow), after(flow, at("warm_up"), "1")
    again = pressed(new, said, "1")
    asked = Asked("main_menu", said.session.turn, event_of("1"))
    twice = answer(new, again.session, asked, HERE)
    assert (twice.instructions, twice.effects) == (again.instructions, ())


def test_silence_at_a_place_that_has_changed_is_a_silence(flow: Flow) -> None:
    new, said = other_keys(flow), after(flow, at("warm_up"), "1")
    assert VERSION_CHANGED not in pressed(new, said, "silence").effects


def test_who_was_led_back_has_heard_the_keys_as_they_are_now(flow: Flow) -> None:
    new, said = other_keys(flow), after(flow, at("warm_up"), "1")
    back = pressed(new, said, LedBack())
    assert back.effects == ()
    on = pressed(new, back, "1")
    assert on.session.place == "practice_number"
    assert VERSION_CHANGED not in on.effects


@pytest.mark.parametrize("carried", [NOTHING, Carried(began=BEGAN)])
def test_of_a_lost_call_nobody_knows_what_its_caller_heard(flow: Flow, carried: Carried) -> None:
    turn = answer(other_keys(flow), None, Asked("main_menu", 5, event_of("1"), carried), HERE)
    assert turn.session.place == "practice_number"


ONE = """
  menu:
    kind: menu
    prompt: menu
    options: [{key: '1', prompt: menu_end, go: bye}]
    silence: {after: 1, go: bye}
"""
ROW = """
  menu:
    kind: lesson
    steps: [{prompt: one, options: [{key: '4', prompt: one_on, go: bye}]}, {prompt: two}]
    next: bye
"""
CODE = """
  menu: {kind: practice, prompt: code, code_prompt: code_is, code: {digits: '012345'}, next: bye}
"""
THINK = """
  menu: {kind: think, prompt: menu, next: bye}
"""


def written(nodes: str, tail: str = "") -> Flow:
    """A flow of which nobody asks whether it is a good one."""
    return msgspec.convert(yaml.safe_load(small_text(nodes, tail=tail)), Flow)


@pytest.mark.parametrize(
    ("nodes", "place", "change", "is_as_heard"),
    [
        pytest.param(ONE, "menu", ("prompt: menu\n", "prompt: hello\n"), True, id="words"),
        pytest.param(ONE, "menu", ("menu_end, go: bye", "menu, go: bye"), True, id="an offer"),
        pytest.param(ONE, "menu", ("menu_end, go: bye", "menu_end, go: aside"), False, id="a goal"),
        pytest.param(ONE, "menu", ("key: '1'", "key: '2'"), False, id="another key"),
        pytest.param(ONE, "menu", ("go: bye}", "go: bye, when: slow}"), False, id="when"),
        pytest.param(
            ONE, "menu", ("go: bye}", "go: bye, set: {pace: slow}}"), False, id="a change"
        ),
        pytest.param(ONE, "menu", ("after: 1", "after: 2"), False, id="silence"),
        pytest.param(
            ONE, "menu", ("kind: menu\n", "kind: menu\n    any_key: bye\n"), False, id="any key"
        ),
        pytest.param(ROW, "menu.one", ("prompt: two", "prompt: hello"), True, id="the next step"),
        pytest.param(ROW, "menu.one", ("next: bye", "next: aside"), True, id="after the last"),
        pytest.param(ROW, "menu.two", ("next: bye", "next: aside"), False, id="at the last"),
        pytest.param(ROW, "menu.one", ("go: bye}", "go: aside}"), False, id="a step's key"),
        pytest.param(CODE, "menu", ("012345", "054321"), False, id="a code"),
        pytest.param(CODE, "menu", ("next: bye", "next: aside"), False, id="after a code"),
        pytest.param(THINK, "menu", ("next: bye", "next: aside"), False, id="after a question"),
    ],
)
def test_what_counts_as_another_meaning(
    nodes: str, place: str, change: tuple[str, str], *, is_as_heard: bool
) -> None:
    assert change[0] in nodes
    old, new = written(nodes), written(nodes.replace(*change, 1))
    said = after(old, at(place, heard=0), LedBack())
    counted = pressed(new, said, "5").effects
    assert (VERSION_CHANGED not in counted) is is_as_heard


@pytest.mark.parametrize(
    ("renamed", "is_as_heard"),
    [
        pytest.param("bye_old: bye", True, id="one version back"),
        pytest.param("bye_old: bye_older, bye_older: bye", True, id="two versions back"),
        pytest.param("bye_older: bye", False, id="something else"),
        pytest.param("a: b, b: a, bye_old: bye", True, id="beside a ring"),
        pytest.param(
            ", ".join(f"v{old}: v{old + 1}" for old in range(12)) + ", v12: bye",
            False,
            id="more versions than are followed",
        ),
    ],
)
def test_a_goal_that_was_renamed_is_the_same_goal(renamed: str, *, is_as_heard: bool) -> None:
    old = written(ONE.replace("bye", "bye_old") + "  bye_old: {kind: end, prompt: bye}\n")
    said = after(old, at("menu"), LedBack())
    new = written(ONE, tail=f"renamed: {{{renamed}}}\n")
    turn = pressed(new, said, "1")
    assert (turn.session.place == "bye") is is_as_heard
    assert (VERSION_CHANGED not in turn.effects) is is_as_heard
