"""How often each sentence of the ladder was said where a call had trouble; kept in few bytes.

Where, is kept as a number made of the place's name, in three bytes in place of thirty; how often,
as one number with a figure for each rung, the first one last: 12 is twice the first rung and once
the second. Two places can have one number, one pair of 65,536: they then count as one place.
"""

from __future__ import annotations

from binascii import crc_hqx
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from ivr.engine.limits import Limits
from ivr.flow.derived import once
from ivr.flow.places import part_of, places, split

if TYPE_CHECKING:
    from ivr.engine.session import Session
    from ivr.flow.model import Flow

MAX_PLACES: Final = 12
"""At so many places of a call it is known what was said to trouble; at one more, the place is
forgotten at which that was longest ago, and its ladder begins anew. So a session stays small."""
FORGETS_UNTIL: Final = Limits().turns_a_call
"""From this turn on no place is forgotten: silence can lead round more places than are known, and
where the operator has set no limit to a call, only the ladder ends it. Few calls come so far."""
MOST_COUNTED: Final = 9
"""A figure holds no more."""


def place_number(place: str) -> int:
    """What a place is called where it is kept that there was trouble: 0 to 65,535.

    The parts of one code are one place, as they are to a caller.
    """
    node_id, step = split(place)
    return crc_hqx((node_id if part_of(step) else place).encode(), 0)


def times(session: Session, rung: int) -> int:
    """How often a rung was said at the place of the session; no more than `MOST_COUNTED`."""
    return int(session.told.get(place_number(session.place), 0) // 10**rung % 10)


def telling(session: Session, rung: int) -> Session:
    """The session in which a rung was said once more at its place."""
    told, place = dict(session.told), place_number(session.place)
    counts = told.pop(place, 0)  # and behind the others again, as the latest
    told[place] = counts + (10**rung if times(session, rung) < MOST_COUNTED else 0)
    if len(told) > MAX_PLACES and session.turn < FORGETS_UNTIL:
        del told[next(iter(told))]
    return replace(session, told=told)


def troubled(flow: Flow, session: Session) -> list[str]:
    """Where a call had trouble, by the names of this flow; the latest last."""
    names = _names(flow)
    return [names[each] for each in session.told if each in names]


@once
def _names(flow: Flow) -> dict[int, str]:
    # A code stands before its parts, which have its number.
    return {place_number(place): place for place in reversed(places(flow))}
