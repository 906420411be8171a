"""Which of a carrier's requests steps the call: each turn once, whatever the network does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from ivr.engine.carried import MAX_HOPS, NAMED, NOTHING, Carried, carried_by, restored
from ivr.engine.ending import answer_over
from ivr.engine.events import LedBack
from ivr.engine.keeping import begun, to_keep
from ivr.engine.moves import Moment, fresh, holds
from ivr.engine.session import Phase
from ivr.engine.speak import SECONDS_IN_MINUTE
from ivr.engine.step import MAX_RESAID, hand_over, resaid, restate, stepped
from ivr.engine.turn import Count, Turn
from ivr.flow.places import is_place, renamed

if TYPE_CHECKING:
    from ivr.engine.circumstances import Circumstances
    from ivr.engine.events import Event
    from ivr.engine.session import Session
    from ivr.flow.model import Flow

MAX_TURN: Final = 9999
"""A turn beyond this is not ours: at ten seconds a turn, more than a day of one call."""


_NO_MORE: Final = frozenset({Phase.CLOSED, Phase.REFUSED})
"""How far a call is to which nothing is said any more."""


class Asked(Struct, frozen=True):
    """A request for a turn: what its action URL says, and what has happened.

    Sample: `Asked(place="register_lesson.register_6", turn=7, event=Digits("1"))`.
    """

    place: str
    turn: int
    event: Event
    carried: Carried = NOTHING


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
      that the URL names, as the URL tells; the carrier's signature vouches for it.
    - A place that this version of the flow does not have, while another version may answer on this
      line too: that one is asked, at most `MAX_HOPS` times. It says the place once more, since the
      key is lost on the way; at most `MAX_RESAID` times.

    The session of the turn is the given one where nothing stepped; only what the caller has heard
    of the place may be told in it anew.

    Raises:
        CallOverError: the carrier has told already that this call is over.
    """
    given, (asked, session) = asked, _present(flow, asked, session)
    if _is_elsewhere(flow, session, asked, circumstances):
        stands = session or _lost(flow, asked, circumstances)
        return hand_over(stands, given.place, asked.turn, asked.carried)
    turn = _answered(flow, session, asked, circumstances)
    carried = carried_by(flow, turn.session, is_known=circumstances.is_known)
    if isinstance(asked.event, LedBack):  # until a step succeeds, lest it go round for ever
        carried = replace(carried, retry=asked.carried.retry)
        if asked.carried.hop and turn.session.turn == asked.turn:
            turn = replace(turn, session=resaid(turn.session))
    return replace(turn, carried=carried)


def _answered(flow: Flow, session: Session | None, asked: Asked, here: Circumstances) -> Turn:
    """The answer of a version of the flow that is to give it."""
    can_be = _can_be(asked)
    if session is None:
        return _taken_up(flow, asked, here) if can_be else stepped(flow, None, asked.event, here)
    if session.phase is Phase.CLOSED:
        return answer_over(flow, session, asked.place, asked.turn, asked.event)
    if session.phase is Phase.REFUSED:
        return restate(flow, session, here.codes)
    due = (asked.place, asked.turn) == (session.place, session.turn)
    if due or not is_place(flow, session.place):
        return stepped(flow, session, asked.event, here)
    if can_be and asked.turn > session.turn and is_place(flow, asked.place):
        return _caught_up(flow, session, asked, here)
    if asked.turn == session.turn - 1:
        return restate(flow, session, here.codes)
    shown = restate(flow, replace(session, lead=()), here.codes)
    return Turn(session, shown.instructions)


def _can_be(asked: Asked) -> bool:
    return 0 < asked.turn <= MAX_TURN


def _present(flow: Flow, asked: Asked, session: Session | None) -> tuple[Asked, Session | None]:
    """Request and session with the places that another version of the flow had under other names.

    What is merely called otherwise now takes the key that was pressed there.
    """
    place = renamed(flow, asked.place)
    asked = asked if place == asked.place else replace(asked, place=place)
    if session is None:
        return asked, None
    place = renamed(flow, session.place)
    return asked, session if place == session.place else replace(session, place=place)


def _is_elsewhere(
    flow: Flow, session: Session | None, asked: Asked, circumstances: Circumstances
) -> bool:
    """Whether a place is asked for that another version of the flow has, and this one does not."""
    if not circumstances.has_siblings:
        return False
    place = asked.place if session is None or asked.turn > session.turn else session.place
    if is_place(flow, place):
        return False
    if session is not None and (session.phase in _NO_MORE or session.resaid >= MAX_RESAID):
        return False
    is_turn = _can_be(asked) and NAMED.fullmatch(asked.place) is not None
    return is_turn and asked.carried.hop < MAX_HOPS


def _taken_up(flow: Flow, asked: Asked, circumstances: Circumstances) -> Turn:
    """A step of a call whose session is lost."""
    turn = stepped(flow, _lost(flow, asked, circumstances), asked.event, circumstances)
    return _compared(flow, _known(flow, asked, circumstances), turn, circumstances, "session_lost")


def _caught_up(flow: Flow, session: Session, asked: Asked, circumstances: Circumstances) -> Turn:
    """A step of a call whose session is older than the request."""
    behind = replace(
        fresh(session),
        place=asked.place,
        turn=asked.turn,
        lead=(),
        back=(),
        phase=Phase.RUNNING,
        heard=0,
    )
    turn = stepped(flow, restored(flow, behind, asked.carried), asked.event, circumstances)
    return _compared(flow, session, turn, circumstances, "session_behind")


def _compared(
    flow: Flow, known: Session, turn: Turn, circumstances: Circumstances, name: str
) -> Turn:
    """The turn, counted by this name; what was learnt that Redis does not know is kept again."""
    memory = to_keep(flow, known, turn.session, circumstances)
    return replace(turn, memory=memory, effects=(*turn.effects, Count(name)))


def _known(flow: Flow, asked: Asked, circumstances: Circumstances) -> Session:
    """What Redis knows of the caller of a lost call: of one who was forgotten, nothing remains."""
    known = begun(flow, circumstances)
    is_gone = asked.carried.is_forgotten and circumstances.memory is None
    return replace(known, is_kept=False) if is_gone else known


def _lost(flow: Flow, asked: Asked, circumstances: Circumstances) -> Session:
    """What can be told of a call whose session is gone: by its address, its caller, the hour."""
    known = replace(begun(flow, circumstances), place=asked.place, turn=asked.turn)
    session = restored(flow, known, asked.carried)
    has_helper = holds(Moment(flow, session, circumstances), "helper")
    until = session.until or _end_of_minutes(session, circumstances)
    return replace(session, has_helper=has_helper, until=until)


def _end_of_minutes(session: Session, circumstances: Circumstances) -> int:
    """When the minutes of a call's caller are used up at the latest; 0: they have no end."""
    minutes = circumstances.limits.minutes_a_day
    if not (minutes and circumstances.is_known):
        return 0
    return session.began + minutes * SECONDS_IN_MINUTE
