"""What a drawing of a call shows: a box for each node, the ways between them, and their parts."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from msgspec import Struct
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
from ivr.flow.terms import READY_KEY, RESERVED
from ivr.paper.drawing import phrases

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ivr.flow.model import Flow, Node, Option, Words
    from ivr.flow.terms import NodeId
    from ivr.paper.drawing.traffic import Traffic


class Way(Struct, frozen=True, kw_only=True):
    """One way out of a node.

    Sample: `Way(key="1", text="To practise it", go="practice_intro", is_line=True)`.
    """

    go: NodeId
    """A node, or a reserved goal."""
    key: str | None = None
    """None: no single key leads there."""
    text: str = ""
    """The option in a few words of the line, or in English what leads there without a key."""
    when: str = ""
    """When the option is there, in English; empty: always."""
    is_line: bool = False
    """Drawn as a line; otherwise its goal is written."""


class Box(Struct, frozen=True, kw_only=True):
    """One node."""

    node_id: NodeId
    kind: str
    text: str
    """What it says, in full; empty for one that says nothing."""
    ways: tuple[Way, ...]
    steps: tuple[tuple[str, str], ...] = ()
    """Of a lesson: the prompt id and the words of each."""
    entries: tuple[str, ...] = ()
    """What leads here besides the lines from nodes of the same part."""


class Part(Struct, frozen=True):
    """Nodes under one heading."""

    heading: str
    """Empty: they have none, and no frame."""
    boxes: tuple[Box, ...]


class Chart(Struct, frozen=True, kw_only=True):
    """The whole call."""

    name: str
    language: str
    parts: tuple[Part, ...]
    rules: tuple[str, ...]
    """What is told once, not drawn at each node."""
    traffic: Traffic | None = None

    @property
    def boxes(self) -> tuple[Box, ...]:
        """Every box, part by part."""
        return tuple(box for part in self.parts for box in part.boxes)


def chart(
    flow: Flow, words: Words, headings: Mapping[NodeId, str], traffic: Traffic | None = None
) -> Chart:
    """What a drawing of this flow shows.

    Args:
        flow: to be drawn.
        words: that stand in the boxes.
        headings: under which each node stands (ivr.paper.drawing.sections); may lack some.
        traffic: of its callers; None: it is drawn without.
    """
    nodes = flow.nodes.items()
    ways = _lined(flow, headings, {n: tuple(_ways(flow, words, each)) for n, each in nodes})
    entries = _entries(flow, headings, ways)
    grouped: dict[str, list[Box]] = {}
    for node_id, node in nodes:
        box = Box(
            node_id=node_id,
            kind=str(node.__struct_config__.tag),
            text="" if isinstance(node, Branch | Lesson) else phrases.spoken(words, node.prompt),
            ways=ways[node_id],
            steps=_steps(node, words),
            entries=tuple(dict.fromkeys(entries.get(node_id, ()))),
        )
        grouped.setdefault(headings.get(node_id, ""), []).append(box)
    return Chart(
        name=flow.flow.name or flow.flow.id,
        language=words.language,
        parts=tuple(Part(heading, tuple(boxes)) for heading, boxes in grouped.items()),
        rules=(*phrases.rules(flow), *phrases.reserved(flow)),
        traffic=traffic,
    )


def _steps(node: Node, words: Words) -> tuple[tuple[str, str], ...]:
    if not isinstance(node, Lesson):
        return ()
    return tuple((step.prompt, phrases.spoken(words, step.prompt)) for step in node.steps)


def _ways(flow: Flow, words: Words, node: Node) -> Iterator[Way]:
    """Every way out of a node, in the order in which a caller may take them."""
    if isinstance(node, Asking):
        yield from _keyed(flow, words, node)
        if node.silence is not None:
            yield Way(go=node.silence.go, text=phrases.silence(node.silence))
        if node.too_many is not None:
            yield Way(go=node.too_many.go, text=phrases.TRIES_OVER)
    else:
        yield from _unkeyed(flow, node)


def _keyed(flow: Flow, words: Words, node: Asking) -> Iterator[Way]:
    match node:
        case Menu():
            yield from (_option(words, each) for each in node.options)
            if node.any_key is not None:
                yield Way(go=node.any_key, text=phrases.ANY_KEY)
        case Lesson():
            for number, step in enumerate(node.steps, start=1):
                yield from (_option(words, each, f"at step {number}") for each in step.options)
            yield Way(go=node.next, text=phrases.LAST_STEP)
        case Practice():
            yield Way(go=node.next, text=phrases.RIGHT)
        case Think():
            ready = phrases.offer(words, flow.defaults.ready)
            yield Way(go=node.next, key=READY_KEY, text=ready)
        case _:
            assert_never(node)


def _unkeyed(flow: Flow, node: Say | Transfer | Branch | End) -> Iterator[Way]:
    match node:
        case Say():
            yield Way(go=node.next)
        case Transfer():
            yield Way(go=node.done.go, text=phrases.TALK_OVER)
            yield Way(go=node.nobody.go, text=phrases.NOBODY)
        case Branch():
            for case in node.when:
                yield Way(go=case.go, text=phrases.condition(flow, case.condition))
            yield Way(go=node.otherwise, text=phrases.ELSE)
        case End():
            return
        case _:
            assert_never(node)


def _option(words: Words, option: Option, where: str = "") -> Way:
    notes = [where, "" if option.when is None else phrases.OFFERS[option.when]]
    return Way(
        go=option.go,
        key=option.key,
        text=phrases.offer(words, option.prompt),
        when=", ".join(filter(None, notes)),
    )


def _lined(
    flow: Flow, headings: Mapping[NodeId, str], ways: Mapping[NodeId, tuple[Way, ...]]
) -> dict[NodeId, tuple[Way, ...]]:
    """The same ways, of which those are lines that do not run all over the picture.

    A line is drawn within a part, and from one part to the first node of a later one.
    """
    order = list(dict.fromkeys(headings.get(each, "") for each in flow.nodes))
    firsts = {headings.get(node_id, ""): node_id for node_id in reversed(flow.nodes)}

    def is_line(node_id: NodeId, way: Way) -> bool:
        if way.go in RESERVED:
            return False
        there = headings.get(way.go, "")
        is_onward = order.index(headings.get(node_id, "")) < order.index(there)
        return headings.get(node_id, "") == there or (is_onward and firsts[there] == way.go)

    return {
        node_id: tuple(replace(way, is_line=is_line(node_id, way)) for way in some)
        for node_id, some in ways.items()
    }


def _entries(
    flow: Flow, headings: Mapping[NodeId, str], ways: Mapping[NodeId, tuple[Way, ...]]
) -> dict[NodeId, list[str]]:
    """What leads to each node besides the lines within its part.

    Those are rules of the flow, ways that are written, and lines from other parts: these may run
    side by side, and are told apart by their ends.
    """
    found: dict[NodeId, list[str]] = {}
    for node_id, told in phrases.entries(flow):
        found.setdefault(node_id, []).append(told)
    for node_id, some in ways.items():
        for way in some:
            if not way.is_line or headings.get(node_id) != headings.get(way.go):
                told = node_id if way.key is None else f"{way.key} in {node_id}"
                found.setdefault(way.go, []).append(told)
    return found
