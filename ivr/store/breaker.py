"""What keeps callers from waiting for a Redis that does not answer, and notices when it does again.

Only the first callers pay for a Redis that is away: after some failures in a row nobody asks it any
more, until a thread of our own has written to it. pybreaker was looked at: it holds one lock around
the call itself, so that every thread would wait for the one that waits.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Final

import structlog

from ivr.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable

_log: Final = structlog.get_logger(__name__)
MAX_FAILURES: Final = 3
"""In a row, and of all threads together."""
PROBE_EVERY_SECONDS: Final = 0.5
STOP_SECONDS: Final = 5.0


class Breaker:
    """Stands before one Redis; every thread asks it first, and tells it what came of it."""

    def __init__(self, on_open: Callable[[], None]) -> None:
        """Begin closed: all may ask.

        Args:
            on_open: called when nobody may any more, so that somebody looks after it; and again
                by each who asks all the same.
        """
        self._on_open = on_open
        self._lock = threading.Lock()
        self._failures = 0
        self._why = ""
        self._since: float | None = None
        self.is_open = False

    @property
    def failures(self) -> int:
        """How many there were since something was last written."""
        return self._failures

    @property
    def seconds_away(self) -> float | None:
        """Since the first of the present failures; None: all may ask."""
        since = self._since
        return time.monotonic() - since if self.is_open and since is not None else None

    def check(self) -> None:
        """Returns when Redis may be asked.

        Raises:
            StoreError: it is away; says why it was thought so.
        """
        if self.is_open:
            self._on_open()  # lest nobody look after it, should that have failed before
            raise StoreError(self._why)

    def fail(self, why: str) -> None:
        """Redis did not answer, or refused to do its work."""
        with self._lock:
            self._failures += 1
            self._why = why
            self._since = self._since or time.monotonic()
            opens = self._failures >= MAX_FAILURES and not self.is_open
            self.is_open = self.is_open or opens
        if opens:
            _log.warning("redis_away", why=why)
            self._on_open()

    def succeed(self) -> None:
        """Something was written: reading alone does not show that a Redis does its work.

        Once nobody may ask any more, that was answered before Redis went, and shows nothing.
        """
        if not self._failures:  # nearly always, and then without a lock
            return
        with self._lock:
            if not self.is_open:
                self._failures, self._since = 0, None

    def recover(self) -> None:
        """Who looks after it has found it well: all may ask again."""
        with self._lock:
            closes, away = self.is_open, self.seconds_away
            self._failures, self._since, self.is_open = 0, None, False
        if closes:
            _log.warning("redis_back", seconds=round(away or 0.0, 1))


class Watch:
    """A thread that looks after what is away; there is none while nothing is."""

    def __init__(self, look: Callable[[], None], is_away: Callable[[], bool]) -> None:
        """Take what is to be done about twice a second.

        Args:
            look: tries what is away once more.
            is_away: whether anything is away.
        """
        self._look = look
        self._is_away = is_away
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def begin(self) -> None:
        """Looks from now on, if nobody does; a process that was forked has no thread yet."""
        with self._lock:
            if self._stop.is_set() or (self._thread is not None and self._thread.is_alive()):
                return
            thread = threading.Thread(target=self._run, name="redis-watch", daemon=True)
            try:
                thread.start()
            except RuntimeError as error:  # the system has no thread; the next caller tries again
                _log.error("redis_unwatched", why=str(error))
            else:
                self._thread = thread

    def close(self) -> None:
        """Ends the thread, and lets none begin."""
        self._stop.set()
        with self._lock:
            thread, self._thread = self._thread, None
        if thread is not None and thread.is_alive():
            thread.join(STOP_SECONDS)

    def _run(self) -> None:
        while not self._stop.wait(PROBE_EVERY_SECONDS):
            try:
                self._look()
            except Exception:  # noqa: BLE001 - without this thread Redis would be away for good
                _log.exception("redis_look_failed")
            with self._lock:
                # Whoever opens a breaker calls `begin` after it, so that none is missed here.
                if not self._is_away():
                    self._thread = None
                    return
