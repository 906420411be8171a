"""What was measured, beside what is to be reached: as a table, as JSON, and as a page."""

from __future__ import annotations

import os
import platform
from datetime import UTC
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import msgspec
from msgspec import Struct
from rich.table import Table

from ivr.cli.clock import now
from ivr.rehearsal.load.tally import LATE_MS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FIGURES_MARK: Final = "<!-- figures: written by `make bench` -->"
END: Final = "<!-- end of figures -->"
DIGITS: Final = 3
"""That a figure is told with, at least."""


class Figure(Struct, frozen=True):
    """One figure, and its goal."""

    key: str
    """In bench.json."""
    told: str
    unit: str = ""
    relation: Literal["≤", "≥", "<"] | None = None
    """None: it has no goal."""
    goal: float = 0.0

    def is_reached(self, value: float) -> bool:
        """Whether this value is what was to be reached; any is, where there is no goal."""
        match self.relation:
            case "≤":
                return value <= self.goal
            case "≥":
                return value >= self.goal
            case "<":
                return value < self.goal
            case None:
                return True

    def asked_for(self) -> str:
        """The goal in words; empty where there is none."""
        unit = f" {self.unit}" if self.unit else ""
        return f"{self.relation} {self.goal:,.10g}{unit}" if self.relation else ""

    def verdict(self, value: float) -> str:
        """Whether the goal is reached, in a word."""
        if self.relation is None:
            return ""
        return "yes" if self.is_reached(value) else "no"


FIGURES: Final = (
    Figure("cpu_ours_over_floor", "CPU of a turn, ours over floor", "×", "≤", 1.25),
    Figure("cpu_usual_over_ours", "CPU of a turn, usual over ours", "×", "≥", 1.8),
    Figure("cpu_us_floor", "CPU of a turn, floor", "µs"),
    Figure("cpu_us_usual", "CPU of a turn, usual", "µs"),
    Figure("cpu_us_ours", "CPU of a turn, ours", "µs"),
    Figure("cpu_us_engine_step", "of it, the engine's step", "µs"),
    Figure("cpu_us_document", "of it, the document", "µs"),
    Figure("practice_cpu_ms", "CPU of a whole practice call", "ms"),
    Figure("practice_turns", "turns of that call"),
    Figure("throughput_ours_over_floor", "turns a second, ours over floor", "×", "≥", 0.85),
    Figure("throughput_ours_over_usual", "turns a second, ours over usual", "×"),
    Figure("turns_a_second_floor", "turns a second, floor"),
    Figure("turns_a_second_usual", "turns a second, usual"),
    Figure("turns_a_second_ours", "turns a second, ours"),
    Figure("p50_ms_floor", "p50 at full speed, floor", "ms"),
    Figure("p50_ms_usual", "p50 at full speed, usual", "ms"),
    Figure("p50_ms_ours", "p50 at full speed, ours", "ms"),
    Figure("p99_ms_floor", "p99 at full speed, floor", "ms"),
    Figure("p99_ms_usual", "p99 at full speed, usual", "ms"),
    Figure("p99_ms_ours", "p99 at full speed, ours", "ms"),
    Figure("p50_ms_at_500", "p50 at 500 turns a second, ours", "ms"),
    Figure("p99_ms_at_500", "p99 at 500 turns a second, ours", "ms", "<", 50.0),
    Figure("errors_at_500", "requests not answered at that rate", "", "≤", 0.0),
    Figure("bytes_per_session", "a call in Redis, in mid-lesson", "bytes", "≤", 400.0),
    Figure("bytes_per_session_most", "the largest of 40 troubled calls", "bytes", "≤", 400.0),
    Figure("concurrent_calls", "concurrent calls with human timing", "", "≥", 10_000.0),
    Figure("load_errors", "errors in them", "", "≤", 0.0),
    Figure("load_turns_a_second", "turns a second in them"),
    Figure("load_p50_ms", "p50 in them", "ms"),
    Figure("load_p95_ms", "p95 in them", "ms"),
    Figure("load_p99_ms", "p99 in them", "ms"),
    Figure("load_late_p99_ms", "how late the load itself was, p99", "ms", "≤", LATE_MS),
    Figure("help_seconds", "ivr --help", "s", "<", 0.25),
    Figure("python_seconds", "an empty Python", "s"),
    Figure("serve_ready_seconds", "ivr serve until /readyz is 200", "s"),
    Figure("rss_growth_mb", "growth of a worker over 100,000 turns", "MiB", "<", 2.0),
    Figure("rss_growth_last_half_mb", "of it, over the last 50,000", "MiB"),
    Figure("rss_mb", "memory of that worker", "MiB"),
)
"""All that is measured, in the order in which it is told."""


