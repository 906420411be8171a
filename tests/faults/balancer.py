"""A small balancer of HTTP before several servers: each request goes to one that is ready.

    with balancer() as front:
        …                         # servers with PUBLIC_URL=front.origin
        front.origins = [first.origin, second.origin]

It asks every server for `/readyz` ten times a second, gives new requests only to those that
answered 200 the last time, and tries another one when a connection is refused, as HAProxy does
with `option redispatch`. What breaks in mid-answer it hands on broken.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import threading
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CHECK_SECONDS: Final = 0.1
CHECK_TIMEOUT_SECONDS: Final = 2.0
WAIT_SECONDS: Final = 5.0
"""So long a request waits for a server that is ready, as in HAProxy's queue."""
POLL_SECONDS: Final = 0.02
BACKLOG: Final = 2048
NOBODY: Final = b"HTTP/1.1 503 Nobody\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Balancer:
    """Stands before the servers at `origins`, which may change at any time.

    Args:
        seed: of the choice among the servers that are ready.
    """

    def __init__(self, seed: int = 0) -> None:
        self.origins: Sequence[str] = ()
        self.answered: Counter[str] = Counter()
        """How many requests each server has taken."""
        self.origin = ""
        self._chance = random.Random(seed)  # noqa: S311 - a choice, no secret
        self._ready: frozenset[str] = frozenset()
        self._loop = asyncio.new_event_loop()
        self._over = asyncio.Event()
        self._began = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Begin to answer, at `origin`."""
        self._thread.start()
        assert self._began.wait(10)

    def stop(self) -> None:
        """Answer no more."""
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(10)

    def wait_for(self, *origins: str, seconds: float = 40.0) -> None:
        """Wait until exactly these servers are given requests."""
        event = threading.Event()
        for _ in range(int(seconds / POLL_SECONDS)):
            if self._ready == frozenset(origins):
                return
            event.wait(POLL_SECONDS)
        raise AssertionError(f"ready are {sorted(self._ready)}, not {origins}")

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._answer, "127.0.0.1", 0, backlog=BACKLOG)
        self.origin = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        checks = asyncio.create_task(self._check())
        self._began.set()
        await self._over.wait()
        server.close()
        running = asyncio.all_tasks() - {asyncio.current_task()}
        for task in running:
            task.cancel()
        await asyncio.gather(checks, *running, return_exceptions=True)

    async def _check(self) -> None:
        while True:
            origins = tuple(self.origins)
            found = await asyncio.gather(*(_is_ready(origin) for origin in origins))
            self._ready = frozenset(
                o for o, is_ready in zip(origins, found, strict=True) if is_ready
            )
            await asyncio.sleep(CHECK_SECONDS)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Whatever breaks on the way to a server breaks the connection of who asked."""
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while await self._pass_on(reader, writer):
                pass
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One request to one server; False: no other may follow on this connection."""
        request = await _message(reader)
        back = await self._connected()
        if back is None:
            writer.write(NOBODY)
            await writer.drain()
            return False
        origin, from_server, to_server = back
        self.answered[origin] += 1
        try:
            to_server.write(request)
            await to_server.drain()
            answer = await _message(from_server)
        except BaseException:
            writer.transport.abort()
            raise
        finally:
            to_server.close()
        writer.write(answer)
        await writer.drain()
        return b"connection: close" not in answer.partition(b"\r\n\r\n")[0].lower()

    async def _connected(
        self,
    ) -> tuple[str, asyncio.StreamReader, asyncio.StreamWriter] | None:
        for _ in range(int(WAIT_SECONDS / POLL_SECONDS)):
            ready = sorted(self._ready)
            for origin in self._chance.sample(ready, len(ready)):
                with contextlib.suppress(OSError):
                    return origin, *await asyncio.open_connection(*_address(origin))
            await asyncio.sleep(POLL_SECONDS)
        return None


def _address(origin: str) -> tuple[str, int]:
    host, _, port = origin.removeprefix("http://").rpartition(":")
    return host, int(port)


async def _message(reader: asyncio.StreamReader) -> bytes:
    """A request or an answer, whole.

    Raises:
        asyncio.IncompleteReadError: it breaks off.
    """
    head = await reader.readuntil(b"\r\n\r\n")
    status, *lines = head.lower().split(b"\r\n")
    lengths = [line[15:] for line in lines if line.startswith(b"content-length:")]
    if not lengths or b" 204 " in status or b" 304 " in status:
        return head
    return head + await reader.readexactly(int(lengths[0]))


async def _is_ready(origin: str) -> bool:
    try:
        return await asyncio.wait_for(_asked(origin), CHECK_TIMEOUT_SECONDS)
    except (OSError, TimeoutError, asyncio.IncompleteReadError):
        return False


async def _asked(origin: str) -> bool:
    reader, writer = await asyncio.open_connection(*_address(origin))
    try:
        host = origin.removeprefix("http://")
        writer.write(f"GET /readyz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        return b" 200 " in (await reader.readuntil(b"\r\n"))
    finally:
        writer.close()


@contextmanager
def balancer(seed: int = 0) -> Iterator[Balancer]:
    """A balancer that answers for as long as the block runs; it has no servers yet."""
    made = Balancer(seed)
    made.start()
    try:
        yield made
    finally:
        made.stop()
