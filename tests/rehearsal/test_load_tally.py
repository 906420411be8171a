"""What a load comes to, in figures."""

from __future__ import annotations

from ivr.rehearsal.load.tally import MAX_LETTERS, Tally


def test_the_calls_carried_are_the_fewest_at_any_moment_of_the_plateau() -> None:
    tally = Tally(3)
    for _ in range(4):
        tally.answered()
    tally.ended()
    tally.ended()  # on the ramp: does not count
    tally.answered()
    tally.answered()
    tally.begin_plateau(10.0)
    tally.ended()
    tally.answered()
    tally.end_plateau()
    for _ in range(4):
        tally.ended()  # all hang up
    figures = tally.figures(30.0, 1.25)
    assert figures.concurrent_calls == 3
    assert figures.concurrent_max == 4
    assert figures.calls_answered == 7
    assert figures.calls_ended == 3
    assert figures.plateau_seconds == 20.0
    assert figures.load_cpu_seconds == 1.2
    assert figures.is_good


def test_turns_a_second_are_those_of_the_plateau() -> None:
    tally = Tally(1)
    tally.turns = 100
    tally.begin_plateau(10.0)
    tally.turns = 150
    tally.end_plateau()
    tally.turns = 180  # while all hang up
    assert tally.figures(20.0, 0.0).turns_per_second == 5.0


def test_percentiles_are_times_that_were_measured() -> None:
    tally = Tally(1)
    for place in range(1, 101):
        tally.asked(0.0, place / 1000)
    figures = tally.figures(1.0, 0.0)
    assert (figures.p50_ms, figures.p95_ms, figures.p99_ms, figures.slowest_ms) == (50, 95, 99, 100)


def test_a_load_that_is_late_itself_says_so() -> None:
    tally = Tally(1)
    for _ in range(98):
        tally.asked(0.0, 0.01)
    for _ in range(2):
        tally.asked(0.2, 0.21)
    figures = tally.figures(1.0, 0.0)
    assert figures.late_p99_ms == 200.0
    assert not figures.is_valid
    assert not figures.is_good


def test_errors_are_counted_by_kind_and_the_first_of_each_is_told() -> None:
    tally = Tally(1)
    tally.fail("timeout", "the first")
    tally.fail("timeout", "the second")
    tally.fail("apology", "x" * 1000)
    figures = tally.figures(1.0, 0.0)
    assert figures.errors == 3
    assert figures.errors_by_kind == {"apology": 1, "timeout": 2}
    assert figures.examples == {"apology": "x" * MAX_LETTERS, "timeout": "the first"}
    assert not figures.is_good


def test_of_a_load_without_a_turn_nothing_is_made_up() -> None:
    figures = Tally(5).figures(4.0, 0.0)
    assert (figures.concurrent_calls, figures.turns_per_second, figures.p99_ms) == (0, 0.0, 0.0)
