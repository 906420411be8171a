"""Calls that are played on a flow, and kept in a real Redis as the line keeps them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from ivr.engine.events import CallEnded, Event
from ivr.engine.memory import caller_key
from ivr.store.redis import Learnt, RedisStore, Saving
from tests.engine.calls import KNOWN, Caller

if TYPE_CHECKING:
    from datetime import datetime

    from ivr.flow.model import Flow

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
        sid, memory = f"CA{self._calls}", caller.memory
        learnt = None
        if memory is not None:
            key = caller_key(b"secret of the tests", f"+9198765{self._calls:05}")
            learnt = Learnt(caller_key=key, memory=memory, seconds=QUARTER_SECONDS)
        saving = Saving(session=caller.turn.session, learnt=learnt)
        assert self.store.save(sid, self.store.load(sid), saving, self.now)
