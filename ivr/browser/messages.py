"""What the page asks for, as frozen types, read strictly: an unknown field is refused.

POST /phone/calls        {"virtual": true, "faults": "slow:3@2 drop"}
POST /phone/calls/<id>   {"do": "press", "keys": "1", "seconds": 0.8}
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, TypeAlias, TypeVar

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace
from werkzeug.exceptions import BadRequest

from ivr.errors import CallError
from ivr.simulator.faults import parse_faults
from ivr.simulator.setup import OUTCOMES, outcome_of
from ivr.twiml.attributes import KEYS

if TYPE_CHECKING:
    from ivr.simulator.setup import Setup
    from ivr.twiml.request import DialStatus

MAX_TEXT_LETTERS: Final = 1000
"""Of words that are said, and of any other text that the page sends."""
MAX_KEYS: Final = 100
MAX_STEP_SECONDS: Final = 60.0
"""How much time may pass at once on the caller's side."""
MAX_RECORD_SECONDS: Final = 3600.0

Text = Annotated[str, Meta(max_length=MAX_TEXT_LETTERS)]
Seconds = Annotated[float, Meta(ge=0, le=MAX_STEP_SECONDS)]


class Start(
    Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    rename={"from_number": "from", "to_number": "to"},
):
    """A call is to begin."""

    virtual: bool
    """Whether the line is listened to until it waits, on a clock that does not."""
    from_number: Text | None = None
    """None: the number that calls as a rule."""
    to_number: Text | None = None
    faults: Text = ""
    """Divided by spaces."""
    dial: Text = ""
    """How Dials end, divided by commas; empty: as they end as a rule."""

    def setup(self, usual: Setup) -> Setup:
        """Gives the setup of the call.

        Args:
            usual: of a call of which nothing is said.

        Raises:
            CallError: a fault or an outcome is none.
        """
        outcomes = _outcomes(self.dial) or usual.dial_outcomes
        return replace(
            usual,
            from_number=usual.from_number if self.from_number is None else self.from_number,
            to_number=usual.to_number if self.to_number is None else self.to_number,
            faults=(*usual.faults, *parse_faults(self.faults.split())),
            dial_outcomes=outcomes,
            key_seconds=0.0,  # the caller's own fingers take their time
        )


def _outcomes(given: str) -> tuple[DialStatus, ...]:
    words = given.split(",") if given.strip() else []
    named = [outcome_of(word.strip()) for word in words]
    found = tuple(outcome for outcome in named if outcome is not None)
    if len(found) != len(words):
        known = ", ".join(OUTCOMES)
        raise CallError(f"dial: {given!r} is not a list of outcomes; use {known}, with commas")
    return found


class _Deed(Struct, frozen=True, kw_only=True, tag_field="do", forbid_unknown_fields=True):
    """What the caller does."""


class Wait(_Deed, frozen=True, kw_only=True, tag="wait"):
    """Time has passed on the caller's side."""

    seconds: Seconds


class Listen(_Deed, frozen=True, kw_only=True, tag="listen"):
    """The caller does nothing until the line has gone on and waits anew, or the call ends."""


class _Timely(_Deed, frozen=True, kw_only=True):
    seconds: Seconds = 0.0
    """That have passed since the last answer."""
    virtual: bool = False
    """Whether the caller then listens until the line waits."""


class Press(_Timely, frozen=True, kw_only=True, tag="press"):
    """The caller presses keys, one after the other."""

    keys: Annotated[str, Meta(min_length=1, max_length=MAX_KEYS)]

    def __post_init__(self) -> None:
        # Before any time passes: what is refused has changed nothing.
        if set(self.keys) - set(KEYS):
            raise ValueError(f"{self.keys!r} cannot be pressed; press digits, * or #")


class Say(_Timely, frozen=True, kw_only=True, tag="say"):
    """The caller says words."""

    text: Text

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise ValueError(f"{self.text!r} cannot be said; give some words")


class HangUp(_Timely, frozen=True, kw_only=True, tag="hang_up"):
    """The caller hangs up, or has left the page."""


class Record(_Deed, frozen=True, kw_only=True, tag="record"):
    """In virtual time: the caller speaks for some seconds, then listens."""

    seconds: Annotated[float, Meta(gt=0, le=MAX_RECORD_SECONDS)]


Deed: TypeAlias = Wait | Listen | Press | Say | HangUp | Record

_start: Final = msgspec.json.Decoder(Start)
_deed: Final = msgspec.json.Decoder(Deed)

_Message = TypeVar("_Message")


def read_start(body: bytes) -> Start:
    """Gives the call that is asked for.

    Raises:
        BadRequest: it is not in the form that it has.
    """
    return _read(_start, body)


def read_deed(body: bytes) -> Deed:
    """Gives what the caller does.

    Raises:
        BadRequest: it is not in the form that it has.
    """
    deed: Deed = _read(_deed, body)
    return deed


def _read(decoder: msgspec.json.Decoder[_Message], body: bytes) -> _Message:
    try:
        message = decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadRequest(f"What the page asks for cannot be read: {error}") from error
    return message
