"""Two rows of moments brought into line: which of one is which of the other.

As few as can be are left over or changed. A text that has changed in the beginning, or one verb
more, must not make everything that comes after it look different.
"""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence

MAX_ALIGNED: Final = 2000
"""How many events are brought into line with each other; beyond them, one with one."""

_LEFT_OVER: Final = 2
"""What it costs that one has no other."""
_CHANGED: Final = 3
"""What it costs that one is another form of the other: less than if neither had another."""

_TOGETHER: Final = 0
_NEW: Final = 1
_OLD: Final = 2


class Alignable(Protocol):
    """What can be brought into line."""

    @property
    def key(self) -> Hashable:
        """That of two which are the same is equal."""

    @property
    def sort(self) -> str:
        """One can be another form of one of its sort only."""


ItemT = TypeVar("ItemT", bound=Alignable)
Pair: TypeAlias = tuple[ItemT | None, ItemT | None]


def align(was: Sequence[ItemT], now: Sequence[ItemT]) -> Iterator[Pair[ItemT]]:
    """Gives each item with the one that it is in the other row, if there is one, in order.

    What is new comes before what is gone in its place, for it is most often the reason.

    Args:
        was: the old row.
        now: the new row.
    """
    same = _common(was, now)
    yield from zip(was[:same], now[:same], strict=True)
    was, now = was[same:], now[same:]
    end = _common(was[::-1], now[::-1])
    was_end, now_end = len(was) - end, len(now) - end
    was_cut, now_cut = min(was_end, MAX_ALIGNED), min(now_end, MAX_ALIGNED)
    yield from _cheapest(was[:was_cut], now[:now_cut])
    yield from zip_longest(was[was_cut:was_end], now[now_cut:now_end])
    yield from zip(was[was_end:], now[now_end:], strict=True)


def _common(was: Sequence[ItemT], now: Sequence[ItemT]) -> int:
    """How many are the same from the beginning on."""
    count = 0
    while count < min(len(was), len(now)) and was[count].key == now[count].key:
        count += 1
    return count


def _cheapest(was: Sequence[ItemT], now: Sequence[ItemT]) -> Iterator[Pair[ItemT]]:
    steps = _steps(was, now)
    i = j = 0
    while i < len(was) or j < len(now):
        step = steps[i][j]
        old = None if step == _NEW else was[i]
        new = None if step == _OLD else now[j]
        yield old, new
        i, j = i + (old is not None), j + (new is not None)


def _steps(was: Sequence[ItemT], now: Sequence[ItemT]) -> list[bytearray]:
    """The next step of the cheapest way from each place to the end: one byte for each."""
    keys = [item.key for item in now]
    sorts = [item.sort for item in now]
    costs = [_LEFT_OVER * (len(now) - j) for j in range(len(now) + 1)]
    steps = [bytearray([_NEW]) * (len(now) + 1)]
    for item in reversed(was):
        row, after = bytearray([_OLD]) * (len(now) + 1), costs
        key, sort, best = item.key, item.sort, after[-1] + _LEFT_OVER
        costs = [best] * (len(now) + 1)
        for j in range(len(now) - 1, -1, -1):
            # Ties: together as early as can be, then what is new.
            step, best = _NEW, best + _LEFT_OVER
            if after[j] + _LEFT_OVER < best:
                step, best = _OLD, after[j] + _LEFT_OVER
            is_same = keys[j] == key
            if is_same or sorts[j] == sort:
                together = after[j + 1] + (0 if is_same else _CHANGED)
                if together <= best:
                    step, best = _TOGETHER, together
            costs[j], row[j] = best, step
        steps.append(row)
    return steps[::-1]
