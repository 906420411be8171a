"""Which prompts a flow uses, and where it names them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, assert_never

import msgspec

from ivr.flow.model import Asking, Code, Flow, Lesson, Menu, Practice, PromptId, Think

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.flow.problem import Path

DIGITS: Final = "0123456789"
_NAMES: Final = {
    *("prompt", "say", "right", "code_prompt", "no_input", "invalid", "ready", "safety"),
    *("warning", "own_number", "keys", "last_keys", "at_first", "again", "end"),
}
"""The fields that hold prompt ids, one or a list; a test holds them against the types."""


def digit_prompt(digit: str, *, last: bool) -> PromptId:
    """The prompt that says one digit of a code: `digit_7` for a last '7', else `digit_7_more`.

    Args:
        digit: one of 0 to 9.
        last: whether the code ends with it, so that the voice falls; before another digit it
            stays up.
    """
    return f"digit_{digit}" if last else f"digit_{digit}_more"


DIGIT_PROMPTS: Final = frozenset(
    digit_prompt(digit, last=last) for digit in DIGITS for last in (False, True)
)
"""Every prompt that says a digit of a code, in either form."""


def own_prompts(flow: Flow, node: Asking, step: PromptId | None = None) -> tuple[PromptId, ...]:
    """What a node says in one row besides lead and code, in order.

    Args:
        flow: whose defaults hold.
        node: one that waits for keys.
        step: where a lesson stands; None: at its first step.
    """
    match node:
        case Menu():
            return (node.prompt, *(option.prompt for option in node.options))
        case Lesson():
            names = flow.defaults.lesson
            last = step == node.steps[-1].prompt
            return (step or node.steps[0].prompt, names.last_keys if last else names.keys)
        case Think():
            return (node.prompt, flow.defaults.ready)
        case Practice():
            return (node.prompt, flow.defaults.practice.safety, node.code_prompt)
        case _:
            assert_never(node)


def prompts_used(flow: Flow) -> Iterator[tuple[Path, PromptId]]:
    """Every prompt that a call can say, with where the flow names it; one may come twice.

    The digits of codes are prompts too, named by the practice nodes that read them.
    """
    yield from _within(flow, ())
    for node_id, node in flow.nodes.items():
        if isinstance(node, Practice):
            path: Path = ("nodes", node_id, "code")
            yield from ((path, prompt_id) for prompt_id in _digits(node.code))


def _digits(code: Code) -> Iterator[PromptId]:
    """The digits that a code can have, in the forms in which it can have them."""
    before, last = (DIGITS, DIGITS) if code.digits is None else (code.digits[:-1], code.digits[-1])
    yield from (digit_prompt(digit, last=False) for digit in before)
    yield from (digit_prompt(digit, last=True) for digit in last)


def _within(part: object, path: Path) -> Iterator[tuple[Path, PromptId]]:
    match part:
        case msgspec.Struct():
            for name in part.__struct_fields__:
                yield from _field(name, getattr(part, name), (*path, name))
        case dict():
            for key, value in part.items():
                yield from _within(value, (*path, key))
        case tuple():
            for place, value in enumerate(part):
                yield from _within(value, (*path, place))
        case _:
            return


def _field(name: str, value: object, path: Path) -> Iterator[tuple[Path, PromptId]]:
    match value:
        case str() if name in _NAMES:
            yield path, value
        case tuple() if name in _NAMES:
            yield from (((*path, place), item) for place, item in enumerate(value))
        case _:
            yield from _within(value, path)
