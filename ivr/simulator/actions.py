"""What a caller can do, as frozen types."""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct


class Press(Struct, frozen=True, tag=True):
    """The caller presses `keys`, one after the other: `12#`."""

    keys: str


class Speak(Struct, frozen=True, tag=True):
    """The caller says `text`."""

    text: str


class Record(Struct, frozen=True, tag=True):
    """The caller speaks for `seconds`, in no words that matter."""

    seconds: float


class HangUp(Struct, frozen=True, tag=True):
    """The caller hangs up."""


Action: TypeAlias = Press | Speak | Record | HangUp


class Done(Struct, frozen=True):
    """An action, and when it was begun: `Done(4.2, Press("1"))`."""

    at_seconds: float
    """On the virtual clock of the call."""
    action: Action
