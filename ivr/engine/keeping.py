"""From a session to what is kept of its caller, and back at the next call."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from msgspec.structs import replace

from ivr.engine.memory import Forgotten, Memory
from ivr.engine.session import Session
from ivr.flow.derived import once
from ivr.flow.model import Asking, Flow
from ivr.flow.places import first_place, home, index_at, present, split

if TYPE_CHECKING:
    from ivr.engine.circumstances import Circumstances


def begun(flow: Flow, circumstances: Circumstances) -> Session:
    """A call before its first turn, with what is known of its caller.

    It rests at home, should it end before it began.
    """
    now, left = int(circumstances.now.timestamp()), circumstances.seconds_left
    session = Session(
        place=first_place(flow, home(flow)),
        turn=0,
        language=flow.flow.default_language,
        is_kept=circumstances.is_known,
        began=now,
        until=0 if left is None else now + left,
    )
    memory = circumstances.memory
    if memory is None or not circumstances.is_known:
        return session
    known = memory.language in flow.flow.languages
    return replace(
        session,
        language=memory.language if known else session.language,
        pace=memory.pace,
        patience=memory.patience,
        simple=memory.simple,
        bookmark=_bookmark(flow, memory, circumstances),
    )


def to_keep(
    flow: Flow, before: Session, after: Session, circumstances: Circumstances
) -> Memory | Forgotten | None:
    """What a turn changes about what is kept of the caller.

    Args:
        flow: whose places they are.
        before: the session before the turn.
        after: the session after it.
        circumstances: of the turn.

    Returns:
        The memory as it is to be from now on; that it is to go; None when nothing changes.
    """
    if not after.is_kept:
        return Forgotten() if before.is_kept else None
    if _is_known(before, after):
        # Who goes on at a bookmark has been there now: its time begins anew.
        is_there = after.bookmark in {after.place, split(after.place)[0]}
        if not is_there or before.place == after.place:
            return None
    now = _memory(flow, after)
    if now == _nothing(flow):
        return Forgotten()
    return replace(now, at=int(circumstances.now.timestamp()))


def seconds_kept(flow: Flow, memory: Memory | Forgotten) -> int:
    """How long this is kept: a bookmark alone no longer than it is asked about."""
    kept = flow.flow.kept
    if isinstance(memory, Forgotten):
        return 0
    learnt = replace(memory, at=0, bookmark=None, step=0)
    is_alone = learnt == _nothing(flow)
    time = timedelta(hours=kept.bookmark_hours) if is_alone else timedelta(days=kept.pace_days)
    return int(time.total_seconds())


def _is_known(before: Session, after: Session) -> bool:
    """Whether a turn has changed nothing of what there is to keep of a caller."""
    return (
        before.bookmark == after.bookmark
        and before.patience == after.patience
        and before.pace == after.pace
        and before.simple == after.simple
        and before.language == after.language
    )


@once
def _nothing(flow: Flow) -> Memory:
    """Of whom this is all, nothing need be kept."""
    return Memory(at=0, language=flow.flow.default_language)


def _memory(flow: Flow, session: Session) -> Memory:
    """What there is to keep of a caller, without the time."""
    return Memory(
        at=0,
        language=session.language,
        pace=session.pace,
        patience=session.patience,
        simple=session.simple,
        bookmark=session.bookmark,
        step=index_at(flow, session.bookmark or ""),
    )


def _bookmark(flow: Flow, memory: Memory, circumstances: Circumstances) -> str | None:
    """Where the caller can go on, as it is called now; None when it is too long ago, or gone.

    A clock that was wrong may have set it in the future; so far from now it counts for nothing too.
    """
    age = abs(circumstances.now.timestamp() - memory.at)
    most = timedelta(hours=flow.flow.kept.bookmark_hours).total_seconds()
    if memory.bookmark is None or age > most:
        return None
    place = present(flow, memory.bookmark, memory.step)
    node = None if place is None else flow.nodes[split(place)[0]]
    return place if isinstance(node, Asking) and node.resume else None
