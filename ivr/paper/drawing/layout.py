"""Where each card stands and each line runs.

Graphviz lays out each part of the call by itself. The parts are packed in the order of the
flow's file, so that the whole fits a sheet of A3; then lines between parts are led around cards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from ivr.errors import PaperError
from ivr.paper.drawing.graphviz import MAX_BOXES, drawn, named, node, point

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ivr.flow.terms import NodeId
    from ivr.paper.drawing.cards import Card
    from ivr.paper.drawing.chart import Chart, Part
    from ivr.paper.drawing.graphviz import Drawn, Point

MARGIN: Final = 18
"""Around the cards of a part, inside of its frame."""
HEADING: Final = 44
"""The height of the heading of a part."""
GUTTER: Final = 36
"""Between frames: lines from part to part run there."""
LEAVE: Final = 13
"""So far from a card a line to another part bends at the soonest."""
_AROUND: Final = 'splines=true; inputscale=72; notranslate=true; overlap=true; esep="+5";'
ABOVE: Final = 400
"""About what the legend needs."""
MAX_TRIES: Final = 100
"""So many heights are tried; a flow of ten parts has fewer."""
SHEETS: Final = ((420, 297), (297, 420))
"""A sheet of A3, lying and standing, as (width, height)."""


class Frame(Struct, frozen=True):
    """A part of the call with its heading."""

    heading: str
    x: float
    y: float
    width: float
    height: float


class Line(Struct, frozen=True, kw_only=True):
    """A line from one node to another, as a path of SVG that ends with an arrow."""

    tail: NodeId
    head: NodeId
    path: str
    is_across: bool
    """From one part to another."""


class Layout(Struct, frozen=True, kw_only=True):
    """Where everything stands."""

    width: float
    height: float
    middles: dict[NodeId, Point]
    lines: tuple[Line, ...]
    frames: tuple[Frame, ...]


def laid_out(chart: Chart, cards: Mapping[NodeId, Card]) -> Layout:
    """The layout of a chart.

    Raises:
        PaperError: there are too many nodes, or Graphviz cannot draw them.
    """
    if len(cards) > MAX_BOXES:
        message = f"The flow has {len(cards)} nodes, and {MAX_BOXES} are drawn at most"
        raise PaperError(f"{message}; take --format mermaid instead")
    inner = [drawn(_within(part, cards), "dot") for part in chart.parts]
    frames = _packed(list(map(_size, (part.heading for part in chart.parts), inner)))
    middles: dict[NodeId, Point] = {}
    lines: list[Line] = []
    for frame, each in zip(frames, inner, strict=True):
        right, down = frame.x + MARGIN, frame.y + MARGIN + HEADING
        middles |= {name: (x + right, y + down) for name, (x, y) in each.middles.items()}
        lines += [
            Line(tail=s.tail, head=s.head, path=s.path(right, down), is_across=False)
            for s in each.splines
        ]
    return Layout(
        width=max(each.x + each.width for each in frames),
        height=max(each.y + each.height for each in frames),
        middles=middles,
        lines=(*lines, *_across(chart, cards, middles)),
        frames=tuple(frames),
    )


class _Size(Struct, frozen=True):
    heading: str
    width: float
    height: float


def _size(heading: str, each: Drawn) -> _Size:
    width, height = each.width + 2 * MARGIN, each.height + 2 * MARGIN + HEADING
    return _Size(heading, round(width, 1), round(height, 1))


def _within(part: Part, cards: Mapping[NodeId, Card]) -> Iterator[str]:
    yield "rankdir=TB; nodesep=0.2; ranksep=0.3;"
    yield from (node(cards[box.node_id]) for box in part.boxes)
    inside = {box.node_id for box in part.boxes}
    yield from (edge for edge, go in _edges(part, cards) if go in inside)


def _edges(part: Part, cards: Mapping[NodeId, Card]) -> Iterator[tuple[str, NodeId]]:
    """Every line that leaves a part's nodes, as a statement of DOT and where it leads."""
    for box in part.boxes:
        doors = cards[box.node_id].doors
        for number, way in enumerate(way for way in box.ways if way.is_line):
            port = f"d{number}:s" if doors else "s"
            yield f"{named(box.node_id)}:{port} -> {named(way.go)}:n;", way.go


