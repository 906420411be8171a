"""Calls that are played on a flow, and kept in a real Redis as the line keeps them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from ivr.engine.events import CallEnded, Event
from ivr.engine.memory import caller_key
from ivr.store.keys import CallKey
from ivr.store.saving import Learnt, Saving
from tests.engine.calls import KNOWN, Caller

if TYPE_CHECKING:
    from datetime import datetime

    from ivr.flow.model import Flow
    from ivr.store.redis import RedisStore

QUARTER_SECONDS = 90 * 24 * 60 * 60


class Line:
    """A line with a flow; each call has a number of its own."""

    def __init__(self, store: RedisStore, flow: Flow, now: datetime) -> None:
        self.store = store
        self.flow = flow
        self.now = now
        self._calls = 0

    def call(self, *keys: str | Event) -> Caller:
        """Ring, press these, and stay in the call; what it leaves is kept."""
        caller = Caller(self.flow, replace(KNOWN, now=self.now))
        caller.ring()
        caller.press(*keys)
        self._keep(caller)
        return caller

    def cut_off(self, *keys: str | Event) -> Caller:
        """The same, and hang up then."""
        return self.call(*keys, CallEnded("completed"))

    def _keep(self, caller: Caller) -> None:
        self._calls += 1
        key, memory = self.key(self._calls), caller.memory
        learnt = None
        if memory is not None and key.caller_key is not None:
            learnt = Learnt(memory=memory, seconds=QUARTER_SECONDS)
        saving = Saving(session=caller.turn.session, learnt=learnt)
        visit = self.store.visit(key)
        assert visit.save(visit.load(), saving, self.now)

    @staticmethod
    def key(number: int) -> CallKey:
        """How the store names a call, the first of which is 1."""
        caller = caller_key(b"secret of the tests", f"+9198765{number:05}")
        return CallKey(f"CA{number}", caller)
