"""Who calls whom, and how: what a pretend call has besides where it leads."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003
from datetime import UTC, datetime
from typing import get_args

from msgspec import Struct, field

from ivr.errors import CallError
from ivr.simulator.faults import Fault
from ivr.twiml.request import DialStatus
from ivr.twiml.verbs import Method

FROM_NUMBER = "+15005550006"
"""Twilio's own test number, which is nobody's."""
TO_NUMBER = "+12025550100"
"""Of the range that is kept for fiction."""
ACCOUNT_SID = "AC" + "0" * 32
STARTED_AT = datetime(2025, 1, 1, tzinfo=UTC)
MAX_DOCUMENTS = 200
KEY_SECONDS = 0.5
"""How long an unhurried caller takes for a key."""

OUTCOMES: tuple[DialStatus, ...] = get_args(DialStatus)
"""What may become of a Dial: its DialCallStatus. Of a conference, completed means answered."""


def outcome_of(word: str) -> DialStatus | None:
    """Gives the outcome of a Dial that a word names; None for any other word."""
    return next((outcome for outcome in OUTCOMES if outcome == word), None)


class Setup(Struct, frozen=True, kw_only=True):
    """What a call has, besides where it leads.

    Raises:
        CallError: a value cannot be.
    """

    from_number: str = FROM_NUMBER
    """Who calls, in E.164 form."""
    to_number: str = TO_NUMBER
    account_sid: str = ACCOUNT_SID
    method: Method = "POST"
    """Of the first request, and of the fallback's."""
    params: Mapping[str, str] = field(default_factory=dict)
    """Further parameters of every request; they win over the usual ones."""
    fallback_url: str | None = None
    """Asked when a document cannot be had or read; may be relative to the first URL."""
    status_callback: str | None = None
    """Gets a POST when the call has ended; may be relative to the first URL."""
    dial_outcomes: tuple[DialStatus, ...] = ()
    """How Dials end, in order: a DialCallStatus each. After the last one, each is answered."""
    max_documents: int = MAX_DOCUMENTS
    faults: tuple[Fault, ...] = ()
    """What goes wrong on the way to the application, on purpose."""
    key_seconds: float = KEY_SECONDS
    """How long the caller takes for a key."""
    started_at: datetime = STARTED_AT
    """When the virtual clock stands at zero, with its time zone."""

    def __post_init__(self) -> None:
        wrong = set(self.dial_outcomes) - set(OUTCOMES)
        if wrong:
            known = ", ".join(OUTCOMES)
            raise CallError(f"dial_outcomes: {min(wrong)!r} is none; give some of {known}")
        if self.method not in get_args(Method):
            raise CallError(f"method: {self.method!r} is none; give GET or POST")
        if not all(isinstance(each, Fault) for each in self.faults):
            given = "ivr.simulator.faults.parse_faults(['slow:3@2'])"
            raise CallError(f"faults: {self.faults!r} is not a tuple of Fault; give {given}")
        if self.max_documents < 1:
            raise CallError(f"max_documents: a call has 1 at least, not {self.max_documents}")
