"""What can happen to a call, told without any carrier's words.

A digit string lives only as long as its event: it is compared and dropped, never kept.
"""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct


class CallStarted(Struct, frozen=True):
    """The phone has rung and been answered."""


class Digits(Struct, frozen=True):
    """The caller has pressed keys: `Digits(keys="1")`."""

    keys: str
    """Out of 0 to 9, * and #; never empty."""
    own_number: bool = False
    """The keys are the number that the caller rings from."""

    def __repr__(self) -> str:
        """Say how many keys, never which: a repr may end in a log."""
        return f"Digits({len(self.keys)} keys)"


class NoInput(Struct, frozen=True):
    """The time to press a key has passed."""


class LedBack(Struct, frozen=True):
    """The call was led back to where it stands, since an answer has failed.

    What was keyed there, if anything was, is lost.
    """


class DialEnded(Struct, frozen=True):
    """The attempt to reach a person is over, or the talk with one."""

    was_answered: bool


class CallEnded(Struct, frozen=True):
    """The call is over, whoever ended it."""

    outcome: str
    """The carrier's word for how: completed, busy, failed, no-answer, canceled."""


Event: TypeAlias = CallStarted | Digits | NoInput | LedBack | DialEnded | CallEnded
