"""What was seen on the calls of a crawl: documents, and what is wrong, each of it once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from msgspec import Struct, field

from ivr.simulator.crawl.hiding import Wording
from ivr.simulator.crawl.urls import address, without_queries, without_sids

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.simulator.crawl.atlas import Trail, Variant
    from ivr.simulator.crawl.hiding import Sounds
    from ivr.simulator.crawl.inputs import Step
    from ivr.simulator.crawl.turn import Link, Turn

MAX_TURN_DOCUMENTS: Final = 20
"""Between two waits for the caller; more of them go round without end."""
MAX_LOOP_SHOWN: Final = 4
"""How many documents of such a loop are named."""
MAX_LETTERS: Final = 20_000_000
"""Of all different words, URLs and messages that are kept, together."""

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
    places: dict[tuple[Variant, Step], None] = field(default_factory=dict)
    """Where, and after which inputs, in the order in which they were found."""
    trail: Trail
    """Of the call in which it was first seen, up to it."""


class Page(Struct, kw_only=True):
    """A document, known by its URL without the query."""

    url: str
    wordings: dict[str, Wording] = field(default_factory=dict)
    """What was heard of it each time, by itself without its digits."""
    count: int = 0


class Survey:
    """Keeps what was seen.

    Args:
        sounds: what is heard.
    """

    def __init__(self, sounds: Sounds) -> None:
        self._sounds = sounds
        self.pages: dict[str, Page] = {}
        self.links: dict[tuple[str, str], Link] = {}
        """By the documents at both ends."""
        self.asked: set[str] = set()
        self.sightings: dict[Fault, Sighting] = {}
        self._letters = 0

    @property
    def is_full(self) -> bool:
        """Whether no more can be kept: an application without end must not fill the memory."""
        return self._letters > MAX_LETTERS

    def words(self, page: Page) -> tuple[str, ...]:
        """Gives each thing that was heard of a document once, in order."""
        told = (each for wording in page.wordings.values() for each in self._sounds.told(wording))
        return tuple(dict.fromkeys(told))

    def note(self, turn: Turn, before: Variant, step: Step, trail: Trail, call: int) -> None:
        """Notes a turn.

        Args:
            turn: that has ended.
            before: where the caller was before it.
            step: that began it.
            trail: all that the caller had done, this step too.
            call: the number of the call.
        """
        for url, words in turn.documents:
            page = self.pages.setdefault(address(url), Page(url=address(url)))
            page.count += 1
            self._hear(page, words, call)
        for link in turn.links:
            ends = address(link.source), address(link.target)
            if ends not in self.links:
                self.links[ends] = link
                self._letters += sum(map(len, ends))
        for url in map(address, turn.asked):
            if url not in self.asked:
                self.asked.add(url)
                self._letters += len(url)
        for fault, message, document in faults(turn):
            if fault not in self.sightings:
                self.sightings[fault] = Sighting(
                    fault=fault, message=message, document=document, trail=trail
                )
                self._letters += len(message)
            self.sightings[fault].places[before, step] = None

    def _hear(self, page: Page, words: list[str], call: int) -> None:
        key = self._sounds.alike(words)
        known = page.wordings.get(key)
        if known is None:
            page.wordings[key] = Wording(words, call)
            self._letters += len(key)
        else:
            known.hear(words, call, self._sounds.digits)


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
