"""How far a crawl has come, on a line of stderr that goes away."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.console import Console

    from ivr.simulator.crawl.walk import Progress as Walked


@contextmanager
def progress_shown(console: Console) -> Iterator[Callable[[Walked], object] | None]:
    """Gives what shows the progress where somebody looks; None where nobody does.

    Args:
        console: of the messages.
    """
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    if not console.is_terminal:
        yield None
        return
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("ringing")

        def show(now: Walked) -> None:
            calls = "1 call" if now.calls == 1 else f"{now.calls} calls"
            bar.update(
                task,
                description=f"{calls}, {now.places} places, inputs",
                completed=now.tried,
                total=now.tried + now.left,
            )

        yield show
