"""What is said on one connection to Redis: commands out, answers in, until a given moment.

redis-py makes a connection, gives the password and chooses the database. From then on this speaks
on its socket: redis-py's own way of one command and its answer costs more than the command does. It
also bounds each read alone, so that a server that lets its answer trickle could hold a turn for
minutes; here a whole command has one end, by the clock.
"""

from __future__ import annotations

import os
import select
import ssl
import time
import weakref
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias

import redis
from hiredis import Reader, pack_command
from redis.connection import DefaultParser

if TYPE_CHECKING:
    from collections.abc import Sequence

Command: TypeAlias = tuple[str | bytes | int, ...]
"""A command of Redis with its arguments."""
CHUNK_BYTES: Final = 16_384
"""As much as a record of TLS can hold: so nothing of one is left where `poll` does not see it."""
_packed: Final[Any] = pack_command
"""What hiredis says of its types is not complete."""
_MORE: Final = object()
"""An answer has not come as a whole yet."""
_NOT_NOW: Final = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)
"""The socket neither takes nor gives anything at this moment."""


class Connection(Protocol):
    """What `ivr.store.connection` has redis-py make."""

    def made(self, until: float) -> Any:
        """The socket, once it is connected and Redis has let us in; it may be used from then on.

        Args:
            until: by `time.monotonic`, when all of it must be over.

        Raises:
            redis.RedisError: it cannot be.
        """
        ...

    def disconnect(self) -> None:
        """Closes the socket, if there is one."""
        ...


class Wire:
    """One connection, used by one thread at a time; it connects at its first command."""

    def __init__(self, connection: Connection) -> None:
        """Take what makes the connection, and closes it.

        Args:
            connection: of redis-py, not connected yet.
        """
        self._connection = connection
        self._sock: Any = None
        self._reader = Reader(
            protocolError=redis.InvalidResponse,
            replyError=DefaultParser.parse_error,
            notEnoughData=_MORE,
        )
        self._readable = select.poll()
        self.pid: Final = os.getpid()
        """Of the process that made it: an answer that one waits for could reach the other."""
        # Of what nobody holds any more Python ends the parts in any order; the socket must not be
        # the first, so that this holds the connection, and closes it, when the wire goes.
        weakref.finalize(self, connection.disconnect).atexit = False

    @property
    def is_quiet(self) -> bool:
        """Whether it is open, and nothing waits on it that nobody has asked for."""
        return not (self._sock is None or self._reader.has_data() or self._readable.poll(0))

    def ask(self, commands: Sequence[Command], until: float) -> list[Any]:
        """The answers to some commands, sent in one go; after it more may be asked.

        Args:
            commands: at least one.
            until: by `time.monotonic`, when all of it must be over.

        Raises:
            redis.TimeoutError: it was not; close it.
            redis.ConnectionError: there is no connection, or it broke; close it.
            redis.ResponseError: one of the commands was refused; the answers after it are read.
        """
        if self._sock is None:
            self._connect(until)
        try:
            self._send(b"".join([_packed(command) for command in commands]), until)
            answers = [self._answer(until) for _ in commands]
        except OSError as error:
            raise redis.ConnectionError(f"the connection broke: {error}") from error
        for answer in answers:
            if isinstance(answer, redis.ResponseError):
                raise answer
        return answers

    def close(self) -> None:
        """Closes the connection, if there is one."""
        self._sock = None
        self._connection.disconnect()

    def _connect(self, until: float) -> None:
        """Has the connection made, and takes its socket over.

        Raises:
            redis.RedisError: there is none.
        """
        self._sock = self._connection.made(until)
        self._sock.settimeout(0)
        self._readable.register(self._sock, select.POLLIN)

    def _send(self, packed: bytes, until: float) -> None:
        """Sends all of it; nearly always the system takes it at once."""
        sent = self._sent(packed)
        if sent == len(packed):
            return
        left, writable = memoryview(packed)[sent:], select.poll()
        writable.register(self._sock, select.POLLOUT)
        while left:
            _wait(writable, until)
            left = left[self._sent(left) :]

    def _sent(self, packed: bytes | memoryview) -> int:
        """How many bytes of it the system takes now."""
        try:
            sent: int = self._sock.send(packed)
        except _NOT_NOW:
            return 0
        return sent

    def _answer(self, until: float) -> Any:
        """The next answer; a refusal is one too."""
        while (answer := self._reader.gets()) is _MORE:
            _wait(self._readable, until)
            try:
                received = self._sock.recv(CHUNK_BYTES)
            except _NOT_NOW:  # of TLS there was only a part of a record
                continue
            if not received:
                raise redis.ConnectionError("Redis has closed the connection")
            self._reader.feed(received)
        if isinstance(answer, redis.ConnectionError):  # it says so, and does no more on this one
            raise answer
        return answer


def _wait(poll: select.poll, until: float) -> None:
    """Returns when the socket is ready, or broken.

    Raises:
        redis.TimeoutError: the moment came before.
    """
    left = until - time.monotonic()
    if left <= 0 or not poll.poll(left * 1000):
        raise redis.TimeoutError("the time for this command is over")
