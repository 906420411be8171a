"""The nodes of two versions compared: added, removed, renamed, moved, changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ivr.flow.diff.arrivals import Arrivals, arrivals, compare_arrivals, told_arrivals
from ivr.flow.diff.change import Change, Kind, NodeDifference
from ivr.flow.diff.fields import compare_fields, fields, type_of
from ivr.flow.diff.rows import Sides, compare_rows, entries, seats
from ivr.flow.model import Lesson
from ivr.flow.places import is_place, renamed, split

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.flow.diff.fields import Fields, Names
    from ivr.flow.model import Flow, Node
    from ivr.flow.terms import NodeId

_ROWS: Final = frozenset({"options", "steps", "when"})
"""The fields of a node that are compared as rows."""


def new_names(old: Flow, new: Flow) -> dict[str, str]:
    """What nodes and steps of the old version are called in the new one, by its `renamed:`.

    Only what became something that the old version had not: a node whose callers are sent to one
    that was there before is no renamed node, but one that is gone.
    """
    found: dict[str, str] = {}
    for node_id, node in old.nodes.items():
        now = split(renamed(new, node_id))[0]
        if node_id not in new.nodes and _is_new(now, old, new) and now not in found.values():
            found[node_id] = now
        if isinstance(node, Lesson):
            found |= dict(_step_names(node_id, node, new, found.get(node_id, node_id)))
    return found


def _is_new(node_id: NodeId, old: Flow, new: Flow) -> bool:
    return node_id in new.nodes and node_id not in old.nodes


def _step_names(
    node_id: NodeId, lesson: Lesson, new: Flow, now_called: NodeId
) -> Iterator[tuple[str, str]]:
    old_steps = {step.prompt for step in lesson.steps}
    for step in lesson.steps:
        now = renamed(new, f"{node_id}.{step.prompt}")
        node, name = split(now)
        if node == now_called and name not in old_steps and is_place(new, now):
            yield f"{node_id}.{step.prompt}", now


def compare_nodes(old: Flow, new: Flow, names: Names) -> Iterator[NodeDifference]:
    """Every node that differs, in the order of the new file; those that are gone come last.

    Args:
        old: the earlier version.
        new: the later one.
        names: as `new_names` gives them.
    """
    sides = Sides(seats(old, names), seats(new, {}))
    led = arrivals(old, names), arrivals(new, {})
    kept = {names.get(node_id, node_id): node_id for node_id in old.nodes}
    for node_id, node in new.nodes.items():
        was_called = kept.get(node_id)
        if was_called is None:
            yield _alone(Kind.ADDED, node_id, node, led[1])
            continue
        changes = (
            *_compare(old, was_called, (node_id, node), names, sides),
            *compare_arrivals(node_id, *led),
        )
        if changes or was_called != node_id:
            yield _different(node_id, node, was_called, changes)
    for node_id, node in old.nodes.items():
        if names.get(node_id, node_id) not in new.nodes:
            yield _alone(Kind.REMOVED, node_id, node, led[0])


def _compare(
    old: Flow, was_called: NodeId, now: tuple[NodeId, Node], names: Names, sides: Sides
) -> Iterator[Change]:
    """What differs inside of a node that both have."""
    before, (node_id, node) = old.nodes[was_called], now
    told = fields(before, names, _ROWS), fields(node, {}, _ROWS)
    if type_of(before) != type_of(node):
        yield Change(kind=Kind.CHANGED, what="kind", was=type_of(before), now=type_of(node))
        told = _without_no(told[0]), _without_no(told[1])
    yield from compare_fields(*told)
    rows = entries(was_called, before, names), entries(node_id, node, {})
    yield from compare_rows(node_id, *rows, sides)


def _without_no(found: Fields) -> Fields:
    """The fields without those that say `no`: one that another kind of node lacks says no more."""
    return {path: value for path, value in found.items() if value != "no"}


def _different(
    node_id: NodeId, node: Node, was_called: NodeId, changes: tuple[Change, ...]
) -> NodeDifference:
    kind = Kind.MOVED if all(each.what in _WAYS_IN for each in changes) else Kind.CHANGED
    if was_called != node_id:
        kind = Kind.RENAMED
    return NodeDifference(
        kind=kind,
        node=node_id,
        was_called=None if was_called == node_id else was_called,
        type=type_of(node),
        changes=changes,
    )


_WAYS_IN: Final = frozenset({"led to from", "also led to from", "no longer led to from"})


def _alone(kind: Kind, node_id: NodeId, node: Node, led: Arrivals) -> NodeDifference:
    """A node that only one version has, with what led or leads there."""
    told = told_arrivals(node_id, led)
    ways = Change(
        kind=kind,
        what="led to from",
        was=told if kind is Kind.REMOVED else None,
        now=told if kind is Kind.ADDED else None,
    )
    return NodeDifference(
        kind=kind, node=node_id, type=type_of(node), changes=(ways,) if told else ()
    )
