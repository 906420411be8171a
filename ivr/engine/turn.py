"""What the line does in one turn: instructions without URLs or XML, and what is to be counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from ivr.engine.carried import NOTHING, Carried
from ivr.flow.terms import Pace

if TYPE_CHECKING:
    from ivr.engine.memory import Forgotten, Memory
    from ivr.engine.session import Session
    from ivr.flow.terms import PromptId


class Play(Struct, frozen=True):
    """Say one prompt, in the language of the session.

    Sample: `Play("main_menu", Pace.SLOW)`.
    """

    prompt: PromptId
    pace: Pace = Pace.NORMAL


class Pause(Struct, frozen=True):
    """Say nothing for a while."""

    seconds: int = 1


class Gather(Struct, frozen=True):
    """Say prompts and wait for keys; the first key interrupts what is being said.

    Sample: `Gather(said=(Play("main_menu"),), num_digits=1, place="main_menu", turn=3,
    first_key_seconds=10, next_key_seconds=5)`.
    """

    said: tuple[Play | Pause, ...]
    place: str
    turn: int
    num_digits: int
    first_key_seconds: int
    next_key_seconds: int
    finish_on_key: str = ""
    """The key that ends an entry early and is no part of it; empty: every key is part of it."""


class Dial(Struct, frozen=True):
    """Ring a person; who that is, the service knows. Afterwards the call goes on at the place.

    Sample: `Dial(place="person", turn=9, ring_seconds=25, limit_seconds=1200)`.
    """

    place: str
    turn: int
    ring_seconds: int
    limit_seconds: int
    """The longest that the talk may last."""


class Hangup(Struct, frozen=True):
    """End the call."""


class Reject(Struct, frozen=True):
    """Refuse the call before it costs anything."""


class HandOver(Struct, frozen=True):
    """Ask once more for the same turn: it is about a place of another version of the flow.

    Sample: `HandOver(place="new_menu", turn=3, carried=Carried(began=1_795_420_000, hop=1))`.
    """

    place: str
    turn: int
    carried: Carried


Instruction: TypeAlias = Play | Pause | Gather | Dial | Hangup | Reject | HandOver


class Count(Struct, frozen=True):
    """Something that an operator wants counted, such as `reached.main_menu`."""

    name: str


class Turn(Struct, frozen=True):
    """The answer to one event: what to keep, what to do, what to count."""

    session: Session
    instructions: tuple[Instruction, ...]
    effects: tuple[Count, ...] = ()
    memory: Memory | Forgotten | None = None
    """What is to be kept of the caller from now on; None: what is kept stays as it is."""
    used_seconds: int = 0
    """How long the call has lasted, told once, when it is over; 0 where the number is withheld."""
    carried: Carried = NOTHING
    """What the addresses of this answer tell."""
