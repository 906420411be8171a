"""What has happened in a call so far, and its virtual clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.errors import TwimlError
from ivr.simulator.events import Event, Failed, Requested, Warned

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.errors import CallError

    Listener = Callable[[Event], object]
    Pace = Callable[[float], object]


class Log:
    """Keeps events in order, tells a listener of each, and keeps the time.

    Args:
        listener: told of each event; None for nobody.
        pace: told of each stretch of seconds before it passes, and may wait as long; None lets the
            clock run.
    """

    def __init__(self, listener: Listener | None = None, pace: Pace | None = None) -> None:
        self.seconds = 0.0
        """Since the call began, on the virtual clock."""
        self.answer_seconds = 0.0
        """How long all answers have really taken, which is no time on the virtual clock."""
        self.events: list[Event] = []
        self.is_telling = False
        """Whether the listener is just being told of an event."""
        self._listener = listener
        self._pace = pace
        self._warned: set[tuple[int | None, str]] = set()

    def add(self, event: Event) -> None:
        """Keeps an event that happens now."""
        self.events.append(event)
        if isinstance(event, Requested):
            self.answer_seconds += event.seconds
        if self._listener is not None:
            self.is_telling = True
            try:
                self._listener(event)
            finally:
                self.is_telling = False

    def let_pass(self, until_seconds: float) -> None:
        """Sets the clock, which never goes back."""
        seconds = until_seconds - self.seconds
        if seconds > 0:
            if self._pace is not None:
                self._pace(seconds)
            self.seconds = until_seconds

    def warn_of(self, message: str, code: int | None = None) -> None:
        """Keeps a warning, each only once in a call."""
        if (code, message) not in self._warned:
            self._warned.add((code, message))
            self.add(Warned(at_seconds=self.seconds, code=code, message=message))

    def fail(self, error: TwimlError | CallError) -> None:
        """Keeps a failure, with Twilio's code when it has one."""
        code = error.code if isinstance(error, TwimlError) else None
        self.add(Failed(at_seconds=self.seconds, code=code, message=str(error)))
