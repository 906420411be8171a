"""When a crawl stops with what it has."""

from __future__ import annotations

import time
from typing import Final

from msgspec import Struct

from ivr.errors import CallError

MAX_DOCUMENTS: Final = 500
MAX_CALLS: Final = 2000
MAX_SECONDS: Final = 600.0


class Limits(Struct, frozen=True, kw_only=True):
    """When a crawl stops with what it has.

    Raises:
        CallError: a value cannot be.
    """

    max_documents: int = MAX_DOCUMENTS
    """That are told apart: places where the line waits, and ends of calls."""
    max_calls: int = MAX_CALLS
    max_seconds: float = MAX_SECONDS
    """Of real time."""

    def __post_init__(self) -> None:
        if not (self.max_documents > 0 and self.max_calls > 0 and self.max_seconds > 0):
            raise CallError("max_documents, max_calls and max_seconds: give more than 0")


class StopError(Exception):
    """A limit is reached.

    Args:
        limit: which one.
        waited_for: what took so long; empty for nothing.
    """

    def __init__(self, limit: str, waited_for: str = "") -> None:
        super().__init__(limit)
        self.waited_for = waited_for


class Watch:
    """Keeps the time of a crawl, from now on.

    Args:
        max_seconds: how long it may take.
    """

    def __init__(self, max_seconds: float) -> None:
        self._max_seconds = max_seconds
        self.until = time.monotonic() + max_seconds
        """On the monotonic clock."""

    def check(self, waited_for: str = "") -> None:
        """Sees that there is time left.

        Args:
            waited_for: what took so long, if the time is over; empty for nothing.

        Raises:
            StopError: there is none.
        """
        if time.monotonic() >= self.until:
            raise StopError(f"--timeout {self._max_seconds:g}", waited_for)
