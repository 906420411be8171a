"""Whatever the flow, each node is drawn once, within the picture and beside the others."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from ivr.flow.model import (
    Branch,
    End,
    Leave,
    Lesson,
    Menu,
    Practice,
    Say,
    Silence,
    Think,
    Transfer,
)
from tests.paper.drawn import KINDS, cards_in, flow_of, rectangles, small_chart, svg_of

if TYPE_CHECKING:
    from ivr.flow.model import Flow, Node

NAMES = [f"node_{number}" for number in range(8)]
PARTS = st.sampled_from(["", "One", "Two", "Three"])


@st.composite
def flows(draw: st.DrawFn) -> tuple[Flow, dict[str, str]]:
    """A flow of some nodes of any kinds that lead anywhere, and headings for them."""
    names = NAMES[: draw(st.integers(1, len(NAMES)))]
    goal = st.sampled_from([*names, "return"])

    def led(node: Node) -> Node:
        match node:
            case Branch():
                cases = tuple(replace(each, go=draw(goal)) for each in node.when)
                return replace(node, when=cases, otherwise=draw(goal))
            case Menu():
                options = tuple(replace(each, go=draw(goal)) for each in node.options)
                leave = Leave(go=draw(goal))
                silence = Silence(after=1, go=draw(goal))
                return replace(
                    node, options=options, any_key=draw(goal), too_many=leave, silence=silence
                )
            case Transfer():
                return replace(node, done=Leave(go=draw(goal)), nobody=Leave(go=draw(goal)))
            case Lesson():
                first = replace(node.steps[0], options=())
                return replace(node, steps=(first, *node.steps[1:]), next=draw(goal))
            case Practice():
                return replace(node, next=draw(goal), too_many=None)
            case Say() | Think():
                return replace(node, next=draw(goal))
            case End():
                return node

    kinds = st.sampled_from(list(KINDS.values()))
    nodes = {name: led(draw(kinds)) for name in names}
    return flow_of(nodes), {name: heading for name in names if (heading := draw(PARTS))}


@settings(max_examples=40, deadline=None)
@given(flows())
def test_any_flow_is_drawn_with_every_node_once(given_flow: tuple[Flow, dict[str, str]]) -> None:
    flow, headings = given_flow
    shown = small_chart(flow, headings)
    root = svg_of(shown)
    assert cards_in(root).keys() == flow.nodes.keys()
    width, height = float(root.get("width", "")), float(root.get("height", ""))
    found = list(rectangles(shown).values())
    for left, top, right, bottom in found:
        assert 0 <= left < right <= width
        assert 0 <= top < bottom <= height
    for one, other in itertools.combinations(found, 2):
        assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
