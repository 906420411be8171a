"""Faults of the whole graph: rings, rows without a key, and silence that never ends."""

from __future__ import annotations

import pytest

from tests.flow.small import MENU, small_flow, small_problems

NEVER_ENDS = "a caller who never presses a key never comes to an end"
TO_AN_END = "lead a silence, a too_many or a next on the way to an end"
FOR_EVER = "a silent caller hears it again for ever; lead it to a menu or an end"
RING = "it leads back to itself with no key to press on the way; lead it to a menu"


def told(nodes: str, *changes: tuple[str, str]) -> list[str]:
    """The problems, each as `node: message`."""
    return [
        problem.partition(" <- ")[2].removeprefix("node ").replace("'", "", 2)
        for problem in small_problems(nodes, *changes)
    ]


def lesson(name: str, goal: str, *, aside: bool = False) -> str:
    return f"""
  {name}:
    kind: lesson
    aside: {str(aside).lower()}
    steps: [{{prompt: {name}_1}}]
    next: {goal}
"""


def test_a_lesson_that_follows_itself_is_found() -> None:
    assert f"menu: {NEVER_ENDS}; {TO_AN_END}" in told(lesson("menu", "menu"))


def test_lessons_in_a_ring_are_found_even_if_a_branch_may_lead_out() -> None:
    """By day the branch leads round and round."""
    nodes = f"""
{lesson("menu", "by_hour")}
  by_hour: {{kind: branch, when: [{{condition: night, go: bye}}], otherwise: menu}}
"""
    assert f"menu: {FOR_EVER}" in told(nodes)


def test_a_lesson_aside_that_silence_comes_to_leads_back_for_ever() -> None:
    nodes = lesson("menu", "beside") + lesson("beside", "return", aside=True)
    assert told(nodes) == [f"menu: {FOR_EVER}"], "to beside only a key leads back"


def test_a_person_who_silence_rings_leads_back_for_ever() -> None:
    """Nobody answers, the lesson goes on by itself, and the person is rung again."""
    nodes = lesson("menu", "ring") + (
        "  ring: {kind: transfer, prompt: wait, ring_seconds: 9, talk_minutes: 9, "
        "done: {go: return}, nobody: {go: return}}\n"
    )
    assert told(nodes) == [f"menu: {FOR_EVER}"]


def test_home_that_leads_back_is_a_ring() -> None:
    """Who was nowhere before is led home by what leads back."""
    home = ("'0': menu", "'0': hello"), ("hello, next: menu}", "hello, next: word}")
    word = "  word: {kind: say, prompt: word, next: return}\n"
    told_of = RING.replace(";", " (round by 'word');")
    assert f"hello: {told_of}" in told(MENU + word, *home)


def test_a_lesson_aside_that_a_key_led_to_may_lead_back() -> None:
    nodes = MENU.replace("go: bye}]", "go: bye}, {key: '2', prompt: menu_on, go: beside}]")
    assert "beside" in small_flow(nodes + lesson("beside", "return", aside=True)).nodes


def test_menus_that_silence_leads_round_are_found() -> None:
    nodes = """
  menu:
    kind: menu
    prompt: menu
    options: [{key: '1', prompt: menu_end, go: bye}]
    silence: {after: 1, go: there}
  there:
    kind: menu
    prompt: there
    options: [{key: '1', prompt: there_end, go: bye}]
    silence: {after: 1, go: menu}
"""
    assert told(nodes) == [f"menu: {NEVER_ENDS} (round by 'there'); {TO_AN_END}"]


@pytest.mark.parametrize("kind", ["practice", "think"])
def test_a_way_out_that_leads_round_is_found(kind: str) -> None:
    rest = {
        "practice": "code_prompt: code_is, code: {length: 4}, ",
        "think": "",
    }[kind]
    nodes = f"\n  menu: {{kind: {kind}, prompt: menu, {rest}next: bye, too_many: {{go: menu}}}}\n"
    assert f"menu: {NEVER_ENDS}; {TO_AN_END}" in told(nodes)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(("ends_at: bye", "ends_at: menu"), id="a menu"),
        pytest.param(("ends_at: bye", "ends_at: hello"), id="on to a menu"),
        pytest.param(("ends_at: bye", "ends_at: by_hour"), id="to a menu by day"),
        pytest.param(("ends_at: bye", "ends_at: back"), id="back to where the caller was"),
    ],
)
def test_where_calls_end_they_do_end(change: tuple[str, str]) -> None:
    nodes = f"""{MENU}
  by_hour: {{kind: branch, when: [{{condition: night, go: bye}}], otherwise: menu}}
  back: {{kind: say, prompt: back, next: return}}
"""
    name = change[1].removeprefix("ends_at: ")
    text = f"{change[1]} <- '{name}' does not end the call each time"
    text += "; name a node of kind end, or words that lead to one"
    assert text in small_problems(nodes, change)


def test_where_calls_end_a_word_may_be_said_by_the_hour() -> None:
    nodes = f"""{MENU}
  last_word: {{kind: say, prompt: last_word, next: by_hour}}
  by_hour: {{kind: branch, when: [{{condition: night, go: bye}}], otherwise: bye}}
"""
    assert "by_hour" in small_flow(nodes, ("ends_at: bye", "ends_at: last_word")).nodes
