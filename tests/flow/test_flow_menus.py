"""How many menus stand one below the other, and how much they offer at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.flow.load import judge
from ivr.flow.menus import EASY_OPTIONS, MAX_DEPTH, depths
from ivr.flow.problem import Level
from tests.flow.small import files_of, small_flow, small_text

if TYPE_CHECKING:
    from ivr.flow.model import Flow


def menu(name: str, *goals: str) -> str:
    options = ", ".join(
        f"{{key: '{key}', prompt: {name}_{key}, go: {goal}}}" for key, goal in enumerate(goals, 1)
    )
    return f"  {name}: {{kind: menu, prompt: {name}, options: [{options}]}}\n"


WORD = "  word: {kind: say, prompt: word, next: below}\n"
LESSON = "  word: {kind: lesson, steps: [{prompt: word}], next: below}\n"


def test_in_the_shipped_flow_callers_choose_twice_at_most(shipped: Flow) -> None:
    assert depths(shipped) == {"main_menu": 1, "more": 2}
    assert max(depths(shipped).values()) <= MAX_DEPTH


@pytest.mark.parametrize(
    ("nodes", "due"),
    [
        pytest.param(
            menu("menu", "below", "bye") + menu("below", "menu", "bye"),
            {"menu": 1, "below": 2},
            id="that lead to one another",
        ),
        pytest.param(
            menu("menu", "word", "bye") + WORD + menu("below", "bye", "bye"),
            {"menu": 1, "below": 2},
            id="with words between",
        ),
        pytest.param(
            menu("menu", "word", "bye") + LESSON + menu("below", "bye", "bye"),
            {"menu": 1},
            id="after a lesson something new begins",
        ),
        pytest.param(
            menu("menu", "one", "bye") + menu("one", "below") + menu("below", "bye", "bye"),
            {"menu": 1, "below": 2},
            id="one option is no choice",
        ),
        pytest.param(
            menu("menu", "one", "two")
            + menu("one", "below", "bye")
            + menu("two", "below")
            + menu("below", "bye", "bye"),
            {"menu": 1, "one": 2, "below": 2},
            id="the shortest way counts",
        ),
        pytest.param(menu("menu", "aside", "bye"), {"menu": 1}, id="what is aside is left out"),
    ],
)
def test_menus_are_counted_from_the_main_one(nodes: str, due: dict[str, int]) -> None:
    assert depths(small_flow(f"\n{nodes}")) == due


def test_options_that_are_never_there_together_are_counted_apart() -> None:
    whens = ["slow", "usual", "slow", "usual", None, None, None]
    assert len(whens) > EASY_OPTIONS
    options = "".join(
        f"      - {{key: '{(key + 1) // 2 if when else key}', prompt: p_{key}, go: bye"
        f"{f', when: {when}' if when else ''}}}\n"
        for key, when in enumerate(whens, 1)
    )
    nodes = f"\n  menu:\n    kind: menu\n    prompt: menu\n    options:\n{options}"
    found = judge(files_of(small_text(nodes))).problems
    assert [(each.level, each.what) for each in found] == [
        (Level.WARNING, "5 options are offered at once, and callers hold 4 in mind")
    ]
