"""Where a call is told: stdout has the call, stderr what is said about it."""

from __future__ import annotations

import errno
import io
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console

    from ivr.simulator.events import Event


class LostError(Exception):
    """Nothing can be written any more: the disk is full, or nobody reads."""


class Output:
    """Tells events until one cannot be written; then it keeps quiet, and the call may go on.

    Args:
        teller: writes an event, and raises OSError where it cannot; events are not written
            where none is given.
    """

    def __init__(self, teller: Callable[[Event], object] = lambda _: None) -> None:
        self._teller = teller
        self._lost: OSError | None = None

    def __call__(self, event: Event) -> None:
        """Tells an event."""
        self.write(lambda: self._teller(event))

    def write(self, tell: Callable[[], object]) -> None:
        """Does something that writes, unless nothing can be written any more."""
        if self._lost is None:
            try:
                tell()
            except OSError as error:
                self._lost = error

    def check(self) -> None:
        """Sees that somebody still reads.

        Raises:
            LostError: nothing can be written any more.
        """
        if self._lost is not None:
            raise LostError

    def close(self) -> bool:
        """Says whether everything was written; if not, why on stderr."""
        if self._lost is None:
            return True
        _silence(sys.stdout)
        if self._lost.errno != errno.EPIPE:  # who closes a pipe has read enough
            try:
                click.echo(f"The call cannot be printed: {self._lost.strerror}", err=True)
            except OSError:
                _silence(sys.stderr)
        return False


def _silence(stream: TextIO) -> None:
    """Leads a stream nowhere: what is still in its buffer would fail once more at the end."""
    with suppress(OSError, ValueError), Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), stream.fileno())


def json_line(event: Event) -> None:
    """Writes an event as a line of JSON, in UTF-8 whatever the terminal speaks."""
    import msgspec

    from ivr.simulator.lines import line

    if (told := line(event)) is not None:
        click.echo(msgspec.json.encode(told))


def plain_console(*, stderr: bool = False) -> Console:
    """A console that prints text as it is, and a question mark for what it cannot show."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="replace")
    return Console(stderr=stderr, markup=False, highlight=False, emoji=False)
