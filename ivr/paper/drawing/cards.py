"""How large each box of a drawing is, and where its words stand in it.

All lengths are in units of the SVG, which are pixels at full size; y grows downward.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from ivr.paper.drawing import phrases
from ivr.paper.drawing.figures import figures_told, share_told
from ivr.paper.drawing.measure import width_of, wrapped
from ivr.paper.drawing.pen import GAP, PAD, SIZES, Cap, Cell, Pen, Text
from ivr.paper.drawing.traffic import Passing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ivr.paper.drawing.chart import Box, Way
    from ivr.paper.drawing.traffic import Traffic

WIDTH: Final = 340
"""Of a card, unless its name or its doors need more."""
HEAD: Final = 38
"""The band with the kind and the name of the node."""
HEAD_LEFT: Final = 44
"""Where the kind stands in it, right of the icon."""
HEAD_RIGHT: Final = 18
"""So far from the right edge the name ends."""
BOLD: Final = 1.1
"""How much wider bold letters are than others."""
CAP: Final = 32
"""Across a key cap."""
DOOR: Final = 146
"""The least width of a door."""
DOOR_LINES: Final = 4
TITLE_LINES: Final = 3
ROW_LINES: Final = 2
ENTRY_LINES: Final = 8
FIGURE_LINES: Final = 2
CELLS: Final = 4
"""Side by side in the strip of steps."""
CELL: Final = 56
"""The height of a step in the strip of steps."""


class Door(Struct, frozen=True):
    """Where a line leaves a card; as wide as every other of the card."""

    way: Way
    x: float
    width: float


class Card(Struct, frozen=True, kw_only=True):
    """A box with a size, and all that stands in it."""

    box: Box
    width: float
    height: float
    texts: tuple[Text, ...]
    caps: tuple[Cap, ...]
    cells: tuple[Cell, ...]
    doors: tuple[Door, ...]
    doors_top: float
    level: int | None
    """How many leave here, as a shade; None: it is drawn without."""
    strength: float
    """How many come here, from 0 to 1 of the place where most come."""


def card(box: Box, traffic: Traffic | None) -> Card:
    """A box with its size.

    Args:
        box: of the chart.
        traffic: of all callers; None: no figures stand in it.
    """
    doors = [way for way in box.ways if way.is_line]
    if len(box.ways) == 1 and box.ways[0].key is None:
        doors = []  # the line alone says it
    pen = Pen(max(WIDTH, len(doors) * _door_width(doors), _head(box), _widest_goal(box)), HEAD)
    if box.entries:
        pen.block(f"← {' · '.join(box.entries)}", "small", ENTRY_LINES)
    _figures(pen, box, traffic)
    _content(pen, box, traffic)
    for way in box.ways:
        if not way.is_line:
            _row(pen, way)
    pen.y += GAP
    top = pen.y
    found = _doors(pen, doors)
    passing = _passing(box, traffic)
    return Card(
        box=box,
        width=pen.width,
        height=round(pen.y + (0 if doors else GAP), 1),
        texts=tuple(pen.texts),
        caps=tuple(pen.caps),
        cells=tuple(pen.cells),
        doors=found,
        doors_top=round(top, 1),
        level=None if traffic is None else traffic.level(_own(box, traffic).share),
        strength=_strength(passing, traffic),
    )


def _head(box: Box) -> float:
    """How wide the band with the kind and the name is."""
    told = width_of(box.kind, SIZES["kind"]) + BOLD * width_of(box.node_id, SIZES["node"])
    return round(HEAD_LEFT + told + GAP + HEAD_RIGHT, 1)


def _door_width(doors: Iterable[Way]) -> float:
    """How wide each door is, so that no word in one is broken."""
    words = (word for way in doors for word in way.text.split())
    widest = max((width_of(word, SIZES["words"]) for word in words), default=0.0)
    return max(DOOR, math.ceil(min(widest + GAP, WIDTH)))


def _widest_goal(box: Box) -> float:
    """How wide the longest goal is that is written: it has no place to break."""
    goals = (phrases.goal(way.go) for way in box.ways if not way.is_line)
    return round(2 * PAD + max((width_of(each, SIZES["told"]) for each in goals), default=0), 1)


def _own(box: Box, traffic: Traffic) -> Passing:
    """The figures of a node; those of a lesson stand at its steps."""
    return traffic.places.get(box.node_id, Passing())


def _passing(box: Box, traffic: Traffic | None) -> list[Passing]:
    """The figures of a node and of its steps."""
    if traffic is None:
        return []
    names = [box.node_id, *(f"{box.node_id}.{step}" for step, _ in box.steps)]
    return [traffic.places[name] for name in names if name in traffic.places]


def _strength(passing: Iterable[Passing], traffic: Traffic | None) -> float:
    most = traffic.most if traffic else 0
    return round(max((p.reached or 0 for p in passing), default=0) / most, 3) if most else 0.0


def _figures(pen: Pen, box: Box, traffic: Traffic | None) -> None:
    if traffic is not None and (told := figures_told(_own(box, traffic))):
        pen.block(told, "told", FIGURE_LINES)


def _content(pen: Pen, box: Box, traffic: Traffic | None) -> None:
    """What the node says; of a lesson, its steps folded."""
    if not box.steps:
        if box.text:
            pen.block(box.text, "title", TITLE_LINES, is_spoken=True)
        return
    count = len(box.steps)
    pen.block(f"{count} step{'s' if count > 1 else ''}", "title", 1)
    for number in dict.fromkeys((1, count)):
        if number not in {1, 2}:
            pen.line(PAD, "⋮", "told", is_spoken=False)
        _step(pen, number, box.steps[number - 1][1])
    if traffic is not None and _passing(box, traffic):
        _strip(pen, box, traffic)


def _step(pen: Pen, number: int, text: str) -> None:
    """A step of a lesson, with its number on its first line."""
    top, size = pen.y, SIZES["words"]
    indent = PAD + width_of("00. ", size)
    pen.line(PAD, f"{number}.", "words", is_spoken=False)
    pen.y = top
    for line in wrapped(text, size, pen.width - PAD - indent, ROW_LINES):
        pen.line(indent, line, "words", is_spoken=True)


def _strip(pen: Pen, box: Box, traffic: Traffic) -> None:
    """Every step as a cell: its number, and how many leave there."""
    pen.y += GAP
    width = (pen.width - 2 * PAD) / CELLS
    for place, (step, _) in enumerate(box.steps):
        found = traffic.places.get(f"{box.node_id}.{step}")
        share = None if found is None else found.share
        pen.cells.append(
            Cell(
                x=round(PAD + place % CELLS * width, 1),
                y=round(pen.y + place // CELLS * CELL, 1),
                width=round(width, 1),
                number=place + 1,
                told=share_told(share) or "–",
                level=traffic.level(share),
                name=step,
            )
        )
    pen.y += -(-len(box.steps) // CELLS) * CELL + GAP


def _row(pen: Pen, way: Way) -> None:
    """A way whose goal is written."""
    pen.y += GAP / 2
    left = float(PAD)
    if way.key is not None:
        pen.caps.append(Cap(PAD + CAP / 2, round(pen.y + CAP / 2, 1), way.key))
        left += CAP + GAP
    role = "told" if way.key is None else "words"
    lines = wrapped(way.text, SIZES[role], pen.width - PAD - left, ROW_LINES)
    for line in lines:
        pen.line(left, line, role, is_spoken=way.key is not None)
    used = width_of(lines[-1], SIZES[role])
    if way.when:
        notes = wrapped(f"({way.when})", SIZES["small"], pen.width - PAD - left, ROW_LINES)
        for note in notes:
            pen.line(left, note, "small", is_spoken=False)
        used = width_of(notes[-1], SIZES["small"])
    pen.goal(way, left, used)


def _doors(pen: Pen, ways: list[Way]) -> tuple[Door, ...]:
    """The ways that are lines, side by side at the foot."""
    if not ways:
        return ()
    top, bottom, width = pen.y, pen.y, pen.width / len(ways)
    for place, way in enumerate(ways):
        pen.y = top + GAP
        _door(pen, way, (place + 0.5) * width, width - GAP)
        bottom = max(bottom, pen.y)
    pen.y = bottom + GAP
    return tuple(Door(way, round(n * width, 1), round(width, 1)) for n, way in enumerate(ways))


def _door(pen: Pen, way: Way, middle: float, room: float) -> None:
    """What stands in a door: its key, what it offers, and when it is there."""
    if way.key is not None:
        pen.caps.append(Cap(round(middle, 1), round(pen.y + CAP / 2, 1), way.key))
        pen.y += CAP
    is_spoken = way.key is not None
    role = "words" if is_spoken else "told"
    for line in wrapped(way.text, SIZES[role], room, DOOR_LINES) if way.text else ():
        pen.middle(middle, line, role, is_spoken=is_spoken)
    for line in wrapped(f"({way.when})", SIZES["small"], room, DOOR_LINES) if way.when else ():
        pen.middle(middle, line, "small", is_spoken=False)
