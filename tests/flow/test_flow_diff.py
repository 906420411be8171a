"""Two versions of a flow compared: what differs, and where callers go on whose place is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
from msgspec.structs import replace

from ivr.flow.diff.change import Gone, Kind, NodeDifference
from ivr.flow.diff.comparison import compare
from ivr.flow.diff.fields import GOALS
from ivr.flow.model import Flow, Spec
from tests.flow.small_versions import SECOND_SAYS, change_told, version

if TYPE_CHECKING:
    from collections.abc import Iterator


OLD = version()
SECOND = "  second:\n    kind: menu"


def told(nodes: tuple[NodeDifference, ...]) -> list[str]:
    """Every change of a node in a line: `menu changed: key 2 leads to: code → bye`."""
    return [
        f"{each.node} {each.kind}: {line}"
        for each in nodes
        for line in ([change_told(change) for change in each.changes] or ["–"])
    ]


# -- Nodes -----------------------------------------------------------------------------------------


def test_a_flow_is_the_same_as_itself_in_another_order(spec: Spec) -> None:
    turned = dict(reversed(spec.flow.nodes.items()))
    words = {
        language: replace(each, prompts=dict(reversed(each.prompts.items())))
        for language, each in spec.words.items()
    }
    again = replace(spec, flow=replace(spec.flow, nodes=turned), words=words)
    difference = compare(spec, again)
    assert difference.is_empty
    assert difference.gone == ()


@pytest.mark.parametrize(
    ("change", "due"),
    [
        pytest.param(
            ("prompt: to_end, go: bye", "prompt: to_end, go: second"),
            [
                "menu changed: key 3 leads to: bye → second",
                "bye moved: moved no longer led to from: menu (key 3) → None",
                "second moved: moved also led to from: None → menu (key 3)",
            ],
            id="an option that leads elsewhere",
        ),
        pytest.param(
            ("go: code}", "go: code, say: off_we_go, set: {pace: slow}}"),
            [
                "menu changed: key 2 says when chosen: None → off_we_go",
                "menu changed: key 2 sets pace: None → slow",
            ],
            id="an option that does more",
        ),
        pytest.param(
            ("prompt: to_end", "prompt: to_the_end"),
            ["menu changed: key 3 is offered by: to_end → to_the_end"],
            id="an option offered in other words",
        ),
        pytest.param(
            ("key: '3', prompt: to_end", "key: '4', prompt: to_end"),
            ["menu changed: moved option 'to_end': key 3 → key 4"],
            id="an option at another key",
        ),
        pytest.param(
            (
                "prompt: to_code, go: code}\n",
                "prompt: to_code, go: code}\n      - {key: '5', prompt: new, go: second}\n",
            ),
            [
                "menu changed: added option 'new': None → key 5, leads to second",
                "second moved: moved also led to from: None → menu (key 5)",
            ],
            id="an option more",
        ),
        pytest.param(
            ("      - {key: '3', prompt: to_end, go: bye}\n", ""),
            [
                "menu changed: removed option 'to_end': key 3, leads to bye → None",
                "bye moved: moved no longer led to from: menu (key 3) → None",
            ],
            id="an option less",
        ),
        pytest.param(
            ("{prompt: one}\n      - {prompt: two}", "{prompt: two}\n      - {prompt: one}"),
            [
                "lesson changed: moved step 'two': step 2 → step 1",
                "lesson changed: moved step 'one': step 1 → step 2",
            ],
            id="two steps that changed places",
        ),
        pytest.param(
            ("      - {prompt: one}\n", "      - {prompt: zero}\n      - {prompt: one}\n"),
            [
                "lesson changed: moved steps 'one' to 'four': steps 1 to 4 → steps 2 to 5",
                "lesson changed: added step 'zero': None → step 1",
            ],
            id="a step before the others",
        ),
        pytest.param(
            ("      - {prompt: three}\n", ""),
            [
                "lesson changed: moved step 'four': step 4 → step 3",
                "lesson changed: removed step 'three': step 3 → None",
            ],
            id="a step less",
        ),
        pytest.param(
            ("{prompt: two}", "{prompt: two, write: write_down}"),
            ["lesson changed: step 'two' write: None → write_down"],
            id="a step that waits",
        ),
        pytest.param(
            ("prompt: spell, go: bye", "prompt: spell, go: aside"),
            [
                "aside moved: moved also led to from: None → lesson (key 4 at four)",
                "bye moved: moved no longer led to from: lesson (key 4 at four) → None",
                "lesson changed: key 4 at 'four' leads to: bye → aside",
            ],
            id="an option of a step",
        ),
        pytest.param(
            ("{length: 4}", "{length: 5}"),
            ["code changed: code length: 4 → 5"],
            id="the length of a code",
        ),
        pytest.param(
            ("condition: night", "condition: helper"),
            ["asked changed: case 1 asks for: night → helper"],
            id="what a branch asks for",
        ),
        pytest.param(
            (
                "when: [{condition: night, go: bye}]",
                "when: [{condition: helper, go: menu}, {condition: night, go: bye}]",
            ),
            [
                "menu moved: moved also led to from: None → asked (when helper)",
                "asked changed: moved case 'night': case 1 → case 2",
                "asked changed: added case 'helper': None → case 1, leads to menu",
            ],
            id="a case before another",
        ),
        pytest.param(
            (
                SECOND,
                f"{SECOND}\n    tries: 2\n    aside: true\n    silence: {{after: 1, go: bye}}",
            ),
            [
                "bye moved: moved also led to from: None → second (silence)",
                "second changed: tries: None → 2",
                "second changed: on silence leads to: None → bye",
                "second changed: on silence after: None → 1",
                "second changed: aside: no → yes",
            ],
            id="what a node does by itself",
        ),
        pytest.param(
            (
                "otherwise: second\n",
                "otherwise: new\n  new: {kind: say, prompt: new, next: second}\n",
            ),
            [
                "asked changed: otherwise leads to: second → new",
                "new added: added led to from: None → asked (otherwise)",
                "second moved: moved led to from: asked (otherwise) → new (next)",
            ],
            id="a node in between",
        ),
    ],
)
def test_what_is_different_about_nodes_is_told(change: tuple[str, str], due: list[str]) -> None:
    assert sorted(told(compare(OLD, version(change)).nodes)) == sorted(due)


def test_a_change_taken_back_is_told_the_other_way_round() -> None:
    new = version(("key: '3', prompt: to_end", "key: '4', prompt: to_end"))
    assert told(compare(new, OLD).nodes) == ["menu changed: moved option 'to_end': key 4 → key 3"]


def test_an_option_that_went_to_another_menu_has_moved_there() -> None:
    new = version(
        ("      - {key: '3', prompt: to_end, go: bye}\n", ""),
        (
            "prompt: onward, go: menu}",
            "prompt: onward, go: menu}, {key: '2', prompt: to_end, go: bye}",
        ),
    )
    assert told(compare(OLD, new).nodes) == [
        "bye moved: moved led to from: menu (key 3) → second (key 2)",
        "menu changed: moved option 'to_end': key 3 → key 2 of 'second'",
        "second changed: moved option 'to_end': key 3 of 'menu' → key 2",
    ]


def test_another_option_at_the_key_of_one_that_moved_is_no_change_of_it() -> None:
    new = version(
        ("prompt: to_end, go: bye", "prompt: other, go: bye"),
        (
            "prompt: onward, go: menu}",
            "prompt: onward, go: menu}, {key: '2', prompt: to_end, go: bye}",
        ),
    )
    found = told(compare(OLD, new).nodes)
    assert "menu changed: added option 'other': None → key 3, leads to bye" in found
    assert "menu changed: moved option 'to_end': key 3 → key 2 of 'second'" in found


def test_two_options_of_one_key_are_told_apart_by_when_they_hold() -> None:
    pair = (
        "      - {key: '4', prompt: slower, when: usual, go: menu}\n"
        "      - {key: '4', prompt: faster, when: slow, go: menu}\n"
    )
    row = ("      - {key: '3', prompt: to_end, go: bye}\n", pair)
    old, new = version(row), version((row[0], pair.replace("slower", "more_slowly")))
    assert told(compare(old, new).nodes) == [
        "menu changed: key 4 (when usual) is offered by: slower → more_slowly"
    ]


def test_a_node_of_another_kind_is_told() -> None:
    new = version(SECOND_SAYS)
    assert told(compare(OLD, new).nodes) == [
        "second changed: kind: menu → say",
        "second changed: leads on to: None → menu",
        "second changed: removed option 'onward': key 1, leads to menu → None",
    ]


def test_a_node_that_is_renamed_is_not_told_at_the_nodes_that_lead_to_it() -> None:
    new = version(("code:\n    kind", "practice:\n    kind"), ("go: code}", "go: practice}"),
                  tail="renamed: {code: practice}\n")  # fmt: skip
    difference = compare(OLD, new)
    assert difference.nodes == (
        NodeDifference(
            kind=Kind.RENAMED, node="practice", was_called="code", type="practice", changes=()
        ),
    )
    assert [change_told(each) for each in difference.settings] == ["renamed code: None → practice"]


def test_a_step_that_is_renamed_is_the_same_step() -> None:
    new = version(("{prompt: two}", "{prompt: zwei}"), tail="renamed: {lesson.two: lesson.zwei}\n")
    difference = compare(OLD, new)
    assert told(difference.nodes) == ["lesson changed: renamed step: two → zwei"]
    assert difference.gone == (Gone(place="lesson.two", to="lesson.zwei"),)


def test_every_goal_of_the_model_is_told_by_its_new_name() -> None:
    """What `GOALS` names is what the types say holds the name of a node."""
    found = {
        name for struct in _structs(Flow) for name, type_ in _fields(struct) if _is_node(type_)
    }
    assert found == GOALS


def _structs(part: type) -> set[type]:
    found: set[type] = set()
    todo: list[msgspec.inspect.Type] = [msgspec.inspect.type_info(part)]
    while todo:
        each = todo.pop()
        match each:
            case msgspec.inspect.StructType(cls=cls, fields=inner) if cls not in found:
                found.add(cls)
                todo += [field.type for field in inner]
            case msgspec.inspect.UnionType(types=types):
                todo += types
            case msgspec.inspect.DictType(value_type=value):
                todo.append(value)
            case msgspec.inspect.VarTupleType(item_type=item):
                todo.append(item)
            case _:
                pass
    return found


def _fields(struct: type) -> Iterator[tuple[str, str]]:
    for base in struct.__mro__:
        yield from getattr(base, "__annotations__", {}).items()


def _is_node(type_: str) -> bool:
    return type_.removesuffix(" | None") == "NodeId"
