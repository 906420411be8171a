"""Sessions, counts and callers in Redis: one read and one write a turn, each in one round trip."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, assert_never

import redis
from msgspec import Struct
from redis.backoff import NoBackoff
from redis.retry import Retry

from ivr.engine.memory import Forgotten, Memory, dump_memory, parse_memory
from ivr.engine.session import Phase, Session, dump, parse
from ivr.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from ivr.engine.turn import Count

CALLS: Final = "ivr:call:"
CALLERS: Final = "ivr:caller:"
"""How the keys of sessions and of what is kept of callers begin."""
TIMEOUT_SECONDS: Final = 0.3
"""With one retry, 0.6 s at most: Twilio waits 15 s, and redis-py's own defaults wait longer."""
SESSION_SECONDS: Final = 4 * 60 * 60
"""Twilio ends a call after four hours."""
CLOSED_SECONDS: Final = 60 * 60
"""A closed call is kept so long for late duplicates of its requests."""
COUNTS_SECONDS: Final = 400 * 24 * 60 * 60
"""Counts hold no caller's data; so long, one year can be held against the one before."""
BATCH_KEYS: Final = 500
"""So many keys Redis looks at in one go while it is asked for all of a kind: below a millisecond,
so that calls do not wait."""

_SAVE: Final = """
if redis.call('GET', KEYS[1]) ~= (ARGV[1] ~= '' and ARGV[1]) then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
for i = 7, #ARGV do redis.call('HINCRBY', KEYS[2], ARGV[i], 1) end
if #ARGV > 6 then redis.call('EXPIRE', KEYS[2], ARGV[4]) end
if KEYS[3] and ARGV[5] == '' then redis.call('DEL', KEYS[3])
elseif KEYS[3] then redis.call('SET', KEYS[3], ARGV[5], 'EX', ARGV[6]) end
return 1
"""
"""Saves a session only if what is held is still what was loaded, and all else in the same trip."""


class Held(Struct, frozen=True):
    """A session as it was found: needed again to save over it."""

    session: Session | None
    """None: there is none, or it cannot be read."""
    stored: bytes
    """Empty: there is none."""


class Learnt(Struct, frozen=True, kw_only=True):
    """What is to be kept of a caller from now on, or to be forgotten.

    Sample: `Learnt(caller_key="9f86…", memory=Memory(at=1_770_000_000, language="bn"),
    seconds=90 * 24 * 60 * 60)`.
    """

    caller_key: str
    """Which caller, as `ivr.engine.memory.caller_key` names them; never the number."""
    memory: Memory | Forgotten
    seconds: int
    """How long it is kept, from now."""


class Saving(Struct, frozen=True, kw_only=True):
    """What one turn leaves, saved in one go: all of it or nothing.

    Sample: `Saving(session=session, counts=(Count("calls"),))`.
    """

    session: Session
    counts: tuple[Count, ...] = ()
    learnt: Learnt | None = None
    """None: what is kept of the caller stays as it is."""


