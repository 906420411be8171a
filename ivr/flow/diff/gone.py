"""Places that the new version does not have: where their callers go on, or that they are lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias, assert_never

from msgspec import Struct

from ivr.flow.diff.arrivals import arrivals
from ivr.flow.diff.change import Gone
from ivr.flow.diff.fields import type_of
from ivr.flow.model import Asking, Branch, End, Lesson, Menu, Practice, Say, Think, Transfer
from ivr.flow.places import is_place, present, split
from ivr.flow.usage import prompts_used
from ivr.flow.ways import targets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.flow.diff.fields import Names
    from ivr.flow.model import Flow, Node, Spec
    from ivr.flow.terms import NodeId

ALIKE_ENOUGH: Final = 0.5
"""From 0 to 1: a node that resembles one that is gone by less is not suggested in its place."""
_WORDS_COUNT: Final = 0.6
"""The share of the words in how much two nodes resemble each other; ways in and out have the rest,
for a node is what it says before it is where it stands."""


def gone_places(old: Spec, new: Spec, names: Names) -> Iterator[Gone]:
    """Each place of the old version at which a call can rest, and which the new one lacks.

    A lesson whose callers all go on at one node, or are all lost, is told in one. Where a step
    alone is gone, the step that stands there now takes its callers. An end is left out: who has
    come there is on no way.

    Args:
        old: the earlier version, be it ever so wrong in what it means.
        new: the later one, whose `renamed:` is followed.
        names: as `ivr.flow.diff.nodes.new_names` gives them.
    """
    shapes = _shapes(old, names), _shapes(new, {})
    for node_id, node in old.flow.nodes.items():
        places = _places(node_id, node)
        went = {
            place: present(new.flow, place, step)
            for step, place in enumerate(places)
            if not is_place(new.flow, place)
        }
        there = {None if to is None else split(to)[0] for to in went.values()}
        if len(went) < len(places) or len(there) != 1 or there == {node_id}:
            yield from (Gone(place=place, to=to) for place, to in went.items())
        elif there == {None}:
            yield _lost(node_id, old, new, shapes)
        else:
            yield Gone(place=node_id, to=there.pop() if len(places) > 1 else went[places[0]])


def without_resume(old: Flow, new: Flow, names: Names) -> Iterator[NodeId]:
    """The nodes that both have, and at which only the old one goes on at a later call."""
    for node_id, node in old.nodes.items():
        there = new.nodes.get(names.get(node_id, node_id))
        if there is None or not (isinstance(node, Asking) and node.resume):
            continue
        if not (isinstance(there, Asking) and there.resume):
            yield names.get(node_id, node_id)


def _lost(node_id: NodeId, old: Spec, new: Spec, shapes: tuple[_Shapes, _Shapes]) -> Gone:
    """A node of which nothing says where its callers go on, with what could be done about it."""
    now = new.flow.nodes.get(node_id)
    return Gone(
        place=node_id,
        to=None,
        suggestion=_suggestion(node_id, old, new, shapes),
        is_now=None if now is None else type_of(now),
    )


def _places(node_id: NodeId, node: Node) -> list[str]:
    """Where a call can rest at a node; a code in parts rests at the node."""
    match node:
        case Lesson(steps=steps):
            return [f"{node_id}.{step.prompt}" for step in steps]
        case Menu() | Practice() | Think() | Transfer():
            return [node_id]
        case Say() | Branch() | End():
            return []
        case _:
            assert_never(node)


class _Shape(Struct, frozen=True):
    """What a node is known by, whatever it is called."""

    texts: frozenset[str]
    leads: frozenset[str]
    """Where it leads to, and from where one comes there."""


_Shapes: TypeAlias = dict[str, _Shape]


def _shapes(spec: Spec, names: Names) -> _Shapes:
    flow = spec.flow
    words = spec.words.get(flow.flow.default_language)
    said = {} if words is None else words.prompts
    texts: dict[str, set[str]] = {}
    for path, prompt in prompts_used(flow):
        match path:
            case ("nodes", str(node_id), *_) if prompt in said:
                texts.setdefault(node_id, set()).add(said[prompt])
            case _:
                pass
    led = arrivals(flow, names)
    return {
        node_id: _Shape(
            frozenset(texts.get(node_id, ())),
            frozenset(
                [f"to {names.get(goal, goal)}" for _, goal in targets(node)]
                + [f"from {source}" for source in led.get(names.get(node_id, node_id), ())]
            ),
        )
        for node_id, node in flow.nodes.items()
    }


def _suggestion(
    gone: NodeId, old: Spec, new: Spec, shapes: tuple[_Shapes, _Shapes]
) -> NodeId | None:
    """The new node of the same kind that resembles one that is gone most."""
    kind = type(old.flow.nodes[gone])
    alike = {
        node_id: _likeness(shapes[0][gone], shapes[1][node_id])
        for node_id, node in new.flow.nodes.items()
        if node_id not in old.flow.nodes and isinstance(node, kind)
    }
    best = max(alike, key=alike.__getitem__, default=None)
    return best if best is not None and alike[best] >= ALIKE_ENOUGH else None


def _likeness(one: _Shape, other: _Shape) -> float:
    """How much two nodes have in common, from 0 to 1."""
    words = _overlap(one.texts, other.texts)
    leads = _overlap(one.leads, other.leads)
    return _WORDS_COUNT * words + (1 - _WORDS_COUNT) * leads


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    both = one | other
    return len(one & other) / len(both) if both else 0.0
