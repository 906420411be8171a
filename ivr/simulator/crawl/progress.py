"""How far a crawl has come."""

from __future__ import annotations

from msgspec import Struct


class Progress(Struct, frozen=True):
    """How far a crawl has come."""

    places: int
    tried: int
    """How many inputs."""
    left: int
    """How many inputs, of those that are known."""
    calls: int
