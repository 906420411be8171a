"""How often and with which words a node asks again: its own words, or else the flow's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from ivr.flow.derived import once
from ivr.flow.model import Asking, Flow, Leave, Practice

if TYPE_CHECKING:
    from ivr.flow.terms import NodeId, PromptId


class Patience(Struct, frozen=True):
    """What holds at one node."""

    tries: int
    no_input: tuple[PromptId, ...]
    """For the first silence, the second, and from then on the last."""
    invalid: tuple[PromptId, ...]
    """For the first key or entry that leads nowhere, and so on."""
    ways_out: tuple[Leave, ...]
    """When the tries are over; and when that was said twice in this call, the next one."""


def patience(flow: Flow, node: Asking) -> Patience:
    """What holds at a node that waits for keys; practice nodes have defaults of their own."""
    give_up: tuple[Leave, ...] = (flow.defaults.give_up,)
    if isinstance(node, Practice):
        give_up = (flow.defaults.practice.give_up, *give_up)
    usual = flow.defaults.practice if isinstance(node, Practice) else flow.defaults
    return Patience(
        tries=node.tries or flow.defaults.tries,
        no_input=node.no_input or usual.no_input,
        invalid=node.invalid or usual.invalid,
        ways_out=(node.too_many or usual.too_many, *give_up),
    )


@once
def every_patience(flow: Flow) -> dict[NodeId, Patience]:
    """What holds at each node that waits for keys."""
    return {
        node_id: patience(flow, node)
        for node_id, node in flow.nodes.items()
        if isinstance(node, Asking)
    }
