"""What is kept of a caller from one call to the next: how to speak, and where to go on.

It is kept under a keyed hash of the number, never the number; of a withheld number nothing is kept.
The law of changing it is that of the session (ivr.engine.session): a new field goes at the end,
with a default; a field that changes its meaning asks for a new `VERSION`.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Annotated, Final, TypeAlias

import msgspec
from msgspec import Meta, Struct

from ivr.engine.packed import unpacked
from ivr.flow.terms import Language, Pace

VERSION: Final = 1
Number: TypeAlias = Annotated[int, Meta(ge=0)]
"""A memory in which one is less is damaged."""


class Memory(Struct, frozen=True, array_like=True, kw_only=True):
    """One caller. Stored, it is a MessagePack array of well under a hundred bytes.

    Sample: `Memory(at=1_770_000_000, language="bn", bookmark="register_lesson.register_6", step=5)`
    """

    version: int = VERSION
    at: int
    """When any of it last changed, or the caller went on there, in seconds of the Unix epoch."""
    language: Language
    pace: Pace = Pace.NORMAL
    patience: Number = 0
    """How many times this caller was given more time, as `Session.patience`."""
    simple: bool = False
    bookmark: str | None = None
    """The place at which a call broke off; None: there is nothing to go on with."""
    step: Number = 0
    """Which step of its lesson that is, from 0: should the step itself be gone."""


class Forgotten(Struct, frozen=True):
    """What is kept of the caller is to be deleted."""


_decoder = msgspec.msgpack.Decoder(Memory)
_encoder = msgspec.msgpack.Encoder()


def dump_memory(memory: Memory) -> bytes:
    """The memory as it is stored."""
    return _encoder.encode(memory)


def parse_memory(stored: bytes) -> Memory | None:
    """The memory of these bytes, or None when they are of another version or damaged."""
    return unpacked(_decoder, VERSION, stored)


def caller_key(secret: bytes, number: str) -> str:
    """The name under which a caller is kept: 32 hex digits that do not lead back to the number.

    Args:
        secret: the line's own; another secret gives other names.
        number: from which the caller rings, as the carrier writes it.
    """
    return hmac.digest(secret, f"caller\0{number}".encode(), hashlib.sha256).hex()[:32]
