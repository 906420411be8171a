"""What a pretend caller does next in a call: told by `ivr.rehearsal.talk`, done by who rings.

So one and the same talk can be held on a virtual clock, one call after another, and on the clock on
the wall, thousands of calls at a time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeAlias

from msgspec import Struct

if TYPE_CHECKING:
    from ivr.simulator.events import By
    from ivr.simulator.verbs.activity import Waiting


class Wait(Struct, frozen=True):
    """Does nothing for so many seconds: `Wait(1.5)`."""

    seconds: float


class GoOn(Struct, frozen=True):
    """Listens until something happens by itself."""


class Touch(Struct, frozen=True):
    """Presses one key, in no time: `Touch("1")`."""

    key: str


class HangUp(Struct, frozen=True):
    """Hangs up."""


Act: TypeAlias = Wait | GoOn | Touch | HangUp


class Standing(Protocol):
    """How a call stands, as its caller notices."""

    @property
    def ended(self) -> By | None:
        """Who or what ended it; None while it goes on."""
        ...

    @property
    def waiting(self) -> Waiting | None:
        """What waits for the caller now; None in the middle of a sound."""
        ...
