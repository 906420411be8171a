"""Which of a carrier's requests steps the call: each turn once, whatever the network does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from ivr.engine.keeping import begun
from ivr.engine.moves import Moment, fresh, holds
from ivr.engine.session import Phase
from ivr.engine.step import restate, step
from ivr.engine.turn import Count, Turn
from ivr.flow.places import is_place, present, renamed

if TYPE_CHECKING:
    from ivr.engine.circumstances import Circumstances
    from ivr.engine.events import Event
    from ivr.engine.session import Session
    from ivr.flow.model import Flow

MAX_TURN: Final = 9999
"""A turn beyond this is not ours: at ten seconds a turn, more than a day of one call."""


class Asked(Struct, frozen=True):
    """A request for a turn: what its action URL says, and what has happened.

    Sample: `Asked(place="register_lesson.register_6", turn=7, event=Digits("1"))`.
    """

    place: str
    turn: int
    event: Event


def answer(
    flow: Flow,
    session: Session | None,
    asked: Asked,
    circumstances: Circumstances,
) -> Turn:
    """The answer to a request for a turn: a step if it is due, else the last answer again.

    - The turn that the session awaits: one step.
    - The one before, a duplicate: the same answer, word for word; nothing steps.
    - An older one, or one that cannot be: where the caller is, without what led there.
    - No session, or one older than the request (it was lost): the call goes on from the place
      that the URL names; the carrier's signature vouches for it.

    The session of the turn is the given one, unchanged, where nothing stepped.
    """
    asked, session = _present(flow, asked, session)
    codes = circumstances.codes
    can_be = 0 < asked.turn <= MAX_TURN
    if session is None:
        if not can_be or present(flow, asked.place) is None:
            return step(flow, None, asked.event, circumstances)
        lost = _lost(flow, asked, circumstances)
        return _counted(step(flow, lost, asked.event, circumstances), "session_lost")
    due = (asked.place, asked.turn) == (session.place, session.turn)
    if due or not is_place(flow, session.place):
        return step(flow, session, asked.event, circumstances)
    if can_be and asked.turn > session.turn and is_place(flow, asked.place):
        behind = replace(
            fresh(session), place=asked.place, turn=asked.turn, back=(), phase=Phase.RUNNING
        )
        return _counted(step(flow, behind, asked.event, circumstances), "session_behind")
    if asked.turn == session.turn - 1:
        return restate(flow, session, codes)
    shown = restate(flow, replace(session, lead=()), codes)
    return Turn(session, shown.instructions)


def _present(flow: Flow, asked: Asked, session: Session | None) -> tuple[Asked, Session | None]:
    """Request and session with the places that another version of the flow had under other names.

    What is merely called otherwise now takes the key that was pressed there.
    """
    asked = replace(asked, place=renamed(flow, asked.place))
    if session is None:
        return asked, None
    return asked, replace(session, place=renamed(flow, session.place))


def _lost(flow: Flow, asked: Asked, circumstances: Circumstances) -> Session:
    """What can be told of a call whose session is gone: its place, the caller, the hour."""
    session = replace(begun(flow, circumstances), place=asked.place, turn=asked.turn)
    has_helper = holds(Moment(flow, session, circumstances), "helper")
    return replace(session, has_helper=has_helper)


def _counted(turn: Turn, name: str) -> Turn:
    return replace(turn, effects=(*turn.effects, Count(name)))
