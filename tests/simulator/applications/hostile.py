"""A server on a real socket that answers whatever it likes, byte by byte."""

from __future__ import annotations

import socket
import struct
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

JOIN_SECONDS = 10.0


class Connection:
    """What one client gets: its request is read, and nothing answered yet."""

    def __init__(self, accepted: socket.socket, stopping: threading.Event) -> None:
        self._socket = accepted
        self._stopping = stopping
        self.head, self.body = self._read()
        self.path = self.head.split(" ", 2)[1]

    def send(self, *parts: bytes) -> None:
        for part in parts:
            self._socket.sendall(part)

    def send_forever(self, part: bytes) -> None:
        """As fast as the client takes it, until it goes away."""
        while not self._stopping.is_set():
            self._socket.sendall(part)

    def drip(self, content: Iterable[int], every_seconds: float) -> None:
        for byte in content:
            self._socket.sendall(bytes([byte]))
            if self._stopping.wait(every_seconds):
                return

    def wait(self) -> None:
        """Says nothing until the client goes away."""
        with suppress(TimeoutError):
            while not self._stopping.is_set() and self._socket.recv(1024):
                pass

    def reset(self) -> None:
        """Breaks the connection off, as a process does that is killed."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def _read(self) -> tuple[str, bytes]:
        received = b""
        while b"\r\n\r\n" not in received:
            received += self._more()
        head, _, body = received.partition(b"\r\n\r\n")
        length = 0
        for line in head.decode().splitlines():
            if line.lower().startswith("content-length:"):
                length = int(line.partition(":")[2])
        while len(body) < length:
            body += self._more()
        return head.decode(), body

    def _more(self) -> bytes:
        received = self._socket.recv(65_536)
        if not received:
            raise ConnectionError("the client went away")
        return received


Serve: TypeAlias = "Callable[[Connection], None]"


@contextmanager
def listening(serve: Serve) -> Iterator[str]:
    """Answers each connection with `serve`, at the URL that it gives, as long as the block runs.

    A connection is closed when `serve` returns; when the block ends, each must have noticed.
    """
    stopping, threads = threading.Event(), []

    def answer(accepted: socket.socket) -> None:
        with accepted, suppress(OSError):
            accepted.settimeout(JOIN_SECONDS)
            serve(Connection(accepted, stopping))

    def accept(listener: socket.socket) -> None:
        while True:
            accepted, _ = listener.accept()
            if stopping.is_set():
                accepted.close()
                return
            threads.append(threading.Thread(target=answer, args=(accepted,), daemon=True))
            threads[-1].start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        accepting = threading.Thread(target=accept, args=(listener,), daemon=True)
        accepting.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            stopping.set()
            socket.create_connection(listener.getsockname()).close()
            for thread in (accepting, *threads):
                thread.join(JOIN_SECONDS)


def answer(
    body: bytes, content_type: str = "text/xml", status: str = "200 OK", **headers: str
) -> bytes:
    """A whole HTTP answer."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    named |= {
        "Content-Type": content_type,
        "Content-Length": str(len(body)),
        "Connection": "close",
    }
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in named.items())]
    return "\r\n".join((*lines, "", "")).encode() + body


def head(*lines: str) -> bytes:
    """The first lines of an answer of TwiML."""
    return "\r\n".join(("HTTP/1.1 200 OK", "Content-Type: text/xml", *lines, "", "")).encode()


def in_response(content: bytes) -> bytes:
    """A document of these verbs."""
    return b"<Response>" + content + b"</Response>"


def padded(length: int) -> bytes:
    """A document of so many bytes."""
    frame = in_response(b"<!---->")
    return in_response(b"<!--" + b"x" * (length - len(frame)) + b"-->")
