"""Which places a call comes to, and where a caller can come out."""

from __future__ import annotations

import msgspec
import pytest
import yaml

from ivr.flow.model import Asking, Flow
from ivr.flow.reach import leads_out, reachable, stops_at
from tests.flow.small import MENU, small_flow, small_problems, small_text

NEVER = "no call can come to it; lead a key or a next to it, or take it away"
STUCK = (
    "neither a key nor silence leads on from here to an end or to a person; lead an option, its "
    "next or its silence there, for every call at all times"
)
NO_KEYS = ("global_keys: {'*': repeat, '0': menu, '9': aside}", "global_keys: {'*': repeat}")
THERE = """
  there: {kind: think, prompt: there, silence: {after: 1, go: bye}, next: bye}
"""


def told(nodes: str, *changes: tuple[str, str], tail: str = "") -> list[str]:
    return [each.partition(" <- ")[2] for each in small_problems(nodes, *changes, tail=tail)]


def test_a_call_can_come_to_every_place_of_the_shipped_flow(shipped: Flow) -> None:
    assert reachable(shipped) == shipped.nodes.keys()


def test_out_of_every_place_of_the_shipped_flow_a_caller_can_come(shipped: Flow) -> None:
    asking = [each for each, node in shipped.nodes.items() if isinstance(node, Asking)]
    assert len(asking) > 20
    assert all(leads_out(shipped, each) for each in asking)


@pytest.mark.parametrize(
    ("nodes", "change"),
    [
        pytest.param(MENU, ("'9': aside", "'9': there"), id="a global key"),
        pytest.param(
            MENU,
            ("too_many: {prompt: too_many, go: aside}\n  give", "too_many: {go: there}\n  give"),
            id="too many tries",
        ),
        pytest.param(
            MENU,
            ("give_up: {prompt: giving_up, go: aside}", "give_up: {go: there}"),
            id="giving up",
        ),
        pytest.param(
            f"{MENU}    silence: {{after: 1, go: there}}\n",
            ("first_key_seconds: 10", "first_key_seconds: 9"),
            id="silence",
        ),
        pytest.param(
            MENU,
            (
                "{silence: 0, wrong: 0, repeat: 0, levels: []}",
                "{silence: 0, wrong: 0, repeat: 1, levels: [{at: 3, go: there}]}",
            ),
            id="a level of confusion",
        ),
        pytest.param(
            MENU, ("levels: []", "levels: [{at: 0, go: there}]"), id="a level without trouble"
        ),
        pytest.param(f"{MENU}    any_key: there\n", ("tries: 3", "tries: 2"), id="any key"),
    ],
)
def test_each_way_that_a_call_can_take_reaches_a_place(nodes: str, change: tuple[str, str]) -> None:
    assert "there" in reachable(small_flow(nodes + THERE, change))


TO_BYE = "    silence: {after: 1, go: bye}\n"
ANY_KEY = (TO_BYE, f"{TO_BYE}    any_key: bye\n")


@pytest.mark.parametrize(
    ("nodes", "changes", "tail"),
    [
        pytest.param(MENU, (), "renamed: {old: there}\n", id="an old name"),
        pytest.param(
            MENU, (("levels: []", "levels: [{at: 3, go: there}]"),), "", id="a level never come to"
        ),
        pytest.param(
            f"{MENU}    any_key: bye\n",
            (("'9': aside", "'9': there"), ANY_KEY),
            "",
            id="a global key where any key leads on",
        ),
    ],
)
def test_what_no_call_can_take_reaches_nothing(
    nodes: str, changes: tuple[tuple[str, str], ...], tail: str
) -> None:
    assert f"node 'there': {NEVER}" in told(nodes + THERE, *changes, tail=tail)


def never(node_id: str, on_to: str) -> str:
    nowhere = f"node '{node_id}': {NEVER}"
    return nowhere.replace("come to it;", f"come to it, nor on to {on_to};")


def test_of_places_that_lead_only_to_one_another_the_first_is_told_with_all() -> None:
    island = """
  one: {kind: think, prompt: one, next: two}
  two: {kind: think, prompt: two, next: one}
"""
    assert told(MENU + island) == [never("one", "'two'")]


def test_of_places_in_a_row_the_one_that_nothing_leads_to_is_told_with_all() -> None:
    row = """
  last: {kind: think, prompt: last, next: menu}
  first: {kind: think, prompt: first, next: middle}
  middle: {kind: think, prompt: middle, next: last}
  other: {kind: think, prompt: other, next: last}
"""
    assert told(MENU + row) == [never("first", "'last', 'middle'"), never("other", "'last'")]


def test_what_leads_back_where_nobody_was_leads_home() -> None:
    """The call begins with words that lead back, and key 0 is all that names the menu."""
    changes = ("hello, next: menu}", "hello, next: return}")
    assert "menu" in reachable(small_flow(MENU, changes))


def test_silence_in_a_lesson_reaches_nothing() -> None:
    nodes = """
  menu:
    kind: lesson
    steps: [{prompt: one}]
    silence: {after: 1, go: there}
    next: bye
"""
    assert f"node 'there': {NEVER}" in told(nodes + THERE)


