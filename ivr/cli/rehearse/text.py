"""The figures of a rehearsal as text: a table in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console
    from rich.table import Table

    from ivr.rehearsal.comparison import Comparison
    from ivr.rehearsal.figures import AtPlace, Figures, Row

WIDEST: Final = 160
"""Columns where nobody looks on: enough for every column of the table."""
SHOWN: Final = 10
"""So many places and prompts are told; JSON has all."""
_GAP: Final = 3
"""Letters between two columns."""
_EDGES: Final = 2
"""Letters beside the first and the last."""
_HEADINGS: Final = (
    *("callers", "lesson", "practice", "lesson s", "practice s", "turns", "calls"),
    *("speech s", "secrets", "3 times", "stuck"),
)


def show(figures: Figures, console: Console) -> None:
    """Prints the figures as tables.

    Args:
        figures: of the rehearsal.
        console: of the results.
    """
    console.print(
        f"{figures.callers} pretend callers, seed {figures.seed}, flow {figures.flow}. "
        "A stress of the flow with stated assumptions, no evidence about people.",
        soft_wrap=True,
    )
    for table in _personas(figures, console.width):
        console.print(table)
    console.print(_places("Calls that ended with a goal not reached", figures.dropout))
    console.print(_places("Callers who stayed and never got through", figures.lost))
    console.print(_prompts(figures))


def _plain_table(title: str) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    return Table(title=title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)


def _personas(figures: Figures, width: int) -> Iterator[Table]:
    """One table; more of them below each other where the columns would not stand whole."""
    rows = {name: _cells(row) for name, row in figures.personas.items()}
    rows_and_all = {**rows, "all": _cells(figures.overall)}
    room = width - _EDGES - max(map(len, rows_and_all))
    title = "Who gets through"
    for part in _fitting([*zip(*rows_and_all.values(), strict=True)], room):
        table = _plain_table(title)
        table.add_column("persona", no_wrap=True)
        for heading in _HEADINGS[part]:
            table.add_column(heading, justify="right", no_wrap=True)
        for name, cells in rows.items():
            table.add_row(name, *cells[part])
        table.add_section()
        table.add_row("all", *rows_and_all["all"][part])
        yield table
        title = "The same callers"


def _fitting(columns: list[tuple[str, ...]], room: int) -> Iterator[slice]:
    """Which columns stand beside each other in so many letters; one at least."""
    begin, taken = 0, 0
    for place, column in enumerate(columns):
        wide = max(map(len, (_HEADINGS[place], *column))) + _GAP
        if place > begin and taken + wide > room:
            yield slice(begin, place)
            begin, taken = place, 0
        taken += wide
    yield slice(begin, len(columns))


def _cells(row: Row) -> tuple[str, ...]:
    return (
        str(row.callers),
        percent(row.lesson_finished),
        percent(row.practice_finished),
        _number(row.median_lesson_seconds),
        _number(row.median_practice_seconds),
        _number(row.median_turns),
        f"{row.calls_per_caller:.2f}",
        _number(row.speech_seconds_per_call),
        str(row.secrets_kept),
        str(row.same_sentence_three_times),
        str(row.stuck),
    )


def percent(share: float | None) -> str:
    """A share as people read it; a dash where nobody set out."""
    return "–" if share is None else f"{share:.1%}"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.0f}"


def _places(title: str, found: list[AtPlace]) -> Table:
    table = _plain_table(title)
    table.add_column("place", no_wrap=True)
    table.add_column("share of callers", justify="right")
    for each in sorted(found, key=lambda at: -at.share)[:SHOWN]:
        table.add_row(each.place, percent(each.share))
    if not found:
        table.add_row("nowhere", "–")
    return table


def _prompts(figures: Figures) -> Table:
    table = _plain_table("Heard most")
    table.add_column("prompt", no_wrap=True)
    table.add_column("times a call", justify="right")
    for each in figures.prompts[:SHOWN]:
        table.add_row(each.prompt, f"{each.per_call:.2f}")
    return table


def show_comparison(comparison: Comparison, console: Console) -> None:
    """Prints what has changed since another rehearsal.

    Args:
        comparison: of the two.
        console: of the results.
    """
    changed = [each for each in comparison.changes if each.verdict in _MEANING]
    by_chance = sum(each.verdict == "chance" for each in comparison.changes)
    table = _plain_table("Since the figures that were given")
    table.add_column("persona", no_wrap=True)
    table.add_column("figure", overflow="fold")
    for heading in ("before", "now"):
        table.add_column(heading, justify="right")
    table.add_column("", no_wrap=True)
    for each in changed:
        before, now = (_figure(each.figure, value) for value in (each.before, each.after))
        table.add_row(each.persona, each.figure, before, now, _MEANING[each.verdict])
    if changed:
        console.print(table)
    else:
        console.print("Nothing has changed beyond chance since the figures that were given.")
    if by_chance:
        console.print(f"{by_chance} more differ by no more than chance explains.")
    for note in comparison.notes:
        console.print(note, soft_wrap=True)


_MEANING: Final = {
    "better": "better",
    "worse": "WORSE",
}


def _figure(name: str, value: float) -> str:
    return percent(value) if name.endswith("_finished") else f"{value:g}"
