"""What was seen on the calls of a crawl: documents, and what is wrong, each of it once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from msgspec import Struct, field

from ivr.simulator.crawl.hiding import hidden
from ivr.simulator.crawl.urls import address, without_queries, without_sids

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.simulator.crawl.atlas import Trail, Variant
    from ivr.simulator.crawl.inputs import Step
    from ivr.simulator.crawl.turn import Link, Turn
    from ivr.simulator.digits import Digits

MAX_TURN_DOCUMENTS: Final = 20
"""Between two waits for the caller; more of them go round without end."""
MAX_LOOP_SHOWN: Final = 4
"""How many documents of such a loop are named."""

Wrong: TypeAlias = Literal["error", "dead_end", "round", "warning"]


class Fault(Struct, frozen=True, kw_only=True):
    """Something wrong, as it is known again: `Fault(kind="error", code=11200, …)`."""

    kind: Wrong
    code: int | None
    about: str
    """The message without what changes from turn to turn, or the document."""


class Sighting(Struct, kw_only=True):
    """A fault, and where it was seen."""

    fault: Fault
    message: str
    document: str
    places: list[tuple[Variant, Step]] = field(default_factory=list)
    """Where, and after which inputs."""
    trail: Trail
    """Of the call in which it was first seen, up to it."""


class Page(Struct, kw_only=True):
    """A document, known by its URL without the query."""

    url: str
    words: dict[str, str] = field(default_factory=dict)
    """All that was heard of it, in order, by itself without its digits. Digits that differ from one
    time to another are hidden."""
    count: int = 0


class Survey:
    """Keeps what was seen.

    Args:
        digits: what counts as a digit that is read out.
    """

    def __init__(self, digits: Digits) -> None:
        self._digits = digits
        self.pages: dict[str, Page] = {}
        self.links: dict[tuple[str, str], Link] = {}
        """By the documents at both ends."""
        self.asked: set[str] = set()
        self.sightings: dict[Fault, Sighting] = {}

    def note(self, turn: Turn, before: Variant, step: Step, trail: Trail) -> None:
        """Notes a turn.

        Args:
            turn: that has ended.
            before: where the caller was before it.
            step: that began it.
            trail: all that the caller had done, this step too.
        """
        for url, words in turn.documents:
            page = self.pages.setdefault(address(url), Page(url=address(url)))
            page.count += 1
            for each in words:
                key = self._digits.masked(each)
                known = page.words.setdefault(key, each)
                if known != each:
                    page.words[key] = hidden(self._digits, known, each)
        for link in turn.links:
            self.links.setdefault((address(link.source), address(link.target)), link)
        self.asked.update(map(address, turn.asked))
        for fault, message, document in faults(turn):
            sighting = self.sightings.setdefault(
                fault, Sighting(fault=fault, message=message, document=document, trail=trail)
            )
            if (before, step) not in sighting.places:
                sighting.places.append((before, step))


def faults(turn: Turn) -> Iterator[tuple[Fault, str, str]]:
    """Gives each fault of a turn with its message and its document."""
    is_round = turn.ask.by == "limit" and len(turn.documents) >= MAX_TURN_DOCUMENTS
    for failed, document in turn.failures:
        if not (is_round and failed.code is None):
            yield _told("error", failed.code, failed.message, document)
    for warned, document in turn.warnings:
        yield _told("warning", warned.code, warned.message, document)
    if is_round:
        names = dict.fromkeys(address(url) for url, _ in turn.documents[-MAX_TURN_DOCUMENTS:])
        shown = " → ".join(list(names)[:MAX_LOOP_SHOWN])
        yield _seen("round", shown, turn.document)
    elif turn.is_dead_end:
        yield _seen("dead_end", address(turn.document), turn.document)


def _told(kind: Wrong, code: int | None, message: str, document: str) -> tuple[Fault, str, str]:
    fault = Fault(kind=kind, code=code, about=without_queries(message))
    return fault, without_sids(message), address(document) if document else ""


def _seen(kind: Wrong, about: str, document: str) -> tuple[Fault, str, str]:
    return Fault(kind=kind, code=None, about=about), about, address(document)
