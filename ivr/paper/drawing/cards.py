"""How large each box of a drawing is, and where its words stand in it.

All lengths are in units of the SVG, which are pixels at full size; y grows downward.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from ivr.paper.drawing import phrases
from ivr.paper.drawing.figures import figures_told, share_told
from ivr.paper.drawing.measure import width_of, wrapped
from ivr.paper.drawing.traffic import Passing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ivr.paper.drawing.chart import Box, Way
    from ivr.paper.drawing.traffic import Traffic

WIDTH: Final = 340
PAD: Final = 14
HEAD: Final = 34
"""The band with the kind and the name of the node."""
SIZES: Final = {"title": 22, "words": 19, "told": 18, "small": 16}
"""Of the fonts, by the role of a text."""
LEADING: Final = 1.4
"""From line to line, in sizes: Bengali needs room above and below."""
CAP: Final = 26
"""Across a key cap."""
DOOR: Final = 142
"""The least width of a door."""
DOOR_LINES: Final = 4
TITLE_LINES: Final = 2
ROW_LINES: Final = 2
ENTRY_LINES: Final = 3
CELLS: Final = 5
CELL: Final = 46
"""The height of a step in the strip of steps."""
GAP: Final = 6


class Text(Struct, frozen=True, kw_only=True):
    """One line of words; x and y are within the card, at the baseline."""

    x: float
    y: float
    text: str
    role: str
    anchor: str = "start"
    is_spoken: bool = False
    """In the line's language, not in English."""
    link: str | None = None
    """The node that a click leads to."""


class Cap(Struct, frozen=True):
    """A key as a round cap; x and y are its middle."""

    x: float
    y: float
    key: str


class Cell(Struct, frozen=True, kw_only=True):
    """A step of a lesson with its drop-out."""

    x: float
    y: float
    width: float
    number: int
    told: str
    level: int
    name: str


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


class _Pen:
    """Writes into a card from the top down."""

    def __init__(self, width: float) -> None:
        self.width = width
        self.y: float = HEAD
        self.texts: list[Text] = []
        self.caps: list[Cap] = []
        self.cells: list[Cell] = []

    def block(self, text: str, role: str, lines: int, *, is_spoken: bool = False) -> None:
        """Words over the whole width."""
        for line in wrapped(text, SIZES[role], self.width - 2 * PAD, lines):
            self.line(PAD, line, role, is_spoken=is_spoken)

    def line(self, x: float, text: str, role: str, *, is_spoken: bool = False) -> None:
        """One line that fits."""
        self.y += SIZES[role] * LEADING
        base = self.y - SIZES[role] * 0.3
        self.texts.append(Text(x=x, y=base, text=text, role=role, is_spoken=is_spoken))

    def goal(self, way: Way, left: float, used: float) -> None:
        """Where a way leads, at the right: on the same line if there is room, else below."""
        told = phrases.goal(way.go)
        size = SIZES["told"]
        if left + used + GAP + width_of(told, size) > self.width - PAD:
            self.y += size * LEADING
        x, y = self.width - PAD, self.y - size * 0.35
        link = None if told.startswith("↩") or way.go not in told else way.go
        self.texts.append(Text(x=x, y=y, text=told, role="told", anchor="end", link=link))


def card(box: Box, traffic: Traffic | None) -> Card:
    """A box with its size.

    Args:
        box: of the chart.
        traffic: of all callers; None: no figures stand in it.
    """
    doors = [way for way in box.ways if way.is_line]
    if len(box.ways) == 1 and box.ways[0].key is None:
        doors = []  # the line alone says it
    pen = _Pen(max(WIDTH, len(doors) * DOOR))
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


def _figures(pen: _Pen, box: Box, traffic: Traffic | None) -> None:
    if traffic is not None and (told := figures_told(_own(box, traffic))):
        pen.block(told, "told", 1)


def _content(pen: _Pen, box: Box, traffic: Traffic | None) -> None:
    """What the node says; of a lesson, its steps folded."""
    if not box.steps:
        if box.text:
            pen.block(box.text, "title", TITLE_LINES, is_spoken=True)
        return
    count = len(box.steps)
    pen.block(f"{count} step{'s' if count > 1 else ''}", "title", 1)
    for number in dict.fromkeys((1, count)):
        if number not in {1, 2}:
            pen.line(PAD, "⋮", "told")
        mark = f"{number}."
        indent = PAD + width_of("00. ", SIZES["words"])
        lines = wrapped(
            box.steps[number - 1][1], SIZES["words"], pen.width - PAD - indent, ROW_LINES
        )
        pen.y += SIZES["words"] * LEADING
        pen.texts.append(Text(x=PAD, y=pen.y - SIZES["words"] * 0.3, text=mark, role="words"))
        pen.y -= SIZES["words"] * LEADING
        for line in lines:
            pen.line(indent, line, "words", is_spoken=True)
    if traffic is not None and _passing(box, traffic):
        _strip(pen, box, traffic)


def _strip(pen: _Pen, box: Box, traffic: Traffic) -> None:
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


def _row(pen: _Pen, way: Way) -> None:
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
        note = f"({way.when})"
        pen.line(left, note, "small")
        used = width_of(note, SIZES["small"])
    pen.goal(way, left, used)


def _doors(pen: _Pen, ways: list[Way]) -> tuple[Door, ...]:
    """The ways that are lines, side by side at the foot."""
    if not ways:
        return ()
    top, bottom, width = pen.y, pen.y, pen.width / len(ways)
    for place, way in enumerate(ways):
        pen.y = top + GAP
        middle = (place + 0.5) * width
        if way.key is not None:
            pen.caps.append(Cap(round(middle, 1), round(pen.y + CAP / 2, 1), way.key))
            pen.y += CAP
        role = "told" if way.key is None else "words"
        note = f"({way.when})" if way.when else ""
        for text, as_role, spoken in (
            (way.text, role, way.key is not None),
            (note, "small", False),
        ):
            for line in wrapped(text, SIZES[as_role], width - GAP, DOOR_LINES) if text else ():
                pen.line(middle, line, as_role, is_spoken=spoken)
                last = pen.texts.pop()
                pen.texts.append(
                    Text(
                        x=round(middle, 1),
                        y=last.y,
                        text=line,
                        role=as_role,
                        anchor="middle",
                        is_spoken=spoken,
                    )
                )
        bottom = max(bottom, pen.y)
    pen.y = bottom + GAP
    return tuple(Door(way, round(n * width, 1), round(width, 1)) for n, way in enumerate(ways))
