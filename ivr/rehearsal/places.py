"""Places of a call as the action URL names them, and which prompts a flow says in which role."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from ivr.flow.model import Flow, Lesson, Practice
from ivr.flow.places import is_place, split

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.flow.terms import PromptId

_LISTS: Final = frozenset({"no_input", "invalid"})
_LEAVING: Final = frozenset({"too_many", "silence", "give_up"})
"""Under these names a flow says what answers silence and wrong keys, one by one or at the last."""


def place_of(flow: Flow, action: str) -> str:
    """The place of an action's name, such as `help`, or `register_lesson.register_6`.

    A step that is none of a lesson is a part of its node, and so the same place:
    `practice_number.part_2` is `practice_number`.
    """
    node_id, _ = split(action)
    is_step = isinstance(flow.nodes.get(node_id), Lesson) and is_place(flow, action)
    return action if is_step else node_id


def in_order(flow: Flow) -> Iterator[str]:
    """Every place of a flow, in the order of its file."""
    for node_id, node in flow.nodes.items():
        if isinstance(node, Lesson):
            yield from (f"{node_id}.{step.prompt}" for step in node.steps)
        else:
            yield node_id


class Roles(Struct, frozen=True):
    """What a prompt that is heard may be, besides a part of the way."""

    reprompts: frozenset[PromptId]
    """What the flow says only in answer to silence or a wrong key."""
    warnings: frozenset[PromptId]
    """Safety lines in answer to an entry that may be a secret."""


def roles(flow: Flow) -> Roles:
    """The roles of a flow's prompts.

    What a place says of itself, and safety lines, are no re-prompts, even where a flow names them
    as such: they are said again so that the caller can go on.
    """
    safety = flow.defaults.practice
    own = {prompt for node in flow.nodes.values() for prompt in _own(node)} | {safety.safety}
    warnings = frozenset({safety.warning, safety.own_number})
    return Roles(frozenset(_named(flow)) - own - warnings, warnings)


def _own(node: object) -> Iterator[PromptId]:
    """What a node says by itself: its prompt, and those of its options or steps."""
    yield from filter(None, (getattr(node, "prompt", None),))
    if isinstance(node, Practice):
        yield node.code_prompt
    for part in (*getattr(node, "options", ()), *getattr(node, "steps", ())):
        yield part.prompt


def _named(part: object) -> Iterator[PromptId]:
    """Every prompt under one of the names of `_LISTS` and `_LEAVING`, wherever in the flow."""
    match part:
        case Struct():
            for name in part.__struct_fields__:
                value = getattr(part, name)
                if name in _LISTS and isinstance(value, tuple):
                    yield from value
                elif name in _LEAVING and isinstance(prompt := getattr(value, "prompt", None), str):
                    yield prompt
                yield from _named(value)
        case dict():
            for value in part.values():
                yield from _named(value)
        case tuple():
            for value in part:
                yield from _named(value)
        case _:
            return
