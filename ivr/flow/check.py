"""What the types cannot say: that names lead somewhere, words exist, codes are sound."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.flow.asking import asking_faults
from ivr.flow.content import content_faults
from ivr.flow.counting import count_faults
from ivr.flow.goals import goal_faults, lost_goals
from ivr.flow.graph import graph_faults, way_out_faults
from ivr.flow.heads import head_faults
from ivr.flow.keys import key_faults
from ivr.flow.menus import menu_faults
from ivr.flow.reach import reachable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.flow.model import Spec
    from ivr.flow.problem import Finding


def check(spec: Spec) -> Iterator[Finding]:
    """Everything that is found in a spec whose files each have the right shape.

    While a goal leads to no node, every node counts as one that a call can come to: what stands
    behind it would otherwise be told of as well, and is right as soon as the goal is.
    """
    flow = spec.flow
    is_whole = not any(lost_goals(flow))
    reached = reachable(flow) if is_whole else flow.nodes.keys()
    yield from head_faults(spec)
    yield from goal_faults(flow)
    yield from key_faults(flow)
    yield from asking_faults(flow)
    yield from graph_faults(flow, reached)
    if is_whole:
        yield from way_out_faults(flow, reached)
        yield from menu_faults(flow)
    yield from content_faults(spec)
    yield from count_faults(spec)
