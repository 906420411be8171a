"""A load as text: a bar while it goes on, a table at its end."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.console import Console

    from ivr.rehearsal.load.crowd import Progress
    from ivr.rehearsal.load.tally import Figures


@contextmanager
def load_shown(
    console: Console, calls: int, seconds: float
) -> Iterator[Callable[[Progress], object] | None]:
    """Gives what shows a load where somebody looks; None where nobody does.

    Args:
        console: of the messages.
        calls: how many are to go on at the same time.
        seconds: that it lasts.
    """
    if not console.is_terminal:
        yield None
        return
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = TextColumn("{task.description}"), BarColumn(bar_width=None), TimeRemainingColumn()
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task("ringing", total=seconds)

        def show(now: Progress) -> None:
            what = f"{now.in_progress} of {calls} calls, {now.turns} turns, {now.errors} errors"
            if now.is_leaving:
                what = f"{now.in_progress} callers hang up, {now.turns} turns, {now.errors} errors"
            bar.update(task, description=what, completed=now.seconds)

        yield show


def show_load(figures: Figures, console: Console) -> None:
    """Prints what a load came to.

    Args:
        figures: of it.
        console: of the results.
    """
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(
        title="Calls at the same time, with human timing",
        title_justify="left",
        box=SIMPLE_HEAD,
        pad_edge=False,
    )
    table.add_column("figure", no_wrap=True)
    table.add_column("", justify="right", no_wrap=True)
    for name, value in _rows(figures):
        table.add_row(name, value)
    console.print(table)
    for kind, number in figures.errors_by_kind.items():
        console.print(f"{kind}: {number}, first: {figures.examples[kind]}", soft_wrap=True)
    if not figures.is_whole:
        console.print(
            f"Interrupted after {figures.seconds:g} s; these are the figures so far.",
            soft_wrap=True,
        )
    if not figures.is_valid:
        console.print(
            f"One request in a hundred was over {figures.late_p99_ms:g} ms late through the load "
            "itself: this machine is too busy for it, and the figures tell more of that than of "
            "the line. Ring from another machine, or with fewer --calls.",
            soft_wrap=True,
        )


def _rows(figures: Figures) -> Iterator[tuple[str, str]]:
    is_plateau = figures.plateau_seconds > 0
    carried = f"{figures.concurrent_calls} of {figures.calls}" if is_plateau else "not all begun"
    yield "calls carried all the time", carried
    yield "calls at most", str(figures.concurrent_max)
    yield "calls answered", str(figures.calls_answered)
    yield "seconds", f"{figures.seconds:g}, {figures.plateau_seconds:g} with all calls"
    yield "turns a second", f"{figures.turns_per_second:g}"
    yield "answer, half below", f"{figures.p50_ms:g} ms"
    yield "answer, 95 of 100 below", f"{figures.p95_ms:g} ms"
    yield "answer, 99 of 100 below", f"{figures.p99_ms:g} ms"
    yield "answer, slowest", f"{figures.slowest_ms:g} ms"
    yield "late by the load, 99 of 100 below", f"{figures.late_p99_ms:g} ms"
    yield "load's share of a core", f"{figures.load_cpu_seconds / figures.seconds:.0%}"
    yield "errors", str(figures.errors)
