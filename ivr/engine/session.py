"""What is kept of a call between two turns: where it is and what was last said, nothing secret.

The law of changing it: a new field goes at the end, with a default, so that old and new processes
read each other's sessions. A field that changes its meaning asks for a new `VERSION`; a session of
another version is not read, and the call goes on from the place in the action URL.
"""

from __future__ import annotations

import enum
from typing import Final

import msgspec
from msgspec import Struct

from ivr.flow.model import Language, NodeId, Pace, PromptId

VERSION: Final = 1


class Phase(enum.IntEnum):
    """How far the call is."""

    RUNNING = 0
    GOODBYE = 1
    """The goodbye was said, or the line has hung up."""
    CLOSED = 2
    """The carrier has told how the call ended; it is counted."""


class Session(Struct, frozen=True, array_like=True, kw_only=True):
    """One call. Stored, it is a MessagePack array of about a hundred bytes.

    Sample: `Session(place="main_menu", turn=2, language="bn", lead=("global_keys",))`.
    """

    version: int = VERSION
    place: str
    """A node, or a step of a lesson as `register_lesson.register_6`."""
    turn: int
    """How many answers this call has had; the action URL of the last one names it."""
    language: Language
    pace: Pace = Pace.NORMAL
    silences: int = 0
    """Times without a key at this place, one after another."""
    wrongs: int = 0
    """Keys or entries at this place that led nowhere."""
    brief: bool = False
    """Only the code is said again, not the scene around it."""
    lead: tuple[PromptId, ...] = ()
    """What was said before the place's own prompts, so that the last answer can be given again."""
    return_to: str | None = None
    """The place that help goes back to."""
    phase: Phase = Phase.RUNNING
    again: bool = False
    """The place says the same once more, and so in the slow form, at whichever pace the call is."""


_decoder = msgspec.msgpack.Decoder(Session)
_encoder = msgspec.msgpack.Encoder()


def dump(session: Session) -> bytes:
    """The session as it is stored."""
    return _encoder.encode(session)


def parse(stored: bytes) -> Session | None:
    """The session of these bytes, or None when they are of another version or damaged."""
    try:
        session = _decoder.decode(stored)
    except msgspec.DecodeError:
        return None
    return session if session.version == VERSION else None


def split(place: str) -> tuple[NodeId, PromptId | None]:
    """A place as its node and, in a lesson, its step."""
    node, _, step = place.partition(".")
    return node, step or None
