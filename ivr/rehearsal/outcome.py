"""What became of one pretend caller."""

from __future__ import annotations

from msgspec import Struct

from ivr.rehearsal.personas import Goal  # noqa: TC001 - msgspec reads the types of fields


class Outcome(Struct, frozen=True, array_like=True, kw_only=True):
    """One caller's calls, from the first ring to the last hang-up.

    Seconds are those on the line, over all calls.
    """

    number: int
    """Of the caller, from 0."""
    persona: str
    goals: tuple[Goal, ...]
    """What the caller set out for, in order; none: nothing."""
    seconds_to: dict[Goal, float]
    """From setting out for a goal until it was reached; without those that were not."""
    turns_to_all: int | None
    """Answers of the line until all goals were reached; None: they were not."""
    has_left: bool
    """Hung up and never rang again, with a goal not reached: did not stay, and does not count."""
    is_stuck: bool
    """Went on beyond the limits of calls or answers."""
    secrets_kept: int
    is_too_often: bool
    """Heard one sentence for the third time in a call, in answer to silence or a wrong key."""
    ended_at: tuple[str, ...]
    """The places at which calls ended with a goal not reached, in order."""
    calls: int
    turns: int
    seconds: float
    speech_seconds: float

    @property
    def lost_at(self) -> str | None:
        """Where the last call of a caller ended who stayed and yet did not get through."""
        if not self.goals or self.turns_to_all is not None or self.has_left:
            return None
        return self.ended_at[-1] if self.ended_at else None
