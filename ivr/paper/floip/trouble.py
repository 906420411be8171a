"""What the platform tells the flow, and where trouble, `return` and `bookmark` lead.

FLOIP has no word for the hour, for how often a caller was silent, or for where a caller came from.
The platform says such things as properties of the contact, all of them named `line_…`; while it
says nothing, the flow goes its usual way. Where a caller came from, the flow notes by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ivr.flow.model import Asking, Lesson
from ivr.flow.patience import patience
from ivr.flow.places import home
from ivr.flow.terms import BOOKMARK, RETURN
from ivr.flow.usage import number_prompt
from ivr.paper.floip.draft import Way
from ivr.paper.floip.expressions import PLACE, equals, told, value_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.flow.model import Flow, Leave
    from ivr.flow.terms import NodeId, PromptId
    from ivr.paper.floip.draft import Draft

PROPERTIES: Final = {
    "line_night": "yes: the clock in Kolkata is within flow.night_hours",
    "line_helper": "yes: a person can be rung now",
    "line_kept": "yes: something may be kept of this caller",
    "line_slow": "yes: the caller has chosen to hear it slower, or simpler",
    "line_bookmark": "yes: this caller's last call broke off at a place with `resume`",
    "line_bookmark_place": "where that was: the `place` of a block, such as"
    " register_lesson.register_6",
    "line_answered": "yes: the person who was rung has answered, and the talk is over",
    "line_trouble": "offer_N: level N of `confusion` is reached now; give_up_N: the way out was"
    " taken twice here, N times so; end: and the caller did not find on from there either",
}
"""Name → what it means, for whoever connects a platform."""


def is_beside(node: Asking) -> bool:
    """Whether a place is none to come back to, such as the menu of help, or a lesson aside.

    The line comes back to a lesson aside too, from further aside; the flow here notes one place.
    """
    return node.aside


def places(node_id: NodeId, node: Asking) -> tuple[str, ...]:
    """Every place of a node at which a caller can stand."""
    if isinstance(node, Lesson):
        return tuple(f"{node_id}.{step.prompt}" for step in node.steps)
    return (node_id,)


def put_trouble(draft: Draft, block_id: str, node: Asking, leave: Leave) -> str:
    """Puts where a caller goes who does not find on: what is offered, given up, or usually done.

    Args:
        draft: the blocks.
        block_id: of the block.
        node: where the trouble is.
        leave: what is usually done there.
    """
    flow = draft.flow
    levels = () if is_beside(node) else flow.confusion.levels
    offers = [
        Way(f"offer_{n}", draft.said((each.prompt,), draft.head(each.go)))
        for n, each in enumerate(levels, 1)
    ]
    further = [
        Way(f"give_up_{n}", draft.said((each.prompt,), draft.head(each.go)))
        for n, each in enumerate(patience(flow, node).ways_out[1:], 1)
    ]
    end = Way("end", draft.head(flow.defaults.ends_at))
    ways = (
        Way(way.tag, way.goal, told("line_trouble", way.tag)) for way in (*offers, *further, end)
    )
    draft.case(block_id, ways, draft.said((leave.prompt,), draft.head(leave.go)))
    return block_id


def put_reserved(draft: Draft) -> None:
    """Puts the blocks of `return` and `bookmark`, where any block leads there."""
    flow = draft.flow
    back = draft.head(home(flow))
    if RETURN in draft.reserved:
        known = (place for place, node in _standing(flow) if not is_beside(node))
        draft.case(RETURN, (Way(p, p, equals(value_of(PLACE), p)) for p in known), back)
    if BOOKMARK in draft.reserved:
        ways = (Way(place, place, _broke_off(place)) for place, _ in resumed(flow))
        draft.case(BOOKMARK, ways, back)


def put_where(draft: Draft, block_id: str, goal: str) -> None:
    """Puts what a menu says of the place at which the last call broke off."""
    ways = (
        Way(place, draft.said(said, goal), _broke_off(place)) for place, said in resumed(draft.flow)
    )
    draft.case(block_id, ways, goal)


def resumed(flow: Flow) -> Iterator[tuple[str, tuple[PromptId, ...]]]:
    """Every place at which a later call goes on, and what tells of it."""
    for node_id, node in flow.nodes.items():
        if not isinstance(node, Asking) or node.resume is None:
            continue
        numbered = isinstance(node, Lesson) and node.numbered is not None
        for number, place in enumerate(places(node_id, node), 1):
            yield place, (node.resume, *((number_prompt(number),) if numbered else ()))


def _broke_off(place: str) -> str:
    return told("line_bookmark_place", place)


def _standing(flow: Flow) -> Iterator[tuple[str, Asking]]:
    for node_id, node in flow.nodes.items():
        if isinstance(node, Asking):
            yield from ((place, node) for place in places(node_id, node))
