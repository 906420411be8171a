"""Which prompts a flow uses, and where it names them."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, Final, assert_never

import msgspec

from ivr.flow.model import Asking, Code, Flow, Lesson, Menu, Option, Practice, Think
from ivr.flow.places import step_index
from ivr.flow.terms import BOOKMARK, Offer, PromptId

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from ivr.flow.problem import Path

DIGITS: Final = "0123456789"
_NAMES: Final = {
    *("prompt", "say", "right", "code_prompt", "no_input", "invalid", "ready", "safety"),
    *("warning", "own_number", "keys", "last_keys", "at_first", "again", "end", "resume"),
    *("first_part", "next_part", "numbered", "write", "limit"),
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


def number_prompt(number: int) -> PromptId:
    """The prompt that says which step of a numbered lesson comes, from 1: `step_4`."""
    return f"step_{number}"


USUAL: Final[frozenset[Offer]] = frozenset({"helper", "kept", "usual"})
"""All that can hold at once for a caller who is heard at the usual pace."""
SLOW: Final[frozenset[Offer]] = frozenset({"helper", "kept", "slow"})
"""All that can hold at once for a caller in the simpler way or at the slow pace."""


def taken(options: Iterable[Option], holding: Collection[Offer]) -> tuple[Option, ...]:
    """The options whose keys are taken while this holds, said or not."""
    return tuple(each for each in options if each.when is None or each.when in holding)


def offered(
    menu: Menu, *, simple: bool = False, holding: Collection[Offer] = USUAL
) -> tuple[Option, ...]:
    """The options that a menu says.

    Args:
        menu: whose.
        simple: in the simpler way, in which there are fewer.
        holding: what holds now, out of the conditions that an option can have.
    """
    return tuple(o for o in taken(menu.options, holding) if o.in_simple or not simple)


def asks_where(menu: Menu) -> bool:
    """Whether a menu asks where to go on, and so tells where the call before broke off."""
    return any(option.go == BOOKMARK for option in menu.options)


def step_prompts(
    flow: Flow,
    lesson: Lesson,
    first: int,
    count: int = 1,
    *,
    holding: Collection[Offer] = USUAL,
) -> tuple[PromptId, ...]:
    """What steps of a lesson say in one row: numbers, steps, what to write down, keys.

    Args:
        flow: whose defaults hold.
        lesson: whose steps.
        first: the first of them, from 0.
        count: how many are said at once.
        holding: what holds now, out of the conditions that an option can have.
    """
    names, steps = flow.defaults.lesson, lesson.steps[first : first + count]
    said: list[PromptId] = []
    for place, step in enumerate(steps, first):
        if lesson.numbered is not None:
            said.append(number_prompt(place + 1))
            if place == 0 or (place + 1) % names.total_every == 0:
                said.append(lesson.numbered)
        said.append(step.prompt)
    if count == 1:  # at the screen nobody writes down what is typed at once
        said += [step.write for step in steps if step.write is not None]
    is_last = first + count >= len(lesson.steps)
    said.append(names.last_keys if is_last else names.keys)
    options = taken((option for step in steps for option in step.options), holding)
    return (*said, *(option.prompt for option in options))


def own_prompts(flow: Flow, node: Asking, step: PromptId | None = None) -> tuple[PromptId, ...]:
    """What a node says in one row besides lead and code, in order, with all that it usually offers.

    Args:
        flow: whose defaults hold.
        node: one that waits for keys.
        step: where a lesson stands; None: at its first step.
    """
    match node:
        case Menu():
            return (node.prompt, *(option.prompt for option in offered(node)))
        case Lesson():
            return step_prompts(flow, node, step_index(node, step))
        case Think():
            return (node.prompt, flow.defaults.ready)
        case Practice():
            return (node.prompt, flow.defaults.practice.safety, node.code_prompt)
        case _:
            assert_never(node)


def prompts_used(flow: Flow) -> Iterator[tuple[Path, PromptId]]:
    """Every prompt that a call can say, with where the flow names it; one may come twice.

    The digits of codes are prompts too, named by the practice nodes that read them, and so are the
    numbers of the steps of numbered lessons.
    """
    yield from _within(flow, ())
    for node_id, node in flow.nodes.items():
        path: Path = ("nodes", node_id)
        match node:
            case Practice():
                yield from (((*path, "code"), prompt_id) for prompt_id in _digits(node.code))
            case Lesson() if node.numbered is not None:
                numbers = range(1, len(node.steps) + 1)
                yield from (((*path, "numbered"), number_prompt(each)) for each in numbers)
            case _:
                pass


def _digits(code: Code) -> Iterator[PromptId]:
    """The digits that a code can have, in the forms in which it can have them."""
    digits = code.digits
    if digits is None:
        before, last = set(DIGITS), set(DIGITS)
    else:  # what is keyed in parts is read in parts, and each part has a last digit
        ends = (*accumulate(code.groups), len(digits))
        last = {digits[end - 1] for end in ends if end <= len(digits)}
        before = set(digits[:-1])
    yield from (digit_prompt(digit, last=False) for digit in sorted(before))
    yield from (digit_prompt(digit, last=True) for digit in sorted(last))


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
