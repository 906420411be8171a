"""What chance alone explains: of two shares, and of a median."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

DEVIATIONS: Final = 3.0
"""How far a median may lie from the true one: in 997 of 1,000 populations not farther."""
RARE: Final = 0.001
"""What happens less often than once in a thousand times is not put down to chance."""


def chance_of_fewer(hits: int, size: int, hits_before: int, size_before: int) -> float:
    """How likely so few hits or fewer are, if both samples are of one kind (Fisher's exact test).

    Args:
        hits: in the sample that is asked about.
        size: of that sample.
        hits_before: in the sample that it is held against.
        size_before: of that sample.
    """
    all_hits, everybody = hits + hits_before, size + size_before
    least = max(0, all_hits - size_before)
    whole = _log_choose(everybody, size)
    return min(
        1.0,
        math.fsum(
            math.exp(_log_choose(all_hits, k) + _log_choose(everybody - all_hits, size - k) - whole)
            for k in range(least, hits + 1)
        ),
    )


def _log_choose(whole: int, part: int) -> float:
    return math.lgamma(whole + 1) - math.lgamma(part + 1) - math.lgamma(whole - part + 1)


def median(values: Sequence[float]) -> float | None:
    """The middle of some values; None of none."""
    found, middle = sorted(values), len(values) // 2
    if not found:
        return None
    return found[middle] if len(found) % 2 else (found[middle - 1] + found[middle]) / 2


def median_between(values: Sequence[float]) -> tuple[float, float] | None:
    """Between which values the true median lies, but for one time in some hundred.

    These are the values whose ranks lie DEVIATIONS standard deviations beside the middle one: the
    rank of the true median follows a binomial law, whatever law the values follow. Of fewer than
    nine values there are no such ranks, and so few tell nothing: None.
    """
    found, half = sorted(values), len(values) / 2
    beside = DEVIATIONS * math.sqrt(len(values)) / 2
    low, high = math.floor(half - beside), math.ceil(half + beside)
    if not found or low < 0:
        return None
    return found[low], found[min(len(found) - 1, high)]
