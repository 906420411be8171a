"""How much of the line one caller may use: calls an hour, minutes a day, turns a call."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from msgspec import Struct


class Limit(StrEnum):
    """For what a call can be refused before it costs anything."""

    CALLS = "calls"
    MINUTES = "minutes"


class Limits(Struct, frozen=True, kw_only=True):
    """What one caller may use; 0 is without end.

    Sample: `Limits(calls_an_hour=20, minutes_a_day=120, turns_a_call=300)`.
    """

    calls_an_hour: int = 20
    minutes_a_day: int = 120
    turns_a_call: int = 300
    """Of every call; the other two only of callers whose number is not withheld."""


NO_LIMITS: Final = Limits(calls_an_hour=0, minutes_a_day=0, turns_a_call=0)
MAX_CALL_SECONDS: Final = 4 * 60 * 60
"""No call is longer: "By default, there is a four hour time limit set on calls",
https://www.twilio.com/docs/voice/twiml/dial, timeLimit."""
