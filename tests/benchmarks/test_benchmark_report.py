from __future__ import annotations

import json
from math import inf
from typing import TYPE_CHECKING

import pytest

from tests.benchmarks.report import (
    END,
    FIGURES,
    FIGURES_MARK,
    missed,
    rows,
    told,
    write_json,
    write_page,
)

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("key", "value", "is_reached"),
    [
        ("cpu_ours_over_floor", 1.25, True),
        ("cpu_ours_over_floor", 1.26, False),
        ("cpu_usual_over_ours", 1.8, True),
        ("cpu_usual_over_ours", 1.79, False),
        ("throughput_ours_over_floor", 0.84, False),
        ("p99_ms_at_500", 49.9, True),
        ("p99_ms_at_500", 50, False),
        ("bytes_per_session", 400, True),
        ("concurrent_calls", 9_999, False),
        ("load_errors", 1, False),
        ("load_late_p99_ms", 100.1, False),
        ("help_seconds", 0.25, False),
        ("rss_growth_mb", -0.5, True),
        ("p99_ms_ours", inf, True),
    ],
)
def test_a_goal_is_judged(key: str, value: float, is_reached: bool) -> None:  # noqa: FBT001
    assert missed({key: value}) == ([] if is_reached else [key])


def test_only_what_was_measured_is_told() -> None:
    assert rows({"p99_ms_at_500": 61.234}) == [
        ("p99 at 500 turns a second, ours", "61.2 ms", "< 50 ms", "no")
    ]


def test_no_figure_has_the_key_of_another() -> None:
    assert len({each.key for each in FIGURES}) == len(FIGURES)


@pytest.mark.parametrize(
    ("value", "words"),
    [(0, "0"), (0.0918, "0.0918"), (1.0, "1"), (2.748, "2.75"), (10_000, "10,000"), (inf, "∞")],
)
def test_a_figure_is_told_with_the_digits_that_it_is_worth(value: float, words: str) -> None:
    assert told(value) == words


def test_figures_are_written_for_machines(tmp_path: Path) -> None:
    write_json(tmp_path / "bench.json", {"cpu_us_ours": 1.23456789, "load_errors": 0})
    assert json.loads((tmp_path / "bench.json").read_bytes()) == {
        "cpu_us_ours": 1.2346,
        "load_errors": 0,
    }


def test_a_page_is_renewed_between_its_marks(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{FIGURES_MARK}\nold\n{END}\nbehind\n", encoding="utf-8")
    write_page(page, {"help_seconds": 0.09})
    text = page.read_text(encoding="utf-8")
    assert "| ivr --help | 0.09 s | < 0.25 s | yes |" in text
    assert "old" not in text
    assert (text[:7], text[-8:]) == ("before\n", "\nbehind\n")


def test_a_page_without_marks_is_left_as_it_is(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("nothing here", encoding="utf-8")
    with pytest.raises(ValueError, match="has nothing between"):
        write_page(page, {"help_seconds": 0.09})
    assert page.read_text(encoding="utf-8") == "nothing here"
