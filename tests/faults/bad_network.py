"""A network that is slow, cuts answers short or lets them trickle: a TCP proxy before a server."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import subprocess
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CHUNK_BYTES: Final = 65_536
STOP_SECONDS: Final = 10.0


class Proxy:
    """What stands between a client and a server on loopback; its faults change while it runs."""

    def __init__(self, target_port: int) -> None:
        self.target_port = target_port
        self.port = 0
        """Where it listens."""
        self.latency_seconds = 0.0
        """How long each piece of an answer is held back."""
        self.trickle_seconds = 0.0
        """More than 0: answers go one byte at a time, so long apart."""
        self.cut_after: int | None = None
        """Not None: the connection is closed after so many bytes of an answer, each time."""
        self.cuts = 0
        """How often that has happened."""
        self.connections = 0
        """How many were opened."""
        self._running: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carries one connection, beside the others, until either side ends it."""
        self.connections += 1
        task = asyncio.ensure_future(self._serve(reader, writer))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def leave(self) -> None:
        """Ends every connection."""
        for task in tuple(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sinks = [writer]
        try:
            back, forth = await asyncio.open_connection("127.0.0.1", self.target_port)
            sinks.append(forth)
            ways = [self._carry(reader, forth), self._answer(back, writer)]
            tasks = [asyncio.ensure_future(way) for way in ways]
            try:
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
        except OSError:  # the server is away; the client sees a connection that ends
            pass
        finally:
            for sink in sinks:
                sink.close()

    async def _carry(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while piece := await source.read(CHUNK_BYTES):
            sink.write(piece)
            await sink.drain()

    async def _answer(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while piece := await source.read(CHUNK_BYTES):
            if self.latency_seconds:
                await asyncio.sleep(self.latency_seconds)
            if self.cut_after is not None:
                self.cuts += 1
                sink.write(piece[: self.cut_after])
                await sink.drain()
                return
            step = 1 if self.trickle_seconds else len(piece)
            for begin in range(0, len(piece), step):
                sink.write(piece[begin : begin + step])
                await sink.drain()
                if self.trickle_seconds:
                    await asyncio.sleep(self.trickle_seconds)


@contextmanager
def proxied(target_port: int, certificate: Certificate | None = None) -> Iterator[Proxy]:
    """Runs a proxy before a port on loopback; with a certificate it speaks TLS."""
    proxy, is_up = Proxy(target_port), threading.Event()
    loop = asyncio.new_event_loop()
    stopping = asyncio.Event()

    async def run() -> None:
        context = None if certificate is None else certificate.context()
        server = await asyncio.start_server(proxy.take, "127.0.0.1", 0, ssl=context)
        proxy.port = server.sockets[0].getsockname()[1]
        is_up.set()
        await stopping.wait()
        server.close()
        await proxy.leave()

    thread = threading.Thread(target=loop.run_until_complete, args=(run(),), daemon=True)
    thread.start()
    assert is_up.wait(STOP_SECONDS), "the proxy did not start"
    try:
        yield proxy
    finally:
        loop.call_soon_threadsafe(stopping.set)
        thread.join(STOP_SECONDS)
        loop.close()


class Certificate:
    """A certificate for `localhost` and 127.0.0.1 that vouches for itself."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "certificate.pem"
        """What SSL_CERT_FILE must name for a client that is to trust it."""
        self._key = folder / "key.pem"
        openssl = shutil.which("openssl")
        if openssl is None:
            pytest.skip("openssl is not installed, which makes the certificate")
        names = "subjectAltName=DNS:localhost,IP:127.0.0.1"
        subprocess.run(  # noqa: S603 - a program we found
            [
                *(openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
                *("-subj", "/CN=localhost", "-addext", names),
                *("-keyout", str(self._key), "-out", str(self.file)),
            ],
            check=True,
            capture_output=True,
        )

    def context(self) -> ssl.SSLContext:
        """For the side of the server."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.file, self._key)
        return context
