"""What goes on beside a test, in a thread of its own, until the test has seen enough."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from typing import Self


class Beside(ABC):
    """Begins with the block, and ends with it."""

    def __init__(self) -> None:
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run)

    @abstractmethod
    def _run(self) -> None:
        """Goes on until `_over` is set."""

    @property
    def is_running(self) -> bool:
        """Whether it goes on; what broke it is told by pytest."""
        return self._thread.is_alive()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
