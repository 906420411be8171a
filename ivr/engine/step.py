"""One event in, one turn out: the whole behaviour of a call, with no clock, chance or network.

A turn number travels in the action URL. The answer to turn N carries N+1; so a request that
carries an older number than the session's is one that was answered already (ivr.engine.answer).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, assert_never

from msgspec.structs import replace

from ivr.engine.codes import Codes, code_at, is_near
from ivr.engine.events import CallEnded, CallStarted, Digits, Event, NoInput
from ivr.engine.moves import Moment, Via, arrive, fresh, home, silent, stay, way_back, wrong
from ivr.engine.session import Phase, Session, split
from ivr.engine.speak import first_place, instructions, is_place
from ivr.engine.turn import Count, Turn
from ivr.flow.model import (
    AGAIN_KEY,
    BACK_KEY,
    NEXT_KEY,
    READY_KEY,
    REPEAT,
    RETURN,
    Asking,
    Branch,
    End,
    Flow,
    Lesson,
    Menu,
    Option,
    Practice,
    PromptId,
    Say,
    Think,
)

if TYPE_CHECKING:
    from datetime import datetime

OUTCOMES: Final = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
"""Twilio's words for how a call ended."""


def step(flow: Flow, session: Session | None, event: Event, now: datetime, codes: Codes) -> Turn:
    """What the line does when this happens in this call.

    Args:
        flow: a checked flow.
        session: where the call is, or None before its first turn.
        event: what has happened.
        now: the time, with its zone; conditions such as `night` ask for it.
        codes: practice codes of this call.

    Returns:
        The new session, what to say and do, what to count. The session is the given one, unchanged,
        where nothing steps: a call that started already, or one that is over.
    """
    begun = session or _begin(flow)
    at = Moment(flow, begun, now, codes)
    match event:
        case CallEnded():
            return _close(at, event, begun=session is not None)
        case _ if session is None:
            return arrive(at, flow.flow.start, Via(effects=(Count("calls"),)))
        case _ if not is_place(flow, session.place):
            return arrive(at, home(flow), Via(effects=(Count("place_gone"),)))
        case _ if session.phase is not Phase.RUNNING:
            return restate(flow, session, codes)
        case CallStarted():
            return restate(flow, session, codes)
        case Digits() | NoInput():
            return _answer(at, event)
        case _:
            assert_never(event)


def restate(flow: Flow, session: Session, codes: Codes) -> Turn:
    """The last answer once more, word for word; nothing is stepped and nothing counted."""
    return Turn(session, instructions(flow, session, codes))


def _begin(flow: Flow) -> Session:
    """A call before its first turn; it rests at home, should it end before it began."""
    return Session(place=first_place(flow, home(flow)), turn=0, language=flow.flow.default_language)


def _close(at: Moment, event: CallEnded, *, begun: bool) -> Turn:
    """Counts how and, if it had begun, where the call ended; once."""
    closed = replace(at.session, phase=Phase.CLOSED)
    if at.session.phase is Phase.CLOSED:
        return Turn(closed, ())
    outcome = event.outcome if event.outcome in OUTCOMES else "other"
    left = (Count(f"left.{at.session.place}"),) if begun else ()
    return Turn(closed, (), (Count(f"ended.{outcome}"), *left))


def _answer(at: Moment, event: Digits | NoInput) -> Turn:
    node_id, step_id = split(at.session.place)
    node = at.flow.nodes[node_id]
    match node, event:
        case ((Say() | Branch() | End()), _):  # no session rests here while the call runs
            return arrive(at, home(at.flow), Via())
        case _, NoInput():
            return silent(at, node)
        case Practice(), Digits():
            return _entry(at, node, event)
        case _, Digits(keys=key) if key in at.flow.global_keys:
            return _global(at, node, at.flow.global_keys[key])
        case Menu(), Digits(keys=key):
            option = next((each for each in node.options if each.key == key), None)
            return wrong(at, node) if option is None else _choose(at, option)
        case Lesson(), Digits(keys=key):
            return _lesson(at, node, step_id, key)
        case Think(), Digits(keys=key):
            return arrive(at, node.next, Via()) if key == READY_KEY else wrong(at, node)
        case _:
            assert_never(node)


def _global(at: Moment, node: Asking, goal: str) -> Turn:
    if goal == REPEAT:
        return stay(at.having(fresh(at.session)))
    return arrive(at, goal, Via(return_to=way_back(at, node)))


def _choose(at: Moment, option: Option) -> Turn:
    via = Via(lead=() if option.say is None else (option.say,))
    changed = at.having(_changed(at, option))
    if option.go != RETURN:
        return arrive(changed, option.go, via)
    back = at.session.return_to
    there = back is not None and is_place(at.flow, back)
    return arrive(changed, back if back and there else home(at.flow), via)


def _changed(at: Moment, option: Option) -> Session:
    session = at.session
    if option.set is None:
        return session
    if option.set.pace is not None:
        session = replace(session, pace=option.set.pace)
    if option.set.language is not None:
        session = replace(session, language=_next_language(at.flow, session.language))
    return session


def _next_language(flow: Flow, language: str) -> str:
    languages = flow.flow.languages
    if language not in languages:
        return flow.flow.default_language
    return languages[(languages.index(language) + 1) % len(languages)]


def _lesson(at: Moment, node: Lesson, step_id: PromptId | None, key: str) -> Turn:
    names = [each.prompt for each in node.steps]
    here = names.index(step_id) if step_id in names else 0
    again = at.having(fresh(at.session))
    match key:
        case _ if key == AGAIN_KEY:
            return stay(again)
        case _ if key == BACK_KEY and here == 0:
            return stay(again, at.flow.defaults.lesson.at_first)
        case _ if key == NEXT_KEY and here + 1 == len(names):
            return arrive(at, node.next, Via())
        case _ if key in {NEXT_KEY, BACK_KEY}:
            there = names[here + 1 if key == NEXT_KEY else here - 1]
            return arrive(at, f"{split(at.session.place)[0]}.{there}", Via())
        case _:
            return wrong(at, node)


def _entry(at: Moment, node: Practice, event: Digits) -> Turn:
    """Compares an entry with the code and drops it; only right, wrong and tries remain.

    Safety: an entry further from the code than two slips may be a real secret, and is answered
    with the warning; the caller's own number with a warning by name.
    """
    names = at.flow.defaults.practice
    keyed = "".join(key for key in event.keys if key not in "*#")
    if not keyed:
        return stay(at.having(replace(at.session, brief=False)))
    code = code_at(at.flow, split(at.session.place)[0], at.codes)
    if keyed == code:
        right = Count(f"right.{at.session.place}")
        return arrive(at, node.next, Via(lead=(node.right or names.right,), effects=(right,)))
    if event.own_number:
        return wrong(at, node, names.own_number)
    return wrong(at, node, None if is_near(keyed, code) else names.warning)
