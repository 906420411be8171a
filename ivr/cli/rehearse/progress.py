"""How far a rehearsal has come, on a line of stderr that goes away."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.console import Console


@contextmanager
def progress_shown(console: Console, callers: int) -> Iterator[Callable[[int], object]]:
    """Gives what is to be told how many more callers are done; it shows them where somebody looks.

    Args:
        console: of the messages.
        callers: how many there are.
    """
    if not console.is_terminal:
        yield lambda _: None
        return
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    with Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=None),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
    ) as bar:
        task = bar.add_task("callers", total=callers)
        yield lambda more: bar.advance(task, more)
