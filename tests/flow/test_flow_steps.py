"""Faults of steps, tries, levels and old names: each by its line and its message."""

from __future__ import annotations

import pytest

from tests.flow.small import LESSON, MENU, broken, line_of, menu, small_flow, small_problems


def test_pages_that_do_not_hold_all_steps_are_named() -> None:
    nodes = LESSON.replace("    numbered: of_two\n", "    together: [1, 2]\n")
    text = "together: [1, 2] <- node 'menu': it holds 3 steps but there are 2; make them equal"
    assert small_problems(nodes) == [text]


def test_a_step_of_a_numbered_lesson_needs_words_for_its_number() -> None:
    problems = broken("prompts/en.yaml", "  step_15: ", "  step_fifteen: ")
    line = line_of("flow.yaml", "numbered: of_15")
    due = "node 'register_lesson': prompt 'step_15' has no words; add it to prompts/en.yaml"
    assert f"config/flow.yaml:{line}: {due}" in problems


@pytest.mark.parametrize(
    ("nodes", "changes", "message"),
    [
        pytest.param(
            menu("    no_input: [silent_gentle]"),
            (),
            "no_input has 1 of the 2 sentences that 3 tries ask for; add one, or set tries: 2",
            id="too few for silence",
        ),
        pytest.param(
            menu("    invalid: [a, b]\n    tries: 5"),
            (),
            "invalid has 2 of the 4 sentences that 5 tries ask for; add one, or set tries: 3",
            id="too few for wrong keys",
        ),
        pytest.param(
            menu("    invalid: [a, a]"),
            (),
            "invalid has 'a' twice; write another sentence for one of the two",
            id="the same sentence twice",
        ),
        pytest.param(
            MENU,
            (("no_input: [silent_gentle, silent_example]", "no_input: [silent_gentle]"),),
            "no_input has 1 of the 2 sentences that 3 tries ask for; add one, or set tries: 2",
            id="too few in the defaults",
        ),
    ],
)
def test_a_sentence_that_would_be_said_again_for_want_of_the_next_is_named(
    nodes: str, changes: tuple[tuple[str, str], ...], message: str
) -> None:
    problems = small_problems(nodes, *changes)
    assert f"menu: <- node 'menu': {message}" in problems


def test_one_try_asks_for_no_sentence() -> None:
    nodes = menu("    tries: 1\n    no_input: []\n    invalid: []")
    assert "menu" in small_flow(nodes).nodes


@pytest.mark.parametrize("second", [5, 4])
def test_levels_that_do_not_rise_are_named(second: int) -> None:
    levels = f"levels: [{{at: 5, go: aside}}, {{at: {second}, go: bye}}]"
    (problem,) = small_problems(MENU, ("levels: []", levels))
    due = f"level {second} does not rise above 5; write the levels rising"
    assert problem.endswith(f"<- {due}")


@pytest.mark.parametrize(
    ("renamed", "message"),
    [
        ("menu: bye", "'menu' is there still; take it away here, or rename it there"),
        ("old: nowhere", "'nowhere' is no place; name a node, or a step as node.step"),
        ("old: menu.three", "'menu.three' is no place; name a node, or a step as node.step"),
        ("menu.one: menu.two", "'menu.one' is there still; take it away here, or rename it there"),
        ("a: b\n  b: a", "'b' is no place; name a node, or a step as node.step"),
    ],
)
def test_a_name_that_leads_nowhere_or_is_no_old_one_is_named(renamed: str, message: str) -> None:
    problems = small_problems(LESSON, tail=f"renamed:\n  {renamed}\n")
    assert any(each.endswith(f"<- {message}") for each in problems), problems


def test_names_may_lead_over_several_versions() -> None:
    tail = "renamed:\n  a: b\n  b: menu\n  menu.zwei: menu.two\n  c.eins: menu.one\n"
    assert len(small_flow(LESSON, tail=tail).renamed) == 4