def _across(
    chart: Chart, cards: Mapping[NodeId, Card], middles: Mapping[NodeId, Point]
) -> Iterator[Line]:
    """The lines from part to part, led around the cards, which stay where they are.

    Graphviz leads a line around every node but the two that it joins. So it joins two points, one
    below the door and one above the card to which it leads, and the ends are straight.
    """
    joined = list(_joined(chart, cards, middles))
    if not joined:
        return
    # Lines that come together at a card share a point: Graphviz leads nothing around two in one.
    ends = {head: end for _, head, _, end in joined}
    points = [point(f"b {head}", end) for head, end in ends.items()]
    points += [point(f"a {number}", start) for number, (_, _, start, _) in enumerate(joined)]
    nodes = [node(card, middles[name]) for name, card in cards.items()]
    edges = [f'"a {number}" -> "b {head}";' for number, (_, head, _, _) in enumerate(joined)]
    whole = drawn([_AROUND, *nodes, *points, *edges], "neato")
    # It may move the whole, never one node against another.
    first = next(iter(middles))
    right = middles[first][0] - whole.middles[first][0]
    down = middles[first][1] - whole.middles[first][1]
    for (tail, head, start, end), spline in zip(joined, whole.splines, strict=True):
        path = spline.path(right, down)
        yield Line(
            tail=tail,
            head=head,
            path=f"M{_told(start, -LEAVE)} L{path[1:]} L{_told(end, LEAVE)}",
            is_across=True,
        )


def _joined(
    chart: Chart, cards: Mapping[NodeId, Card], middles: Mapping[NodeId, Point]
) -> Iterator[tuple[NodeId, NodeId, Point, Point]]:
    """Each line from part to part: its nodes, and the points near them that are to be joined."""
    for part in chart.parts:
        inside = {box.node_id for box in part.boxes}
        for box in part.boxes:
            card, (x, y) = cards[box.node_id], middles[box.node_id]
            below = y + card.height / 2 + LEAVE
            for number, way in enumerate(way for way in box.ways if way.is_line):
                if way.go in inside:
                    continue
                door = card.doors[number] if card.doors else None
                at = x if door is None else x - card.width / 2 + door.x + door.width / 2
                there = middles[way.go]
                above = there[1] - cards[way.go].height / 2 - LEAVE
                yield box.node_id, way.go, (at, below), (there[0], above)


def _told(at: Point, down: float) -> str:
    return f"{at[0]:.1f},{at[1] + down:.1f}"


def _packed(sizes: list[_Size]) -> list[Frame]:
    """Parts side by side and below each other, so that the whole is largest on a sheet of A3."""
    heights = {
        sum(each.height + GUTTER for each in sizes[first:last])
        for first in range(len(sizes))
        for last in range(first + 1, len(sizes) + 1)
    }
    tallest = max(each.height + GUTTER for each in sizes)
    rooms = sorted(height for height in heights if height >= tallest)[:MAX_TRIES]
    return min((_filled(sizes, room) for room in rooms), key=_sheet)


def _sheet(frames: list[Frame]) -> float:
    """How much smaller these, and what is told above them, are on the better sheet of A3."""
    width = max(each.x + each.width for each in frames)
    height = ABOVE + max(each.y + each.height for each in frames)
    return min(max(width / wide, height / high) for wide, high in SHEETS)


def _filled(sizes: list[_Size], room: float) -> list[Frame]:
    """Each part as far to the left as it fits within a height, and there as far up."""
    frames: list[Frame] = []
    for each in sizes:
        lefts = sorted({0.0, *(f.x + f.width + GUTTER for f in frames)})
        tops = sorted({0.0, *(f.y + f.height + GUTTER for f in frames)})
        x, y = next(
            (x, y)
            for x in lefts
            for y in tops
            if y + each.height <= room and not any(_touches(f, x, y, each) for f in frames)
        )
        frames.append(Frame(each.heading, round(x, 1), round(y, 1), each.width, each.height))
    return frames


def _touches(frame: Frame, x: float, y: float, size: _Size) -> bool:
    is_beside = x >= frame.x + frame.width + GUTTER or frame.x >= x + size.width + GUTTER
    is_below = y >= frame.y + frame.height + GUTTER or frame.y >= y + size.height + GUTTER
    return not (is_beside or is_below)
