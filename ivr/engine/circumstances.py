"""What a step is decided from besides flow, session and event: all that comes from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from ivr.engine.limits import NO_LIMITS, Limit, Limits

if TYPE_CHECKING:
    from datetime import datetime

    from ivr.engine.codes import Codes
    from ivr.engine.memory import Memory


class Circumstances(Struct, frozen=True, kw_only=True):
    """The time, the codes, and who calls.

    Sample: `Circumstances(now=datetime(2026, 3, 2, 12, tzinfo=UTC), codes=keyed_codes(b"…", sid))`.
    """

    now: datetime
    """With its zone."""
    codes: Codes
    """Practice codes of this call."""
    has_helper: bool = False
    """There is somebody to ring; at which hours, the flow says."""
    is_known: bool = False
    """The caller's number is not withheld, so that something may be kept of the caller."""
    memory: Memory | None = None
    """What is kept of the caller; read when a call begins, or when its session is lost."""
    limits: Limits = NO_LIMITS
    """What one caller may use."""
    refused: Limit | None = None
    """The limit at which this caller has arrived already; looked up when a call begins."""
    seconds_left: int | None = None
    """How long this caller may still ring, looked up then as well; None: without end."""
    has_siblings: bool = False
    """Other processes answer on this line too, maybe by another version of the flow."""
