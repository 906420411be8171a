"""Faults of the graph as a whole.

Places that no call comes to, or from which none comes out; ways on which no key is ever awaited, or
silence never ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ivr.flow.model import Asking, Branch, End, Lesson, Menu, Practice, Say, Think, Transfer
from ivr.flow.patience import patience
from ivr.flow.places import home
from ivr.flow.problem import in_flow
from ivr.flow.reach import leads_out
from ivr.flow.terms import MAX_PASSED, RESERVED, RETURN
from ivr.flow.ways import targets

MAX_NAMED: Final = 5
"""So many nodes are named in one message."""

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from ivr.flow.model import Flow
    from ivr.flow.problem import Finding
    from ivr.flow.terms import NodeId

    Ways = Callable[[Flow, NodeId], set[NodeId]]


def graph_faults(flow: Flow, reached: Collection[NodeId]) -> Iterator[Finding]:
    """Each fault of the graph as a whole.

    Args:
        flow: where goals lead to no node, only what needs none of them is looked at.
        reached: the nodes that a call can come to; of others nothing else is told, and that only
            where no call goes round: what stands behind may be reached as soon as it does not.
    """
    ahead = {each: _reached(flow, each, _unasked) for each in flow.nodes if each in reached}
    rings = [each for each in ahead if each in ahead[each]]
    yield from _going_round(rings, ahead) if rings else _unreached(flow, reached)
    yield from _without_keys(flow, [each for each in ahead if each not in rings], ahead)
    last = flow.defaults.ends_at
    if last in flow.nodes and not _ends(flow, last):
        told = f"'{last}' does not end the call each time"
        to_do = "name a node of kind end, or words that lead to one"
        yield in_flow(("defaults", "ends_at"), told, to_do)


def way_out_faults(flow: Flow, reached: Collection[NodeId]) -> Iterator[Finding]:
    """Each place at which a caller is stuck, of a flow whose goals are all there.

    A place that only leads to such a place is not told of: it has a way out as soon as that has.
    """
    asking = (each for each, node in flow.nodes.items() if isinstance(node, Asking))
    stuck = [each for each in asking if each in reached and not leads_out(flow, each)]
    ahead = {each: _reached(flow, each, _anyhow) for each in stuck}
    before = {each: {other for other in stuck if each in ahead[other]} for each in stuck}
    for node_id in _firsts(stuck, before):
        told = "neither a key nor silence leads on from here to an end or to a person"
        to_do = "lead an option, its next or its silence there, for every call at all times"
        yield in_flow(("nodes", node_id), told, to_do)


def _unreached(flow: Flow, reached: Collection[NodeId]) -> Iterator[Finding]:
    """The places that no call comes to; those that only such a place leads to are told with it."""
    lost = [node_id for node_id in flow.nodes if node_id not in reached]
    ahead = {each: _reached(flow, each, _anyhow) for each in lost}
    for first in _firsts(lost, ahead):
        behind = _named(each for each in lost if each in ahead[first] and each != first)
        told = f"no call can come to it, nor on to {behind}" if behind else "no call can come to it"
        to_do = "lead a key or a next to it, or take it away"
        yield in_flow(("nodes", first), told, to_do)


def _going_round(
    rings: Collection[NodeId], ahead: Mapping[NodeId, set[NodeId]]
) -> Iterator[Finding]:
    """Ways that go round without a key; a ring is told once, at its first node."""
    for first in _firsts(rings, ahead):
        told = "it leads back to itself with no key to press on the way"
        yield in_flow(("nodes", first), told + _round(first, rings, ahead), "lead it to a menu")


def _without_keys(
    flow: Flow, straight: Collection[NodeId], ahead: Mapping[NodeId, set[NodeId]]
) -> Iterator[Finding]:
    """Ways that go on too long, or without an end, without a key.

    Args:
        flow: whose.
        straight: the nodes that do not lead back to themselves.
        ahead: all that each node leads to without a key.
    """
    others = [each for each in straight if ahead[each].isdisjoint(ahead.keys() - set(straight))]
    for first in _firsts([each for each in others if _passed(flow, each) > MAX_PASSED], ahead):
        told = f"more than {MAX_PASSED} places follow with no key to press"
        yield in_flow(("nodes", first), told, "put a menu between")
    yield from _without_end(flow, others)


def _without_end(flow: Flow, nodes: Collection[NodeId]) -> Iterator[Finding]:
    """Ways on which a caller who never presses a key goes round."""
    ahead = {each: _reached(flow, each, _silent) for each in nodes}
    endless = [each for each in nodes if not _silence_ends(flow, each)]
    rings = [each for each in endless if each in ahead[each]]
    for first in _firsts(rings, ahead):
        told = "a caller who never presses a key never comes to an end"
        to_do = "lead a silence, a too_many or a next on the way to an end"
        yield in_flow(("nodes", first), told + _round(first, rings, ahead), to_do)
    again = [each for each in nodes if each not in endless and _goes_round(flow, each)]
    for first in _firsts(again, {each: _reached(flow, each, _untried) for each in again}):
        told = "a silent caller hears it again for ever"
        yield in_flow(("nodes", first), told, "lead it to a menu or an end")


def _firsts(nodes: Collection[NodeId], ahead: Mapping[NodeId, set[NodeId]]) -> Iterator[NodeId]:
    """As few of these nodes as lead to all the others; of those that lead to one another the first.

    Args:
        nodes: in the order of the file.
        ahead: all that each of them leads to.
    """
    told: set[NodeId] = set()
    for node_id in nodes:
        before = {each for each in nodes if node_id in ahead[each]}
        if node_id not in told and before <= ahead[node_id] | {node_id}:
            told |= before
            yield node_id


def _round(node_id: NodeId, nodes: Collection[NodeId], ahead: Mapping[NodeId, set[NodeId]]) -> str:
    """Which of these nodes a ring leads past, to be told behind what is wrong with it."""
    past = (each for each in nodes if each in ahead[node_id] and node_id in ahead[each])
    named = _named(each for each in past if each != node_id)
    return f" (round by {named})" if named else ""


def _named(nodes: Iterable[NodeId]) -> str:
    names = [f"'{each}'" for each in nodes]
    others = len(names) - MAX_NAMED
    return ", ".join(names) if others <= 1 else f"{', '.join(names[:MAX_NAMED])} and {others} more"


def _anyhow(flow: Flow, node_id: NodeId) -> set[NodeId]:
    """Where a node leads by itself, by keys or by tries of its own."""
    node = flow.nodes.get(node_id)
    return set() if node is None else {goal for _, goal in targets(node)}


def _unasked(flow: Flow, node_id: NodeId) -> set[NodeId]:
    """Where a node leads without awaiting a key; what leads back may lead home."""
    match flow.nodes.get(node_id):
        case None if node_id == RETURN:
            return {home(flow)}
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
    # A person or a lesson beside the way that no key led to leads back to what led there.
    nodes = [flow.nodes.get(each) for each in ahead]
    beside = (
        isinstance(each, Transfer) or (isinstance(each, Lesson) and each.aside) for each in nodes
    )
    return start in ahead or (RETURN in ahead and any(beside))


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
