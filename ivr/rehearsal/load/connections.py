"""Connections to one origin, kept open and shared by thousands of calls, as a carrier's proxies do.

A request that finds all of them busy waits its turn, and that counts into the time of its answer.
"""

from __future__ import annotations

import asyncio
import os
import ssl
from collections import deque
from typing import TYPE_CHECKING, Final

from ivr.errors import TwimlError
from ivr.rehearsal.load.reply import BrokenReplyError, Reader
from ivr.simulator.http.failures import CONNECTION, PROTOCOL, RETRIEVAL

if TYPE_CHECKING:
    from ivr.rehearsal.load.reply import Reply

CONNECT_SECONDS: Final = 5.0
ANSWER_SECONDS: Final = 15.0
"""https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides: all in all."""


class AskError(TwimlError):
    """A request got no good answer."""

    def __init__(self, kind: str, code: int, message: str) -> None:
        self.kind = kind
        """In a word, by which errors are counted: `timeout`, `status_503`."""
        super().__init__(code, message)


class _Connection(asyncio.Protocol):
    """Carries one request at a time."""

    _transport: asyncio.Transport

    def __init__(self) -> None:
        self._reader = Reader()
        self._reply: asyncio.Future[Reply] | None = None
        self.is_open = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - told to mypy; TCP is one
        self._transport, self.is_open = transport, True

    def send(self, data: bytes) -> asyncio.Future[Reply]:
        """Sends a request; gives what its answer comes in."""
        self._reply = asyncio.get_running_loop().create_future()
        self._transport.write(data)
        return self._reply

    def data_received(self, data: bytes) -> None:
        try:
            reply = self._reader.feed(data)
        except BrokenReplyError as error:
            self._fail("no_http", f"does not speak HTTP as it should: {error}")
            self.close()
            return
        if self._reply is None or self._reply.done():
            self.close()  # nobody has asked for it, or nobody waits any more
        elif reply is not None:
            self.is_open &= reply.is_kept_open
            self._reply.set_result(reply)

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_open = False
        reply = self._reader.end()
        if reply is not None and self._reply is not None and not self._reply.done():
            self._reply.set_result(reply)
            return
        when = "in the middle of its answer" if self._reader.has_begun else "before it answered"
        why = f" ({exc})" if exc else ""
        self._fail("broken_off", f"closed the connection {when}{why}")

    def close(self) -> None:
        """Closes it, whatever may still come."""
        self.is_open = False
        self._transport.abort()

    def _fail(self, kind: str, message: str) -> None:
        if self._reply is not None and not self._reply.done():
            self._reply.set_exception(AskError(kind, PROTOCOL, message))


class Connections:
    """As many as are needed at the same time, within a limit.

    Args:
        host: a name or an address.
        port: of the server.
        tls: None: plain HTTP.
        most: so many connections are open at the same time.
    """

    def __init__(self, host: str, port: int, tls: ssl.SSLContext | None, most: int) -> None:
        self._host, self._port, self._tls = host, port, tls
        self._free: list[_Connection] = []
        self._room = most
        self._queue: deque[asyncio.Future[None]] = deque()

    async def ask(self, data: bytes, until: float) -> Reply:
        """Sends a request as soon as a connection is free, and waits for its answer.

        Args:
            data: head and body.
            until: when nobody waits for it any more, on the clock of the loop.

        Raises:
            AskError: there is no whole answer in time; its message goes on behind a URL.
        """
        try:
            async with asyncio.timeout_at(until):
                return await self._asked(data)
        except TimeoutError as error:
            message = f"gave no whole answer within {ANSWER_SECONDS:g} s"
            raise AskError("timeout", RETRIEVAL, message) from error

    async def _asked(self, data: bytes) -> Reply:
        await self._enter()
        connection = None
        try:
            connection = await self._taken()
            reply = await connection.send(data)
        except BaseException:
            if connection is not None:
                connection.close()
            raise
        finally:
            self._leave()
        if connection.is_open:
            self._free.append(connection)
        else:
            connection.close()
        return reply

    async def _enter(self) -> None:
        if self._room:
            self._room -= 1
            return
        turn = asyncio.get_running_loop().create_future()
        self._queue.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._leave()  # the place was ours already
            raise

    def _leave(self) -> None:
        """Gives the place to whoever has waited longest."""
        while self._queue:
            turn = self._queue.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._room += 1

    async def _taken(self) -> _Connection:
        while self._free:
            connection = self._free.pop()
            if connection.is_open:
                return connection
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                _, made = await loop.create_connection(
                    _Connection, self._host, self._port, ssl=self._tls
                )
        except TimeoutError as error:
            message = f"takes no connection within {CONNECT_SECONDS:g} s"
            raise AskError("no_connection", CONNECTION, message) from error
        except ssl.SSLError as error:
            why = "is it https:// there, with a certificate that is known?"
            message = f"takes no connection by TLS ({error.reason or error}); {why}"
            raise AskError("no_connection", CONNECTION, message) from error
        except OSError as error:
            # asyncio puts the address in place of the reason.
            number = error.errno or 0
            reason = os.strerror(number) if number > 0 else error.strerror or error
            message = f"takes no connection ({reason}); is the line running there?"
            raise AskError("no_connection", CONNECTION, message) from error
        return made

    def close(self) -> None:
        """Closes those that nobody uses; the others are closed by who does."""
        while self._free:
            self._free.pop().close()
