"""Signals that end a command."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAMES: Final = ("SIGINT", "SIGTERM", "SIGHUP")
"""SIGHUP comes when the terminal is closed; Windows has none."""


@contextmanager
def interrupted_by_signals() -> Iterator[None]:
    """Whatever ends a command does so as Ctrl-C does, so that a Redis of ours is stopped too."""
    found = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
    before = {each: signal.signal(each, signal.default_int_handler) for each in found}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
