"""Which places a call can come to, and from which of them it comes to an end or to a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from msgspec.structs import replace

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
from ivr.flow.patience import patience
from ivr.flow.places import home
from ivr.flow.terms import BOOKMARK, EXCLUDING, REPEAT, RETURN
from ivr.flow.usage import taken
from ivr.flow.ways import targets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.flow.model import Flow, Node
    from ivr.flow.terms import NodeId, Offer


def reachable(flow: Flow) -> frozenset[NodeId]:
    """Every node that some call can come to from the start, at some hour, by some behaviour.

    Each way out of a node is followed, as well as those that hold where a node says nothing else:
    global keys (not in practice, nor where any key leads on), the ways out after too many tries,
    the end after those, and the levels of confusion, if trouble counts at all. What leads back or
    to a bookmark leads to a node that was reached before, or home. `renamed` reaches nothing: it
    carries callers of earlier versions over to places that callers of this one have to reach too.
    """
    seen: set[NodeId] = set()
    ahead = [flow.flow.start]
    while ahead:
        node_id = ahead.pop()
        node = flow.nodes.get(node_id)
        if node is not None and node_id not in seen:
            seen.add(node_id)
            ahead += _meant(flow, node)
            ahead += _unmeant(flow, node)
    return frozenset(seen)


def leads_out(flow: Flow, start: NodeId) -> bool:
    """Whether a caller who rests at a node can come from there to an end or to a person.

    Followed are keys, what comes after them by itself, and silence where it leads on: what a caller
    can do on purpose. To be led out after too many tries is no way of one's own, and is left out.
    So is an option that is there only at times, such as while a person can be rung; of options for
    the usual and for the slow call there must be a way out by each.

    `repeat` leads nowhere. `return` leads to where the caller was: seen from the way that is a
    place that was passed already, and seen from beside the way it is a place that is judged for
    itself, so it counts as a way out there; where the caller was nowhere before it leads home.
    `bookmark` leads home or to a place that is judged for itself. A place at home is one to which
    a caller comes who was nowhere before: there neither is a way out.

    Args:
        flow: whose goals are all there.
        start: a node that waits for keys.
    """
    return all(_comes_out(_always(flow, pace), start) for pace in EXCLUDING)


_Back: TypeAlias = Literal["home", "judged", "passed"]
"""Where `return` leads: home, to a place that is judged for itself, or to one passed already."""


def _comes_out(flow: Flow, start: NodeId) -> bool:
    at_home = stops_at(flow, home(flow))
    is_judged = start not in at_home
    seen: set[tuple[NodeId, _Back]] = set()
    ahead: list[tuple[NodeId, _Back]] = [
        (start, "judged" if is_judged and _is_aside(flow.nodes[start]) else "home")
    ]
    while ahead:
        node_id, back = here = ahead.pop()
        node = flow.nodes.get(node_id)
        if isinstance(node, End | Transfer):
            return True
        if node is None or here in seen:
            continue
        seen.add(here)
        stops = set().union(*(stops_at(flow, goal) for goal in _meant(flow, node)))
        if (BOOKMARK in stops and is_judged) or (RETURN in stops and back == "judged"):
            return True
        if BOOKMARK in stops or (RETURN in stops and back == "home"):
            ahead += ((stop, "home") for stop in at_home)
        ahead += ((stop, _back(flow, node, stop, back)) for stop in stops)
    return False


def _back(flow: Flow, left: Node, goal: NodeId, back: _Back) -> _Back:
    """Where `return` leads at a goal, from what it meant at the node that is left for it.

    A lesson beside the way is come back to, a menu or question there is not.
    """
    if not _is_aside(flow.nodes.get(goal)):
        return "home"
    return back if _is_aside(left) and not isinstance(left, Lesson) else "passed"


def _always(flow: Flow, pace: Offer) -> Flow:
    """The flow with no options but those that are there whenever the call has this pace."""
    nodes = {node_id: _without_others(node, pace) for node_id, node in flow.nodes.items()}
    return replace(flow, nodes=nodes)


def _without_others(node: Node, pace: Offer) -> Node:
    match node:
        case Menu():
            return replace(node, options=taken(node.options, {pace}))
        case Lesson():
            steps = (replace(each, options=taken(each.options, {pace})) for each in node.steps)
            return replace(node, steps=tuple(steps))
        case _:
            return node


def stops_at(flow: Flow, goal: NodeId) -> set[NodeId]:
    """Where a caller can come to rest who is led to a goal, past words and branches.

    Besides nodes that is `return` or `bookmark` where those are come to; a goal that is no node is
    left out.
    """
    seen: set[NodeId] = set()
    stops: set[NodeId] = set()
    ahead = [goal]
    while ahead:
        goal = ahead.pop()
        match flow.nodes.get(goal):
            case (Say() | Branch()) as node if goal not in seen:
                seen.add(goal)
                ahead += [there for _, there in targets(node)]
            case Menu() | Lesson() | Practice() | Think() | Transfer() | End():
                stops.add(goal)
            case _ if goal in {RETURN, BOOKMARK}:
                stops.add(goal)
            case _:
                pass
    return stops


def _meant(flow: Flow, node: Node) -> Iterator[NodeId]:
    """Where a node leads by itself, by the caller's keys and by silence that leads on."""
    for way, goal in targets(node):
        if way != "too_many" and not (way == "silence" and isinstance(node, Lesson)):
            yield goal
    if isinstance(node, Asking) and not _takes_all_keys(node):
        yield from (goal for goal in flow.global_keys.values() if goal != REPEAT)


def _unmeant(flow: Flow, node: Node) -> Iterator[NodeId]:
    """Where a node leads who does not find on there; and home, where there is no way back."""
    if {RETURN, BOOKMARK} & {goal for _, goal in targets(node)}:
        yield home(flow)
    if not isinstance(node, Asking):
        return
    yield from (leave.go for leave in patience(flow, node).ways_out)
    yield flow.defaults.ends_at
    if isinstance(node, Lesson) or not node.aside:
        yield from _offered(flow)


def _offered(flow: Flow) -> Iterator[NodeId]:
    """Where the levels of confusion lead that can be come to."""
    counted = flow.confusion
    most = max(counted.silence, counted.wrong, counted.repeat)
    yield from (level.go for level in counted.levels if most or not level.at)


def _takes_all_keys(node: Asking) -> bool:
    """Whether no key is left here that could be a global one."""
    return isinstance(node, Practice) or (isinstance(node, Menu) and node.any_key is not None)


def _is_aside(node: Node | None) -> bool:
    return isinstance(node, Asking) and node.aside