# -- Coming out ------------------------------------------------------------------------------------


def around(goal: str, more: str = "") -> str:
    """A menu that leads, past `more`, only to itself, with no global key."""
    return f"""
  menu:
    kind: menu
    prompt: menu
    options: [{{key: '1', prompt: menu_on, go: {goal}}}]
{more}
"""


@pytest.mark.parametrize(
    "nodes",
    [
        pytest.param(around("menu"), id="to itself"),
        pytest.param(around("word", "  word: {kind: say, prompt: w, next: menu}"), id="by words"),
        pytest.param(
            around(
                "beside",
                "  beside: {kind: think, aside: true, prompt: beside, next: return}",
            ),
            id="aside and back",
        ),
        pytest.param(around("word", "  word: {kind: say, prompt: w, next: return}"), id="home"),
    ],
)
def test_a_caller_who_can_only_go_round_is_stuck(nodes: str) -> None:
    assert f"node 'menu': {STUCK}" in told(nodes, NO_KEYS, ("start: hello", "start: menu"))


TO_BYE_AT_TIMES = """
  menu:
    kind: menu
    prompt: menu
    options:
      - {{key: '1', prompt: menu_again, go: menu}}
      - {{key: '2', prompt: menu_end, go: bye, when: {0}}}
      - {{key: '3', prompt: menu_bye, go: bye, when: {1}}}
"""
STEP_AT_TIMES = """
  menu:
    kind: lesson
    steps: [{{prompt: one, options: [{{key: '4', prompt: one_end, go: bye, when: {0}}}]}}]
    next: menu
"""


@pytest.mark.parametrize(
    ("nodes", "is_out"),
    [
        pytest.param(TO_BYE_AT_TIMES.format("helper", "kept"), False, id="for some"),
        pytest.param(TO_BYE_AT_TIMES.format("usual", "helper"), False, id="only in the usual call"),
        pytest.param(TO_BYE_AT_TIMES.format("slow", "helper"), False, id="only in the slow call"),
        pytest.param(TO_BYE_AT_TIMES.format("slow", "usual"), True, id="in either"),
        pytest.param(STEP_AT_TIMES.format("helper"), False, id="at a step"),
    ],
)
def test_an_option_that_is_there_at_times_is_no_way_out(nodes: str, *, is_out: bool) -> None:
    text = small_text(nodes, NO_KEYS)
    flow = msgspec.convert(yaml.safe_load(text), Flow)
    assert leads_out(flow, "menu") == is_out


@pytest.mark.parametrize("goal", ["return", "bookmark"])
def test_home_beside_the_way_must_lead_on_by_itself(goal: str) -> None:
    """Who was nowhere before is led home again from there."""
    nodes = f"""
  menu:
    kind: menu
    aside: true
    prompt: menu
    options: [{{key: '1', prompt: menu_on, go: {goal}}}]
"""
    assert f"node 'menu': {STUCK}" in told(nodes, NO_KEYS)


def test_home_that_asks_by_the_hour_leads_on_if_one_of_its_places_does() -> None:
    nodes = f"""{around("bookmark")}
  by_memory:
    kind: branch
    when: [{{condition: bookmark, go: menu}}]
    otherwise: there
  there: {{kind: think, prompt: there, next: bye}}
"""
    flow = msgspec.convert(
        yaml.safe_load(small_text(nodes, NO_KEYS, ("hello, next: menu", "hello, next: by_memory"))),
        Flow,
    )
    assert leads_out(flow, "menu")


@pytest.mark.parametrize(
    "nodes",
    [
        pytest.param(f"{around('menu')}    silence: {{after: 1, go: bye}}\n", id="by silence"),
        pytest.param(
            around(
                "ring",
                "  ring: {kind: transfer, prompt: wait, ring_seconds: 9, talk_minutes: 9, "
                "done: {go: return}, nobody: {go: return}}",
            ),
            id="to a person",
        ),
        pytest.param(around("bookmark"), id="to where a call broke off"),
        pytest.param(around("aside"), id="beside the way"),
        pytest.param(around("word", "  word: {kind: say, prompt: w, next: return}"), id="home"),
    ],
)
def test_a_caller_comes_out(nodes: str) -> None:
    flow = small_flow(nodes, NO_KEYS, ("hello, next: menu}", "hello, next: pick}"), tail=PICK)
    assert leads_out(flow, "menu")


PICK = """
  pick:
    kind: menu
    prompt: pick
    options: [{key: '1', prompt: pick_on, go: menu}, {key: '2', prompt: pick_end, go: bye}]
"""


def test_past_words_and_branches_a_caller_comes_to_rest() -> None:
    nodes = f"""{MENU}
  word: {{kind: say, prompt: word, next: by_hour}}
  by_hour:
    kind: branch
    when: [{{condition: night, go: bye}}, {{condition: helper, go: again}}]
    otherwise: menu
  again: {{kind: say, prompt: again, next: return}}
"""
    flow = small_flow(nodes, ("hello, next: menu}", "hello, next: word}"))
    assert stops_at(flow, "hello") == {"bye", "return", "menu"}
    assert stops_at(flow, "bookmark") == {"bookmark"}
    assert stops_at(flow, "nowhere") == set()
