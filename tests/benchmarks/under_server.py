"""Turns a second and their times, under the server of the Procfile."""

from __future__ import annotations

from contextlib import ExitStack
from itertools import chain
from math import inf
from statistics import median, quantiles
from typing import TYPE_CHECKING, Final

from tests.benchmarks.generators import Load, Target, generators
from tests.benchmarks.running import serving

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.benchmarks.load_generator import Heard
    from tests.benchmarks.ours import Stage

KINDS: Final = ("floor", "usual", "ours")
ROUNDS: Final = 7
ROUND_SECONDS: Final = 2.0
CONNECTIONS: Final = 32
STEADY_SECONDS: Final = 15.0
STEADY_RATE: Final = 500.0
STEADY_CONNECTIONS: Final = 64
"""Enough that none waits for another while answers take a tenth of a second."""
FIRST_NUMBER: Final = 10_000_000


def server_figures(stage: Stage, tell: Callable[[int, int], None]) -> dict[str, float]:
    """Turns a second of each at full speed, by turns, and what turns take at a steady rate.

    Raises:
        ValueError: a request was not answered as it should be.
    """
    rounds: dict[str, list[Heard]] = {kind: [] for kind in KINDS}
    with ExitStack() as stack:
        ports = {kind: stack.enter_context(serving(stage, kind)).port for kind in KINDS}
        load = stack.enter_context(generators())
        for kind, port in ports.items():
            load.prepare(Target(port, kind == "ours", CONNECTIONS, FIRST_NUMBER))
            load.measure(Load(port, 0.5))  # what each worker does once
        for number in range(ROUNDS):
            first = number % len(KINDS)
            for kind in KINDS[first:] + KINDS[:first]:
                rounds[kind].append(load.measure(Load(ports[kind], ROUND_SECONDS)))
            tell(number + 1, ROUNDS)
        ours = Target(ports["ours"], True, STEADY_CONNECTIONS, 2 * FIRST_NUMBER)  # noqa: FBT003
        load.prepare(ours)
        steady = load.measure(Load(ours.port, STEADY_SECONDS, STEADY_RATE))
    for each in chain(*rounds.values()):
        _expect_answers(each)
    return {
        "throughput_ours_over_floor": _ratio(rounds["ours"], rounds["floor"]),
        "throughput_ours_over_usual": _ratio(rounds["ours"], rounds["usual"]),
        **{f"turns_a_second_{kind}": median(map(turns_a_second, rounds[kind])) for kind in KINDS},
        **{f"p50_ms_{kind}": _percentile(rounds[kind], 50) for kind in KINDS},
        **{f"p99_ms_{kind}": _percentile(rounds[kind], 99) for kind in KINDS},
        "p50_ms_at_500": percentile(steady.milliseconds, 50),
        "p99_ms_at_500": percentile(steady.milliseconds, 99),
        "errors_at_500": steady.errors,
        "turns_a_second_at_500": turns_a_second(steady),
    }


def turns_a_second(heard: Heard) -> float:
    """All that was answered, leading to the turns included, a second."""
    return (heard.turns + heard.others) / heard.seconds


def percentile(values: Sequence[float], percent: int) -> float:
    """The value that so many of a hundred do not exceed; without end, where there are none."""
    if len(values) < 2:
        return inf
    return quantiles(values, n=100, method="inclusive")[percent - 1]


def _percentile(rounds: Sequence[Heard], percent: int) -> float:
    return median(percentile(each.milliseconds, percent) for each in rounds)


def _ratio(one: Sequence[Heard], other: Sequence[Heard]) -> float:
    pairs = zip(one, other, strict=True)
    return median(turns_a_second(mine) / turns_a_second(its) for mine, its in pairs)


def _expect_answers(heard: Heard) -> None:
    if heard.errors:
        raise ValueError(
            f"{heard.refusals} requests were refused, {heard.unanswered} not answered, and"
            f" {heard.unreached} could not be sent"
        )