class RedisStore:
    """Sessions by CallSid, callers by key, counts by day. One for a process; threads share it."""

    def __init__(self, url: str, *, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        """Take the URL of a Redis; nothing is sent before it is needed.

        Args:
            url: of the Redis.
            timeout_seconds: how long one try may take; longer only where nobody waits on the line.

        Raises:
            StoreError: the URL is none that redis-py can read.
        """
        retry = Retry(NoBackoff(), 1)
        try:
            self._client: Any = redis.Redis.from_url(
                url,
                socket_timeout=timeout_seconds,
                socket_connect_timeout=timeout_seconds,
                retry=retry,
            )
        except ValueError as error:
            # Its words may show the password.
            raise StoreError("REDIS_URL cannot be read; see its form in the README") from error
        self._save: Any = self._client.register_script(_SAVE)

    def load(self, call_sid: str) -> Held:
        """What is held of a call.

        Raises:
            StoreError: Redis did not answer.
        """
        stored = self._got(_call_key(call_sid))
        return Held(parse(stored) if stored else None, stored)

    def recall(self, caller_key: str) -> Memory | None:
        """What is kept of a caller; None: nothing, or nothing that can be read.

        Raises:
            StoreError: Redis did not answer.
        """
        stored = self._got(_caller_key(caller_key))
        return parse_memory(stored) if stored else None

    def save(self, call_sid: str, before: Held, saving: Saving, now: datetime) -> bool:
        """Keeps what a turn leaves, unless somebody has saved this call since `before`.

        Returns:
            Whether it was kept.

        Raises:
            StoreError: Redis did not answer.
        """
        session, learnt = saving.session, saving.learnt
        seconds = CLOSED_SECONDS if session.phase is Phase.CLOSED else SESSION_SECONDS
        callers = [] if learnt is None else [_caller_key(learnt.caller_key)]
        memory = (b"", 0) if learnt is None else (_stored(learnt.memory), learnt.seconds)
        names = [count.name for count in saving.counts]
        try:
            kept = self._save(
                keys=[_call_key(call_sid), f"ivr:counts:{now:%Y-%m-%d}", *callers],
                args=[before.stored, dump(session), seconds, COUNTS_SECONDS, *memory, *names],
            )
        except redis.RedisError as error:
            raise _down(error) from error
        return bool(kept)

    def counts(self, day: str) -> dict[str, int]:
        """What was counted on a day, YYYY-MM-DD in UTC.

        Raises:
            StoreError: Redis did not answer.
        """
        try:
            found: dict[bytes, bytes] = self._client.hgetall(f"ivr:counts:{day}")
        except redis.RedisError as error:
            raise _down(error) from error
        return {name.decode(): int(value) for name, value in found.items()}

    def each_kept(self, prefix: str, most: int) -> Iterator[bytes]:
        """What stands under the keys that begin so, each once; reads only, a batch at a time.

        What comes or goes meanwhile may be among them or not.

        Args:
            prefix: of the keys: `ivr:call:` or `ivr:caller:`.
            most: keys that are read; further ones are left out.

        Raises:
            StoreError: Redis did not answer.
        """
        seen: set[bytes] = set()
        cursor = 0
        try:
            while True:
                cursor, found = self._client.scan(cursor, f"{prefix}*", BATCH_KEYS)
                fresh = [key for key in dict.fromkeys(found) if key not in seen]
                fresh = fresh[: most - len(seen)]
                seen.update(fresh)
                stored = self._client.mget(fresh) if fresh else []
                yield from (each for each in stored if each)
                if not cursor or len(seen) >= most:
                    return
        except redis.RedisError as error:
            raise _down(error) from error

    def ping(self) -> None:
        """Returns when Redis answers.

        Raises:
            StoreError: it did not.
        """
        try:
            self._client.ping()
        except redis.RedisError as error:
            raise _down(error) from error

    def close(self) -> None:
        """Closes every connection."""
        self._client.close()

    def _got(self, key: str) -> bytes:
        """What stands under a key; empty for nothing."""
        try:
            return self._client.get(key) or b""
        except redis.RedisError as error:
            raise _down(error) from error


def _call_key(call_sid: str) -> str:
    return f"{CALLS}{call_sid}"


def _caller_key(caller_key: str) -> str:
    return f"{CALLERS}{caller_key}"


def _stored(memory: Memory | Forgotten) -> bytes:
    """The memory as it is stored; empty when there is to be none."""
    match memory:
        case Forgotten():
            return b""
        case Memory():
            return dump_memory(memory)
        case _:
            assert_never(memory)


def _down(error: redis.RedisError) -> StoreError:
    if isinstance(error, redis.ResponseError):
        return StoreError(f"Redis refused: {error}; mend REDIS_URL or that Redis")
    return StoreError(f"Redis did not answer ({type(error).__name__}); is it running at REDIS_URL?")
