"""Places that lead only to one another: a caller who has come there can only hang up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.simulator.crawl.inputs import RingAgain

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from ivr.simulator.crawl.atlas import Place


def closed_loops(places: Collection[Place], unknown: Collection[int]) -> list[list[Place]]:
    """Gives each group of places that lead only to one another, and never to an end.

    A call that fails, or is cut off, has not ended as calls do: that is no way out.

    Args:
        places: all of them.
        unknown: numbers of those at which not everything was tried; they may lead on.
    """
    failed = {place.number for place in places if place.is_failure}
    leads = {
        place.number: _targets(place) - failed for place in places if place.number not in failed
    }
    out = {place.number for place in places if _has_way_out(place)} | set(unknown)
    trapped = set(leads) - _leading_to(out - failed, leads)
    reached = {number: frozenset(_reached(number, leads)) for number in trapped}
    groups: dict[frozenset[int], list[Place]] = {}
    for place in places:
        ahead = reached.get(place.number, frozenset())
        # Who can come back from everywhere is in the loop; others only lead into it.
        if ahead and all(place.number in reached[number] for number in ahead):
            groups.setdefault(ahead, []).append(place)
    return list(groups.values())


def _targets(place: Place) -> set[int]:
    """Where one comes within the call: to hang up and ring again is no way out of it."""
    return {
        target.place.number
        for variant in place.variants
        for step, way in variant.ways.items()
        if not isinstance(step.input, RingAgain)
        for target in way.targets
    }


def _has_way_out(place: Place) -> bool:
    # Out of a queue an agent may take the caller at any time.
    if place.ask.kind in {"end", "queue"}:
        return True
    ways = (way for variant in place.variants for way in variant.ways.values())
    return any(way.has_way_out for way in ways)


def _leading_to(goals: set[int], leads: Mapping[int, set[int]]) -> set[int]:
    """Those from which one of the goals can be reached, the goals with them."""
    found, is_growing = set(goals), True
    while is_growing:
        more = {number for number, targets in leads.items() if targets & found} - found
        found |= more
        is_growing = bool(more)
    return found


def _reached(start: int, leads: Mapping[int, set[int]]) -> set[int]:
    found, left = set[int](), [start]
    while left:
        more = leads[left.pop()] - found
        found |= more
        left += more
    return found
