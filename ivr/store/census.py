"""How many callers stand where: counts by place, and nothing of who they are."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from ivr.engine.memory import parse_memory
from ivr.engine.session import Phase, parse
from ivr.flow.model import Asking
from ivr.flow.places import home, is_place, present, split
from ivr.store.redis import CALLERS, CALLS

if TYPE_CHECKING:
    from datetime import datetime

    from ivr.flow.model import Flow
    from ivr.store.redis import RedisStore

MAX_COUNTED: Final = 200_000
"""So many calls, and so many callers, are read; a line has kept far fewer after half a year."""
TIMEOUT_SECONDS: Final = 5.0
"""Nobody waits on the line for a census; a Redis that is busy with calls may take its time."""


class Stand(Struct, frozen=True):
    """Where somebody stands."""

    place: str
    """As the flow of that call named it."""
    step: int
    """Which step of its lesson it is, from 0."""


class Census(Struct, frozen=True, kw_only=True):
    """How many callers stand where."""

    calls: Counter[Stand]
    """Running calls, by where they are."""
    back: Counter[Stand]
    """Running calls beside the way, by the places to which they would come back."""
    bookmarks: Counter[Stand]
    """Callers whose last call broke off, by where they would go on at the next one."""
    is_whole: bool = True
    """False: there are more than `MAX_COUNTED`, and the rest was not read."""


class Affected(Struct, frozen=True, kw_only=True):
    """How many stand at a place of the old version that the new one lacks, or does not go on from.

    Sample: `Affected(place="practice_otp", in_call=2, with_bookmark=12, calls_to="main_menu",
    next_call_to=None)`.
    """

    place: str
    in_call: int = 0
    """Running calls that stand there."""
    coming_back: int = 0
    """Running calls beside the way that would come back there."""
    with_bookmark: int = 0
    """Callers whose last call broke off there."""
    calls_to: str
    """Where a call that stands there, or comes back there, is taken."""
    next_call_to: str | None
    """Where the next call goes on; None: it begins anew."""
    is_lost: bool
    """Nothing says where the place went: calls are taken home."""


def take_census(store: RedisStore, now: datetime, flow: Flow) -> Census:
    """Counts who stands where; only reads, in bounded batches.

    Args:
        store: with a time limit such as `TIMEOUT_SECONDS`.
        now: the time: a bookmark that is too old is asked about no more, and not counted.
        flow: says how old a bookmark may be.

    Raises:
        StoreError: Redis did not answer.
    """
    calls, back, bookmarks = Counter[Stand](), Counter[Stand](), Counter[Stand]()
    read = [0, 0]
    for stored in store.each_kept(CALLS, MAX_COUNTED):
        read[0] += 1
        session = parse(stored)
        if session is None or session.phase is not Phase.RUNNING:
            continue
        calls[Stand(session.place, session.step)] += 1
        back.update(Stand(place, session.step) for place in set(session.back))
    most = timedelta(hours=flow.flow.kept.bookmark_hours).total_seconds()
    for stored in store.each_kept(CALLERS, MAX_COUNTED):
        read[1] += 1
        memory = parse_memory(stored)
        if memory is None or memory.bookmark is None or abs(now.timestamp() - memory.at) > most:
            continue
        bookmarks[Stand(memory.bookmark, memory.step)] += 1
    is_whole = max(read) < MAX_COUNTED
    return Census(calls=calls, back=back, bookmarks=bookmarks, is_whole=is_whole)


def affected(census: Census, old: Flow, new: Flow) -> tuple[Affected, ...]:
    """Whom a change of the flow moves, the most of them first.

    Places that the old version had no longer either are left out: this change is not their doing.

    Args:
        census: of the line that is to get the new version.
        old: the version that runs there.
        new: the one that is to come.
    """
    found: dict[tuple[str, str | None, str | None], Affected] = {}
    for stand in dict.fromkeys((*census.calls, *census.back, *census.bookmarks)):
        each = _affected(stand, census, old, new)
        if each is None:
            continue
        key = (each.place, each.calls_to, each.next_call_to)
        found[key] = _sum(found[key], each) if key in found else each
    return tuple(sorted(found.values(), key=lambda one: (-_people(one), one.place)))


def _affected(stand: Stand, census: Census, old: Flow, new: Flow) -> Affected | None:
    """What becomes of those who stand there; None: nothing that would not have without it."""
    was, to = (present(flow, stand.place, stand.step) for flow in (old, new))
    if was is None:
        return None
    resumes = _goes_on(old, was), _goes_on(new, to)
    stays = is_place(new, stand.place)
    bookmarks = census.bookmarks[stand] if resumes[0] and not (stays and resumes[1]) else 0
    in_call, back = (0, 0) if stays else (census.calls[stand], census.back[stand])
    if not (bookmarks or in_call or back):
        return None
    return Affected(
        place=stand.place,
        in_call=in_call,
        coming_back=back,
        with_bookmark=bookmarks,
        calls_to=to or home(new),
        next_call_to=to if resumes[1] else None,
        is_lost=to is None,
    )


def _goes_on(flow: Flow, place: str | None) -> bool:
    """Whether a later call can go on at a place."""
    node = None if place is None else flow.nodes[split(place)[0]]
    return isinstance(node, Asking) and node.resume is not None


def _sum(one: Affected, other: Affected) -> Affected:
    """The same place, of which two calls tell another step."""
    return Affected(
        place=one.place,
        in_call=one.in_call + other.in_call,
        coming_back=one.coming_back + other.coming_back,
        with_bookmark=one.with_bookmark + other.with_bookmark,
        calls_to=one.calls_to,
        next_call_to=one.next_call_to,
        is_lost=one.is_lost,
    )


def _people(one: Affected) -> int:
    return one.in_call + one.coming_back + one.with_bookmark
