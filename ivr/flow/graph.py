"""Faults of the graph as a whole.

Places that no call comes to, or from which none comes out; ways on which no key is ever awaited, or
silence never ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.flow.model import Asking, Branch, End, Lesson, Menu, Practice, Say, Think, Transfer
from ivr.flow.patience import patience
from ivr.flow.problem import in_flow
from ivr.flow.reach import leads_out
from ivr.flow.terms import MAX_PASSED, RESERVED, RETURN
from ivr.flow.ways import targets

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from ivr.flow.model import Flow
    from ivr.flow.problem import Finding, Path
    from ivr.flow.terms import NodeId

    Ways = Callable[[Flow, NodeId], set[NodeId]]


def graph_faults(flow: Flow, reached: Collection[NodeId]) -> Iterator[Finding]:
    """Each fault of the graph as a whole.

    Args:
        flow: where goals lead to no node, only what needs none of them is looked at.
        reached: the nodes that a call can come to; of others nothing else is told.
    """
    for node_id in flow.nodes:
        if node_id not in reached:
            to_do = "lead a key or a next to it, or take it away"
            yield in_flow(("nodes", node_id), "no call can come to it", to_do)
    yield from _without_keys(flow, reached)
    if not _ends(flow, flow.defaults.ends_at):
        told = f"'{flow.defaults.ends_at}' does not end the call each time"
        yield in_flow(("defaults", "ends_at"), told, "name an end")


def way_out_faults(flow: Flow, reached: Collection[NodeId]) -> Iterator[Finding]:
    """Each place at which a caller is stuck, of a flow whose goals are all there."""
    for node_id, node in flow.nodes.items():
        if node_id in reached and isinstance(node, Asking) and not leads_out(flow, node_id):
            told = "neither a key nor silence leads on from here to an end or to a person"
            yield in_flow(("nodes", node_id), told, "add an option that does")


def _without_keys(flow: Flow, reached: Collection[NodeId]) -> Iterator[Finding]:
    """Ways that go round or go on without a key."""
    rings = {start for start in flow.nodes if start in _reached(flow, start, _unasked)}
    for start in (each for each in flow.nodes if each in reached):
        path: Path = ("nodes", start)
        ahead = _reached(flow, start, _unasked)
        if start in rings:
            told = "it leads back to itself with no key to press on the way"
            yield in_flow(path, told, "lead it to a menu")
        elif not rings & ahead and _passed(flow, start) > MAX_PASSED:
            told = f"more than {MAX_PASSED} places follow with no key to press"
            yield in_flow(path, told, "put a menu between")
        elif not rings & ahead and not _silence_ends(flow, start):
            told = "a caller who never presses a key never comes to an end"
            yield in_flow(path, told, "mend a too_many")
        elif _goes_round(flow, start):
            told = "a silent caller hears it again for ever"
            yield in_flow(path, told, "lead it to a menu or an end")


def _unasked(flow: Flow, node_id: NodeId) -> set[NodeId]:
    """Where a node leads without awaiting a key."""
    match flow.nodes.get(node_id):
        case (Say() | Branch()) as node:
            return {goal for _, goal in targets(node)}
        case Transfer() as node:
            return {node.nobody.go}
        case _:
            return set()


def _silent(flow: Flow, node_id: NodeId) -> set[NodeId]:
    """Where a node leads a caller who never presses a key."""
    match flow.nodes.get(node_id):
        case Lesson() as lesson:
            return {lesson.next}
        case (Menu() | Practice() | Think()) as node:
            return {(node.silence or patience(flow, node).ways_out[0]).go}
        case _:
            return _unasked(flow, node_id)


def _untried(flow: Flow, node_id: NodeId) -> set[NodeId]:
    """Where a node leads a silent caller without a try being counted."""
    node = flow.nodes.get(node_id)
    return {node.next} if isinstance(node, Lesson) else _unasked(flow, node_id)


def _goes_round(flow: Flow, start: NodeId) -> bool:
    """Whether a lesson is come back to by silence alone: elsewhere tries end it."""
    ahead = _reached(flow, start, _untried)
    if not isinstance(flow.nodes[start], Lesson):
        return False
    # A lesson beside the way that no key led to leads back to what led there.
    beside = (flow.nodes.get(each) for each in ahead)
    is_beside = any(isinstance(node, Lesson) and node.aside for node in beside)
    return start in ahead or (is_beside and RETURN in ahead)


def _ends(flow: Flow, start: NodeId) -> bool:
    """Whether a node ends the call, or leads to an end on each way without a key."""
    ahead = _reached(flow, start, _unasked) | {start}
    last = (flow.nodes.get(each) for each in ahead if not _unasked(flow, each))
    # A goal that is missing is another check's.
    return RETURN not in ahead and all(isinstance(node, End | None) for node in last)


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
    """Whether silence comes to an end from here.

    What leads back leads to a place whose own silence is looked at, and is not aside for ever: what
    was said twice there is not said again. A goal that is missing is another check's.
    """
    ahead = _reached(flow, start, _silent) | {start}
    return any(each in RESERVED or isinstance(flow.nodes.get(each), End | None) for each in ahead)
