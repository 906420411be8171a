"""One Redis server: the connections to it that are open, and the breaker before it."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

import redis
from redis.exceptions import AskError, NoScriptError, TryAgainError

from ivr.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ivr.store.breaker import Breaker
    from ivr.store.wire import Command, Wire

_TURNED: Final = ("READONLY", "MASTERDOWN", "NOREPLICAS")
"""What a server says that is no master any more, or has no replica that it must have: another may
be master now. Redis 6.2 wraps it in other words where a script meets it."""
_WRITTEN: Final = (1, b"OK")


class NowhereError(redis.ConnectionError):
    """Nobody says which server to ask; told in words that may be shown."""


class Node:
    """A server, shared by all threads; one that was forked opens connections of its own."""

    def __init__(
        self,
        open_one: Callable[[float], Wire],
        timeout_seconds: float,
        breaker: Breaker,
        *,
        is_of_cluster: bool = False,
    ) -> None:
        """Ask nothing yet.

        Args:
            open_one: makes a connection; is told the `time.monotonic` until which it may search.
            timeout_seconds: how long one command may take, its connecting included.
            breaker: stands before it.
            is_of_cluster: it may say that another server has a key, and is well all the same.
        """
        self._open_one = open_one
        self._timeout_seconds = timeout_seconds
        self.breaker = breaker
        self._well: tuple[type[redis.RedisError], ...] = (NoScriptError,)
        """What a server says that is well, and tells what to do."""
        if is_of_cluster:
            self._well += (AskError,)
        self._idle: list[Wire] = []
        self._generation = 0
        """How often all connections were dropped: those that were out meanwhile are old."""

    def ask(self, commands: Sequence[Command], until: float, *, writes: bool = False) -> list[Any]:
        """The answers to commands that are sent in one go.

        Args:
            commands: at least one.
            until: by `time.monotonic`; one command has the node's own time limit as well.
            writes: the last of them tells by 1 or OK that it has written, which shows that the
                server does its work.

        Raises:
            StoreError: nothing was asked, for the server is away.
            redis.RedisError: it did not answer, or refused.
        """
        self.breaker.check()
        return self._noted(commands, until, writes=writes)

    def probe(self, command: Command, until: float) -> None:
        """Tries a command that writes, on a new connection: the others may lead nowhere."""
        self.drop()
        try:
            self._noted([command], until, writes=True)
        except self._well:  # not here, says the server of a Cluster: so it is there
            pass
        except redis.RedisError:  # the breaker was told
            return
        self.breaker.recover()

    def _noted(self, commands: Sequence[Command], until: float, *, writes: bool) -> list[Any]:
        """The answers; the breaker is told what came of it."""
        try:
            answers = self._answers(commands, until)
        except self._well:
            raise
        except redis.RedisError as error:
            words = str(error)
            if any(turned in words for turned in _TURNED):
                self.drop()
            # One key is damaged, or one part of a Cluster moves just now: the server is well.
            if not (isinstance(error, TryAgainError) or "WRONGTYPE" in words):
                self.breaker.fail(told(error))
            raise
        # A script that found nothing to do, or only read, shows nothing.
        if writes and answers[-1] in _WRITTEN:
            self.breaker.succeed()
        return answers

    def drop(self) -> None:
        """Closes every connection that nobody uses; the others are closed when they come back."""
        self._generation += 1
        idle, self._idle = self._idle, []
        with suppress(IndexError):
            while True:  # one by one: a thread that takes one at this moment has it for itself
                idle.pop().close()

    def _answers(self, commands: Sequence[Command], until: float) -> list[Any]:
        """Asks on an open connection, and once more on a new one if that has broken.

        A time limit that was reached is no reason to ask again. What was done already, before the
        answer was lost, is done twice: every command of ours is made for that.
        """
        if time.monotonic() >= until:
            raise redis.TimeoutError("the time for this turn is over")
        wire = self._open_idle()
        if wire is not None:
            try:
                return self._answers_on(wire, commands, until)
            except redis.ConnectionError:
                self.drop()
        return self._answers_on(self._open_one(until), commands, until)

    def _answers_on(self, wire: Wire, commands: Sequence[Command], until: float) -> list[Any]:
        generation = self._generation
        is_whole = False
        try:
            answers = wire.ask(commands, min(until, time.monotonic() + self._timeout_seconds))
            is_whole = True
        except redis.ResponseError:  # an answer like any other: the connection is in order
            is_whole = True
            raise
        else:
            return answers
        finally:
            if is_whole and generation == self._generation:
                self._idle.append(wire)
            else:
                wire.close()

    def _open_idle(self) -> Wire | None:
        """A connection that is open still; None: there is none."""
        while True:
            try:
                wire = self._idle.pop()
            except IndexError:
                return None
            if wire.pid == os.getpid() and wire.is_quiet:
                return wire
            wire.close()


def told(error: redis.RedisError) -> str:
    """What went wrong and what to do, in words without host, keys or password."""
    match error:
        case NowhereError():
            return f"{error}; mend REDIS_URL, or what it leads to"
        case redis.AuthenticationError():
            return "Redis wants another user or password; mend them in REDIS_URL"
        case AskError():
            return "this Redis is one of a Cluster; set REDIS_URL to redis+cluster://host,host"
        case redis.ResponseError():
            # Redis 6.2 tells first where in the script it was.
            words = str(error).rpartition(": -")[2]
            return f"Redis refused: {words}; mend REDIS_URL or that Redis"
        case _:
            return f"Redis did not answer ({type(error).__name__}); is it running at REDIS_URL?"


def down(error: redis.RedisError) -> StoreError:
    """The same as an error of ours."""
    return StoreError(told(error))
