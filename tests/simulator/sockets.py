"""A server on a real socket that answers whatever it likes, byte by byte."""

from __future__ import annotations

import socket
import struct
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterable, Iterator

JOIN_SECONDS = 10.0
TLS_HELLO = b"\x16"


class Connection:
    """What one client gets: its request is read, and nothing answered yet."""

    def __init__(self, accepted: socket.socket, stopping: threading.Event) -> None:
        self._socket = accepted
        self._stopping = stopping
        self.head, self.body = self._read()

    @property
    def path(self) -> str:
        return self.head.split(" ", 2)[1]

    def send(self, *parts: bytes) -> None:
        for part in parts:
            self._socket.sendall(part)

    def send_forever(self, part: bytes, every_seconds: float = 0) -> None:
        """Until the client goes away; as fast as it takes it, if no time is given."""
        while not self._stopping.wait(every_seconds):
            self._socket.sendall(part)

    def drip(self, content: Iterable[int], every_seconds: float) -> None:
        for byte in content:
            self._socket.sendall(bytes([byte]))
            if self._stopping.wait(every_seconds):
                return

    def wait(self) -> None:
        """Says nothing until the client goes away."""
        with suppress(TimeoutError, ConnectionError):
            while not self._stopping.is_set() and self._socket.recv(1024):
                pass

    def reset(self) -> None:
        """Breaks the connection off, as a process does that is killed."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def _read(self) -> tuple[str, bytes]:
        """The head and the body; of a client that speaks TLS to no purpose, its first words."""
        received = self._more()
        while b"\r\n\r\n" not in received and not received.startswith(TLS_HELLO):
            received += self._more()
        head, _, body = received.partition(b"\r\n\r\n")
        length = 0
        for line in head.decode("latin-1").splitlines():
            if line.lower().startswith("content-length:"):
                length = int(line.partition(":")[2])
        while len(body) < length:
            body += self._more()
        return head.decode("latin-1"), body

    def _more(self) -> bytes:
        received = self._socket.recv(65_536)
        if not received:
            raise ConnectionError("the client went away")
        return received


Serve: TypeAlias = "Callable[[Connection], None]"


@contextmanager
def listening(
    serve: Serve, context: ssl.SSLContext | None = None, address: tuple[str, int] = ("127.0.0.1", 0)
) -> Iterator[str]:
    """Answers each connection with `serve`, at the URL that it gives, as long as the block runs.

    A connection is closed when `serve` returns; when the block ends, each must have noticed.

    Args:
        serve: is given each connection, in a thread of its own.
        context: with which it speaks TLS, at an https URL; None for none.
        address: to listen at; port 0 is any.
    """
    stopping, threads = threading.Event(), []

    def answer(accepted: socket.socket) -> None:
        with accepted, suppress(OSError):
            accepted.settimeout(JOIN_SECONDS)
            if context is None:
                serve(Connection(accepted, stopping))
            else:
                with context.wrap_socket(accepted, server_side=True) as secure:
                    serve(Connection(secure, stopping))

    def accept(listener: socket.socket) -> None:
        while True:
            accepted, _ = listener.accept()
            if stopping.is_set():
                accepted.close()
                return
            threads.append(threading.Thread(target=answer, args=(accepted,), daemon=True))
            threads[-1].start()

    with socket.create_server(address) as listener:
        accepting = threading.Thread(target=accept, args=(listener,), daemon=True)
        accepting.start()
        scheme, (host, port) = "http" if context is None else "https", listener.getsockname()
        try:
            yield f"{scheme}://{host}:{port}"
        finally:
            stopping.set()
            socket.create_connection(listener.getsockname()).close()
            for thread in (accepting, *threads):
                thread.join(JOIN_SECONDS)
    assert not any(thread.is_alive() for thread in (accepting, *threads))
