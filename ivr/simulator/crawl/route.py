"""The shortest known way from one place to another."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from ivr.simulator.crawl.atlas import Trail, Variant, exits_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.simulator.crawl.inputs import Step

_Key: TypeAlias = tuple[int, int]
"""The number of a variant, and that of the place before it where that matters."""


class Route(Struct, frozen=True):
    """A way over several steps, each with where it is believed to lead."""

    goal: Variant
    legs: tuple[tuple[Step, Variant], ...]

    @property
    def trail(self) -> Trail:
        """Its steps alone."""
        return tuple(step for step, _ in self.legs)


def route(
    start: Variant,
    is_goal: Callable[[Variant], bool],
    *,
    is_new_call: bool,
    came_from: int = 0,
) -> Route | None:
    """Gives the shortest way that is believed to lead to a goal.

    Args:
        start: where it begins; may be a goal itself.
        is_goal: says so of a variant.
        is_new_call: whether what becomes of Dials can still be chosen.
        came_from: the number of the place where the caller was before; 0 at the beginning.
    """
    back: dict[_Key, tuple[_Key, Step, Variant] | None] = {_key(start, came_from): None}
    queue = deque([(start, came_from)])
    while queue:
        at, before = queue.popleft()
        here = _key(at, before)
        if is_goal(at):
            return Route(at, _legs(back[here], back))
        for each in exits_of(at, before):
            key = _key(each.target, at.place.number)
            if key not in back and (is_new_call or each.is_usual):
                back[key] = (here, each.step, each.target)
                queue.append((each.target, at.place.number))
    return None


def _key(at: Variant, came_from: int) -> _Key:
    return at.number, came_from if at.place.is_fickle else 0


def _legs(
    last: tuple[_Key, Step, Variant] | None,
    back: dict[_Key, tuple[_Key, Step, Variant] | None],
) -> tuple[tuple[Step, Variant], ...]:
    legs: list[tuple[Step, Variant]] = []
    while last is not None:
        before, step, target = last
        legs.append((step, target))
        last = back[before]
    return tuple(reversed(legs))
