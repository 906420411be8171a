"""Servers beside each other, with the same work: the line itself, asked by the same callers.

    python -m tests.benchmarks.servers

It needs the extra packages of `.[bench]`. Each server is started alone, one after another, in
several rounds: turns a second at full speed, the times of 300 turns a second, the same while 200
strangers send a byte a second, and how many requests are lost when it is told to end under load.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Final

import click
from msgspec import Struct
from msgspec.structs import astuple

from ivr.cli.signals import interrupted_by_signals
from ivr.cli.table import table
from tests.benchmarks.contest import Found, contest
from tests.benchmarks.generators import generators
from tests.benchmarks.ours import staged
from tests.benchmarks.report import machine, told, write_between
from tests.benchmarks.running import free_port, running

MARK: Final = "<!-- servers: written by `make bench-servers` -->"
ROUNDS: Final = 3
HEADING: Final = (
    "server",
    "turns/s",
    "p50 ms",
    "p99 ms",
    "p99 ms, strangers",
    "errors, strangers",
    "lost at SIGTERM",
    "refused at SIGTERM",
    "seconds to end",
)
CORES: Final = os.cpu_count() or 1
THREADS: Final = 8
_APP: Final = "tests.benchmarks.application"


class Contender(Struct, frozen=True):
    """A server, and how it is started."""

    name: str
    command: tuple[str, ...]
    """`{port}` stands for its port."""


def _ours(name: str, *options: str) -> Contender:
    command = (sys.executable, "-m", "tests.benchmarks.served", "ours", *options)
    return Contender(name, command)


def _contenders() -> list[Contender]:
    """All servers, with as many workers as were found to suit each."""
    few, many = str(CORES), str(2 * CORES + 1)
    threads, bind = str(THREADS), "127.0.0.1:{port}"
    gunicorn = (sys.executable, "-m", "gunicorn", f"{_APP}:made()", "--bind", bind)
    gthread = ("--worker-class", "gthread", "--threads", threads, "--preload")
    granian = (str(Path(sys.executable).parent / "granian"), "--interface", "wsgi", "--factory")
    waitress = (str(Path(sys.executable).parent / "waitress-serve"),)
    return [
        _ours(f"ours, {many} workers, python parser", "--workers", many, "--parser", "python"),
        _ours(f"ours, {CORES + 1} workers", "--workers", str(CORES + 1), "--parser", "python"),
        _ours(f"ours, {few} workers", "--workers", few, "--parser", "python"),
        _ours(f"ours, {few} workers, fast parser", "--workers", few, "--parser", "fast"),
        _ours(f"ours, {few} workers of 4", "--workers", few, "--threads", "4", "--parser", "fast"),
        Contender(f"gunicorn gthread, {few} workers", (*gunicorn, *gthread, "--workers", few)),
        Contender(
            f"granian, {few} workers",
            (
                *granian,
                *("--host", "127.0.0.1", "--port", "{port}", "--workers", few),
                *("--blocking-threads", threads, f"{_APP}:made"),
            ),
        ),
        Contender(
            "waitress, 1 process",
            (
                *waitress,
                *("--listen", bind, "--threads", threads, "--connection-limit", "1000"),
                *("--call", f"{_APP}:made"),
            ),
        ),
    ]


@click.command()
@click.option("--rounds", default=ROUNDS, show_default=True)
@click.option("--only", default="", help="Servers with one of these words, divided by commas.")
@click.option("--write", "page", type=click.Path(path_type=Path), help="Renew the table of a page.")
def main(rounds: int, only: str, page: Path | None) -> None:
    """Measure all servers by turns, and print one table of medians; what is lost is the sum."""
    words = only.split(",")
    chosen = [each for each in _contenders() if any(word in each.name for word in words)]
    found: dict[str, list[Found]] = {each.name: [] for each in chosen}
    with (
        interrupted_by_signals(),
        tempfile.TemporaryDirectory() as folder,
        staged(Path(folder)) as stage,
    ):
        for number in range(rounds * len(chosen)):
            each = chosen[number % len(chosen)]
            port = free_port()
            command = [part.format(port=port) for part in each.command]
            with running(stage, *command, port=port) as server, generators() as load:
                server.wait_for("/livez", (200,))
                found[each.name].append(contest(server, load, first_number=number * 10_000))
            click.echo(f"{number + 1}/{rounds * len(chosen)} {each.name}", err=True)
            click.echo(f"    {found[each.name][-1]}", err=True)
    rows = [HEADING, *((name, *map(told, _together(each))) for name, each in found.items())]
    click.echo(f"{machine()}\n\n{table(rows, numbers=range(1, len(HEADING)))}")
    if page is not None:
        write_between(page, MARK, rows)


def _together(results: list[Found]) -> list[float]:
    """The medians of times and rates, and the sums of what went wrong."""
    columns = zip(*map(astuple, results), strict=True)
    return [
        sum(column) if all(isinstance(each, int) for each in column) else median(column)
        for column in columns
    ]


if __name__ == "__main__":
    main()
