"""The call as a page for the documentation: picture, rules, Mermaid, and a table of every place."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Final

from jinja2 import Environment, StrictUndefined, Template
from msgspec import Struct

from ivr.paper.drawing import phrases
from ivr.paper.drawing.figures import figures_told
from ivr.paper.drawing.mermaid import mermaid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.paper.drawing.chart import Box, Chart, Way

_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]<>#|~$])")
"""What Markdown would not print as it stands; `$` begins a formula on GitHub."""


class _Row(Struct, frozen=True):
    place: str
    kind: str
    text: str
    ways: list[str]
    callers: str


def page(chart: Chart, picture: str | None = None) -> str:
    """A chart as the text of a Markdown file.

    Args:
        chart: to be shown.
        picture: where the SVG lies, as a link from the page; None: the page has none.
    """
    kinds = {box.kind for box in chart.boxes}
    steps = sum(len(box.steps) for box in chart.boxes)
    return _template().render(
        chart=chart,
        picture=picture,
        counted=f"There are {len(chart.boxes)} places, and {steps} steps in lessons.",
        kinds={kind: told for kind, told in phrases.KINDS.items() if kind in kinds},
        mermaid=mermaid(chart),
        rows=[[row for box in part.boxes for row in _rows(chart, box)] for part in chart.parts],
    )


def _rows(chart: Chart, box: Box) -> Iterator[_Row]:
    """A node, and below it each step that it holds."""
    ways = [_told(way) for way in box.ways]
    yield _Row(box.node_id, box.kind, box.text, ways, _callers(chart, box.node_id))
    for number, (step, text) in enumerate(box.steps, start=1):
        place = f"{box.node_id}.{step}"
        yield _Row(place, f"step {number}", text, [], _callers(chart, place))


def _callers(chart: Chart, place: str) -> str:
    if chart.traffic is None or place not in chart.traffic.places:
        return ""
    return figures_told(chart.traffic.places[place])


def _told(way: Way) -> str:
    when = f" ({way.when})" if way.when else ""
    named = " · ".join(filter(None, (way.key, way.text)))
    return f"{named}{when} {phrases.goal(way.go)}".strip()


def _markdown(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


@cache
def _template() -> Template:
    text = resources.files("ivr.paper.drawing").joinpath("page.md").read_text(encoding="utf-8")
    made = Environment(  # noqa: S701 - Markdown, escaped by the filter
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=False
    )
    made.filters["md"] = _markdown
    return made.from_string(text)
