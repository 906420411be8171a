"""Somebody whom a Dial calls: their leg, and what the noun's statusCallback is told of it.

https://www.twilio.com/docs/voice/twiml/number#attributes-status-callback-event: a noun's own leg is
initiated, rings, is answered and completed; its callback gets those of the four that it asks for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.simulator.verbs.leg import dialled_party
from ivr.twiml import request

if TYPE_CHECKING:
    from ivr.simulator.verbs.leg import Leg
    from ivr.twiml.verbs import Noun

CONFERENCE = "Conference"


class Callee:
    """One of those whom a Dial calls.

    Args:
        caller: the leg that they are called from.
        noun: whom to call, and whom to tell of it.
        caller_id: the number that they see; None for the caller's own.
    """

    def __init__(self, caller: Leg, noun: Noun, caller_id: str | None) -> None:
        self.noun = noun
        self.leg = caller.dialled(dialled_party(caller.party, noun.address, caller_id))
        self.answered_at: float | None = None
        self._told = 0

    @property
    def answer_seconds(self) -> float:
        """How long it is since they answered; 0 when they have not."""
        return 0.0 if self.answered_at is None else self.leg.log.seconds - self.answered_at

    @property
    def call_sid(self) -> str | None:
        """Of their leg; None for a conference, which is no call of its own."""
        return None if self.noun.kind == CONFERENCE else self.leg.party.call_sid

    def ring(self) -> None:
        """Their telephone begins to ring."""
        self._tell("initiated", "initiated")
        self._tell("ringing", "ringing")

    def answer(self) -> None:
        """They answer."""
        self.answered_at = self.leg.log.seconds
        self._tell("answered", "in-progress")

    def end(self, status: request.Status) -> None:
        """Their leg ends, whatever came of it.

        Args:
            status: its CallStatus at the end.
        """
        self._tell("completed", status)

    def _tell(self, event: str, status: request.Status) -> None:
        leg, noun = self.leg, self.noun
        leg.status = status
        if noun.status_callback is None or event not in noun.status_callback_events:
            return
        if event == "completed":
            told = request.ended(round(self.answer_seconds), leg.at(), self._told)
        else:
            told = request.progressed(leg.at(), self._told)
        self._told += 1
        leg.call_back(noun.status_callback, told, method=noun.status_callback_method)
