"""How the service stands as a whole, for every process of it: was it ever ready, is it draining."""

from __future__ import annotations

import mmap
from typing import Final

_WAS_READY: Final = 0
_IS_DRAINING: Final = 1
_FLAGS: Final = 2


class Standing:
    """Two flags in memory that is shared with each process forked after this was made.

    A flag is one byte and is only ever raised, so that no lock is needed.
    """

    def __init__(self) -> None:
        self._flags = mmap.mmap(-1, _FLAGS)

    @property
    def was_ready(self) -> bool:
        """Whether all that a call needs was there at least once."""
        return bool(self._flags[_WAS_READY])

    def note_ready(self) -> None:
        """Remembers that all is there now; what goes away later does not undo it."""
        self._flags[_WAS_READY] = 1

    @property
    def is_draining(self) -> bool:
        """Whether the service is about to end, so that new calls should go elsewhere."""
        return bool(self._flags[_IS_DRAINING])

    def drain(self) -> None:
        """Notes that the service is about to end; from now on it is not ready."""
        self._flags[_IS_DRAINING] = 1
