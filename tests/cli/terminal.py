"""A terminal in which somebody sits, for the tests of a live call."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable

IVR = Path(sys.executable).parent / "ivr"
PATIENCE_SECONDS = 30


UNMEASURED = {"COVERAGE_PROCESS_CONFIG": ""}
"""For a child that gets a signal: where it interrupts the measuring, a lock may stay locked."""


class Terminal:
    """A terminal in which a command runs; a context manager."""

    def __init__(
        self, *arguments: str, columns: int = 80, is_measured: bool = True, **variables: str
    ) -> None:
        self._ours, self.theirs = pty.openpty()
        self.resize(columns)
        self.before = termios.tcgetattr(self.theirs)
        kept = {k: v for k, v in os.environ.items() if k.startswith("COVERAGE")}  # noqa: TID251 - a child is measured too
        shown = {"PATH": "/nowhere", "TERM": "xterm", "LANG": "C.UTF-8"}
        self.process = subprocess.Popen(  # noqa: S603 - our own command
            [IVR, "call", "--token", "T", *arguments],
            stdin=self.theirs,
            stdout=self.theirs,
            stderr=self.theirs,
            env=kept | ({} if is_measured else UNMEASURED) | shown | variables,
            start_new_session=True,
        )
        self.read = ""
        self.shown = ""
        """All of it, from the first."""

    def resize(self, columns: int) -> None:
        fcntl.ioctl(self.theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))

    def wait_for(self, words: str) -> None:
        """Reads until these words, which count once only."""
        self.wait_until(lambda: words in self.read, words)
        self.read = self.read.partition(words)[2]

    def wait_until(self, holds: Callable[[], bool], what: str) -> None:
        """Reads until something holds, which is looked at whenever something is written."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not holds():
            ready, _, _ = select.select([self._ours], [], [], max(deadline - time.monotonic(), 0))
            assert ready, f"{what!r} did not come; there is:\n{self.read}"
            data = os.read(self._ours, 65_536).decode(errors="replace")
            shown = re.sub(r"\x1b\[[0-?]*[a-zA-Z]", "", data).replace("\r", "\n")
            self.read += shown
            self.shown += shown

    def key_in(self, keys: str) -> None:
        os.write(self._ours, keys.encode())

    def end(self) -> int:
        return self.process.wait(PATIENCE_SECONDS)

    @property
    def is_as_before(self) -> bool:
        return termios.tcgetattr(self.theirs) == self.before

    def close(self) -> None:
        for number in (self._ours, self.theirs):
            with suppress(OSError):
                os.close(number)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(PATIENCE_SECONDS)
        self.close()
