"""The parts of a call, as the person who wrote the flow has headed them.

A comment such as `# -- Learn to register ---` in the flow's file heads the nodes that follow it, up
to the next. It does nothing in a call; a drawing puts those nodes into one frame.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ivr.flow.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ivr.flow.terms import NodeId

_HEADING: Final = re.compile(r"\s*# -- (.*?\S)(?: -+)?\s*")


def sections(text: str, nodes: Iterable[NodeId]) -> dict[NodeId, str]:
    """The heading under which each node stands; one before the first heading has none.

    Args:
        text: of the flow's file.
        nodes: that it holds.
    """
    headings = {
        number: found[1]
        for number, line in enumerate(text.split("\n"), start=1)
        if (found := _HEADING.fullmatch(line))
    }
    source = Source("flow.yaml", text)
    lines = {node: source.line(("nodes", node)) for node in nodes}
    above = {node: [each for each in headings if each <= line] for node, line in lines.items()}
    return {node: headings[max(lines)] for node, lines in above.items() if lines}
