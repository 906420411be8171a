"""The line that is rehearsed: how it is rung, its clock, and a look into what it keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.flow.model import Flow, Words
    from ivr.rehearsal.clock import Clock
    from ivr.simulator.digits import Digits
    from ivr.simulator.phone import Phone

STATUS_PATH: Final = "/status"
"""Where the line is told of the end of a call, behind the address that is rung."""


class Told(Struct, frozen=True):
    """What callers can come to know of a line by ringing it."""

    flow: Flow
    words: tuple[Words, ...]
    """Of every language."""
    digits: Digits
    """By which it reads codes out."""


class Line(Told, frozen=True):
    """A service that answers signed webhooks, put together by whoever starts the rehearsal."""

    phone: Phone
    url: str
    """That is rung, absolute."""
    clock: Clock
    """That the service reads."""
    kept: Callable[[], bytes]
    """All that the service has stored and still holds, names and values."""
    forget: Callable[[], None]
    """Empties what the service has stored, for the next caller."""
    logged: Callable[[], str]
    """All that the service has logged since it was last asked."""
