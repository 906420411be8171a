"""The call as Mermaid text, which GitHub and many editors draw.

Mermaid has a grammar of its own within labels: what it would read as more than a letter is written
as its number, `#34;` for a quotation mark.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ivr.flow.terms import RESERVED
from ivr.paper.drawing import phrases
from ivr.paper.drawing.figures import figures_told, share_told
from ivr.paper.drawing.traffic import SHADES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.paper.drawing.chart import Box, Chart, Way
    from ivr.paper.drawing.traffic import Traffic

_SHAPES: Final = {
    "say": ("[", "]"),
    "menu": ("{{", "}}"),
    "lesson": ("[[", "]]"),
    "practice": ("[/", "/]"),
    "think": ("(", ")"),
    "transfer": ("[\\", "\\]"),
    "branch": ("{", "}"),
    "end": ("([", "])"),
}
"""How each kind of node is written around its label."""
_SPECIAL: Final = re.compile(r"""["#&;<>`\\\[\]{}|@$~^*+=/]|_(?=_)""")
MAX_LABEL: Final = 60
"""So many letters of a text stand in a label; all of it stands in the table of the page."""


def mermaid(chart: Chart) -> str:
    """A chart as the text of a Mermaid flowchart."""
    return "\n".join(_statements(chart)) + "\n"


def _statements(chart: Chart) -> Iterator[str]:
    yield "flowchart TD"
    for number, part in enumerate(chart.parts):
        indent = "    " if part.heading else "  "
        if part.heading:
            yield f'  subgraph part_{number}["{_escaped(part.heading)}"]'
        for box in part.boxes:
            before, after = _SHAPES[box.kind]
            yield f'{indent}n_{box.node_id}{before}"{_label(box, chart.traffic)}"{after}'
        if part.heading:
            yield "  end"
    for box in chart.boxes:
        yield from (_arrow(box, way) for way in box.ways if way.go not in RESERVED)
    if chart.traffic is not None:
        yield from _shades(chart, chart.traffic)


def _label(box: Box, traffic: Traffic | None) -> str:
    lines = [f"{box.kind} · {box.node_id}"]
    if box.steps:
        lines.append(f"{len(box.steps)} steps: {_short(box.steps[0][1])}")
    elif box.text:
        lines.append(_short(box.text))
    lines += [
        f"{_told(way)} {phrases.goal(way.go)}".strip() for way in box.ways if way.go in RESERVED
    ]
    if traffic is not None:
        lines += _figures(box, traffic)
    return "<br>".join(map(_escaped, lines))


def _figures(box: Box, traffic: Traffic) -> Iterator[str]:
    """What is known of callers at a node, and at the step of a lesson where most leave."""
    found = {
        number: passing.share
        for number, (step, _) in enumerate(box.steps, start=1)
        if (passing := traffic.places.get(f"{box.node_id}.{step}")) and passing.share
    }
    if found:
        worst = max(found, key=lambda each: found[each] or 0.0)
        yield f"most leave at step {worst}: {share_told(found[worst])}"
    elif box.node_id in traffic.places:
        yield figures_told(traffic.places[box.node_id])


def _arrow(box: Box, way: Way) -> str:
    told = _told(way)
    label = f'|"{_escaped(told)}"|' if told else ""
    return f"  n_{box.node_id} -->{label} n_{way.go}"


def _told(way: Way) -> str:
    when = f" ({way.when})" if way.when else ""
    return " · ".join(filter(None, (way.key, _short(way.text)))) + when


def _short(text: str) -> str:
    if len(text) <= MAX_LABEL:
        return text
    return f"{text[:MAX_LABEL].rsplit(' ', 1)[0].rstrip(' ,।.')}…"


def _escaped(text: str) -> str:
    return _SPECIAL.sub(lambda found: f"#{ord(found[0])};", text)


def _shades(chart: Chart, traffic: Traffic) -> Iterator[str]:
    for level, shade in enumerate(SHADES):
        yield f"  classDef level{level} fill:{shade},color:#111,stroke:#333"
    for box in chart.boxes:
        names = [box.node_id, *(f"{box.node_id}.{step}" for step, _ in box.steps)]
        shares = [traffic.places[name].share for name in names if name in traffic.places]
        yield f"  class n_{box.node_id} level{max(map(traffic.level, shares), default=0)}"
