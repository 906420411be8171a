"""One event in, one turn out: the whole behaviour of a call, with no clock, chance or network.

A turn number travels in the action URL. The answer to turn N carries N+1; so a request that
carries an older number than the session's is one that was answered already (ivr.engine.answer).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, assert_never

from msgspec.structs import replace

from ivr.engine.carried import Carried, carried_by
from ivr.engine.codes import code_at, is_near
from ivr.engine.ending import answer_over, close, count_dial, end_early, limit_reached, refuse
from ivr.engine.events import CallEnded, CallStarted, DialEnded, Digits, Event, LedBack, NoInput
from ivr.engine.keeping import begun, to_keep
from ivr.engine.meaning import is_as_heard, meaning
from ivr.engine.moves import Moment, Via, arrive, changed, leave, stay
from ivr.engine.session import Phase, Session
from ivr.engine.speak import instructions, part_code, steps_at_once, steps_heard
from ivr.engine.trouble import kept_at_first, repeated, silent, wrong
from ivr.engine.turn import Count, HandOver, Turn
from ivr.flow.model import (
    Asking,
    Branch,
    End,
    Flow,
    Lesson,
    Menu,
    Option,
    Practice,
    Say,
    Think,
    Transfer,
)
from ivr.flow.places import home, index_at, is_place, part_of, present, split
from ivr.flow.terms import AGAIN_KEY, BACK_KEY, NEXT_KEY, READY_KEY, REPEAT
from ivr.flow.usage import taken

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
    before = session or begun(flow, circumstances)
    at = Moment(flow, before, circumstances)
    match event:
        case CallEnded():
            return close(at, event, has_begun=session is not None)
        case CallStarted() if session is None and circumstances.refused is not None:
            return refuse(at, circumstances.refused)
        case _ if session is None:
            turn = arrive(at, flow.flow.start, Via(effects=(Count("calls"),)))
        case _ if session.phase is Phase.CLOSED:
            turn = answer_over(flow, session, session.place, session.turn, event)
        case _ if session.phase is Phase.REFUSED:
            turn = restate(flow, session, circumstances.codes)
        case _ if not is_place(flow, session.place):
            turn = _moved(at, event)
        case _ if session.phase is Phase.GOODBYE:
            turn = restate(flow, session, circumstances.codes)
        case CallStarted():
            turn = restate(flow, session, circumstances.codes)
        case _:
            turn = _stepped(at, event)
    memory = to_keep(flow, before, turn.session, circumstances)
    carried = carried_by(flow, turn.session, is_known=circumstances.is_known)
    return replace(turn, memory=memory, carried=carried)


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
        said = replace(at.session, heard=meaning(at.flow, at.session))
        return restate(at.flow, said, at.circumstances.codes)
    limit = limit_reached(at)
    if limit is not None:
        return end_early(at, event, limit)
    if isinstance(event, Digits) and not is_as_heard(at.flow, at.session):
        turn = stay(at, settles=True)
        return Turn(resaid(turn.session), turn.instructions, (Count("version_changed"),))
    return _answer(at, event)


def _answer(at: Moment, event: Digits | NoInput | LedBack | DialEnded) -> Turn:
    node_id, _ = split(at.session.place)
    node = at.flow.nodes[node_id]
    match node, event:
        case ((Say() | Branch() | End()), _):  # no session rests here while the call runs
            return arrive(at, home(at.flow), Via())
        case Transfer(), _:
            return _after_dial(at, node, event)
        case _, DialEnded() | LedBack():  # a Dial that is over, told once more
            return restate(at.flow, at.session, at.circumstances.codes)
        case Lesson(), NoInput():
            return _next_step(at, node, after_silence=True)
        case _, NoInput():
            return silent(at, node)
        case Practice(), Digits():
            return _entry(at, node, event)
        case _, Digits():
            return _key(at, node, event.keys)
        case _:
            assert_never(node)


def _after_dial(at: Moment, node: Transfer, event: Event) -> Turn:
    """Takes the caller back, kindly, whatever became of the Dial."""
    was_answered = isinstance(event, DialEnded) and event.was_answered
    via = Via(effects=(count_dial(event),))
    return leave(at, node.done if was_answered else node.nobody, via)


def _key(at: Moment, node: Menu | Lesson | Think, key: str) -> Turn:
    """One key at a place that takes one."""
    option = next((each for each in _options(at, node) if each.key == key), None)
    if option is not None:
        return _choose(_learnt(at), option)
    if isinstance(node, Menu) and node.any_key is not None:
        return arrive(_given_time(at), node.any_key, Via(settles=True))
    if key in at.flow.global_keys:
        return _global(_learnt(at), node, at.flow.global_keys[key])
    match node:
        case Menu():
            return wrong(at, node)
        case Lesson():
            return _lesson(at, node, key)
        case Think() if key == READY_KEY:
            return arrive(_learnt(at), node.next, Via(settles=True))
        case Think():
            return wrong(at, node)
        case _:
            assert_never(node)


def _options(at: Moment, node: Menu | Lesson | Think) -> tuple[Option, ...]:
    """The options whose keys are taken here, offered or not."""
    match node:
        case Menu():
            return taken(node.options, at.session.holding)
        case Lesson():
            heard = steps_heard(at.session, node, index_at(at.flow, at.session.place))
            return taken((o for step in heard for o in step.options), at.session.holding)
        case Think():
            return ()


def _learnt(at: Moment) -> Moment:
    """The moment after a key that leads on: silence before it tells that it needed more time."""
    return _given_time(at) if at.session.silences else at


def _given_time(at: Moment) -> Moment:
    """The moment from which this caller has more time for a key, as far as there is more."""
    given = at.flow.defaults
    now = given.first_key_seconds + at.session.patience * given.longer_seconds
    if now >= given.longest_seconds:
        return at
    return at.having(replace(at.session, patience=at.session.patience + 1))


def _global(at: Moment, node: Asking, goal: str) -> Turn:
    return repeated(at, node) if goal == REPEAT else arrive(at, goal, Via(settles=True))


def _choose(at: Moment, option: Option) -> Turn:
    lead = () if option.say is None else (option.say,)
    return arrive(changed(at, option.set), option.go, Via(lead, settles=True))


def _lesson(at: Moment, node: Lesson, key: str) -> Turn:
    node_id, here = split(at.session.place)[0], index_at(at.flow, at.session.place)
    match key:
        case _ if key == AGAIN_KEY:
            return repeated(at, node)
        case _ if key == BACK_KEY and here == 0:
            return kept_at_first(at, node)
        case _ if key == NEXT_KEY:
            return _next_step(at, node)
        case _ if key == BACK_KEY:
            there = node.steps[_step_before(at.session, node, here)].prompt
            return arrive(at, f"{node_id}.{there}", Via(settles=True))
        case _:
            return wrong(at, node)


def _next_step(at: Moment, node: Lesson, *, after_silence: bool = False) -> Turn:
    """Goes on with what follows all that was said, by key or by silence."""
    node_id, here = split(at.session.place)[0], index_at(at.flow, at.session.place)
    there = here + steps_at_once(at.session, node, here)
    goal = node.next if there >= len(node.steps) else f"{node_id}.{node.steps[there].prompt}"
    return arrive(at, goal, Via(settles=True, after_silence=after_silence))


def _step_before(session: Session, node: Lesson, here: int) -> int:
    """The step to go back to: to two at the screen, where the page before begins."""
    starts = (start for start in range(here) if start + steps_at_once(session, node, start) == here)
    return next(starts, here - 1)


def _entry(at: Moment, node: Practice, event: Digits) -> Turn:
    """Compares an entry with the code and drops it; only right, wrong and tries remain.

    Safety: an entry further from the code than two slips may be a real secret, and is answered
    with the warning; the caller's own number with a warning by name.
    """
    names = at.flow.defaults.practice
    keyed = "".join(key for key in event.keys if key not in "*#")
    if not keyed:
        return repeated(_learnt(at), node)
    node_id, step = split(at.session.place)
    code = part_code(node, code_at(at.flow, node_id, at.circumstances.codes), step)
    if keyed == code:
        effects = (Count(f"right.{at.session.place}"),)
        lead = (node.right or names.right,)
        return arrive(
            _learnt(at), _after_entry(node, at.session.place), Via(lead, effects, settles=True)
        )
    if event.own_number:
        return wrong(at, node, names.own_number)
    slow = _given_time(at) if code.startswith(keyed) else at
    return wrong(slow, node, None if is_near(keyed, code) else names.warning)


def _after_entry(node: Practice, place: str) -> str:
    """Where the right digits lead: to the next part of the code, or past it."""
    node_id, step = split(place)
    part = part_of(step)
    return f"{node_id}.part_{part + 1}" if 0 < part < len(node.code.groups) else node.next
