"""A watch over files: whoever saves one is answered within moments, and nothing saved is missed.

The system's own notices come at once, but are no more than a hint here: editors write twice, by
another name, or leave files of their own; a folder that was moved away takes its notices along;
and some disks give none. So what is in the files is compared, at each notice and now and then
without one.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, TypeAlias

import structlog
from watchfiles import watch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ivr.cli.dev.saved import SavedFiles, State

    Take: TypeAlias = Callable[[State, threading.Event], bool]

LOOK_SECONDS: Final = 1.0
"""How often it is looked without a notice: a few files, which takes a millisecond."""
STEP_MS: Final = 50
"""Notices that come closer to each other are one."""
DEBOUNCE_MS: Final = 500
"""So long at the most are they gathered."""
SETTLE_SECONDS: Final = 0.1
"""A file is taken when it has been the same for so long: editors write more than once."""
MAX_SETTLING: Final = 20
"""So often at the most; who saves without a pause is answered all the same."""
_log: Final = structlog.get_logger(__name__)


@contextmanager
def watching(files: SavedFiles, seen: State, take: Take) -> Iterator[None]:
    """Have each change of the files taken, in a thread of its own, while the block runs.

    The last state always comes last; of what was in between, some may never be taken.

    Args:
        files: that are watched.
        seen: their state when they were last read.
        take: called with the state now, and with an event that tells that the block has ended, upon
            which it is to return soon; gives whether it is done with that state.
    """
    is_over = threading.Event()
    each = _Watch(files, seen, take, is_over)
    thread = threading.Thread(target=each.run, name="watch", daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


class _Watch:
    """One watch; see `watching`."""

    def __init__(
        self, files: SavedFiles, seen: State, take: Take, is_over: threading.Event
    ) -> None:
        self._files, self._take, self._is_over = files, take, is_over
        self._seen: State | None = seen

    def run(self) -> None:
        """Look at each notice until it is over; folders that are others now are watched anew."""
        while not self._is_over.is_set():
            folders = self._files.folders()
            for _ in self._notices([str(folder) for folder in folders]):
                self._look()
                if self._files.folders() != folders:
                    break

    def _notices(self, folders: list[str]) -> Iterator[object]:
        """Something for each change that the system tells of, and for each second without one."""
        yield None  # what was saved before anybody watched
        try:
            yield from watch(
                *folders,
                watch_filter=None,  # by names it cannot be told what matters
                debounce=DEBOUNCE_MS,
                step=STEP_MS,
                stop_event=self._is_over,
                rust_timeout=int(LOOK_SECONDS * 1000),
                yield_on_timeout=True,
                raise_interrupt=False,
            )
        except (OSError, RuntimeError) as error:
            # A folder is gone again or closed to us, or the system has no more notices to give.
            _log.debug("looking_without_notices", why=str(error))
            self._is_over.wait(LOOK_SECONDS)

    def _look(self) -> None:
        """Take what is there, until it is what was taken last."""
        while (now := self._settled()) != self._seen and not self._is_over.is_set():
            self._seen = now
            try:
                if not self._take(now, self._is_over):
                    self._seen = None
            except Exception:  # noqa: BLE001 - the watch must outlive a fault of ours
                _log.exception("change_not_taken", then="the line answers as before")

    def _settled(self) -> State:
        """The state when it no longer changes; at once while it is the one that is known."""
        now = self._files.state()
        for _ in range(MAX_SETTLING):
            if now == self._seen or self._is_over.wait(SETTLE_SECONDS):
                break
            before, now = now, self._files.state()
            if now == before:
                break
        return now
