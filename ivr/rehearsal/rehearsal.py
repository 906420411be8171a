"""A part of a population rings the line, one caller after another."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from msgspec import Struct

from ivr.rehearsal.caller import Caller
from ivr.rehearsal.outcome import Outcome  # noqa: TC001 - msgspec reads the types of fields
from ivr.rehearsal.population import person

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.rehearsal.guide import Guide
    from ivr.rehearsal.line import Line


class Batch(Struct, frozen=True):
    """What became of some callers, in the order of their numbers."""

    outcomes: list[Outcome]
    prompts: dict[str, int]
    """How often each prompt was begun to be heard, by all of them."""


def rehearse(
    line: Line,
    guide: Guide,
    seed: int,
    numbers: range,
    on_caller: Callable[[], object] | None = None,
) -> Batch:
    """Lets the callers of these numbers ring, and tells what became of them.

    Args:
        line: that they ring.
        guide: to it and its callers.
        seed: from which everything that is left to chance follows.
        numbers: of the callers.
        on_caller: told after each of them; None for nobody.
    """
    outcomes, prompts = [], Counter[str]()
    for number in numbers:
        caller = Caller(line, guide, seed, person(guide.personas, seed, number))
        outcomes.append(caller.live())
        prompts.update(caller.prompts)
        if on_caller is not None:
            on_caller()
    return Batch(outcomes, dict(prompts))
