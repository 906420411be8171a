"""How many answers were given without Redis, by every thread of this process."""

from __future__ import annotations

import threading


class Degraded:
    """Counts them, and remembers how many of them Redis was not told yet."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._untold = 0
        self.total = 0

    def note(self) -> None:
        """One more."""
        with self._lock:
            self._untold += 1
            self.total += 1

    def take(self) -> int:
        """Those that Redis was not told; whoever takes them tells it, or gives them back."""
        if not self._untold:  # nearly always, and then without a lock
            return 0
        with self._lock:
            taken, self._untold = self._untold, 0
        return taken

    def give_back(self, taken: int) -> None:
        """They could not be told."""
        if taken:
            with self._lock:
                self._untold += taken
