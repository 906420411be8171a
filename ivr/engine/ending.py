"""How a call ends: counted once, and nothing said to it afterwards; and what ends one early."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from ivr.engine.events import CallEnded, DialEnded
from ivr.engine.limits import MAX_CALL_SECONDS, Limit
from ivr.engine.moves import Moment, Via, arrive
from ivr.engine.session import Phase, Session
from ivr.engine.turn import Count, Reject, Turn
from ivr.errors import CallOverError
from ivr.flow.model import Transfer
from ivr.flow.places import split

if TYPE_CHECKING:
    from ivr.engine.events import Event
    from ivr.flow.model import Flow

OUTCOMES: Final = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
"""Twilio's words for how a call ended."""


def close(at: Moment, event: CallEnded, *, has_begun: bool) -> Turn:
    """Counts how and, if it had begun, where the call ended, and how long it was; once.

    Of the session stays only that the call is over, and where it was: a Dial may yet tell of its
    end there.
    """
    session, flow = at.session, at.flow
    if session.phase is Phase.CLOSED:
        return Turn(session, ())
    outcome = event.outcome if event.outcome in OUTCOMES else "other"
    was_there = has_begun and session.phase is not Phase.REFUSED
    left = (Count(f"left.{session.place}"),) if was_there else ()
    closed = Session(
        place=session.place,
        turn=session.turn,
        language=flow.flow.default_language,
        phase=Phase.CLOSED,
        began=session.began,
    )
    used = _seconds_used(at) if was_there else 0
    return Turn(closed, (), (Count(f"ended.{outcome}"), *left), used_seconds=used)


def refuse(at: Moment, limit: Limit) -> Turn:
    """Rejects a call that is one too many, before it costs anything."""
    refused = replace(at.session, turn=1, phase=Phase.REFUSED, until=0)
    return Turn(refused, (Reject(),), (Count(f"refused.{limit}"),))


def answer_over(flow: Flow, session: Session, place: str, turn: int, event: Event) -> Turn:
    """The answer to a request for a turn of a call that is over: the end of its Dial is counted.

    Args:
        flow: whose places they are.
        session: closed.
        place: which the request names.
        turn: likewise.
        event: what it tells.

    Raises:
        CallOverError: it is anything else, or the same once more.
    """
    node = flow.nodes.get(split(place)[0])
    is_due = (place, turn) == (session.place, session.turn)
    if is_due and isinstance(node, Transfer) and isinstance(event, DialEnded):
        return Turn(replace(session, turn=turn + 1), (), (count_dial(event),))
    raise CallOverError(
        "this call is over, so nothing is said to it any more; the request is late, or an old one "
        "that was sent anew: ring again"
    )


def count_dial(event: Event) -> Count:
    """What is counted of an event at a Transfer: whether there was a talk."""
    was_answered = isinstance(event, DialEnded) and event.was_answered
    return Count("helper.answered" if was_answered else "helper.nobody")


def limit_reached(at: Moment) -> str | None:
    """What ends the call with its next answer: `turns` or `minutes`; None: nothing does yet."""
    session, most = at.session, at.circumstances.limits.turns_a_call
    if most and session.turn + 1 >= most:
        return "turns"
    if session.until and at.circumstances.now.timestamp() >= session.until:
        return Limit.MINUTES.value
    return None


def end_early(at: Moment, event: Event, limit: str) -> Turn:
    """Ends a call that has used what one call may, kindly and with its goodbye."""
    node = at.flow.nodes[split(at.session.place)[0]]
    talk = (count_dial(event),) if isinstance(node, Transfer) else ()
    words = at.flow.flow.apologies.limit
    via = Via(() if words is None else (words,), (*talk, Count(f"limit.{limit}")))
    return arrive(at, at.flow.defaults.ends_at, via)


def _seconds_used(at: Moment) -> int:
    """How long this call took of its caller's minutes: none where the number is withheld."""
    began = at.session.began
    if not (at.circumstances.is_known and began):
        return 0
    return max(0, min(int(at.circumstances.now.timestamp()) - began, MAX_CALL_SECONDS))
