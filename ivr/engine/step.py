"""One event in, one turn out: the whole behaviour of a call, with no clock, chance or network.

A turn number travels in the action URL. The answer to turn N carries N+1; so a request that
carries an older number than the session's is one that was answered already (ivr.engine.answer).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, assert_never

from msgspec.structs import replace

from ivr.engine.carried import Carried, carried_by
from ivr.engine.ending import answer_over, close, count_dial, end_early, limit_reached, refuse
from ivr.engine.events import CallEnded, CallStarted, DialEnded, Digits, Event, LedBack, NoInput
from ivr.engine.keeping import begun, to_keep
from ivr.engine.keys import entered, next_step, pressed
from ivr.engine.meaning import is_as_heard, meaning
from ivr.engine.moves import Moment, Via, arrive, leave, stay
from ivr.engine.session import Phase, Session
from ivr.engine.speak import instructions
from ivr.engine.trouble import silent
from ivr.engine.turn import Count, HandOver, Turn
from ivr.flow.model import (
    Asking,
    Branch,
    End,
    Flow,
    Lesson,
    Menu,
    Practice,
    Say,
    Think,
    Transfer,
)
from ivr.flow.places import home, is_place, present, split

if TYPE_CHECKING:
    from ivr.engine.circumstances import Circumstances
    from ivr.engine.codes import Codes

MAX_RESAID: Final = 8
"""So often a place is said again to one whose key came to another version of the flow than had said
it: of two versions that answer by turns, one caller in 256 meets the other one each time."""


def step(flow: Flow, session: Session | None, event: Event, circumstances: Circumstances) -> Turn:
    """What the line does when this happens in this call.

    Args:
        flow: a checked flow.
        session: where the call is, or None before its first turn.
        event: what has happened.
        circumstances: the time, the codes, and who calls.

    Returns:
        The new session, what to say and do, what to count, what to keep of the caller. The session
        is the given one, unchanged, where nothing steps: a call that started already, or one that
        has said goodbye.

    Raises:
        CallOverError: the carrier has told already that this call is over.
    """
    at, has_begun = _moment(flow, session, circumstances), session is not None
    turn = _over(at, event, has_begun=has_begun)
    if turn is not None:
        return turn
    turn = _kept(at, event, has_begun=has_begun)
    carried = carried_by(flow, turn.session, is_known=circumstances.is_known)
    return replace(turn, carried=carried)


def stepped(
    flow: Flow, session: Session | None, event: Event, circumstances: Circumstances
) -> Turn:
    """The same turn before it is known what its addresses tell; arguments and errors as `step`."""
    at, has_begun = _moment(flow, session, circumstances), session is not None
    return _over(at, event, has_begun=has_begun) or _kept(at, event, has_begun=has_begun)


def _moment(flow: Flow, session: Session | None, circumstances: Circumstances) -> Moment:
    return Moment(flow, session or begun(flow, circumstances), circumstances)


def _over(at: Moment, event: Event, *, has_begun: bool) -> Turn | None:
    """The last turn of a call that has ended, or the only one of a call that is refused."""
    refused = at.circumstances.refused
    match event:
        case Digits() | NoInput():  # nearly every one, and so asked first
            return None
        case CallEnded():
            return close(at, event, has_begun=has_begun)
        case CallStarted() if not has_begun and refused is not None:
            return refuse(at, refused)
        case _:
            return None


def _kept(at: Moment, event: Event, *, has_begun: bool) -> Turn:
    """A turn of a call that goes on, with what is to be kept of the caller."""
    turn = _turn(at, event, has_begun=has_begun)
    memory = to_keep(at.flow, at.session, turn.session, at.circumstances)
    return turn if memory is None else replace(turn, memory=memory)


def _turn(at: Moment, event: Event, *, has_begun: bool) -> Turn:
    flow, session = at.flow, at.session
    if not has_begun:
        return arrive(at, flow.flow.start, Via(effects=(Count("calls"),)))
    if session.phase is Phase.CLOSED:
        return answer_over(flow, session, session.place, session.turn, event)
    if session.phase is Phase.REFUSED:
        return restate(flow, session, at.circumstances.codes)
    if not is_place(flow, session.place):
        return _moved(at, event)
    match event:
        case Digits() | NoInput() | LedBack() | DialEnded() if session.phase is Phase.RUNNING:
            return _stepped(at, event)
        case _:
            return restate(flow, session, at.circumstances.codes)


def restate(flow: Flow, session: Session, codes: Codes) -> Turn:
    """The last answer once more, word for word; nothing is stepped and nothing counted."""
    return Turn(session, instructions(flow, session, codes))


def resaid(session: Session) -> Session:
    """The session of a place that was said again since two versions of the flow answer."""
    times = session.resaid + 1
    return replace(session, resaid=times, heard=session.heard if times < MAX_RESAID else 0)


def hand_over(session: Session, place: str, turn: int, carried: Carried) -> Turn:
    """Leaves a turn to another version of the flow, once more; nothing steps."""
    return Turn(session, (HandOver(place, turn, replace(carried, hop=carried.hop + 1)),))


def _moved(at: Moment, event: Event) -> Turn:
    """Answers a call whose place this version of the flow does not have."""
    session, here = at.session, at.circumstances
    if isinstance(event, CallStarted) and here.has_siblings:
        carried = carried_by(at.flow, session, is_known=here.is_known)
        return hand_over(session, session.place, session.turn, carried)
    goal = present(at.flow, session.place, session.step) or home(at.flow)
    return arrive(at, goal, Via(effects=(Count("place_gone"),)))


def _stepped(at: Moment, event: Digits | NoInput | LedBack | DialEnded) -> Turn:
    """One step of a call that goes on; the caller's key is taken as it was meant.

    Another version of the flow may have said the place, in which the key did something else: then
    the place is said as it is now. At most `MAX_RESAID` times, and then the next key is taken: it
    must not go round for ever.
    """
    node = at.flow.nodes[split(at.session.place)[0]]
    if isinstance(event, LedBack) and not isinstance(node, Transfer):
        now = meaning(at.flow, at.session.place, together=at.session.together)
        said = replace(at.session, heard=now)
        return restate(at.flow, said, at.circumstances.codes)
    limit = limit_reached(at)
    if limit is not None:
        return end_early(at, event, limit)
    if isinstance(event, Digits) and not is_as_heard(at.flow, at.session):
        turn = stay(at, settles=True)
        return Turn(resaid(turn.session), turn.instructions, (Count("version_changed"),))
    return _answer(at, event)


def _answer(at: Moment, event: Digits | NoInput | LedBack | DialEnded) -> Turn:
    node = at.flow.nodes[split(at.session.place)[0]]
    match node:
        case Lesson() | Menu() | Practice() | Think():
            return _asked(at, node, event)
        case Transfer():
            return _after_dial(at, node, event)
        case Say() | Branch() | End():  # no session rests here while the call runs
            return arrive(at, home(at.flow), Via())
        case _:
            assert_never(node)


def _asked(at: Moment, node: Asking, event: Digits | NoInput | LedBack | DialEnded) -> Turn:
    """What follows where a key is awaited."""
    match event:
        case Digits(keys=keys):
            if isinstance(node, Practice):
                return entered(at, node, event)
            return pressed(at, node, keys)
        case NoInput():
            if isinstance(node, Lesson):
                return next_step(at, node, after_silence=True)
            return silent(at, node)
        case DialEnded() | LedBack():  # a Dial that is over, told once more
            return restate(at.flow, at.session, at.circumstances.codes)
        case _:
            assert_never(event)


def _after_dial(at: Moment, node: Transfer, event: Event) -> Turn:
    """Takes the caller back, kindly, whatever became of the Dial."""
    was_answered = isinstance(event, DialEnded) and event.was_answered
    via = Via(effects=(count_dial(event),))
    return leave(at, node.done if was_answered else node.nobody, via)
