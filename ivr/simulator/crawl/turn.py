"""What has happened on a line between two waits for the caller, heard from the call's events."""

from __future__ import annotations

import re
from functools import lru_cache
from posixpath import basename
from typing import TYPE_CHECKING, Final, Literal, TypeAlias
from urllib.parse import urlsplit

from msgspec import Struct, field

from ivr.errors import TwimlError
from ivr.simulator import events
from ivr.simulator.crawl.urls import address, plain_url
from ivr.simulator.http.urls import resolve
from ivr.simulator.setup import outcome_of
from ivr.twiml.read import read
from ivr.twiml.verbs import Dial, Enqueue, Gather, Record, Redirect, Sms, Verb

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.simulator.call import Call
    from ivr.simulator.events import By, Event
    from ivr.twiml.request import DialStatus

Kind: TypeAlias = Literal["ring", "gather", "record", "queue", "end"]

SCREENS: Final = frozenset({"Number url", "Client url", "Sip url", "Queue url", "WhatsApp url"})
ANSWERED: Final[frozenset[DialStatus]] = frozenset({"completed", "answered"})
_SPACES: Final = re.compile(r"\s+")


class Ask(Struct, frozen=True, kw_only=True):
    """What a line waits for, or that it waits for nothing more: `Ask(kind="gather", …)`."""

    kind: Kind
    input: str = ""
    """Of a Gather: `dtmf`, `speech` or both."""
    num_digits: int | None = None
    finish_on_key: str = ""
    leads_to: str = ""
    """The action's URL, without what changes from call to call; of an end, its document's."""
    by: By | None = None
    """Of an end."""
    hints: tuple[str, ...] = ()
    """Of a Gather that listens to speech."""


class Link(Struct, frozen=True):
    """A URL that a document names."""

    source: str
    target: str
    verb: str


class Turn(Struct, kw_only=True):
    """What has happened between two waits."""

    words: list[str] = field(default_factory=list)
    """Heard by the caller since the last document came, or since the last wait."""
    documents: list[tuple[str, list[str]]] = field(default_factory=list)
    """Each one that came, by its URL, and what was heard of it by anybody."""
    asked: list[str] = field(default_factory=list)
    """URLs that were asked for a document."""
    links: list[Link] = field(default_factory=list)
    failures: list[tuple[events.Failed, str]] = field(default_factory=list)
    """Each with the document in which it happened."""
    warnings: list[tuple[events.Warned, str]] = field(default_factory=list)
    outcomes: list[DialStatus] = field(default_factory=list)
    """Of Dials, one for each outcome that they used up."""
    has_talked: bool = False
    """Whether somebody who was dialled has answered, and the two have been connected."""
    has_queued: bool = False
    ask: Ask = Ask(kind="end")
    document: str = ""
    """In which the line now stands."""

    @property
    def has_way_out(self) -> bool:
        """Whether somebody was dialled, or waited for in a queue."""
        return bool(self.outcomes) or self.has_queued

    @property
    def is_dead_end(self) -> bool:
        """Whether Twilio hangs up because a document has nothing more; after talk that is right."""
        return self.ask.by == "document" and not self.has_talked and not self.has_queued


