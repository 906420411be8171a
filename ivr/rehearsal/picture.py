"""A picture of where callers drop out: one bar for each place, in the order of the flow, as SVG."""

from __future__ import annotations

import math
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Final

from jinja2 import Environment, StrictUndefined, Template
from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.rehearsal.figures import Figures

MARGIN: Final = 24
LEFT: Final = 330
"""Where bars begin; further right where a place is longer than those of the shipped flow."""
LETTER: Final = 8.2
"""How wide a letter of a place is at most, by which room is made for it."""
BARS: Final = 470
"""How wide the longest bar can be."""
NUMBERS: Final = 160
"""What the numbers behind it need."""
TOP: Final = 120
ROW: Final = 22
FOOT: Final = 40
TICKS: Final = 5
STEPS: Final = (0.001, 0.002, 0.003, 0.005, 0.01, 0.015, 0.025, 0.05, 0.1, 0.2)
"""What may lie between two lines of the scale."""


class _Bar(Struct, frozen=True):
    place: str
    y: int
    all: float
    lost: float
    told: str


class _Tick(Struct, frozen=True):
    x: float
    told: str


def picture(figures: Figures) -> str:
    """The drop-out by place, as the text of an SVG file."""
    bottom = TOP + ROW * max(1, len(figures.dropout))
    step = _step(max((each.share for each in figures.dropout), default=0.0))
    left = _left(figures)
    return _template().render(
        width=left + BARS + NUMBERS,
        height=bottom + FOOT,
        margin=MARGIN,
        left=left,
        top=TOP,
        bottom=bottom,
        told=f"{figures.callers} pretend callers, seed {figures.seed}, flow {figures.flow}; "
        "shares of all callers with a goal",
        bars=list(_bars(figures, step)),
        ticks=list(_ticks(left, step)) if figures.dropout else [],
    )


def _bars(figures: Figures, step: float) -> Iterator[_Bar]:
    lost = {each.place: each.share for each in figures.lost}
    for number, each in enumerate(figures.dropout):
        never = lost.get(each.place, 0.0)
        told = f"{each.share:.1%}" + (f" ({never:.1%} never)" if never else "")
        yield _Bar(
            place=each.place,
            y=TOP + number * ROW,
            all=_long(each.share, step),
            lost=_long(never, step),
            told=told,
        )


def _ticks(left: int, step: float) -> Iterator[_Tick]:
    for number in range(TICKS + 1):
        yield _Tick(left + _long(number * step, step), f"{number * step * 100:.3g} %")


def _left(figures: Figures) -> int:
    """Where bars begin, so that every place stands whole before them."""
    longest = max((len(each.place) for each in figures.dropout), default=0)
    return max(LEFT, math.ceil(MARGIN + longest * LETTER))


def _step(greatest: float) -> float:
    """What lies between two lines, so that the greatest share fits."""
    return next((step for step in STEPS if step * TICKS >= greatest), STEPS[-1])


def _long(share: float, step: float) -> float:
    return round(BARS * share / (step * TICKS), 1)


@cache
def _template() -> Template:
    text = resources.files("ivr.rehearsal").joinpath("picture.svg").read_text(encoding="utf-8")
    return Environment(autoescape=True, undefined=StrictUndefined).from_string(text)
