"""How far a crawl has come, on a line of stderr that goes away."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.console import Console
    from rich.progress import Progress

    from ivr.simulator.crawl.progress import Progress as Walked


@contextmanager
def progress_shown(console: Console) -> Iterator[Callable[[Walked], object] | None]:
    """Gives what shows the progress where somebody looks; None where nobody does.

    Args:
        console: of the messages.
    """
    if not console.is_terminal:
        yield None
        return
    with _bar(console) as bar:
        task = bar.add_task("ringing, inputs")

        def show(now: Walked) -> None:
            calls = "1 call" if now.calls == 1 else f"{now.calls} calls"
            bar.update(
                task,
                description=f"{calls}, {now.places} places, inputs",
                completed=now.tried,
                total=now.tried + now.left,
            )

        yield show


def _bar(console: Console) -> Progress:
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
    )

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=None),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    )
