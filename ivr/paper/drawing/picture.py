"""The call as an SVG: cards for nodes, lines for ways, and above them what they mean."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Final

from jinja2 import Environment, StrictUndefined, Template
from msgspec import Struct

from ivr.paper.drawing import phrases
from ivr.paper.drawing.cards import CAP, CELL, HEAD, HEAD_LEFT, HEAD_RIGHT, Card, card
from ivr.paper.drawing.figures import share_told
from ivr.paper.drawing.layout import HEADING, laid_out
from ivr.paper.drawing.measure import width_of, wrapped
from ivr.paper.drawing.pen import SIZES
from ivr.paper.drawing.traffic import LEVELS, SHADES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.paper.drawing.chart import Chart
    from ivr.paper.drawing.layout import Layout
    from ivr.paper.drawing.traffic import Traffic

MARGIN: Final = 32
LEAST_WIDTH: Final = 1100
"""So that what the picture means has room above a small flow."""
TITLE: Final = 84
"""The height of the name of the call."""
KEY_ROW: Final = 42
KEY_WIDTH: Final = 620
"""Room for what a kind of node does."""
LEADING: Final = 33
"""From line to line of the rules."""
NOTE_LINES: Final = 9
THIN: Final = 1.5
THICK: Final = 7
"""The strength of the edge of a card to which nobody, and to which most callers come."""


class _Placed(Struct, frozen=True):
    card: Card
    x: float
    y: float
    edge: float


class _Key(Struct, frozen=True):
    """One row of the legend."""

    x: float
    y: float
    name: str
    told: str


class _Note(Struct, frozen=True):
    x: float
    y: float
    text: str


def picture(chart: Chart) -> str:
    """A chart as the text of an SVG file; the same chart gives the same bytes.

    Raises:
        PaperError: it cannot be laid out.
    """
    cards = {box.node_id: card(box, chart.traffic) for box in chart.boxes}
    layout = laid_out(chart, cards)
    width = max(LEAST_WIDTH, layout.width + 2 * MARGIN)
    legend = _legend(chart, width)
    top = legend.bottom + MARGIN
    return _template().render(
        chart=chart,
        width=round(width, 1),
        height=round(top + layout.height + MARGIN, 1),
        margin=MARGIN,
        head=HEAD,
        head_left=HEAD_LEFT,
        head_right=HEAD_RIGHT,
        heading=HEADING,
        cap_size=CAP,
        cell_height=CELL,
        shades=SHADES,
        sizes=SIZES,
        legend=legend,
        left=round((width - layout.width) / 2, 1),
        top=round(top, 1),
        layout=layout,
        placed=[_placed(each, layout) for each in cards.values()],
    )


def _placed(each: Card, layout: Layout) -> _Placed:
    x, y = layout.middles[each.box.node_id]
    left, top = round(x - each.width / 2, 1), round(y - each.height / 2, 1)
    return _Placed(each, left, top, round(THIN + (THICK - THIN) * each.strength, 1))


class _Legend(Struct, frozen=True):
    keys: list[_Key]
    shades: list[_Key]
    notes: list[_Note]
    bottom: float


def _legend(chart: Chart, width: float) -> _Legend:
    kinds = dict.fromkeys(box.kind for box in chart.boxes)
    shades = [] if chart.traffic is None else list(_shades(chart.traffic))
    entries = [(kind, told) for kind, told in phrases.KINDS.items() if kind in kinds]
    columns = max(1, int((width - 2 * MARGIN) // KEY_WIDTH))
    keys, y = _rows(entries, TITLE, columns)
    shown, y = _rows(shades, y, columns)
    notes, bottom = _notes(chart, y + 10, (width - 3 * MARGIN) / 2)
    return _Legend(keys, shown, notes, bottom)


def _notes(chart: Chart, top: float, room: float) -> tuple[list[_Note], float]:
    """What is told in sentences, and where it ends.

    It stands in two columns, of which the first takes the half of the lines that is the greater.
    """
    size = SIZES["told"]
    blocks = [
        wrapped(text, size, room - width_of("• ", size), NOTE_LINES) for text in _sentences(chart)
    ]
    notes: list[_Note] = []
    total, taken, tops = sum(map(len, blocks)), 0, [top, top]
    for block in blocks:
        column = 0 if taken * 2 < total else 1
        x = round(MARGIN + column * (room + MARGIN), 1)
        for place, line in enumerate(block):
            tops[column] += LEADING if place else LEADING + 4
            notes.append(_Note(x, tops[column], f"{'  ' if place else '• '}{line}"))
        taken += len(block)
    return notes, max(tops)


def _sentences(chart: Chart) -> Iterator[str]:
    if chart.traffic is not None:
        yield chart.traffic.told
        if chart.traffic.strangers:
            places = ", ".join(chart.traffic.strangers)
            yield f"Not drawn, since this flow does not have it: {places}."
    yield from chart.rules


def _rows(entries: list[tuple[str, str]], top: float, columns: int) -> tuple[list[_Key], float]:
    keys = [
        _Key(MARGIN + place % columns * KEY_WIDTH, top + place // columns * KEY_ROW, name, told)
        for place, (name, told) in enumerate(entries)
    ]
    return keys, top + -(-len(entries) // columns) * KEY_ROW


def _shades(traffic: Traffic) -> Iterator[tuple[str, str]]:
    """Each shade with the shares that it stands for."""
    yield "0", "nobody leaves here, or nothing is known"
    for level in range(1, LEVELS + 1):
        low, high = (share_told(traffic.step * each) for each in (level - 1, level))
        yield str(level), f"more than {low}, up to {high}"


@cache
def _template() -> Template:
    text = resources.files("ivr.paper.drawing").joinpath("picture.svg").read_text(encoding="utf-8")
    made = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return made.from_string(text)
