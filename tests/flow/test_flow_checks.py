"""What the checks find in a flow whose form is right: each fault by its line and its message."""

from __future__ import annotations

from typing import Any

import pytest

from ivr.flow.model import Flow, Lesson
from ivr.flow.source import Source
from ivr.flow.ways import path_of, targets
from tests.flow.small import FILES, LESSON, MENU, broken, menu, small_flow, small_problems

NOWHERE = "it goes to 'nowhere', which is no node; add that node or go elsewhere"


def test_a_small_flow_has_no_fault() -> None:
    assert isinstance(small_flow(), Flow)
    assert isinstance(small_flow(LESSON).nodes["menu"], Lesson)


@pytest.mark.parametrize(
    ("change", "line"),
    [
        pytest.param(
            ("too_many: {prompt: too_many, go: aside}\n  give", "too_many: {go: nowhere}\n  give"),
            "too_many: {go: nowhere} <- ",
            id="too many tries",
        ),
        pytest.param(
            ("give_up: {prompt: giving_up, go: aside}", "give_up: {go: nowhere}"),
            "give_up: {go: nowhere} <- ",
            id="giving up",
        ),
        pytest.param(("ends_at: bye", "ends_at: nowhere"), "ends_at: nowhere <- ", id="the end"),
        pytest.param(
            (
                "too_many: {prompt: too_many, go: aside}\n    give",
                "too_many: {go: nowhere}\n    give",
            ),
            "too_many: {go: nowhere} <- ",
            id="too many tries in practice",
        ),
        pytest.param(
            ("give_up: {prompt: left, go: aside}", "give_up: {go: nowhere}"),
            "give_up: {go: nowhere} <- ",
            id="giving up in practice",
        ),
        pytest.param(
            ("levels: []", "levels: [{at: 3, go: nowhere}]"),
            "confusion: {silence: 0, wrong: 0, repeat: 0, levels: [{at: 3, go: nowhere}]} <- ",
            id="a level",
        ),
        pytest.param(("'9': aside", "'9': nowhere"), "", id="a global key"),
        pytest.param(
            ("silence: {after: 1, go: bye}", "silence: {after: 1, go: nowhere}"),
            "silence: {after: 1, go: nowhere} <- node 'aside': ",
            id="silence",
        ),
    ],
)
def test_a_goal_that_is_no_node_is_named_where_it_is_written(
    change: tuple[str, str], line: str
) -> None:
    problems = small_problems(MENU, change)
    assert any(each.startswith(line) and each.endswith(NOWHERE) for each in problems), problems


@pytest.mark.parametrize(
    ("nodes", "line"),
    [
        pytest.param(
            menu("    any_key: nowhere"), "any_key: nowhere <- node 'menu': ", id="any key"
        ),
        pytest.param(
            menu("    too_many: {go: nowhere}"),
            "too_many: {go: nowhere} <- node 'menu': ",
            id="a node's own too_many",
        ),
        pytest.param(
            LESSON.replace("prompt: two_on, go: bye", "prompt: two_on, go: nowhere"),
            "- {prompt: two, options: [{key: '4', prompt: two_on, go: nowhere}]} <- node 'menu': ",
            id="an option of a step",
        ),
        *(
            pytest.param(
                menu(f"""
  ring:
    kind: transfer
    prompt: wait
    ring_seconds: 20
    talk_minutes: 5
    done: {{go: {done}}}
    nobody: {{go: {nobody}}}
"""),
                f"{way}: {{go: nowhere}} <- node 'ring': ",
                id=way,
            )
            for way, done, nobody in [("done", "nowhere", "bye"), ("nobody", "bye", "nowhere")]
        ),
    ],
)
def test_a_way_out_of_a_node_that_leads_nowhere_is_named_where_it_is_written(
    nodes: str, line: str
) -> None:
    problems = small_problems(nodes)
    assert f"{line}{NOWHERE}" in problems


