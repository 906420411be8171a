"""How what is kept is read back: MessagePack of one version, or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from msgspec.msgpack import Decoder


class Versioned(Protocol):
    """What carries the version in which it was written."""

    @property
    def version(self) -> int:
        """By the law of changing it."""


Kept = TypeVar("Kept", bound=Versioned)


def unpacked(decoder: Decoder[Kept], version: int, stored: bytes) -> Kept | None:
    """What these bytes hold, or None when they are of another version or damaged."""
    try:
        kept = decoder.decode(stored)
    except ValueError:  # msgspec's errors, and Python's own for letters that are no UTF-8
        return None
    return kept if kept.version == version else None
