"""One turn of one call: load, decide, save unless somebody was faster, speak."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, assert_never

import structlog
from msgspec import Struct
from msgspec.structs import replace

from ivr.carriers.document import Person
from ivr.engine.answer import Asked, answer
from ivr.engine.circumstances import Circumstances
from ivr.engine.codes import keyed_codes
from ivr.engine.events import (
    CallEnded,
    CallStarted,
    DialEnded,
    Digits,
    Event,
    LedBack,
    NoInput,
)
from ivr.engine.keeping import seconds_kept
from ivr.engine.limits import MAX_CALL_SECONDS
from ivr.engine.memory import Forgotten, caller_key
from ivr.engine.step import step
from ivr.engine.turn import HandOver
from ivr.errors import CallOverError, StoreError
from ivr.store.keys import CallKey
from ivr.store.saving import Learnt, Saving
from ivr.web.sound import Sound

if TYPE_CHECKING:
    from datetime import datetime

    from ivr.carriers.twilio import Call
    from ivr.engine.session import Session
    from ivr.engine.turn import Turn
    from ivr.store.visit import Visit
    from ivr.web.parts import Parts
    from ivr.web.sound import Heard

    Happened: TypeAlias = Asked | CallStarted | CallEnded
    Outcome: TypeAlias = Literal["saved", "same", "contested", "degraded"]

_log: Final = structlog.get_logger(__name__)
MAX_RACES: Final = 3
"""Requests for one call that save at the same moment: each loser looks again and repeats."""
MAX_APART_SECONDS: Final = 15 * 60
"""So far may the clocks of two machines be apart."""


class _Case(Struct, frozen=True):
    """What has happened, in which call, with what follows from its caller."""

    call: Call
    happened: Happened
    key: str | None
    """The name under which the caller is kept; None: the number is withheld, and nothing is."""
    person: Person | None
    """Whom the caller can be led to."""


class _Decided(Struct, frozen=True):
    """A turn, how it is heard, and what became of it in Redis."""

    turn: Turn
    heard: Heard
    kept: Outcome = "same"


class Line:
    """Answers for any call, from any thread: what a call needs is in Redis or in its URL."""

    def __init__(self, parts: Parts) -> None:
        """Look up the clips of every prompt; later ones are found when they come."""
        self._parts = parts
        self._secret = parts.secret_key.encode()
        self.sound = Sound(parts.spec, parts.library, parts.clips_held_seconds)

    def reply(self, call: Call, happened: Happened) -> bytes:
        """The TwiML that answers what has happened in a call; kept and counted at most once.

        Without Redis the call goes on from what the request itself tells.

        Raises:
            CallOverError: the call has ended, or must have by now.
        """
        begun = time.perf_counter()
        key = call.caller and caller_key(self._secret, call.caller)
        case = _Case(call, happened, key, self._person(call))
        around = self._circumstances(case)
        _check_time(happened, around.now)
        decided = self._decided(case, around)
        turn = decided.turn
        document = decided.heard.document.addressed(turn.instructions, turn.carried)
        _log.info(
            "turn",
            place=turn.session.place,
            phase=turn.session.phase.name.lower(),
            kind=_kind(happened.event if isinstance(happened, Asked) else happened),
            kept=decided.kept,
            milliseconds=round((time.perf_counter() - begun) * 1000, 1),
        )
        return document

    def _decided(self, case: _Case, around: Circumstances) -> _Decided:
        visit = self._parts.store.visit(CallKey(case.call.sid, case.key))
        session = None
        try:
            for _ in range(MAX_RACES):
                held = visit.load()
                session = held.session and self.sound.known(held.session)
                if session is None:
                    around = self._introduced(visit, case, around)
                decided = self._turn(session, case, around)
                saving = self._saving(case, decided)
                if _is_same(decided.turn, session, saving):
                    return decided
                if visit.save(held, saving, around.now):
                    return replace(decided, kept="saved")
            _log.warning("contested", times=MAX_RACES)
            held = visit.load()
            session = held.session and self.sound.known(held.session)
            return self._unsaved(session, case, around, "contested")
        except StoreError as error:
            self._parts.store.note_degraded()
            _log.warning("degraded", why=str(error))
            return self._unsaved(session, case, around, "degraded")

    def _introduced(self, visit: Visit, case: _Case, around: Circumstances) -> Circumstances:
        """What is kept of a caller whose session is not there, and whether a new call is taken."""
        if case.key is None or isinstance(case.happened, CallEnded):
            return around
        if isinstance(case.happened, Asked):
            return replace(around, memory=visit.recall())
        known = visit.admit(self._parts.limits, around.now)
        return replace(
            around,
            memory=known.memory,
            refused=known.refused,
            seconds_left=known.seconds_left,
        )

    def _unsaved(
        self, session: Session | None, case: _Case, around: Circumstances, kept: Outcome
    ) -> _Decided:
        """A turn that is answered and not kept.

        Raises:
            StoreError: it would tell a caller of a deletion that is not made; an apology is due.
        """
        decided = self._turn(session, case, around)
        _check_forgotten(decided.turn)
        return replace(decided, kept=kept)

    def _turn(self, session: Session | None, case: _Case, around: Circumstances) -> _Decided:
        flow, happened = self._parts.spec.flow, case.happened
        if isinstance(happened, Asked):
            turn = answer(flow, session, happened, around)
        else:
            turn = step(flow, session, happened, around)
        return _Decided(turn, self.sound.turn(turn.session, turn.instructions, case.person))

    def _circumstances(self, case: _Case) -> Circumstances:
        return Circumstances(
            now=self._parts.clock(),
            codes=keyed_codes(self._secret, case.call.sid),
            has_helper=case.person is not None,
            is_known=case.key is not None,
            limits=self._parts.limits,
            has_siblings=self._parts.has_siblings,
        )

    def _person(self, call: Call) -> Person | None:
        """Whom a caller can be led to: nobody who would see the caller's number, or is the caller.

        Twilio shows it unless another is given, and takes none but the line's own.
        """
        number, line = self._parts.helper_number, call.line or self._parts.line_number
        if number is None or line is None or number in {line, call.caller}:
            return None
        return Person(number=number, caller_id=line)

    def _saving(self, case: _Case, decided: _Decided) -> Saving:
        """What a turn leaves; nothing is learnt of a caller whose number is withheld."""
        turn = decided.turn
        counts = (*turn.effects, *decided.heard.said)
        learnt = None
        if turn.memory is not None and case.key is not None:
            seconds = seconds_kept(self._parts.spec.flow, turn.memory)
            learnt = Learnt(memory=turn.memory, seconds=seconds)
        else:
            _check_forgotten(turn)
        return Saving(
            session=turn.session, counts=counts, learnt=learnt, used_seconds=turn.used_seconds
        )


def _is_same(turn: Turn, session: Session | None, saving: Saving) -> bool:
    """Whether nothing stepped in here, so that there is nothing to save."""
    if any(isinstance(each, HandOver) for each in turn.instructions):
        return True
    return turn.session == session and not (turn.effects or saving.learnt or saving.used_seconds)


def _check_time(happened: Happened, now: datetime) -> None:
    """Sees to it that an old request that somebody kept and sends anew is not answered.

    Raises:
        CallOverError: by the address of the turn the call must be over, or has not begun.
    """
    began = happened.carried.began if isinstance(happened, Asked) else 0
    if not began:
        return
    seconds = now.timestamp() - began
    if seconds > MAX_CALL_SECONDS + MAX_APART_SECONDS:
        raise CallOverError(
            "the call of this URL began more than 4 hours ago, so it must be over; "
            "nothing is done for an old request that is sent anew"
        )
    if -seconds > MAX_APART_SECONDS:
        raise CallOverError(
            "the call of this URL begins later than now; look at the clocks of the machines "
            "on which this service runs"
        )


def _check_forgotten(turn: Turn) -> None:
    """Sees to it that no caller is told of a deletion that is not made.

    Raises:
        StoreError: they would be; an apology is due.
    """
    if isinstance(turn.memory, Forgotten) and not turn.session.is_kept:
        raise StoreError("a caller who asked to be forgotten was not; look after Redis")


def _kind(event: Event) -> str:
    """What has happened, in a word for the log; never what was keyed."""
    match event:
        case CallStarted():
            return "started"
        case Digits():
            return "digits"
        case NoInput():
            return "no_input"
        case DialEnded():
            return "dial_ended"
        case LedBack():
            return "led_back"
        case CallEnded():
            return "ended"
        case _:
            assert_never(event)
