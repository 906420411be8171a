"""Every figure of speed, with its goal beside it.

make bench
python -m tests.benchmarks --only turns,server
python -m tests.benchmarks --write docs/benchmarks.md
"""

from __future__ import annotations

import gc
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from ivr.cli.signals import interrupted_by_signals
from tests.benchmarks.carried import load_figures
from tests.benchmarks.ours import ROOT, logged, staged
from tests.benchmarks.pieces import piece_figures
from tests.benchmarks.report import machine, missed, table, write_json, write_page
from tests.benchmarks.space import growth_figures, session_figures
from tests.benchmarks.starts import start_figures
from tests.benchmarks.turns import turn_figures
from tests.benchmarks.under_server import server_figures

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.benchmarks.ours import Stage

    Part = Callable[[Stage, Callable[[int, int], None]], dict[str, float]]

PARTS: Final[dict[str, Part]] = {
    "turns": turn_figures,
    "pieces": piece_figures,
    "starts": start_figures,
    "space": session_figures,
    "server": server_figures,
    "growth": growth_figures,
    "load": load_figures,
}
"""In the order in which they are measured: what is heard most of first."""


def _chosen(_: click.Context, __: click.Parameter, given: str | None) -> list[str]:
    names = given.split(",") if given else list(PARTS)
    for name in names:
        if name not in PARTS:
            raise click.BadParameter(f"there is no {name}; give some of {','.join(PARTS)}")
    return names


@click.command()
@click.option("--only", callback=_chosen, help=f"Some of {','.join(PARTS)}.")
@click.option(
    "--write",
    "page",
    type=click.Path(path_type=Path, exists=True, dir_okay=False, writable=True),
    help="Renew the table of a page.",
)
@click.option(
    "--json",
    "file",
    type=click.Path(path_type=Path, dir_okay=False, writable=True),
    help="Where the figures are written to; of all parts together, bench.json if nothing is said.",
)
def main(only: list[str], page: Path | None, file: Path | None) -> None:
    """Measure, tell it in one table, and end with 1 where a goal is not reached."""
    if file is None and only == list(PARTS):
        file = ROOT / "bench.json"
    with interrupted_by_signals():  # so that no server of it goes on
        values = _measured(only, file)
    if page is not None:
        write_page(page, values)
    console = Console()
    console.print(machine())
    console.print(table(values))
    if failed := missed(values):
        click.echo(f"Not reached: {', '.join(failed)}", err=True)
        sys.exit(1)


def _measured(names: list[str], file: Path | None) -> dict[str, float]:
    """All figures of these parts; the file has at any time those that are known."""
    values: dict[str, float] = {}
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    console = Console(file=sys.stderr)
    with (
        tempfile.TemporaryDirectory() as folder,
        Progress(*columns, console=console, redirect_stderr=False) as progress,
    ):
        preparing = progress.add_task("rendering the clips", total=None)
        with staged(Path(folder)) as stage, logged(stage.folder):
            progress.update(preparing, total=1, completed=1)
            for name in names:
                task = progress.add_task(name, total=None)
                tell = partial(_tell, progress, task)
                values |= PARTS[name](stage, tell)
                if file is not None:
                    write_json(file, values)
                gc.collect()
    return values


def _tell(progress: Progress, task: TaskID, done: int, total: int) -> None:
    progress.update(task, completed=done, total=total)


if __name__ == "__main__":
    main()
