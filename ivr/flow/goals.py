"""Faults of names: goals that are no node, and old names that lead nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ivr.flow.model import Asking, Branch, Lesson, Say, Transfer
from ivr.flow.near import asked_for
from ivr.flow.places import is_place, split
from ivr.flow.problem import Level, in_flow
from ivr.flow.terms import BOOKMARK, REPEAT, RESERVED, RETURN
from ivr.flow.ways import written_ways

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.flow.model import Flow, Node
    from ivr.flow.problem import Finding, Path


def goal_faults(flow: Flow) -> Iterator[Finding]:
    """Each fault of the names of nodes."""
    for path, goal in lost_goals(flow):
        told = f"it goes to '{goal}', which is no node"
        to_do = asked_for(goal, flow.nodes, "add that node or go elsewhere")
        yield in_flow(path, *_NOT_HERE.get(goal, (told, to_do)))
    for node_id, node in flow.nodes.items():
        if node_id in RESERVED:
            told = f"'{node_id}' has a meaning of its own"
            yield in_flow(("nodes", node_id), told, "rename it")
        for _, path, goal in written_ways(node):
            if goal == RETURN and not _is_beside(node):
                told = "it leads back, but is not beside the way"
                to_do = "add aside: true, or go elsewhere"
                if isinstance(node, Branch):
                    to_do = "go to a node of kind say that leads back, or elsewhere"
                yield in_flow(("nodes", node_id, *path), told, to_do)
    yield from _renamed(flow)
    yield from _bookmarks(flow)


_NOT_HERE: Final = {
    BOOKMARK: ("only an option or a silence may go to 'bookmark'", "go elsewhere"),
    RETURN: ("only a node may go to 'return'", "go elsewhere"),
    REPEAT: ("only a global key may go to 'repeat'", "go elsewhere, or to this node itself"),
}
"""What is told of a goal that has its meaning elsewhere: no node may be called so."""


def _is_beside(node: Node) -> bool:
    return isinstance(node, Say | Transfer) or (isinstance(node, Asking) and node.aside)


def lost_goals(flow: Flow) -> Iterator[tuple[Path, str]]:
    """Every name that leads to no node, with where it stands."""
    yield from ((path, goal) for path, goal in _goals(flow) if goal not in flow.nodes)


def _goals(flow: Flow) -> Iterator[tuple[Path, str]]:
    """Every name of a node, with where it stands; reserved ones only where they mean nothing."""
    usual = flow.defaults
    yield ("flow", "start"), flow.flow.start
    yield ("defaults", "too_many", "go"), usual.too_many.go
    yield ("defaults", "give_up", "go"), usual.give_up.go
    yield ("defaults", "ends_at"), usual.ends_at
    yield ("defaults", "practice", "too_many", "go"), usual.practice.too_many.go
    yield ("defaults", "practice", "give_up", "go"), usual.practice.give_up.go
    for place, level in enumerate(flow.confusion.levels):
        yield ("confusion", "levels", place, "go"), level.go
    for key, goal in flow.global_keys.items():
        if goal != REPEAT:
            yield ("global_keys", key), goal
    for node_id, node in flow.nodes.items():
        for way, path, goal in written_ways(node):
            is_chosen = way == "silence" or way.startswith("key")
            if goal != RETURN and not (goal == BOOKMARK and is_chosen):
                yield ("nodes", node_id, *path), goal


def _bookmarks(flow: Flow) -> Iterator[Finding]:
    """What waits for a bookmark in a flow in which none is ever kept."""
    if any(isinstance(node, Asking) and node.resume for node in flow.nodes.values()):
        return
    for node_id, node in flow.nodes.items():
        for way, path, goal in written_ways(node):
            if goal == BOOKMARK or way == f"when {BOOKMARK}":
                told = "no call can be gone on with, since no node has resume"
                to_do = "add resume to lessons, or take this away"
                yield in_flow(("nodes", node_id, *path), told, to_do, Level.WARNING)


def _renamed(flow: Flow) -> Iterator[Finding]:
    for old, new in flow.renamed.items():
        path = ("renamed", old)
        if old in flow.nodes or _is_step(flow, old):
            told = f"'{old}' is there still"
            yield in_flow(path, told, "take it away here, or rename it there")
        last = new
        for _ in flow.renamed:
            last = flow.renamed.get(last, last)
        if last not in flow.nodes and not _is_step(flow, last):
            known = _steps(flow) if "." in new else flow.nodes
            to_do = asked_for(new, known, "name a node, or a step as node.step")
            yield in_flow(path, f"'{new}' is no place", to_do)


def _steps(flow: Flow) -> list[str]:
    """Every step of a lesson, as `renamed:` names it."""
    lessons = ((name, node) for name, node in flow.nodes.items() if isinstance(node, Lesson))
    return [f"{name}.{step.prompt}" for name, lesson in lessons for step in lesson.steps]


def _is_step(flow: Flow, place: str) -> bool:
    return isinstance(flow.nodes.get(split(place)[0]), Lesson) and is_place(flow, place)
