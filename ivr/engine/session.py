"""What is kept of a call between two turns: where it is and what was last said, nothing secret.

The law of changing it: a new field goes at the end, with a default, so that old and new processes
read each other's sessions. A field that changes its meaning asks for a new `VERSION`; a session of
another version is not read, and the call goes on from the place in the action URL.
"""

from __future__ import annotations

import enum
from itertools import product
from typing import Final

import msgspec
from msgspec import Struct

from ivr.engine.packed import unpacked
from ivr.flow.terms import Language, Offer, Pace, PromptId

VERSION: Final = 2


class Phase(enum.IntEnum):
    """How far the call is."""

    RUNNING = 0
    GOODBYE = 1
    """The goodbye was said, or the line has hung up."""
    CLOSED = 2
    """The carrier has told how the call ended; it is counted."""
    REFUSED = 3
    """The call was rejected before it began: its caller has used what one caller may."""


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
    """Times without a key since the caller came to this place."""
    wrongs: int = 0
    """Keys or entries that led nowhere since then."""
    brief: bool = False
    """Only the code is said again, not the scene around it."""
    lead: tuple[PromptId, ...] = ()
    """What was said before the place's own prompts, so that the last answer can be given again."""
    back: tuple[str, ...] = ()
    """The places from which the caller came aside, the latest last: where `return` leads."""
    phase: Phase = Phase.RUNNING
    again: bool = False
    """The place says the same once more, and so in the slow form, at whichever pace the call is."""
    settles: bool = False
    """A key, or silence in a lesson, led here: for a moment no key counts."""
    patience: int = 0
    """How many times this caller was given more time for a key."""
    confusion: int = 0
    """Points of trouble over the whole call."""
    offered: int = 0
    """How many levels of confusion have been answered."""
    told_by_name: dict[str, str] = {}
    """Where a release before keeps what is in `told` now; neither reads the other's."""
    simple: bool = False
    together: bool = False
    has_helper: bool = False
    """A person could be rung when this place was reached."""
    is_kept: bool = False
    """What is learnt of this caller may be kept: the number is not withheld, nothing forgotten."""
    bookmark: str | None = None
    """Where the caller can go on at a later call, or after `resume` in this one."""
    step: int = 0
    """Which step of its lesson the place is, or the last such place was, from 0: should the step go
    while the call runs."""
    after_silence: bool = False
    """Silence led here from another place: what is said first takes no key, since one that was
    meant for the place before may still come."""
    began: int = 0
    """When the call began, in seconds of the Unix epoch; 0: a release before told it nowhere."""
    until: int = 0
    """When this caller's minutes are used up, told likewise; 0: they have no end."""
    heard: int = 0
    """What the keys meant when the place was said (ivr.engine.meaning); 0: they are taken as they
    are now."""
    resaid: int = 0
    """How often the place was said again because another version of the flow had said it."""
    told: dict[int, int] = {}
    """How often each rung of the ladder was said at which place, both as numbers
    (ivr.engine.told); at the latest places of trouble."""

    @property
    def holding(self) -> frozenset[Offer]:
        """The conditions of options that hold now."""
        is_slow = self.simple or self.pace is Pace.SLOW
        return _HOLDING[self.has_helper, self.is_kept, is_slow]


def _held(*, helper: bool, kept: bool, slow: bool) -> frozenset[Offer]:
    held: dict[Offer, bool] = {"helper": helper, "kept": kept, "slow": slow, "usual": not slow}
    return frozenset(each for each, holds in held.items() if holds)


_HOLDING: Final = {
    (helper, kept, slow): _held(helper=helper, kept=kept, slow=slow)
    for helper, kept, slow in product((False, True), repeat=3)
}
"""All that can hold at once; looked up, for each turn of each call asks."""
_decoder = msgspec.msgpack.Decoder(Session)
_encoder = msgspec.msgpack.Encoder()


def dump(session: Session) -> bytes:
    """The session as it is stored."""
    return _encoder.encode(session)


def parse(stored: bytes) -> Session | None:
    """The session of these bytes, or None when they are of another version or damaged."""
    return unpacked(_decoder, VERSION, stored)
