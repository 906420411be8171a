"""Where a call can stand: a node, a step of a lesson, a part of a code; and where that went to.

A place is written as `main_menu`, `register_lesson.register_6` or `practice_number.part_2`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ivr.flow.model import Asking, End, Lesson, Menu, Practice, Think, Transfer
from ivr.flow.terms import REPEAT

if TYPE_CHECKING:
    from ivr.flow.model import Flow
    from ivr.flow.terms import NodeId

_PART: Final = re.compile(r"part_([1-9])")
MAX_RENAMED: Final = 10
"""So many versions back a name is followed."""


def split(place: str) -> tuple[NodeId, str | None]:
    """A place as its node and, in a lesson or in a code keyed in parts, its step or part."""
    node, _, step = place.partition(".")
    return node, step or None


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
    node_id, step = split(place)
    match flow.nodes.get(node_id):
        case Lesson() as lesson:
            return step in {each.prompt for each in lesson.steps}
        case Practice() as practice:
            parts = len(practice.code.groups)
            return step is None or (parts > 1 and 1 <= part_of(step) <= parts)
        case Menu() | Think() | Transfer() | End():
            return step is None
        case _:
            return False


def step_index(lesson: Lesson, step: str | None) -> int:
    """Which step of a lesson this is, from 0; a step that is not there counts as the first."""
    names = [each.prompt for each in lesson.steps]
    return names.index(step) if step in names else 0


def index_at(flow: Flow, place: str) -> int:
    """Which step of its lesson a place is, from 0; 0 where it is in no lesson."""
    node_id, step = split(place)
    node = flow.nodes.get(node_id)
    return step_index(node, step) if isinstance(node, Lesson) else 0


def part_of(step: str | None) -> int:
    """Which part of a code a place stands for, from 1; 0 for the whole."""
    found = _PART.fullmatch(step or "")
    return int(found[1]) if found else 0


def renamed(flow: Flow, place: str) -> str:
    """What a place of an earlier version is called in this one; itself where nothing says so."""
    for _ in range(MAX_RENAMED):
        node_id, step = split(place)
        if is_place(flow, place):
            break
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
