"""The real clock, for a script that is not to run ahead of it."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

BEAT_SECONDS: Final = 0.05


class RealTime:
    """Waits as long as what it is told of lasts.

    Args:
        beat: called some times a second meanwhile; what it raises ends the waiting.
    """

    def __init__(self, beat: Callable[[], object]) -> None:
        self._beat = beat
        self._never = threading.Event()

    def __call__(self, seconds: float) -> None:
        """Waits for that long."""
        end = time.monotonic() + seconds
        self._beat()
        while (left := end - time.monotonic()) > 0:
            self._never.wait(min(left, BEAT_SECONDS))
            self._beat()
