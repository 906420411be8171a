"""One turn of one call: load, decide, save unless somebody was faster, speak."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from ivr.carriers import twilio
from ivr.engine.answer import Asked, answer
from ivr.engine.circumstances import Circumstances
from ivr.engine.codes import keyed_codes
from ivr.engine.events import CallEnded, CallStarted
from ivr.engine.keeping import seconds_kept
from ivr.engine.memory import Forgotten, caller_key
from ivr.engine.step import step
from ivr.errors import StoreError
from ivr.store.redis import Learnt, Saving
from ivr.web.sound import Sound

if TYPE_CHECKING:
    from ivr.engine.memory import Memory
    from ivr.engine.session import Session
    from ivr.engine.turn import Turn
    from ivr.store.redis import Held
    from ivr.web.parts import Parts
    from ivr.web.sound import Voiced

    Happened = Asked | CallStarted | CallEnded

_log: Final = logging.getLogger(__name__)
MAX_RACES: Final = 3
"""Requests for one call that save at the same moment: each loser looks again and repeats."""


class _Decided(Struct, frozen=True):
    """A turn, and how its prompts are heard."""

    turn: Turn
    voiced: Voiced


class Line:
    """Answers for any call, from any thread: what a call needs is in Redis or in its URL."""

    def __init__(self, parts: Parts) -> None:
        """Look up the clips of every prompt; later ones are found when they come."""
        self._parts = parts
        self._secret = parts.secret_key.encode()
        self.sound = Sound(parts.spec, parts.library)

    def reply(self, call: twilio.Call, happened: Happened) -> bytes:
        """The TwiML that answers what has happened in a call; kept and counted at most once.

        Without Redis the call goes on from what the request itself tells.
        """
        decided = self._decided(call, happened)
        speak = decided.voiced.speak
        return twilio.document(decided.turn.instructions, speak, self._person(call))

    def _decided(self, call: twilio.Call, happened: Happened) -> _Decided:
        around, session = self._circumstances(call), None
        try:
            for _ in range(MAX_RACES):
                held, session = self._loaded(call.sid)
                if session is None and not isinstance(happened, CallEnded):
                    around = replace(around, memory=self._recalled(call))
                decided = self._turn(session, happened, around)
                turn, saving = decided.turn, self._saving(call, decided)
                is_same = turn.session == session and not turn.effects and not saving.learnt
                if is_same or self._parts.store.save(call.sid, held, saving, around.now):
                    return decided
            _log.warning("others saved this call %s times meanwhile; answered as is", MAX_RACES)
            return self._unsaved(self._loaded(call.sid)[1], happened, around)
        except StoreError as error:
            _log.warning("the call goes on without Redis: %s", error)
            return self._unsaved(session, happened, around)

    def _unsaved(
        self, session: Session | None, happened: Happened, around: Circumstances
    ) -> _Decided:
        """A turn that is answered and not kept.

        Raises:
            StoreError: it would tell a caller of a deletion that is not made; an apology is due.
        """
        decided = self._turn(session, happened, around)
        _check_forgotten(decided.turn)
        return decided

    def _turn(self, session: Session | None, happened: Happened, around: Circumstances) -> _Decided:
        flow = self._parts.spec.flow
        if isinstance(happened, Asked):
            turn = answer(flow, session, happened, around)
        else:
            turn = step(flow, session, happened, around)
        return _Decided(turn, self.sound.turn(turn.session, turn.instructions))

    def _circumstances(self, call: twilio.Call) -> Circumstances:
        return Circumstances(
            now=self._parts.clock(),
            codes=keyed_codes(self._secret, call.sid),
            has_helper=self._person(call) is not None,
            is_known=call.caller is not None,
        )

    def _person(self, call: twilio.Call) -> twilio.Person | None:
        """Whom a caller can be led to: nobody who would see the caller's number, or is the caller.

        Twilio shows it unless another is given, and takes none but the line's own.
        """
        number, line = self._parts.helper_number, call.line or self._parts.line_number
        if number is None or line is None or number in {line, call.caller}:
            return None
        return twilio.Person(number=number, caller_id=line)

    def _recalled(self, call: twilio.Call) -> Memory | None:
        key = self._caller_key(call)
        return None if key is None else self._parts.store.recall(key)

    def _saving(self, call: twilio.Call, decided: _Decided) -> Saving:
        """What a turn leaves; nothing is learnt of a caller whose number is withheld."""
        turn = decided.turn
        counts = (*turn.effects, *decided.voiced.said())
        key = None if turn.memory is None else self._caller_key(call)
        if key is None or turn.memory is None:
            _check_forgotten(turn)
            return Saving(session=turn.session, counts=counts)
        seconds = seconds_kept(self._parts.spec.flow, turn.memory)
        learnt = Learnt(caller_key=key, memory=turn.memory, seconds=seconds)
        return Saving(session=turn.session, counts=counts, learnt=learnt)

    def _caller_key(self, call: twilio.Call) -> str | None:
        return None if call.caller is None else caller_key(self._secret, call.caller)

    def _loaded(self, call_sid: str) -> tuple[Held, Session | None]:
        """What is held of a call, and its session without words that are gone."""
        held = self._parts.store.load(call_sid)
        return held, held.session and self.sound.known(held.session)


def _check_forgotten(turn: Turn) -> None:
    """Sees to it that no caller is told of a deletion that is not made.

    Raises:
        StoreError: they would be; an apology is due.
    """
    if isinstance(turn.memory, Forgotten) and not turn.session.is_kept:
        raise StoreError("a caller who asked to be forgotten was not; look after Redis")
