"""From where each node is led to: what makes it stand at another position of the call."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from ivr.flow.diff.change import Change, Kind
from ivr.flow.ways import targets

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ivr.flow.diff.fields import Names
    from ivr.flow.model import Flow
    from ivr.flow.terms import NodeId

Arrivals: TypeAlias = "Mapping[NodeId, Mapping[str, str]]"
"""Of each node: from where it is led to → in words, with the ways: `main_menu (key 2)`."""


def arrivals(flow: Flow, names: Names) -> Arrivals:
    """From where every node of a flow is led to, by the new names of nodes."""
    ways: dict[NodeId, dict[str, list[str]]] = {}
    for source, way, goal in _leads(flow):
        sources = ways.setdefault(names.get(goal, goal), {})
        sources.setdefault(names.get(source, source), []).append(way)
    return {
        goal: {
            source: f"{source} ({', '.join(filter(None, led))})" if any(led) else source
            for source, led in sources.items()
        }
        for goal, sources in ways.items()
    }


def compare_arrivals(node_id: NodeId, old: Arrivals, new: Arrivals) -> Iterator[Change]:
    """Tells of a node in both versions that it is led to from elsewhere.

    Another key of the same menu is told at that menu.
    """
    was, now = old.get(node_id, {}), new.get(node_id, {})
    lost = ", ".join(told for source, told in was.items() if source not in now)
    gained = ", ".join(told for source, told in now.items() if source not in was)
    if lost and gained:
        yield Change(kind=Kind.MOVED, what="led to from", was=lost, now=gained)
    elif gained:
        yield Change(kind=Kind.MOVED, what="also led to from", now=gained)
    elif lost:
        yield Change(kind=Kind.MOVED, what="no longer led to from", was=lost)


def told_arrivals(node_id: NodeId, led: Arrivals) -> str | None:
    """From where a node is led to, in words; None: from nowhere by name."""
    return ", ".join(led.get(node_id, {}).values()) or None


def _leads(flow: Flow) -> Iterator[tuple[str, str, NodeId]]:
    """From where, by which way, where to: every lead that the flow writes down."""
    defaults = flow.defaults
    yield "the start of a call", "", flow.flow.start
    yield from (("a key at any place", key, goal) for key, goal in flow.global_keys.items())
    yield "too many tries", "", defaults.too_many.go
    yield "giving up", "", defaults.give_up.go
    yield "giving up twice", "", defaults.ends_at
    yield "too many tries in the practice", "", defaults.practice.too_many.go
    yield "giving up in the practice", "", defaults.practice.give_up.go
    yield from (("confusion", f"at {level.at} points", level.go) for level in flow.confusion.levels)
    for node_id, node in flow.nodes.items():
        yield from ((node_id, way.replace("_", " "), goal) for way, goal in targets(node))
