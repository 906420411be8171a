"""An event loop on which time passes many times as fast, over real sockets."""

from __future__ import annotations

import asyncio
import selectors
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine

T = TypeVar("T")
SPEED: Final = 100.0
"""So many seconds of a call pass in one of the clock on the wall."""


class _Hurried(selectors.DefaultSelector):
    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        return super().select(None if timeout is None else timeout / SPEED)


class _Fast(asyncio.SelectorEventLoop):
    def time(self) -> float:
        return super().time() * SPEED


def run_fast(what: Coroutine[object, object, T]) -> T:
    """Runs something in which calls wait as long as people do, in a hundredth of the time."""
    with asyncio.Runner(loop_factory=lambda: _Fast(_Hurried())) as runner:
        return runner.run(what)
