"""What reading a TwiML document gives: its verbs, and what Twilio's debugger would say of it.

`<Response><Gather numdigits="1"/></Response>` is read as

    Document(
        verbs=(Gather(),),
        findings=(Finding("warning", 12200, "Gather has no attribute 'numdigits'; …"),),
    )
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from ivr.twiml.rules import SCHEMA

if TYPE_CHECKING:
    from ivr.twiml.rule import Level
    from ivr.twiml.verbs import Verb

MAX_FINDINGS = 100
"""A document of 64 kB has room for thousands; nobody reads them."""


class Finding(Struct, frozen=True):
    """Something that is not as Twilio wants it, after which the call goes on."""

    level: Level
    code: int
    """As Twilio's debugger shows it, such as 12200."""
    message: str
    """What, where and what to do."""


class Document(Struct, frozen=True):
    """A document that can be carried out."""

    verbs: tuple[Verb, ...]
    """In order, without what cannot be carried out. None of them ends the call."""
    findings: tuple[Finding, ...] = ()


class Findings:
    """Collects what is found in one document, within a limit."""

    def __init__(self) -> None:
        self._found: list[Finding] = []

    def add(self, level: Level, code: int, message: str) -> None:
        """Keeps a finding; of those over the limit only that there are more."""
        if self.is_full:
            return
        self._found.append(Finding(level, code, message))
        if self.is_full:
            self._found.append(Finding("warning", SCHEMA, "more is wrong; mend the first of it"))

    @property
    def is_full(self) -> bool:
        """Whether more would not be kept."""
        return len(self._found) >= MAX_FINDINGS

    def all(self) -> tuple[Finding, ...]:
        """Gives them in the order in which they were found."""
        return tuple(self._found)
