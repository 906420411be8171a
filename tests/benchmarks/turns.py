"""What a turn costs of CPU in the process that answers it: *floor*, *usual* and *ours* by turns."""

from __future__ import annotations

import gc
from statistics import median
from typing import TYPE_CHECKING, Final

from tests.benchmarks.floor import floor_app
from tests.benchmarks.in_process import Callers
from tests.benchmarks.ours import ours_app
from tests.benchmarks.usual import usual_app

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.benchmarks.ours import Stage

ROUNDS: Final = 60
WARM_ROUNDS: Final = 5


def turn_figures(stage: Stage, tell: Callable[[int, int], None]) -> dict[str, float]:
    """Microseconds of CPU a turn, and the ratios, each the median of many short rounds.

    Args:
        stage: with a Redis of its own.
        tell: how many rounds are done, and of how many.
    """
    callers = {
        "floor": Callers.plain(floor_app(stage.redis_url)),
        "usual": Callers.plain(usual_app(stage.redis_url)),
        "ours": Callers.in_lesson(ours_app(stage)),
    }
    gc.collect()
    gc.freeze()  # as `ivr serve` does
    cpu: dict[str, list[float]] = {name: [] for name in callers}
    names = list(callers)
    for number in range(WARM_ROUNDS + ROUNDS):
        first = number % len(names)  # none is always the one behind another
        for name in names[first:] + names[:first]:
            cpu[name].append(callers[name].batch().cpu_seconds)
        tell(number + 1, WARM_ROUNDS + ROUNDS)
    gc.unfreeze()
    return {
        "cpu_ours_over_floor": _ratio(cpu["ours"], cpu["floor"]),
        "cpu_usual_over_ours": _ratio(cpu["usual"], cpu["ours"]),
        **{f"cpu_us_{name}": median(taken[WARM_ROUNDS:]) * 1e6 for name, taken in cpu.items()},
    }


def _ratio(one: list[float], other: list[float]) -> float:
    """The median of the ratios of each round: what slows a round slows both."""
    pairs = zip(one[WARM_ROUNDS:], other[WARM_ROUNDS:], strict=True)
    return median(mine / its for mine, its in pairs)