class Listener:
    """Is told of the events of one call, and gathers them into turns."""

    def __init__(self) -> None:
        self.turn = Turn()
        self.documents = 0
        """How many the call has had."""
        self.dialed = 0
        """How many outcomes of Dials it has used up."""
        self._document, self._text = "", ""
        self._asked = ""
        """A document that was asked for, and has not come."""
        self._gathering: events.Gathering | events.Beeped | None = None
        self._ended: By | None = None
        self._screens: set[str] = set()
        """Documents of nouns: who is dialled hears them before the caller is let through."""
        self._is_screened = False

    def __call__(self, event: Event) -> None:
        """Notes what matters of an event."""
        match event:
            case events.Requested(purpose="document"):
                self.turn.asked.append(event.url)
                self._asked = address(event.url)
            case events.Received():
                self._receive(event)
            case events.Heard():
                self._hear(event)
            case events.Gathering() | events.Beeped():
                self._gathering = event
            case events.Dialed():
                self._dial(event)
            case events.Enqueued():
                self.turn.has_queued = True
            case events.Failed():
                self.turn.failures.append((event, self._asked or self._document))
            case events.Warned():
                self.turn.warnings.append((event, self._document))
            case events.Ended(by=by):
                self._ended = by
            case _:
                pass

    def _receive(self, event: events.Received) -> None:
        self.documents += 1
        self._document, self._text, self._asked = event.url, event.text, ""
        turn = self.turn
        turn.words = []
        turn.documents.append((event.url, []))
        links = [Link(event.url, target, verb) for target, verb in _links(event.url, event.text)]
        turn.links += links
        if address(event.url) in self._screens and not self._is_screened:
            # Somebody has answered; that is settled before the Dial is over.
            self._is_screened = True
            turn.outcomes.append("completed")
        self._screens |= {address(link.target) for link in links if link.verb in SCREENS}

    def _hear(self, event: events.Heard) -> None:
        words = _SPACES.sub(" ", event.words).strip() or basename(urlsplit(event.url or "").path)
        if event.to is None:
            self.turn.words.append(words)
        if not self.turn.documents:
            self.turn.documents.append((self._document, []))
        self.turn.documents[-1][1].append(words)

    def _dial(self, event: events.Dialed) -> None:
        """One after another, those who are dialled use up an outcome each, until one answers."""
        self.turn.has_talked = event.outcome in ANSWERED
        if self._is_screened:
            self._is_screened = False
            return
        is_each = _is_sequential(self._text) and event.outcome not in ANSWERED
        outcome = outcome_of(event.outcome)
        if outcome is not None:
            self.turn.outcomes += [outcome] * (len(event.to) if is_each else 1)

    def take(self, call: Call) -> Turn:
        """Gives what has happened since the last time.

        Args:
            call: of which all was told, and which waits or is over.
        """
        turn, self.turn = self.turn, Turn()
        self.dialed += len(turn.outcomes)
        # A call that has failed stands in the document that could not be had.
        turn.document = self._asked or self._document
        turn.ask = self._ask(call, turn.document)
        return turn

    def _ask(self, call: Call, document: str) -> Ask:
        sid, at = call.party.call_sid, self._gathering
        match call.waiting, at:
            case "gather", events.Gathering():
                return Ask(
                    kind="gather",
                    input=at.input,
                    num_digits=at.num_digits,
                    finish_on_key=at.finish_on_key,
                    leads_to=plain_url(at.action, sid),
                    hints=_hints(self._text),
                )
            case "record", events.Beeped():
                leads_to = plain_url(at.action, sid)
                return Ask(kind="record", finish_on_key=at.finish_on_key, leads_to=leads_to)
            case "queue", _:
                return Ask(kind="queue", leads_to=plain_url(self._document, sid))
            case _:
                return Ask(kind="end", by=self._ended, leads_to=plain_url(document, sid))


@lru_cache(maxsize=256)
def _verbs(text: str) -> tuple[Verb, ...]:
    """Those of a document; none where it cannot be read, of which the call itself tells."""
    try:
        return read(text.encode(errors="replace")).verbs
    except TwimlError:
        return ()


def _is_sequential(text: str) -> bool:
    return any(isinstance(verb, Dial) and verb.sequential for verb in _verbs(text))


def _hints(text: str) -> tuple[str, ...]:
    gathers = (verb for verb in _verbs(text) if isinstance(verb, Gather))
    hints = (hint.strip() for verb in gathers for hint in verb.hints.split(","))
    return tuple(dict.fromkeys(filter(None, hints)))


def _links(base: str, text: str) -> Iterator[tuple[str, str]]:
    """Each URL at which the call may go on, with the verb that names it."""
    for verb in _verbs(text):
        for url, name in _named(verb):
            try:
                yield resolve(base, url), name
            except TwimlError:  # the call tells of it when it comes so far
                continue


def _named(verb: Verb) -> Iterator[tuple[str, str]]:
    name = type(verb).__name__
    match verb:
        case Redirect():
            yield verb.url, name
        case Gather() | Record():
            yield verb.action or "", f"{name} action"
        case Dial() | Enqueue() | Sms() if verb.action is not None:
            yield verb.action, f"{name} action"
        case _:
            pass
    if isinstance(verb, Dial):
        yield from ((noun.url, f"{noun.kind} url") for noun in verb.nouns if noun.url)
    if isinstance(verb, Enqueue) and verb.wait_url:
        yield verb.wait_url, "Enqueue waitUrl"
