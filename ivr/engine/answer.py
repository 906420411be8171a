"""Which of a carrier's requests steps the call: each turn once, whatever the network does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from ivr.engine.moves import fresh
from ivr.engine.session import Phase, Session
from ivr.engine.speak import is_place
from ivr.engine.step import restate, step
from ivr.engine.turn import Count, Turn

if TYPE_CHECKING:
    from datetime import datetime

    from ivr.engine.codes import Codes
    from ivr.engine.events import Event
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
    now: datetime,
    codes: Codes,
) -> Turn:
    """The answer to a request for a turn: a step if it is due, else the last answer again.

    - The turn that the session awaits: one step.
    - The one before, a duplicate: the same answer, word for word; nothing steps.
    - An older one, or one that cannot be: where the caller is, without what led there.
    - No session, or one older than the request (it was lost): the call goes on from the place
      that the URL names; the carrier's signature vouches for it.

    The session of the turn is the given one, unchanged, where nothing stepped.
    """
    sound = 0 < asked.turn <= MAX_TURN and is_place(flow, asked.place)
    if session is None:
        if not sound:
            return step(flow, None, asked.event, now, codes)
        lost = Session(place=asked.place, turn=asked.turn, language=flow.flow.default_language)
        return _counted(step(flow, lost, asked.event, now, codes), "session_lost")
    due = (asked.place, asked.turn) == (session.place, session.turn)
    if due or not is_place(flow, session.place):
        return step(flow, session, asked.event, now, codes)
    if sound and asked.turn > session.turn:
        behind = replace(
            fresh(session), place=asked.place, turn=asked.turn, return_to=None, phase=Phase.RUNNING
        )
        return _counted(step(flow, behind, asked.event, now, codes), "session_behind")
    if asked.turn == session.turn - 1:
        return restate(flow, session, codes)
    shown = restate(flow, replace(session, lead=()), codes)
    return Turn(session, shown.instructions)


def _counted(turn: Turn, name: str) -> Turn:
    return Turn(turn.session, turn.instructions, (*turn.effects, Count(name)))
