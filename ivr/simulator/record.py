"""What has happened in a call so far, and its virtual clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.errors import TwimlError
from ivr.simulator.events import Event, Failed

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.errors import CallError

    Listener = Callable[[Event], object]


class Record:
    """Keeps events in order, tells a listener of each, and keeps the time."""

    def __init__(self, listener: Listener | None) -> None:
        self.seconds = 0.0
        """Since the call began, on the virtual clock."""
        self.events: list[Event] = []
        self._listener = listener

    def add(self, event: Event, *, lasts_seconds: float = 0.0) -> None:
        """Keeps the event, which begins now, and lets its time pass."""
        self.events.append(event)
        if self._listener is not None:
            self._listener(event)
        self.seconds += lasts_seconds

    def fail(self, error: TwimlError | CallError) -> None:
        """Keeps a failure, with Twilio's code when it has one."""
        code = error.code if isinstance(error, TwimlError) else None
        self.add(Failed(at_seconds=self.seconds, code=code, message=str(error)))
