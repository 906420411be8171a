"""Who rings in a load: the callers of a rehearsal, each once, from a number that nobody has."""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from ivr.rehearsal.caller import MAX_DOCUMENTS
from ivr.rehearsal.ear import Ear
from ivr.rehearsal.load.call import LoadedCall
from ivr.rehearsal.load.stranger import Stranger
from ivr.rehearsal.population import OWN_DIGITS, PREFIX, person
from ivr.rehearsal.talk import Talk
from ivr.simulator.events import Heard, Received
from ivr.simulator.setup import Setup

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from ivr.flow.model import Flow
    from ivr.rehearsal.acts import Act
    from ivr.rehearsal.guide import Guide
    from ivr.rehearsal.line import Told
    from ivr.rehearsal.load.carrier import Carrier
    from ivr.rehearsal.population import Person
    from ivr.simulator.events import Event

APOLOGY: Final = "apology"
"""By this word an apology of the line is counted, which answers with 200."""
_PLACE: Final = re.compile(r'action="[^"]*/turn/([a-z0-9_]+)[.?"]')


class Rung(Struct, frozen=True, kw_only=True):
    """The line under load."""

    url: str
    """Of the first document, absolute."""
    status_callback: str | None
    """Told of the end of each call; may be relative to `url`."""
    guide: Guide | None
    """To the flow that it has; None: that is not known."""
    apologies: frozenset[str]
    """The words by which it owns that something has failed."""


class Callers:
    """Places one call after another; all that is left to chance in them follows from a seed.

    But for the numbers: a line remembers who has rung, so that each load has others.

    Args:
        guide: to the personas, whatever the line is.
        rung: the line.
        carrier: carries out the requests.
        seed: of the callers.
        now: tells the time.
    """

    def __init__(
        self, guide: Guide, rung: Rung, carrier: Carrier, seed: int, now: Callable[[], datetime]
    ) -> None:
        self._guide = guide
        self._rung = rung
        self._carrier = carrier
        self._seed = seed
        self._now = now
        self._first = secrets.randbelow(10**OWN_DIGITS)

    def call(self, number: int) -> tuple[LoadedCall, Iterator[Act]]:
        """One call that can be started, and all that its caller does in it.

        Args:
            number: of the caller, from 0.
        """
        who = self._person(number)
        ear = Ear(self._guide, None)
        ear.begin(0.0)
        hear: list[Callable[[Event], None]] = []
        call = LoadedCall(self._carrier, self._rung.url, self._setup(who), _told_to(hear))
        if self._rung.guide is None:
            stranger = Stranger(who, call)
            hear.append(stranger.listen)
            return call, stranger.acts()
        hear += [ear.listen, self._listen]
        return call, Talk(self._guide, who, ear, None, call).acts(is_again=False)

    def _person(self, number: int) -> Person:
        who = person(self._guide.personas, self._seed, number)
        digits = (self._first + number) % 10**OWN_DIGITS
        return replace(who, from_number=f"{PREFIX}{digits:0{OWN_DIGITS}d}")

    def _setup(self, who: Person) -> Setup:
        is_there = who.rng.random() < self._guide.personas.volunteer_answers
        return Setup(
            from_number=who.from_number,
            status_callback=self._rung.status_callback,
            dial_outcomes=("completed" if is_there else "no-answer",),
            max_documents=MAX_DOCUMENTS,
            key_seconds=0.0,  # how long a finger takes, the persona says
            started_at=self._now(),
        )

    def _listen(self, event: Event) -> None:
        if isinstance(event, Heard) and event.words in self._rung.apologies:
            message = f"the line apologised at {event.at_seconds:.0f} s of a call: {event.words}"
            self._carrier.tally.fail(APOLOGY, message)


def apologies(told: Told) -> frozenset[str]:
    """By which words a line of this flow owns that something has failed."""
    head = told.flow.flow.apologies
    return frozenset(words.prompts[name] for words in told.words for name in (head.again, head.end))


def is_of(flow: Flow, event: Event) -> bool:
    """Whether an event is a document that waits at one of the places of this flow."""
    if not isinstance(event, Received):
        return False
    found = _PLACE.search(event.text)
    return found is not None and found[1] in flow.nodes


def _told_to(all_of: list[Callable[[Event], None]]) -> Callable[[Event], None]:
    def tell(event: Event) -> None:
        for each in all_of:
            each(event)

    return tell
