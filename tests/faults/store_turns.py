"""Turns as the line makes them, at the level of the store, and how long each took."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Self

from msgspec import Struct
from msgspec.structs import replace

from ivr.engine.limits import Limits
from ivr.engine.memory import Memory, caller_key
from ivr.engine.session import Session
from ivr.engine.turn import Count
from ivr.errors import StoreError
from ivr.store.keys import CallKey
from ivr.store.saving import Learnt, Saving

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.store.redis import RedisStore

NOW: Final = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)
DAY: Final = "2026-03-02"
SLOWEST_SECONDS: Final = 1.6
"""More no turn may wait for Redis: the line has its own work to do before 2 s are over."""
THREADS: Final = 8
MAX_RACES: Final = 3
"""So often the line looks again when another request was faster."""


class Played(Struct, frozen=True):
    """What came of one turn."""

    seconds: float
    error: str | None
    """None: it was saved."""


def call(number: int) -> CallKey:
    """How the store names a call; each has a caller of its own."""
    return CallKey(f"CA{number:032x}", caller_key(b"secret of the tests", f"+91{number:010}"))


def play(store: RedisStore, number: int) -> Played:
    """One turn of a call: loaded, admitted, saved with everything that a save can hold."""
    begun, key, error = time.monotonic(), call(number), None
    try:
        visit = store.visit(key)
        for _ in range(MAX_RACES):
            held = visit.load()
            known = visit.admit(Limits(calls_an_hour=1_000_000), NOW)
            turn = 1 if held.session is None else held.session.turn + 1
            session = Session(place="main_menu", turn=turn, language="bn")
            memory = known.memory or Memory(at=1_770_000_000, language="bn")
            learnt = Learnt(memory=replace(memory, step=turn), seconds=600)
            saving = Saving(
                session=session, counts=(Count("turns"),), learnt=learnt, used_seconds=1
            )
            if visit.save(held, saving, NOW):
                break
    except StoreError as away:
        error = str(away)
        store.note_degraded()
    return Played(time.monotonic() - begun, error)


class Load:
    """Threads that play turns without a pause until the block ends."""

    def __init__(self, store: RedisStore, threads: int = THREADS) -> None:
        self._store = store
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(number,), daemon=True)
            for number in range(threads)
        ]
        self.played: list[Played] = []
        self.wrong: list[BaseException] = []
        """What was raised that is no error of ours: nothing should be."""

    def __str__(self) -> str:
        """Name the figures of all turns."""
        slowest = f"{self.slowest():.3f}"
        return f"{len(self.played)} turns, {self.failed()} without Redis, slowest {slowest} s"

    @property
    def saved(self) -> int:
        return sum(each.error is None for each in tuple(self.played))

    def failed(self) -> int:
        """How many turns went on without Redis."""
        return sum(each.error is not None for each in tuple(self.played))

    def slowest(self) -> float:
        """The seconds of the slowest turn."""
        return max(each.seconds for each in tuple(self.played))

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(10)
        assert not any(thread.is_alive() for thread in self._threads), "a turn never ended"

    def _run(self, number: int) -> None:
        count = 0
        try:
            while not self._stop.is_set():
                # Many calls, so that in a Cluster every master has some.
                self.played.append(play(self._store, number + 1000 * (count % 50)))
                count += 1
                self._stop.wait(0.002)
        except BaseException as error:
            self.wrong.append(error)
            raise


def saves_again(store: RedisStore, calls: int = 1) -> Callable[[], bool]:
    """Whether so many calls, one after the other, are saved."""
    return lambda: all(play(store, number).error is None for number in range(calls))
