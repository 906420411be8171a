"""Writes into a card from the top down: lines of words, key caps and cells.

All lengths are in units of the SVG, which are pixels at full size; y grows downward.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from ivr.flow.terms import RESERVED
from ivr.paper.drawing import phrases
from ivr.paper.drawing.measure import width_of, wrapped

if TYPE_CHECKING:
    from ivr.paper.drawing.chart import Way

PAD: Final = 14
SIZES: Final = {"title": 26, "words": 23, "told": 22, "small": 21, "node": 21, "kind": 20}
"""Of the fonts, by the role of a text: as large as they go, since the whole is printed on a sheet
of A3, and read by people with weak eyes."""
LEADING: Final = 1.4
"""From line to line, in sizes: Bengali needs room above and below."""
BASE: Final = 0.3
"""From the foot of a line up to where its letters stand, in sizes."""
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


class Pen:
    """Writes into a card from the top down."""

    def __init__(self, width: float, top: float) -> None:
        self.width = width
        self.y = top
        self.texts: list[Text] = []
        self.caps: list[Cap] = []
        self.cells: list[Cell] = []

    def block(self, text: str, role: str, lines: int, *, is_spoken: bool = False) -> None:
        """Words over the whole width."""
        for line in wrapped(text, SIZES[role], self.width - 2 * PAD, lines):
            self.line(PAD, line, role, is_spoken=is_spoken)

    def line(self, x: float, text: str, role: str, *, is_spoken: bool) -> None:
        """One line that fits."""
        self.y += SIZES[role] * LEADING
        base = self.y - SIZES[role] * BASE
        self.texts.append(Text(x=x, y=base, text=text, role=role, is_spoken=is_spoken))

    def middle(self, x: float, text: str, role: str, *, is_spoken: bool) -> None:
        """One line that fits, on both sides of x."""
        self.line(x, text, role, is_spoken=is_spoken)
        self.texts.append(replace(self.texts.pop(), x=round(x, 1), anchor="middle"))

    def goal(self, way: Way, left: float, used: float) -> None:
        """Where a way leads, at the right: on the same line if there is room, else below."""
        told = phrases.goal(way.go)
        size = SIZES["told"]
        if left + used + GAP + width_of(told, size) > self.width - PAD:
            self.y += size * LEADING
        x, y = self.width - PAD, self.y - size * BASE
        link = None if way.go in RESERVED else way.go
        self.texts.append(Text(x=x, y=y, text=told, role="told", anchor="end", link=link))
