"""Where a call can stand: a node, a step of a lesson, a part of a code; and where that went to.

A place is written as `main_menu`, `register_lesson.register_6` or `practice_number.part_2`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, assert_never

from msgspec import Struct

from ivr.flow.derived import once
from ivr.flow.model import (
    Asking,
    Branch,
    End,
    Lesson,
    Menu,
    Practice,
    Say,
    Think,
    Transfer,
)
from ivr.flow.terms import REPEAT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.flow.model import Flow, Node
    from ivr.flow.terms import NodeId

_PART: Final = re.compile(r"part_([1-9])")
MAX_PARTS: Final = 9
"""So many parts of a code have a place of their own: `part_1` to `part_9`."""
MAX_RENAMED: Final = 10
"""So many versions back a name is followed."""


class Place(Struct, frozen=True):
    """A place at which a session can rest.

    Sample: `Place("register_lesson", lesson, "register_6", index=5)`.
    """

    node_id: NodeId
    node: Asking | Transfer | End
    step: str | None = None
    """Of a lesson, its step; of a code that is keyed in parts, `part_1` and so on."""
    index: int = 0
    """Which step of its lesson it is, from 0; 0 where it is in no lesson."""
    part: int = 0
    """Which part of a code it stands for, from 1; 0 for the whole."""


@once
def places(flow: Flow) -> dict[str, Place]:
    """Every place of a flow by its name: what `is_place` and `index_at` look up."""
    return {
        name: place for node_id, node in flow.nodes.items() for name, place in _own(node_id, node)
    }


def _own(node_id: NodeId, node: Node) -> Iterator[tuple[str, Place]]:
    match node:
        case Lesson(steps=steps):
            # From the last on, for of two steps with one name the first is the place.
            for index, step in reversed(list(enumerate(steps))):
                name = step.prompt
                yield f"{node_id}.{name}", Place(node_id, node, name, index, part_of(name))
        case Practice(code=code):
            yield node_id, Place(node_id, node)
            count = len(code.groups)
            for part in range(1, min(count, MAX_PARTS) + 1) if count > 1 else ():
                yield f"{node_id}.part_{part}", Place(node_id, node, f"part_{part}", part=part)
        case Menu() | Think() | Transfer() | End():
            yield node_id, Place(node_id, node)
        case Say() | Branch():
            pass
        case _:
            assert_never(node)


def split(place: str) -> tuple[NodeId, str | None]:
    """A place as its node and, in a lesson or in a code keyed in parts, its step or part."""
    node, _, step = place.partition(".")
    return node, step or None


@once
def home(flow: Flow) -> NodeId:
    """Where a caller goes whose place is gone: the node of key 0, else the start."""
    goal = flow.global_keys.get("0", flow.flow.start)
    return flow.flow.start if goal == REPEAT else goal


def first_place(flow: Flow, node_id: NodeId, *, in_parts: bool = False) -> str:
    """The place at which a node is entered.

    Args:
        flow: whose node.
        node_id: a lesson is entered at its first step.
        in_parts: a practice code that can be keyed in parts is entered at its first part.
    """
    match flow.nodes[node_id]:
        case Lesson(steps=steps):
            return f"{node_id}.{steps[0].prompt}"
        case Practice() as practice if in_parts and len(practice.code.groups) > 1:
            return f"{node_id}.part_1"
        case _:
            return node_id


def is_place(flow: Flow, place: str) -> bool:
    """Whether a session can rest at this place of this flow."""
    return place in places(flow)


def step_index(lesson: Lesson, step: str | None) -> int:
    """Which step of a lesson this is, from 0; a step that is not there counts as the first."""
    names = [each.prompt for each in lesson.steps]
    return names.index(step) if step in names else 0


def index_at(flow: Flow, place: str) -> int:
    """Which step of its lesson a place is, from 0; 0 where it is in no lesson."""
    found = places(flow).get(place)
    return 0 if found is None else found.index


def part_of(step: str | None) -> int:
    """Which part of a code a place stands for, from 1; 0 for the whole."""
    found = _PART.fullmatch(step or "")
    return int(found[1]) if found else 0


def renamed(flow: Flow, place: str) -> str:
    """What a place of an earlier version is called in this one; itself where nothing says so."""
    known = places(flow)
    for _ in range(MAX_RENAMED):
        if place in known:
            break
        node_id, step = split(place)
        if place in flow.renamed:
            place = flow.renamed[place]
        elif node_id in flow.renamed and step is not None:
            place = _moved(flow, flow.renamed[node_id], step)
        else:
            break
    return place


def _moved(flow: Flow, there: str, step: str) -> str:
    """A step or part of a node that is called `there` now: the same one, if it came along."""
    node_id, named = split(there)
    moved = f"{node_id}.{step}"
    return there if named is not None and not is_place(flow, moved) else moved


def present(flow: Flow, place: str, step: int | None = None) -> str | None:
    """Where a caller of a place of this or an earlier version of the flow is now.

    Args:
        flow: as it is now; its `renamed` is followed.
        place: of any version.
        step: which step of its lesson it was, from 0: used where the step itself is gone.

    Returns:
        A place of this flow: the same, the renamed one, or in a lesson whose step is gone the one
        that stands there now; None when the node is gone.
    """
    found = renamed(flow, place)
    return found if is_place(flow, found) else _nearest(flow, found, step)


def _nearest(flow: Flow, place: str, step: int | None) -> str | None:
    """The place of a node that is there, though not with that step or part."""
    node_id = split(place)[0]
    node = flow.nodes.get(node_id)
    if isinstance(node, Lesson):
        return f"{node_id}.{node.steps[min(step or 0, len(node.steps) - 1)].prompt}"
    return node_id if isinstance(node, Asking | Transfer | End) else None
