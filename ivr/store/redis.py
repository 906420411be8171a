"""Sessions, callers and counts in Redis: one read and one write a turn, each in one round trip.

Redis may fail at any moment. Then this says so soon, by a `StoreError`, and the call goes on
without it.
"""

from __future__ import annotations

import time
from itertools import groupby
from typing import TYPE_CHECKING, Final

import redis

from ivr import redis_url
from ivr.engine.memory import parse_memory
from ivr.engine.session import parse
from ivr.errors import StoreError
from ivr.store.degraded import Degraded
from ivr.store.fleet import fleet_of
from ivr.store.keys import CALLERS, CALLS, Kept, partition, tag
from ivr.store.node import down
from ivr.store.saving import Erased, Health, Held, Learnt, Saving
from ivr.store.scripts import ERASE, Run
from ivr.store.visit import VISIT_SECONDS, Visit, got, run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.engine.memory import Memory
    from ivr.store.keys import CallKey
    from ivr.store.node import Node

__all__ = ["CALLERS", "CALLS", "Held", "Kept", "Learnt", "RedisStore", "Saving"]

TIMEOUT_SECONDS: Final = 0.3
"""For one command, its connecting included: Twilio waits 15 s for a turn, a caller far less."""
PING_SECONDS: Final = 0.8
"""For asking all masters of a Cluster whether they answer."""
BATCH_KEYS: Final = 500
"""So many keys Redis looks at in one go while it is asked for all of a kind: below a millisecond,
so that calls do not wait."""


class RedisStore:
    """Sessions by CallSid, callers by key, counts by day. One for a process; threads share it."""

    def __init__(
        self, url: str, *, timeout_seconds: float = TIMEOUT_SECONDS, kept: Kept | None = None
    ) -> None:
        """Take the URL of a Redis; nothing is sent before it is needed.

        Args:
            url: of the Redis, in one of the forms that docs/redis.md tells.
            timeout_seconds: how long one command may take; longer only where nobody waits on the
                line.
            kept: how long things are kept; None: the usual.

        Raises:
            StoreError: the URL is none of a Redis.
        """
        try:
            parsed = redis_url.parse(url)
        except redis_url.RedisUrlError as error:
            raise StoreError(f"REDIS_URL {error}") from error
        self._timeout_seconds = timeout_seconds
        self._fleet = fleet_of(parsed, timeout_seconds)
        self._kept = kept or Kept()
        self._degraded = Degraded()

    def visit(self, call: CallKey) -> Visit:
        """One turn's dealings with Redis, which from now on have a time limit together."""
        seconds = max(VISIT_SECONDS, self._timeout_seconds)
        return Visit(self._fleet, call, self._kept, self._degraded, seconds)

    def note_degraded(self) -> None:
        """One more answer was given without Redis; it is counted at the next save that works."""
        self._degraded.note()

    def health(self) -> Health:
        """How it stands with Redis, which is asked now unless it is known to be away."""
        error = None
        try:
            self.ping()
        except StoreError as away:
            error = str(away)
        return Health(error=error, degraded=self._degraded.total, since=self._fleet.seconds_away())

    def ping(self) -> None:
        """Returns when Redis answers, in a Cluster every master of it.

        Raises:
            StoreError: it did not.
        """
        until = time.monotonic() + PING_SECONDS
        try:
            for node in self._fleet.masters(until):
                node.ask([("PING",)], until)
        except redis.RedisError as error:
            raise down(error) from error

    def load(self, call: CallKey) -> Held:
        """What is held of a call, for reading it outside of a turn.

        Raises:
            StoreError: Redis did not answer.
        """
        key = self._fleet.names.call(call)
        stored = got(self._fleet, call.partition, key, self._until())
        return Held(parse(stored) if stored else None, stored)

    def recall(self, caller_key: str) -> Memory | None:
        """What is kept of a caller; None: nothing, or nothing that can be read.

        Raises:
            StoreError: Redis did not answer.
        """
        key = self._fleet.names.caller(caller_key)
        stored = got(self._fleet, partition(caller_key), key, self._until())
        return parse_memory(stored) if stored else None

    def erase(self, caller_key: str) -> Erased:
        """Deletes all that is kept of a caller: memory, calls of the last hour, used seconds.

        A call of theirs that runs may leave something anew.

        Returns:
            What was there.

        Raises:
            StoreError: Redis did not answer; whether anything was deleted is not known.
        """
        names = self._fleet.names
        memory, calls, used = run(
            self._fleet,
            partition(caller_key),
            Run(
                ERASE,
                (names.caller(caller_key), names.used(caller_key), names.calls(caller_key)),
            ),
            self._until(),
        )
        return Erased(memory=bool(memory), calls=calls, used_seconds=used)

    def counts(self, day: str) -> dict[str, int]:
        """What was counted on a day, YYYY-MM-DD in UTC.

        Raises:
            StoreError: Redis did not answer.
        """
        names, counted = self._fleet.names, dict[str, int]()
        try:
            for at in names.partitions:
                command = ("HGETALL", names.counts(at, day))
                flat: list[bytes] = self._fleet.ask(at, [command], self._until())[0]
                for name, value in zip(flat[::2], flat[1::2], strict=True):
                    counted[name.decode()] = counted.get(name.decode(), 0) + int(value)
        except redis.RedisError as error:
            raise down(error) from error
        return counted

    def each_kept(self, prefix: str, most: int) -> Iterator[bytes]:
        """What stands under the keys that begin so, each once; reads only, a batch at a time.

        What comes or goes meanwhile may be among them or not.

        Args:
            prefix: of the keys: `ivr:call:` or `ivr:caller:`; in a Cluster the partition, which
                stands between, is left out here.
            most: keys that are read; further ones are left out.

        Raises:
            StoreError: Redis did not answer.
        """
        seen: set[bytes] = set()
        try:
            for node in self._fleet.masters(self._until()):
                for found in self._batches(node, prefix):
                    fresh = [key for key in dict.fromkeys(found) if key not in seen]
                    fresh = fresh[: most - len(seen)]
                    seen.update(fresh)
                    yield from self._read(node, fresh)
                    if len(seen) >= most:
                        return
        except redis.RedisError as error:
            raise down(error) from error

    def close(self) -> None:
        """Closes every connection."""
        self._fleet.close()

    def _batches(self, node: Node, prefix: str) -> Iterator[list[bytes]]:
        """The keys of one server that begin so; some of them perhaps twice."""
        cursor, pattern = b"0", self._fleet.names.pattern(prefix)
        while True:
            command = ("SCAN", cursor, "MATCH", pattern, "COUNT", BATCH_KEYS)
            cursor, found = node.ask([command], self._until())[0]
            yield found
            if cursor == b"0":
                return

    def _read(self, node: Node, keys: list[bytes]) -> Iterator[bytes]:
        """What stands under keys of one server: a Cluster gives only keys of one slot at once."""
        if not keys:
            return
        by_slot = [keys]
        if self._fleet.names.is_cluster:
            by_slot = [list(same) for _, same in groupby(sorted(keys, key=tag), key=tag)]
        for stored in node.ask([("MGET", *some) for some in by_slot], self._until()):
            yield from (each for each in stored if each)

    def _until(self) -> float:
        """Outside of a turn each command has its own time."""
        return time.monotonic() + self._timeout_seconds
