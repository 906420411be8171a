"""What a crawl knows of an application: places, their variants, and the ways between them.

A place is where the line waits for the caller, or where the call ends. It is known again by what is
asked for (the verb, its keys, where it leads) and by its words: what has at least half of its words
in common with a place that asks for the same is a variant of it, such as a reprompt. So places are
told apart where an application has one URL for everything, and a menu that begins with other words
each time is not taken for many menus.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeAlias

from msgspec import Struct, field

from ivr.simulator.crawl.hiding import Wording
from ivr.simulator.crawl.inputs import Step
from ivr.simulator.crawl.turn import Ask
from ivr.simulator.digits import MASK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.simulator.crawl.hiding import Sounds
    from ivr.simulator.crawl.turn import Turn
    from ivr.twiml.request import DialStatus

MAX_VARIANTS: Final = 8
"""Of one place; what differs even more is taken for the nearest of them."""
MIN_SHARED: Final = 0.5
"""The part of all words of two variants that they have in common at least."""
MAX_MISSES: Final = 2
"""How often a way may lead elsewhere than was believed, before it is no longer taken."""

_PUNCTUATION: Final = ".,;:!?…\"'()।"

Trail: TypeAlias = tuple[Step, ...]
"""What a caller does, from the beginning of a call."""


class Variant(Struct, kw_only=True, eq=False):
    """A place with certain words."""

    number: int
    """In the order in which they were found, over all places."""
    place: Place
    wording: Wording
    masked: str
    """The words without their digits: a code that changes does not make a new variant."""
    document: str
    digits: str
    """That were read out here when it was found; empty for none."""
    trail: Trail
    """All that the caller had done in the call in which it was found."""
    is_own: bool = False
    """Whether it was found from a variant of the same place."""
    ways: dict[Step, Way] = field(default_factory=dict)
    exits: dict[int, Exits] = field(default_factory=dict)
    """Where one can go from here, by where one came from; as they were after so many changes."""


class Exit(Struct, frozen=True):
    """A way as it is believed to lead."""

    step: Step
    """With what becomes of its Dials."""
    target: Variant
    is_usual: bool
    """Whether what becomes of its Dials need not be chosen."""


class Exits(Struct, frozen=True):
    """The exits of a variant, one for each target, and the changes of its place until then."""

    changes: int
    all: tuple[Exit, ...]


class Place(Struct, kw_only=True, eq=False):
    """Where the line waits for the caller, or where a call ends."""

    number: int
    ask: Ask
    variants: list[Variant] = field(default_factory=list)
    is_fickle: bool = False
    """Whether it matters whence one comes: the same step has led to several places."""
    changes: int = 0
    """How often something new was learnt of its ways."""

    @property
    def first(self) -> Variant:
        """The variant at which everything is tried."""
        return self.variants[0]

    @property
    def is_end(self) -> bool:
        """Whether the call is over here."""
        return self.ask.kind == "end"

    @property
    def is_failure(self) -> bool:
        """Whether the call is over here, and not as calls end."""
        return self.ask.by in {"error", "limit"}


class Way(Struct, kw_only=True, eq=False):
    """Where a step has led; that may depend on what the line remembers, such as whence one came."""

    targets: list[Variant] = field(default_factory=list)
    """Each one once, in the order in which they were found."""
    latest: dict[int, Variant] = field(default_factory=dict)
    """Where it led the last time, by the number of the place that the caller came from before."""
    misses: dict[int, int] = field(default_factory=dict)
    """How often it has led elsewhere than was believed."""
    consumed: tuple[DialStatus, ...] = ()
    """What became of the Dials on it the first time."""
    has_way_out: bool = False
    """Whether on the way somebody was reached, or the call has ended as calls do."""

    def lead_to(self, target: Variant, came_from: int) -> bool:
        """Notes where it has led once more; says whether that is new."""
        is_new = target not in self.targets
        if is_new:
            self.targets.append(target)
        if self.latest.setdefault(came_from, target) is not target:
            self.latest[came_from] = target
            self.misses[came_from] = self.misses.get(came_from, 0) + 1
            is_new = True
        return is_new

    def believed(self, came_from: int) -> Variant | None:
        """Gives where it leads, for somebody who came from that place; None if that is open."""
        if self.misses.get(came_from, 0) > MAX_MISSES:
            return None
        only = self.targets[0] if len(self.targets) == 1 else None
        return self.latest.get(came_from, only)


class Atlas:
    """Places by what they ask for.

    Args:
        sounds: what is heard.
    """

    def __init__(self, sounds: Sounds) -> None:
        self.places: list[Place] = []
        self.variants: list[Variant] = []
        self._sounds = sounds
        self._by_ask: dict[Ask, list[Place]] = {}
        self._by_words: dict[tuple[Ask, str], Variant] = {}
        self.start = self._begin()
        """Before a call; no way leads there."""

    def _begin(self) -> Variant:
        place = Place(number=0, ask=Ask(kind="ring"))
        start = Variant(
            number=-1,
            place=place,
            wording=Wording((), call=0),
            masked="",
            document="",
            digits="",
            trail=(),
        )
        place.variants.append(start)
        return start

    def arrive(self, turn: Turn, trail: Trail, before: Variant, call: int) -> Variant:
        """Gives the variant at which a turn has ended, a new one if it is not known.

        Args:
            turn: that has ended.
            trail: all that the caller has done in this call.
            before: where they were before.
            call: the number of the call.
        """
        masked = self._sounds.alike(turn.words)
        same = self._by_words.get((turn.ask, masked))
        if same is not None:
            same.wording.hear(turn.words, call, self._sounds.digits)
            return same
        near = _nearest(self._by_ask.setdefault(turn.ask, []), _letters(masked))
        if near is not None and len(near.place.variants) >= MAX_VARIANTS:
            return near
        place = self._new_place(turn.ask) if near is None else near.place
        made = Variant(
            number=len(self.variants),
            place=place,
            wording=Wording(turn.words, call),
            masked=masked,
            document=turn.document,
            digits=self._sounds.digits.read_out(turn.words),
            trail=trail,
            is_own=before.place is place,
        )
        place.variants.append(made)
        self.variants.append(made)
        self._by_words[turn.ask, masked] = made
        return made

    def _new_place(self, ask: Ask) -> Place:
        place = Place(number=len(self.places) + 1, ask=ask)
        self.places.append(place)
        self._by_ask[ask].append(place)
        return place


def _nearest(places: list[Place], letters: frozenset[str]) -> Variant | None:
    """The variant that has most of these words, if they are enough."""
    best, most = None, 0.0
    for place in places:
        for variant in place.variants:
            shared = _shared(_letters(variant.masked), letters)
            if shared >= MIN_SHARED and shared > most:
                best, most = variant, shared
    return best


@lru_cache(maxsize=4096)
def _letters(masked: str) -> frozenset[str]:
    words = (word.strip(_PUNCTUATION).casefold() for word in masked.split() if MASK not in word)
    return frozenset(filter(None, words))


def _shared(one: frozenset[str], other: frozenset[str]) -> float:
    """How much of all words of two both have: 1.0 is everything."""
    every = one | other
    return len(one & other) / len(every) if every else 1.0


def exits_of(at: Variant, came_from: int) -> tuple[Exit, ...]:
    """Gives where one can go from a variant, by ways that are known there or at its place's first.

    Args:
        at: the variant.
        came_from: the number of the place before it.
    """
    key = came_from if at.place.is_fickle else 0
    kept = at.exits.get(key)
    if kept is None or kept.changes != at.place.changes:
        kept = at.exits[key] = Exits(at.place.changes, tuple(_exits(at, came_from)))
    return kept.all


def _exits(at: Variant, came_from: int) -> Iterator[Exit]:
    seen: set[tuple[int, bool]] = set()
    for step, way in (at.place.first.ways | at.ways).items():
        target, is_usual = way.believed(came_from), not step.outcomes
        if target is not None and (target.number, is_usual) not in seen:
            seen.add((target.number, is_usual))
            yield Exit(Step(step.input, way.consumed), target, is_usual)


def outcomes_of(trail: Trail) -> tuple[DialStatus, ...]:
    """Gives what becomes of all Dials on a trail."""
    return tuple(outcome for step in trail for outcome in step.outcomes)
