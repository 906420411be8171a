"""Faults of the graph as a whole: ways on which no key is ever awaited, or silence never ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ivr.flow.model import (
    MAX_PASSED,
    Asking,
    Branch,
    End,
    Say,
    targets,
)
from ivr.flow.patience import patience

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ivr.flow.model import Flow, NodeId
    from ivr.flow.problem import Path

    Ways = Callable[[Flow, NodeId], set[NodeId]]

_FILE: Final = "flow.yaml"


def graph_faults(flow: Flow) -> Iterator[tuple[str, Path, str]]:
    """Each fault as (file, where, what is wrong and what to do)."""
    rings = {start for start in flow.nodes if start in _reached(flow, start, _unasked)}
    for start in flow.nodes:
        path: Path = ("nodes", start)
        ahead = _reached(flow, start, _unasked)
        if start in rings:
            text = "it leads back to itself with no key to press on the way; lead it to a menu"
            yield _FILE, path, text
        elif not rings & ahead and _passed(flow, start) > MAX_PASSED:
            text = f"more than {MAX_PASSED} places follow with no key to press; put a menu between"
            yield _FILE, path, text
        elif not rings & ahead and not _silence_ends(flow, start):
            text = "a caller who never presses a key never comes to an end; mend a too_many"
            yield _FILE, path, text


def _unasked(flow: Flow, node_id: NodeId) -> set[NodeId]:
    """Where a node leads without awaiting a key."""
    node = flow.nodes.get(node_id)
    return {goal for _, goal in targets(node)} if isinstance(node, Say | Branch) else set()


def _silent(flow: Flow, node_id: NodeId) -> set[NodeId]:
    """Where a node leads a caller who never presses a key."""
    node = flow.nodes.get(node_id)
    if isinstance(node, Asking):
        return {patience(flow, node).too_many.go}
    return _unasked(flow, node_id)


def _reached(flow: Flow, start: NodeId, ways: Ways) -> set[NodeId]:
    """Every node on these ways from a node; itself only if they lead back to it."""
    seen: set[NodeId] = set()
    ahead = [start]
    while ahead:
        new = ways(flow, ahead.pop()) - seen
        seen |= new
        ahead += new
    return seen


def _passed(flow: Flow, start: NodeId) -> int:
    """How many say and branch nodes stand in the longest row from here, as far as it matters."""
    row = {start}
    for passed in range(MAX_PASSED + 1):
        following = set().union(*(_unasked(flow, each) for each in row))
        if not following:
            return passed
        row = following
    return MAX_PASSED + 1


def _silence_ends(flow: Flow, start: NodeId) -> bool:
    """Whether silence comes to an end from here; a goal that is missing is another check's."""
    ahead = _reached(flow, start, _silent) | {start}
    return any(isinstance(flow.nodes.get(each), End | None) for each in ahead)
