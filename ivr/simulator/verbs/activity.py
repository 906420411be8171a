"""What runs in a call: activities that wait for time to pass or for the caller to do something.

An activity is a generator. It yields a Wait; whoever drives the call (`ivr.simulator.call`) lets
the virtual clock run to its end and resumes with None, or resumes sooner with what the caller did,
if the wait listens for that. So the rules of a verb stand in one place, in the order in which they
happen, and know nothing of who drives the clock: a script, a terminal or a browser.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Literal, TypeAlias, TypeVar

from msgspec import Struct, field

# msgspec reads the types of fields when a Struct is first made of them.
from ivr.simulator.events import By  # noqa: TC001
from ivr.twiml.request import Status  # noqa: TC001
from ivr.twiml.verbs import Method  # noqa: TC001

Sense: TypeAlias = Literal["keys", "speech", "voice"]
"""What a line can listen for: keys, words, or any sound at all."""

Waiting: TypeAlias = Literal["gather", "record", "queue"]

DEAF: frozenset[Sense] = frozenset()


class Wait(Struct, frozen=True, kw_only=True):
    """Lasts until `until_seconds` of the call's clock, or until the caller does what it hears."""

    until_seconds: float
    hears: frozenset[Sense] = DEAF
    turn: int | None = None
    """Which Gather or Record, counted over the call; None outside of them."""
    waiting: Waiting | None = None
    """What waits for the caller; None while a sound lasts."""


class Key(Struct, frozen=True):
    """The caller presses a key, one of 0-9 * #."""

    key: str


class Speech(Struct, frozen=True):
    """The caller begins to say words, which takes `seconds`."""

    text: str
    seconds: float


class Voice(Struct, frozen=True):
    """The caller begins to make a sound of `seconds` in which no words are known."""

    seconds: float


Stimulus: TypeAlias = Key | Speech | Voice

T = TypeVar("T")
Activity: TypeAlias = Generator[Wait, Stimulus | None, T]


class HungUp(Exception):  # noqa: N818 - no error: it ends an activity, as GeneratorExit does
    """Thrown into an activity when the caller hangs up; it may still make requests, not wait."""


class Next(Struct, frozen=True):
    """The document to go on with."""

    method: Method
    url: str
    """Absolute; its fragment may override connection settings."""
    added: Mapping[str, str] = field(default_factory=dict)
    """What this request has besides the parameters of every request."""


class Over(Struct, frozen=True):
    """The call, or the leg of it, is over."""

    by: By
    status: Status = "completed"


class Left(Struct, frozen=True):
    """Leave: the caller is out of the queue."""


Result: TypeAlias = Next | Over | Left | None
"""How a verb or a document ended; None: go on with the next verb."""
