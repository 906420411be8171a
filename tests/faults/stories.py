"""What befell pretend callers, and the figures over all of them."""

from __future__ import annotations

from collections.abc import Sequence  # noqa: TC003 - msgspec reads the annotations

from msgspec import Struct, field


class Story(Struct, kw_only=True):
    """What befell one caller."""

    number: int
    habit: str
    calls: int = 0
    ended: str | None = None
    """Who or what ended the last call; None: it still went on when the time was over."""
    said_goodbye: bool = False
    """The line did, in the last call."""
    apologies: int = 0
    strays: int = 0
    """What was heard in Bengali after the caller had asked for English."""
    turns: list[float] = field(default_factory=list)
    """How many seconds each document took, on the way included."""
    failures: list[str] = field(default_factory=list)
    """Requests without a good answer, after which the carrier asked the fallback, and the like."""
    warnings: list[str] = field(default_factory=list)
    """What Twilio's debugger would warn of."""

    @property
    def has_reached_end(self) -> bool:
        """The call came to the goodbye that every call has in its flow."""
        return self.ended == "hangup" and self.said_goodbye

    @property
    def heard_error(self) -> bool:
        """The caller heard an apology, or the carrier's own error, or was cut off."""
        return bool(self.apologies) or not self.has_reached_end

    def __str__(self) -> str:
        """Say what a person needs to look into it."""
        troubles = "; ".join((*self.failures, *self.warnings)) or "nothing failed"
        return (
            f"caller {self.number} ({self.habit}): {self.calls} calls, {len(self.turns)} turns, "
            f"ended by {self.ended}, {self.apologies} apologies, {self.strays} strays: {troubles}"
        )


class Report(Struct, frozen=True, kw_only=True):
    """What befell all of them."""

    stories: Sequence[Story]
    most_open: int
    """Calls that went on at the same time."""
    seconds: float

    @property
    def lost(self) -> list[str]:
        """Those who did not come to the end."""
        return [str(each) for each in self.stories if not each.has_reached_end]

    @property
    def troubled(self) -> list[str]:
        """Those who heard an error."""
        return [str(each) for each in self.stories if each.heard_error]

    @property
    def warned(self) -> list[str]:
        """Those whose documents were not as Twilio wants them."""
        return [str(each) for each in self.stories if each.warnings]

    @property
    def failed(self) -> list[str]:
        """Those with a request that had no good answer, whether they noticed or not."""
        return [str(each) for each in self.stories if each.failures]

    @property
    def strayed(self) -> list[str]:
        """Those who had to hear another language than they had chosen."""
        return [str(each) for each in self.stories if each.strays]

    @property
    def turn_seconds(self) -> list[float]:
        """Of every document, the quickest first."""
        return sorted(seconds for each in self.stories for seconds in each.turns)

    @property
    def slowest_seconds(self) -> float:
        """Of any document."""
        return self.turn_seconds[-1]

    def __str__(self) -> str:
        """Give the figures."""
        turns = self.turn_seconds
        reached = sum(each.has_reached_end for each in self.stories)
        return (
            f"callers {len(self.stories)}, calls {sum(each.calls for each in self.stories)}, "
            f"open at once {self.most_open}, reached the end {reached}, turns {len(turns)}, "
            f"median {1000 * turns[len(turns) // 2]:.0f} ms, "
            f"p99 {1000 * turns[len(turns) * 99 // 100]:.0f} ms, "
            f"slowest {1000 * turns[-1]:.0f} ms, "
            f"requests that failed {sum(len(each.failures) for each in self.stories)}, "
            f"apologies {sum(each.apologies for each in self.stories)}, {self.seconds:.0f} s"
        )