@pytest.mark.parametrize(
    ("nodes", "way", "line"),
    [
        pytest.param(
            MENU.replace("go: bye", "go: return"),
            "an option",
            "options: [{key: '1', prompt: menu_end, go: return}] <- ",
            id="an option",
        ),
        pytest.param(
            menu("    silence: {after: 1, go: return}"),
            "silence",
            "silence: {after: 1, go: return} <- ",
            id="silence",
        ),
        pytest.param(
            menu("    too_many: {go: return}"), "", "too_many: {go: return} <- ", id="too_many"
        ),
        pytest.param(menu("    any_key: return"), "", "any_key: return <- ", id="any key"),
        pytest.param(
            LESSON.replace("    next: bye", "    next: return"), "", "next: return <- ", id="next"
        ),
        pytest.param(
            """
  menu:
    kind: branch
    when: [{condition: night, go: return}]
    otherwise: bye
""",
            "",
            "when: [{condition: night, go: return}] <- ",
            id="a branch",
        ),
    ],
)
def test_to_return_from_a_node_on_the_way_is_named(nodes: str, way: str, line: str) -> None:
    text = "node 'menu': it leads back, but is not beside the way; add aside: true, or go elsewhere"
    assert f"{line}{text}" in small_problems(nodes), way


@pytest.mark.parametrize(
    "node",
    [
        pytest.param("{kind: say, prompt: said, next: return}", id="say"),
        pytest.param(
            "{kind: transfer, prompt: wait, ring_seconds: 9, talk_minutes: 9, "
            "done: {go: return}, nobody: {go: return}}",
            id="transfer",
        ),
        pytest.param(
            "{kind: think, aside: true, prompt: thought, next: return}", id="aside of the way"
        ),
    ],
)
def test_beside_the_way_a_node_may_lead_back(node: str) -> None:
    menu_to = MENU.replace("go: bye}]", "go: bye}, {key: '2', prompt: menu_on, go: more}]")
    assert "more" in small_flow(f"{menu_to}  more: {node}\n").nodes


@pytest.mark.parametrize(
    ("nodes", "changes"),
    [
        pytest.param(LESSON.replace("    next: bye", "    next: bookmark"), (), id="next"),
        pytest.param(menu("    any_key: bookmark"), (), id="any key"),
        pytest.param(menu("    too_many: {go: bookmark}"), (), id="too_many"),
        pytest.param(MENU, (("ends_at: bye", "ends_at: bookmark"),), id="the end"),
        pytest.param(MENU, (("'9': aside", "'9': bookmark"),), id="a global key"),
    ],
)
def test_a_bookmark_that_nobody_chooses_means_nothing(
    nodes: str, changes: tuple[tuple[str, str], ...]
) -> None:
    text = "it goes to 'bookmark', which is no node; add that node or go elsewhere"
    assert any(each.endswith(text) for each in small_problems(nodes, *changes))


def test_a_bookmark_is_a_goal_of_a_key_and_of_silence() -> None:
    nodes = MENU.replace("go: bye", "go: bookmark") + "    silence: {after: 1, go: bookmark}\n"
    assert "menu" in small_flow(nodes).nodes


@pytest.mark.parametrize("name", ["return", "bookmark", "repeat"])
def test_a_node_with_a_name_that_means_something_is_named(name: str) -> None:
    text = f"{name}: {{kind: end, prompt: bye}} <- node '{name}': "
    problems = small_problems(f"{MENU}  {name}: {{kind: end, prompt: bye}}\n")
    assert f"{text}'{name}' has a meaning of its own; rename it" in problems


# -- Keys ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("1", "key 1 has its meaning in every lesson already; use another"),
        ("9", "key 9 is a global key (aside) already; give one of them another"),
        ("5", "key 5 stands twice; give it another"),
    ],
)
def test_a_key_of_a_step_that_is_taken_is_named(key: str, message: str) -> None:
    second = f", {{key: '{key}', prompt: more, go: bye}}]}}"
    nodes = LESSON.replace("go: bye}]}", f"go: bye}}, {{key: '5', prompt: x, go: bye}}{second}")
    (problem,) = small_problems(nodes)
    assert problem.endswith(f"<- node 'menu': {message}")


