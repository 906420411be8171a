"""A terminal's keys as they are typed, without Enter and without echo."""

from __future__ import annotations

import codecs
import os
import re
import select
import termios
import tty
from contextlib import suppress
from typing import Final, Self, TextIO

ESCAPE: Final = "\x1b"
END: Final = "\x04"
"""Ctrl-D; also what is read when the terminal is gone."""

_MAX_BYTES: Final = 1024
# Arrows and function keys come as sequences with digits in them, which nobody pressed.
_SEQUENCE: Final = re.compile(r"\x1b(\[[0-?]*[ -/]*[@-~]|O[ -~])")


class Keyboard:
    """Reads a terminal; a context manager that leaves it as it was.

    Args:
        stream: of the terminal.
    """

    def __init__(self, stream: TextIO) -> None:
        self._number = stream.fileno()
        self._decoder = codecs.getincrementaldecoder("utf-8")("ignore")

    def __enter__(self) -> Self:
        self._before = termios.tcgetattr(self._number)
        tty.setcbreak(self._number)
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(termios.error):  # the window was closed
            termios.tcsetattr(self._number, termios.TCSADRAIN, self._before)

    def read(self, seconds: float) -> str:
        """Gives what is typed within some seconds; empty when nothing is."""
        ready, _, _ = select.select([self._number], [], [], seconds)
        if not ready:
            return ""
        try:
            data = os.read(self._number, _MAX_BYTES)
        except OSError:  # the window was closed
            data = b""
        return _SEQUENCE.sub("", self._decoder.decode(data)) if data else END
