"""What chance explains."""

from __future__ import annotations

import math
from random import Random
from statistics import median as middle

import pytest

from ivr.rehearsal.chance import chance_of_fewer, median, median_between


def test_the_exact_test_gives_the_chance_of_the_lady_who_tastes_tea() -> None:
    # Fisher's own: of four cups of each kind, all right by chance one time in 70.
    assert chance_of_fewer(0, 4, 4, 4) == pytest.approx(1 / 70)
    assert chance_of_fewer(4, 4, 0, 4) == pytest.approx(1.0)


def test_the_chances_of_all_outcomes_are_counted_once() -> None:
    by_hand = sum(math.comb(15, k) * math.comb(15, 10 - k) / math.comb(30, 10) for k in range(4))
    assert chance_of_fewer(3, 10, 12, 20) == pytest.approx(by_hand)


def test_large_samples_can_be_told_apart() -> None:
    assert chance_of_fewer(9800, 10_000, 9900, 10_000) < 1e-6
    assert chance_of_fewer(9895, 10_000, 9900, 10_000) > 0.1


@pytest.mark.parametrize("values", [[3.0], [2.0, 1.0], [5.0, 1.0, 3.0], [4.0, 1.0, 2.0, 9.0]])
def test_the_median_is_the_middle(values: list[float]) -> None:
    assert median(values) == middle(values)


def test_nothing_has_no_median() -> None:
    assert median([]) is None
    assert median_between([]) is None


def test_the_true_median_lies_between_almost_always() -> None:
    rng = Random(1)  # noqa: S311 - chance for a test
    outside = 0
    for _ in range(200):
        low, high = median_between([rng.expovariate(1.0) for _ in range(100)]) or (0, 0)
        outside += not low <= math.log(2) <= high
    assert outside <= 2


@pytest.mark.parametrize("size", [1, 2, 8])
def test_few_values_say_nothing_of_the_true_median(size: int) -> None:
    assert median_between([float(n) for n in range(size)]) is None


def test_nine_values_say_that_it_is_among_them() -> None:
    assert median_between([float(n) for n in range(9)]) == (0.0, 8.0)
