"""What goes into Redis and what comes out of it, as types."""

from __future__ import annotations

from msgspec import Struct

from ivr.engine.limits import Limit  # noqa: TC001 (a field of a struct)
from ivr.engine.memory import Forgotten, Memory  # noqa: TC001 (fields of structs)
from ivr.engine.session import Session  # noqa: TC001 (a field of structs)
from ivr.engine.turn import Count  # noqa: TC001 (a field of a struct)


class Held(Struct, frozen=True):
    """A session as it was found: needed again to save over it."""

    session: Session | None
    """None: there is none, or it cannot be read."""
    stored: bytes
    """Empty: there is none."""


class Learnt(Struct, frozen=True, kw_only=True):
    """What is to be kept of a call's caller from now on, or to be forgotten.

    Sample: `Learnt(memory=Memory(at=1_770_000_000, language="bn"), seconds=90 * 24 * 60 * 60)`.
    """

    memory: Memory | Forgotten
    seconds: int
    """How long it is kept, from now."""


class Saving(Struct, frozen=True, kw_only=True):
    """What one turn leaves, saved in one go: all of it or nothing.

    Sample: `Saving(session=session, counts=(Count("calls"),))`.
    """

    session: Session
    counts: tuple[Count, ...] = ()
    learnt: Learnt | None = None
    """None: what is kept of the caller stays as it is."""
    used_seconds: int = 0
    """What the call has used of its caller's minutes, told once, when it has ended."""


class Known(Struct, frozen=True, kw_only=True):
    """What is known of a caller whose call begins."""

    memory: Memory | None = None
    """None: nothing is kept, or nothing that can be read."""
    refused: Limit | None = None
    """Which limit the caller has reached; None: the call is taken."""
    seconds_left: int | None = None
    """How much of the day's minutes is left; None: they have no end."""


class Erased(Struct, frozen=True, kw_only=True):
    """What was there of a caller, and is deleted."""

    memory: bool
    """Whether anything was kept from one call to the next."""
    calls: int
    """How many calls of the last hour were known."""
    used_seconds: int


class Health(Struct, frozen=True, kw_only=True):
    """How it stands with Redis."""

    error: str | None
    """Why it does not answer; None: it does."""
    degraded: int
    """How many answers this process has given without it."""
    since: float | None
    """For how many seconds it has been away; None: it is there."""
