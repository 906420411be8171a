"""How many callers come to each place of a flow, and how many leave the line there."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from ivr.flow.model import Lesson
from ivr.flow.places import is_place, part_of, renamed, split

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ivr.flow.model import Flow

SHADES: Final = ("#ffffff", "#fdf0c8", "#fbcf8a", "#f4a261", "#e8794d")
"""The first is for nobody, or for what is not known."""
LEVELS: Final = len(SHADES) - 1
"""So many shades tell how many leave."""
_STEPS: Final = tuple(
    digit * 10.0**power
    for power in range(-6, 0)
    for digit in (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 7.5)
)
"""By which one shade may differ from the next, as shares."""


class Passing(Struct, frozen=True, kw_only=True):
    """Callers at one place."""

    share: float | None = None
    """Of those who leave here, from 0 to 1; None: it cannot be told."""
    reached: int | None = None
    left: int | None = None


class Traffic(Struct, frozen=True, kw_only=True):
    """Callers at every place of which something is known."""

    told: str
    """Where the figures come from and what a share is one of, as a sentence."""
    places: Mapping[str, Passing]
    """By node, and by step of a lesson (`register_lesson.register_6`)."""
    strangers: tuple[str, ...] = ()
    """Places of which there are figures, and which this flow does not have."""

    @property
    def step(self) -> float:
        """By how much one shade differs from the next, so that LEVELS of them hold the greatest."""
        greatest = max((each.share or 0.0 for each in self.places.values()), default=0.0)
        return next((step for step in _STEPS if step * LEVELS >= greatest), 1 / LEVELS)

    @property
    def most(self) -> int:
        """How many reached the place that most reached."""
        return max((each.reached or 0 for each in self.places.values()), default=0)

    def level(self, share: float | None) -> int:
        """The shade of a share, from 0 (nobody, or unknown) to LEVELS."""
        return min(LEVELS, math.ceil(round((share or 0.0) / self.step, 6)))


def traffic_of_shares(flow: Flow, told: str, shares: Iterable[tuple[str, float]]) -> Traffic:
    """Traffic of which nothing is known but shares that leave, such as a rehearsal's."""
    found = dict(shares)
    known = {
        place: Passing(share=share) for place, share in found.items() if _is_known(flow, place)
    }
    return Traffic(
        told=told,
        places=known,
        strangers=tuple(place for place in found if place not in known),
    )


def traffic_of_counts(flow: Flow, told: str, counts: Mapping[str, int]) -> Traffic:
    """Traffic from what the line counts: `reached.<place>` and `left.<place>`.

    Places of earlier versions are followed through the flow's `renamed`. A code that is keyed in
    parts is one place, which is entered at its first part.
    """
    reached: dict[str, int] = {}
    left: dict[str, int] = {}
    for name, number in counts.items():
        what, _, counted = name.partition(".")
        place, part = _place(flow, counted)
        if what == "left":
            left[place] = left.get(place, 0) + number
        elif what == "reached" and part <= 1:
            reached[place] = reached.get(place, 0) + number
    known = dict.fromkeys(each for each in (*reached, *left) if _is_known(flow, each))
    return Traffic(
        told=told,
        places={each: _passing(reached.get(each, 0), left.get(each, 0)) for each in known},
        strangers=tuple(sorted({*reached, *left} - {*known})),
    )


def _passing(reached: int, left: int) -> Passing:
    share = min(1.0, left / reached) if reached else None
    return Passing(share=share, reached=reached, left=left)


def _place(flow: Flow, counted: str) -> tuple[str, int]:
    """The place of this flow that was counted, and which part of a code; 0 for the whole."""
    place = renamed(flow, counted)
    node, step = split(place)
    part = part_of(step)
    is_part = part > 0 and not isinstance(flow.nodes.get(node), Lesson)
    return (node, part) if is_part else (place, 0)


def _is_known(flow: Flow, place: str) -> bool:
    return place in flow.nodes or is_place(flow, place)
