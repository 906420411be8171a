"""Faults of menus: too many keys to choose from at once, and too many menus on the way."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from ivr.flow.model import Lesson, Menu
from ivr.flow.places import home
from ivr.flow.problem import Level, in_flow
from ivr.flow.reach import stops_at
from ivr.flow.usage import SLOW, USUAL, offered, taken

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ivr.flow.model import Flow, Node
    from ivr.flow.problem import Finding, Path
    from ivr.flow.terms import NodeId

EASY_OPTIONS: Final = 4
"""So many are held in mind; each more is a burden. Our judgement, after vendors' guides for IVR."""
MAX_OPTIONS: Final = 7
"""With more, nobody remembers the first when the last is said; a judgement as well."""
MAX_DEPTH: Final = 2
"""So many menus one below the other are followed by people who seldom use one.

In a health line in India women with little schooling could not use a hierarchy of menus at all, and
did well on a straight line (BMJ Innovations).
"""


def menu_faults(flow: Flow) -> Iterator[Finding]:
    """Each fault of how much there is to choose from."""
    for node_id, node in flow.nodes.items():
        for path, count in _choices(("nodes", node_id), node):
            if count > EASY_OPTIONS:
                yield _too_many(path, count)
    for node_id, depth in depths(flow).items():
        if depth > MAX_DEPTH:
            told = (
                f"from '{home(flow)}' on it is menu {depth} one below the other, and callers "
                f"follow {MAX_DEPTH} at most"
            )
            to_do = "offer further up what it offers"
            yield in_flow(("nodes", node_id), told, to_do, Level.WARNING)


def depths(flow: Flow) -> Mapping[NodeId, int]:
    """How many menus a caller chooses from to get on: of each menu at or below the main one.

    The main menu, the node of key 0, is 1. A menu is below another if an option leads to it with
    nothing but words and branches between: after a lesson, a practice or a person something new
    begins. Where several ways lead to it, the shortest counts. A menu of one option is no choice
    and adds nothing, and is not among the result; what is aside, such as help, is left out.
    """
    found: dict[NodeId, int] = {}
    ahead = deque((stop, 0) for stop in stops_at(flow, home(flow)))
    while ahead:
        node_id, above = ahead.popleft()
        node = flow.nodes.get(node_id)
        if node_id in found or not isinstance(node, Menu) or node.aside:
            continue
        is_choice = _is_choice(node)
        found[node_id] = above + is_choice
        below = {stop for option in node.options for stop in stops_at(flow, option.go)}
        # What adds nothing comes first: so the shortest way is found before any other.
        (ahead.extend if is_choice else ahead.extendleft)(
            (stop, found[node_id]) for stop in sorted(below)
        )
    return {each: depth for each, depth in found.items() if _is_choice(flow.nodes[each])}


def _choices(path: Path, node: Node) -> Iterator[tuple[Path, int]]:
    """How many options are offered at once, with where they stand."""
    match node:
        case Menu():
            yield (*path, "options"), _offered(node)
        case Lesson():
            for place, step in enumerate(node.steps):
                count = max(len(taken(step.options, holding)) for holding in (USUAL, SLOW))
                yield (*path, "steps", place, "options"), count
        case _:
            pass


def _is_choice(node: Node) -> bool:
    return isinstance(node, Menu) and _offered(node) > 1


def _offered(menu: Menu) -> int:
    """How many options a menu says at most."""
    return max(len(offered(menu, holding=holding)) for holding in (USUAL, SLOW))


def _too_many(path: Path, count: int) -> Finding:
    if count > MAX_OPTIONS:
        told = f"{count} options are offered at once, more than the {MAX_OPTIONS} that can be"
        return in_flow(path, told, "take some out, or put them behind one of the others")
    told = f"{count} options are offered at once, and callers hold {EASY_OPTIONS} in mind"
    return in_flow(path, told, "take out what few callers want", Level.WARNING)
