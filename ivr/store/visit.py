"""One turn's dealings with Redis: looked up, admitted, saved, all of it within one time limit."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final, assert_never

import redis
from redis.exceptions import NoScriptError

from ivr.engine.limits import Limit
from ivr.engine.memory import Forgotten, Memory, dump_memory, parse_memory
from ivr.engine.session import Phase, dump, parse
from ivr.store.keys import RECENT_SECONDS, SESSION_SECONDS, USED_SECONDS, day_of
from ivr.store.node import down
from ivr.store.saving import Held, Known
from ivr.store.scripts import ADMIT, SAVE, Run

if TYPE_CHECKING:
    from datetime import datetime

    from ivr.engine.limits import Limits
    from ivr.store.degraded import Degraded
    from ivr.store.fleet import Fleet
    from ivr.store.keys import CallKey, Kept
    from ivr.store.saving import Saving

VISIT_SECONDS: Final = 0.8
"""All that one turn may wait for Redis, whatever it asks: nobody hears that a line thinks so long,
and with the rest of its work no turn reaches 2 s."""
FORGET: Final = -1


class Visit:
    """Made at the beginning of a turn, by `RedisStore.visit`; used by one thread."""

    def __init__(
        self, fleet: Fleet, call: CallKey, kept: Kept, degraded: Degraded, seconds: float
    ) -> None:
        """Begin: from now on the time runs, so many seconds."""
        self._fleet = fleet
        self._call = call
        self._kept = kept
        self._degraded = degraded
        self._at = call.partition
        self._name = fleet.names.call(call)
        self._until = time.monotonic() + seconds

    def load(self) -> Held:
        """What is held of the call.

        Raises:
            StoreError: Redis did not answer in time.
        """
        stored = got(self._fleet, self._at, self._name, self._until)
        return Held(parse(stored) if stored else None, stored)

    def recall(self) -> Memory | None:
        """What is kept of the caller; None: nothing, or nothing that can be read.

        Raises:
            StoreError: Redis did not answer in time.
        """
        key = self._call.caller_key
        if key is None:
            return None
        stored = got(self._fleet, self._at, self._fleet.names.caller(key), self._until)
        return parse_memory(stored) if stored else None

    def admit(self, limits: Limits, now: datetime) -> Known:
        """What is known of the caller, and whether the call is within the limits.

        A call that is taken counts from now on, once, however often it is asked about. Of a
        withheld number nothing is known, and none of these limits holds.

        Raises:
            StoreError: Redis did not answer in time.
        """
        key = self._call.caller_key
        if key is None:
            return Known()
        if not (limits.calls_an_hour or limits.minutes_a_day):
            return Known(memory=self.recall())
        names = self._fleet.names
        stored, refused, left = run(
            self._fleet,
            self._at,
            Run(
                ADMIT,
                (names.caller(key), names.used(key), names.calls(key)),
                (
                    self._call.sid,
                    int(now.timestamp()),
                    limits.calls_an_hour,
                    limits.minutes_a_day * 60,
                    RECENT_SECONDS,
                ),
            ),
            self._until,
        )
        return Known(
            memory=parse_memory(stored) if stored else None,
            refused=Limit(refused.decode()) if refused else None,
            seconds_left=None if left < 0 else left,
        )

    def save(self, before: Held, saving: Saving, now: datetime) -> bool:
        """Keeps what a turn leaves, unless somebody has saved this call since `before`.

        Of a caller whose number is withheld nothing is kept, whatever was learnt. Answers that were
        given without Redis since the last save are counted with it, as `degraded`. Should the
        answer to a save be lost, it may have been made all the same; the next one for this call
        then finds it.

        Returns:
            Whether it was kept.

        Raises:
            StoreError: Redis did not answer in time.
        """
        degraded = self._degraded.take()
        is_kept = False
        try:
            is_kept = bool(self._saved(before, saving, now, degraded))
        finally:
            if not is_kept:
                self._degraded.give_back(degraded)
        return is_kept

    def _saved(self, before: Held, saving: Saving, now: datetime, degraded: int) -> int:
        session, names = saving.session, self._fleet.names
        is_closed = session.phase is Phase.CLOSED
        keys, of_caller = self._of_caller(saving)
        wanted = Run(
            SAVE,
            (self._name, names.counts(self._at, day_of(now)), *keys),
            (
                before.stored,
                dump(session),
                self._kept.ended_seconds if is_closed else SESSION_SECONDS,
                self._kept.counts_seconds,
                degraded,
                *of_caller,
                *[count.name for count in saving.counts],
            ),
        )
        saved: int = run(self._fleet, self._at, wanted, self._until)
        return saved

    def _of_caller(self, saving: Saving) -> tuple[tuple[str, ...], tuple[bytes | int, ...]]:
        """The keys and the arguments of `SAVE` that tell of the caller; empty: it tells nothing."""
        caller, names = self._call.caller_key, self._fleet.names
        if caller is None or (saving.learnt is None and not saving.used_seconds):
            return (), ()
        keys = (names.caller(caller), names.used(caller))
        return keys, (*_learnt(saving), saving.used_seconds, USED_SECONDS)


def _learnt(saving: Saving) -> tuple[bytes, int]:
    """What is stored of a caller, and for how many seconds; 0: it stays as it is."""
    if saving.learnt is None:
        return b"", 0
    match saving.learnt.memory:
        case Forgotten():
            return b"", FORGET
        case Memory() as memory:
            return dump_memory(memory), saving.learnt.seconds
        case _:
            assert_never(saving.learnt.memory)


def got(fleet: Fleet, at: int, key: str, until: float) -> bytes:
    """What stands under a key; empty for nothing.

    Raises:
        StoreError: Redis did not answer in time.
    """
    try:
        return fleet.ask(at, [("GET", key)], until)[0] or b""
    except redis.RedisError as error:
        raise down(error) from error


def run(fleet: Fleet, at: int, wanted: Run, until: float) -> Any:
    """What a script gives; its text is sent only to a Redis that does not know it.

    Raises:
        StoreError: Redis did not answer in time.
    """
    try:
        try:
            return fleet.ask(at, [wanted.by_name], until, writes=True)[0]
        except NoScriptError:
            return fleet.ask(at, [wanted.by_text], until, writes=True)[0]
    except redis.RedisError as error:
        raise down(error) from error
