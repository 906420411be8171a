"""What a crawl tells: documents, places and findings, as frozen types and as JSON."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from ivr.simulator.events import By  # noqa: TC001 - msgspec reads the types of fields

FindingKind: TypeAlias = Literal["error", "dead_end", "loop", "unreached", "limit", "warning"]


class Summary(Struct, frozen=True, kw_only=True):
    """How much there was."""

    documents: int
    places: int
    ends: int
    """Of the places, those where a call ends."""
    inputs: int
    """That were tried."""
    untried: int
    calls: int
    words: int
    """All different things that were heard, counted in words."""
    stopped: str
    """The limit at which the crawl stopped, or what else stopped it; empty when all was tried."""


class Heard(Struct, frozen=True, kw_only=True):
    """A document, known by its URL without the query."""

    url: str
    times: int
    words: tuple[str, ...]
    """Each thing that was heard of it once, digits that differ from call to call hidden."""


class Key(Struct, frozen=True, kw_only=True):
    """What an input leads to: `Key(input="1", dial="", to=(2,))`."""

    input: str
    """As in `ivr call --keys`."""
    dial: str
    """As in `ivr call --dial`: what becomes of the Dials on the way; empty for the usual."""
    to: tuple[int, ...]
    """Numbers of places: where it led first, then where else when it was tried again."""


class Stop(Struct, frozen=True, kw_only=True):
    """A place: where the line waits for the caller, or where a call ends."""

    number: int
    document: str
    waits_for: Literal["gather", "record", "queue", "end"]
    ended_by: By | None
    """Of an end, as in the call's own `ended`."""
    leads_to: str
    """The URL that gets what the caller does there, without what changes; empty for an end."""
    input: str
    num_digits: int | None
    finish_on_key: str
    words: tuple[str, ...]
    """What is heard there first, since its document came."""
    versions: int
    """How many different words were heard there, such as reprompts."""
    keys: tuple[Key, ...]


class Finding(Struct, frozen=True, kw_only=True):
    """Something wrong."""

    kind: FindingKind
    code: int | None
    """As Twilio's debugger would show it; None for what it would not."""
    message: str
    """What, where, and what to do."""
    document: str
    """Empty where none is to blame."""
    at: tuple[tuple[int, str], ...]
    """Places and the inputs there after which it was seen; place 0 is the beginning of a call."""
    keys: str | None
    """The shortest script that leads there, as `ivr call --keys` takes it; None where none does."""
    dial: str
    is_shown_again: bool
    """Whether it was seen once more when a call followed that script."""


class Report(Struct, frozen=True, kw_only=True):
    """All of it."""

    url: str
    summary: Summary
    documents: tuple[Heard, ...]
    places: tuple[Stop, ...]
    findings: tuple[Finding, ...]

    @property
    def is_good(self) -> bool:
        """Whether there is nothing worse than warnings."""
        return all(finding.kind == "warning" for finding in self.findings)
