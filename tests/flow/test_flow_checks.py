"""What the checks find in a flow whose form is right: each fault by its line and its message."""

from __future__ import annotations

from typing import Any

import pytest

from ivr.flow.model import Flow, Lesson
from ivr.flow.source import Source
from ivr.flow.ways import written_ways
from tests.flow.small import FILES, LESSON, MENU, small_flow, small_problems


def test_a_small_flow_has_no_fault() -> None:
    assert isinstance(small_flow(), Flow)
    assert isinstance(small_flow(LESSON).nodes["menu"], Lesson)


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


def test_a_bookmark_is_a_goal_of_a_key_and_of_silence() -> None:
    nodes = MENU.replace("go: bye", "go: bookmark") + "    silence: {after: 1, go: bookmark}\n"
    assert "menu" in small_flow(nodes).nodes


# -- Keys ------------------------------------------------------------------------------------------


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


def test_where_any_key_leads_on_a_global_key_may_be_an_option() -> None:
    nodes = MENU.replace("key: '1'", "key: '0'") + "    any_key: bye\n"
    assert "menu" in small_flow(nodes).nodes


# -- Where a way is written ------------------------------------------------------------------------


def test_every_way_out_is_found_again_where_it_is_written(shipped: Flow) -> None:
    """The path of each way leads, part by part, to the very goal."""
    file = Source("flow.yaml", FILES["flow.yaml"])
    written = FILES["flow.yaml"].splitlines()
    looked_at = 0
    for node_id, node in shipped.nodes.items():
        for _, way, goal in written_ways(node):
            part: Any = file.data
            path = ("nodes", node_id, *way)
            for name in path:
                part = part[name]
            assert part == goal
            assert goal in written[file.line(path) - 1]
            looked_at += 1
    assert looked_at > 80
