"""One turn of one call: load, decide, save unless somebody was faster, speak."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from ivr.carriers import twilio
from ivr.engine.codes import keyed_codes
from ivr.errors import StoreError
from ivr.web.sound import Sound

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from ivr.engine.codes import Codes
    from ivr.engine.session import Session
    from ivr.engine.turn import Turn
    from ivr.store.redis import Held
    from ivr.web.parts import Parts

    Decide = Callable[[Session | None, datetime, Codes], Turn]

_log: Final = logging.getLogger(__name__)
MAX_RACES: Final = 3
"""Requests for one call that save at the same moment: each loser looks again and repeats."""


class Line:
    """Answers for any call, from any thread: what a call needs is in Redis or in its URL."""

    def __init__(self, parts: Parts) -> None:
        """Look up the clips of every prompt; later ones are found when they come."""
        self._parts = parts
        self.sound = Sound(parts.spec, parts.library)

    def reply(self, call_sid: str, decide: Decide) -> bytes:
        """The TwiML that a decision comes to; kept and counted at most once.

        Without Redis the call goes on from what the request itself tells.
        """
        turn = self._decided(call_sid, decide)
        return twilio.document(turn.instructions, self.sound.speak(turn.session))

    def _decided(self, call_sid: str, decide: Decide) -> Turn:
        now = self._parts.clock()
        codes = keyed_codes(self._parts.secret_key.encode(), call_sid)
        try:
            for _ in range(MAX_RACES):
                held, session = self._loaded(call_sid)
                turn = decide(session, now, codes)
                counts = (*turn.effects, *self.sound.said(turn.session, turn.instructions))
                unchanged = turn.session == session and not turn.effects
                if unchanged or self._parts.store.save(call_sid, held, turn.session, counts, now):
                    return turn
            _log.warning("others saved this call %s times meanwhile; answered as is", MAX_RACES)
            return decide(self._loaded(call_sid)[1], now, codes)
        except StoreError as error:
            _log.warning("the call goes on without Redis: %s", error)
            return decide(None, now, codes)

    def _loaded(self, call_sid: str) -> tuple[Held, Session | None]:
        """What is held of a call, and its session without words that are gone."""
        held = self._parts.store.load(call_sid)
        return held, held.session and self.sound.known(held.session)
