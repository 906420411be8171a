"""How long it takes until `ivr --help` has told all, and until `ivr serve` takes calls."""

from __future__ import annotations

import subprocess
import sys
import time
from statistics import median
from typing import TYPE_CHECKING, Final

from tests.benchmarks.running import IVR, running

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.benchmarks.ours import Stage

ROUNDS: Final = 9
SERVER_ROUNDS: Final = 3


def start_figures(stage: Stage, tell: Callable[[int, int], None]) -> dict[str, float]:
    """Seconds of the clock; an empty Python beside, which is what nobody can be faster than."""
    helped, empty, served = list[float](), list[float](), list[float]()
    for number in range(ROUNDS):
        empty.append(_seconds(sys.executable, "-c", "pass"))
        helped.append(_seconds(str(IVR), "--help"))
        tell(number + 1, ROUNDS + SERVER_ROUNDS)
    for number in range(SERVER_ROUNDS):
        begun = time.perf_counter()
        with running(stage, str(IVR), "serve") as server:
            server.wait_for("/readyz", (200,))
            served.append(time.perf_counter() - begun)
        tell(ROUNDS + number + 1, ROUNDS + SERVER_ROUNDS)
    return {
        "help_seconds": median(helped),
        "python_seconds": median(empty),
        "serve_ready_seconds": median(served),
    }


def _seconds(*command: str) -> float:
    begun = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)  # noqa: S603 - our own commands
    return time.perf_counter() - begun
