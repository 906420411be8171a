"""The clock of a rehearsal: the service under test reads it, the calls move it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ivr.simulator.call import Call


class Clock:
    """Tells the time within the call that goes on; between two calls it jumps.

    Args:
        start: the time before the first call, with its zone.
    """

    def __init__(self, start: datetime) -> None:
        self._start = start
        self._call: Call | None = None

    def begin(self, at: datetime, call: Call) -> None:
        """Goes by this call from now on, which begins at that time."""
        self._start, self._call = at, call

    def now(self) -> datetime:
        """The time, as the service is to read it."""
        seconds = 0.0 if self._call is None else self._call.seconds
        return self._start + timedelta(seconds=seconds)
