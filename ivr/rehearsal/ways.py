"""The way through a flow: which key leads nearer to where a caller wants to go."""

from __future__ import annotations

import heapq
import math
from typing import TYPE_CHECKING, Final, TypeAlias

from msgspec import Struct

from ivr.flow.model import Asking, Flow, Lesson, Menu, Node, Think
from ivr.flow.places import index_at, split
from ivr.flow.terms import BOOKMARK, NEXT_KEY, READY_KEY, REPEAT, RETURN, NodeId, PromptId
from ivr.flow.ways import targets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

KEYS: Final = "1234567890*#"
_OPTION: Final = "key "
_ANY_KEY: Final = "any_key"
_BY_ITSELF: Final = ("when ", "otherwise", "done", "nobody")
"""Ways that no caller chooses, and that lead on all the same."""

Distances: TypeAlias = dict[NodeId, float]


class Way(Struct, frozen=True):
    """One way out of a node."""

    go: str
    """A node, or a reserved target."""
    key: str | None = None
    """That takes it; None: it is taken by keying a code, or by itself."""
    prompt: PromptId | None = None
    """That offers it; None: it stands without being offered."""
    turns: int = 1
    """How many answers of the line it takes."""
    is_global: bool = False
    """Whether it stands at every place."""


def ways(flow: Flow, node: Node) -> tuple[Way, ...]:
    """Every way on that a caller can take at a node; a name that is not known here is none."""
    return (*_own_ways(node), *_global_ways(flow, node))


def _own_ways(node: Node) -> Iterator[Way]:
    offers = {each.key: each.prompt for each in node.options} if isinstance(node, Menu) else {}
    for name, go in targets(node):
        if name == "next":
            turns = len(node.steps) if isinstance(node, Lesson) else 1
            yield Way(go, _next_key(node), turns=turns)
        elif name.startswith(_OPTION) and isinstance(node, Menu):
            key = name.removeprefix(_OPTION)
            yield Way(go, key, offers.get(key))
        elif name == _ANY_KEY:
            yield Way(go, next(key for key in KEYS if key not in offers))
        elif name.startswith(_BY_ITSELF):
            yield Way(go)


def _next_key(node: Node) -> str | None:
    match node:
        case Lesson():
            return NEXT_KEY
        case Think():
            return READY_KEY
        case _:
            return None


def _global_ways(flow: Flow, node: Node) -> Iterator[Way]:
    if not isinstance(node, Menu | Lesson | Think):
        return
    taken = {each.key for each in node.options} if isinstance(node, Menu) else set()
    for key, go in flow.global_keys.items():
        if go != REPEAT and key not in taken:
            yield Way(go, key, is_global=True)


class Map:
    """How far it is from every node to one node, in answers of the line.

    Args:
        flow: the graph.
        there: the node to be reached.
    """

    def __init__(self, flow: Flow, there: NodeId) -> None:
        self._flow = flow
        self._there = there
        self._ways = {node_id: ways(flow, node) for node_id, node in flow.nodes.items()}
        self._distances = self._measured()

    def distance(self, place: str) -> float:
        """From a place; infinite where no way leads there."""
        if place == self._there:
            return 0.0
        costs = self.costs(place, lambda _: math.inf)
        return costs[0][0] if costs else math.inf

    def at(self, node_id: NodeId) -> tuple[Way, ...]:
        """The ways out of a node; none where the flow has no such node."""
        return self._ways.get(node_id, ())

    def costs(self, place: str, beyond: Callable[[str], float]) -> list[tuple[float, Way]]:
        """What each way out of a place costs in all, as far as it leads anywhere; best first.

        Args:
            place: where the caller is.
            beyond: how far it is from a reserved target.
        """
        passed = index_at(self._flow, place)
        found = []
        for way in self.at(split(place)[0]):
            rest = self._distances.get(way.go, math.inf)
            rest = beyond(way.go) if way.go in {RETURN, BOOKMARK} else rest
            # What is passed of a lesson need not be heard again to go on.
            cost = rest + way.turns - (passed if way.turns > passed else 0)
            if cost < math.inf:
                found.append((cost, way))
        return sorted(found, key=lambda each: each[0])

    def _measured(self) -> Distances:
        """Dijkstra's algorithm, backwards from where all want to go."""
        before: dict[str, list[tuple[NodeId, int]]] = {}
        for node_id, found in self._ways.items():
            for way in found:
                before.setdefault(way.go, []).append((node_id, way.turns))
        distances: Distances = {}
        heap: list[tuple[float, NodeId]] = [(0, self._there)]
        while heap:
            distance, node_id = heapq.heappop(heap)
            if node_id in distances:
                continue
            distances[node_id] = distance
            for source, turns in before.get(node_id, ()):
                heapq.heappush(heap, (distance + turns, source))
        return distances


def is_aside(node: Node) -> bool:
    """Whether a node stands beside the way: something in it leads back to where one came from."""
    is_named_so = isinstance(node, Asking) and node.aside
    return is_named_so or any(go == RETURN for _, go in targets(node))