def missed(values: Mapping[str, float]) -> list[str]:
    """The keys of the goals that were measured and not reached."""
    return [
        each.key for each in FIGURES if each.key in values and not each.is_reached(values[each.key])
    ]


def told(value: float) -> str:
    """A figure with as many digits as it is worth."""
    if value == inf:
        return "∞"
    if value == int(value) or abs(value) >= 10**DIGITS:
        return f"{value:,.0f}"
    return f"{value:,.{DIGITS}g}"


def rows(values: Mapping[str, float]) -> list[tuple[str, str, str, str]]:
    """What, how much, goal, and whether it is reached, of all that was measured."""
    return [
        (
            each.told,
            f"{told(values[each.key])} {each.unit}".rstrip(),
            each.asked_for(),
            each.verdict(values[each.key]),
        )
        for each in FIGURES
        if each.key in values
    ]


def table(values: Mapping[str, float]) -> Table:
    """For a terminal."""
    made = Table("figure", "measured", "goal", "reached")
    for what, measured, goal, verdict in rows(values):
        style = "red" if verdict == "no" else ""
        made.add_row(what, measured, goal, verdict, style=style)
    return made


def write_json(file: Path, values: Mapping[str, float]) -> None:
    """All figures by their keys, for machines."""
    rounded = {key: round(value, 4) for key, value in values.items()}
    file.write_bytes(msgspec.json.format(msgspec.json.encode(rounded)) + b"\n")


def machine() -> str:
    """On what it was measured, and when."""
    model = platform.processor() or platform.machine()
    about = Path("/proc/cpuinfo")
    if about.exists():
        names = [line for line in about.read_text().splitlines() if line.startswith("model name")]
        model = names[0].partition(": ")[2] if names else model
    day = now().astimezone(UTC).date()
    return (
        f"{os.cpu_count()} cores, {model}; Python {platform.python_version()}; "
        f"{platform.system()} {platform.release()}; {day}"
    )


def write_page(file: Path, values: Mapping[str, float]) -> None:
    """Put the table and the machine into a page, between its two marks.

    Raises:
        ValueError: the page has no such marks.
    """
    write_between(file, FIGURES_MARK, [("figure", "measured", "goal", "reached"), *rows(values)])


def write_between(file: Path, mark: str, lines: Sequence[Sequence[str]]) -> None:
    """Put a table, and on what machine it was measured, between the mark in a page and its end.

    Args:
        file: the page.
        mark: behind which the old table stands.
        lines: the first is the heading; the first column is words, all others are figures.

    Raises:
        ValueError: the page has no such mark, or no end of it.
    """
    page = file.read_text(encoding="utf-8")
    before, begin, rest = page.partition(mark)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{file} has nothing between {mark} and {END}")
    heading, *others = [f"| {' | '.join(line)} |" for line in lines]
    ruler = f"|---|{'--:|' * (len(lines[0]) - 1)}"
    made = ["", f"Measured on {machine()}.", "", heading, ruler, *others, "", ""]
    file.write_text(before + begin + "\n".join(made) + end + after, encoding="utf-8")
