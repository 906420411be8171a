"""The one place that reads the clock."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """The time now, in UTC."""
    return datetime.now(tz=UTC)  # noqa: TID251 - everything else takes the time as an argument