def sharing(*whens: str | None) -> str:
    """A menu of which each option has key 1, and these conditions."""
    given = [f", when: {when}" if when else "" for when in whens]
    options = ", ".join(f"{{key: '1', prompt: p_{n}, go: bye{w}}}" for n, w in enumerate(given))
    return f"  menu:\n    kind: menu\n    prompt: menu\n    options: [{options}]\n"


@pytest.mark.parametrize("whens", [("slow", "usual"), ("usual", "slow")])
def test_two_options_that_are_never_both_there_may_share_a_key(whens: tuple[str, str]) -> None:
    assert "menu" in small_flow(sharing(*whens)).nodes


@pytest.mark.parametrize(
    "whens",
    [
        pytest.param(("slow", "slow"), id="both at once"),
        pytest.param(("slow", "helper"), id="both at times"),
        pytest.param(("slow", None), id="one always"),
        pytest.param(("usual", "slow", "usual"), id="the first and the third"),
    ],
)
def test_two_options_that_may_both_be_there_do_not_share_a_key(
    whens: tuple[str | None, ...],
) -> None:
    (problem,) = small_problems(sharing(*whens))
    assert problem.endswith("key 1 stands twice; give it another")


def test_a_key_of_two_steps_of_one_page_is_named_at_the_second() -> None:
    at_once = ("    numbered: of_two\n", "    together: [2]\n")
    (problem,) = small_problems(LESSON.replace(*at_once))
    line = "- {prompt: two, options: [{key: '4', prompt: two_on, go: bye}]} <- node 'menu': "
    assert problem == f"{line}key 4 stands twice on one page of together; give it another"
    page_each = ("    numbered: of_two\n", "    together: [1, 1]\n")
    assert "menu" in small_flow(LESSON.replace(*page_each)).nodes


def test_where_any_key_leads_on_a_global_key_may_be_an_option() -> None:
    nodes = MENU.replace("key: '1'", "key: '0'") + "    any_key: bye\n"
    assert "menu" in small_flow(nodes).nodes


@pytest.mark.parametrize(
    ("nodes", "key"),
    [(LESSON, "3"), ("\n  menu: {kind: think, prompt: thought, next: bye}\n", "1")],
)
def test_a_global_key_that_a_lesson_or_a_question_needs_is_named(nodes: str, key: str) -> None:
    problems = small_problems(nodes, ("'9': aside", f"'{key}': aside"))
    text = f"node 'menu': key {key} is a global key (aside) already; give one of them another"
    assert any(each.endswith(text) for each in problems)


# -- Where a way is written ------------------------------------------------------------------------


def test_every_way_out_is_found_again_where_it_is_written(shipped: Flow) -> None:
    """The path of each way leads, part by part, to the very goal."""
    file = Source("flow.yaml", FILES["flow.yaml"])
    written = FILES["flow.yaml"].splitlines()
    looked_at = 0
    for node_id, node in shipped.nodes.items():
        for way, goal in targets(node):
            part: Any = file.data
            path = path_of(node_id, node, way)
            for name in path:
                part = part[name]
            assert part == goal
            assert goal in written[file.line(path) - 1]
            looked_at += 1
    assert looked_at > 80


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        pytest.param(
            "longest_seconds: 20",
            "longest_seconds: 8",
            "it is below first_key_seconds (10), which nobody would get; make it 10 at least",
            id="the longest below the first",
        ),
        pytest.param(
            "helper_hours: [10, 18]",
            "helper_hours: [10, 10]",
            "from an hour to the same hour is never; write two hours, such as [10, 18]",
            id="no hours",
        ),
        pytest.param(
            "    numbered: of_15\n",
            "    numbered: of_15\n    silence: {after: 1, go: help}\n",
            "node 'register_lesson': silence goes on in a lesson; take this away",
            id="silence in a lesson",
        ),
        pytest.param(
            "silence: {after: 1, go: nothing_chosen}",
            "silence: {after: 7, go: nothing_chosen}",
            "node 'main_menu': after 7 is beyond the 3 tries; write 3 at most",
            id="silence after the tries",
        ),
    ],
)
def test_what_can_never_come_about_is_refused(old: str, new: str, message: str) -> None:
    (told,) = broken("flow.yaml", old, new)
    assert told.endswith(f": {message}")
