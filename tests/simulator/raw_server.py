"""A server on a real socket that does as it likes with each connection, and who asks it."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import pytest

from ivr.errors import TwimlError
from ivr.simulator.events import Requested
from ivr.simulator.http.wire import Answer, Ask, Wire
from ivr.simulator.log import Log

if TYPE_CHECKING:
    import httpx

    from ivr.simulator.events import Purpose

PATIENCE_SECONDS = 3.0
"""What any test here may take; each asks for far less by the overrides of its URL."""
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n"
HELLO = OK + b"Content-Length: 5\r\n\r\nhello"
STOP = threading.Event()

Server = Callable[[socket.socket], None]


@contextmanager
def serving(serve: Server, address: tuple[str, int] = ("127.0.0.1", 0)) -> Iterator[str]:
    """A server on a real socket that does as it likes with each connection."""
    threads: list[threading.Thread] = []

    def handle(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            serve(connection)

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threads.append(threading.Thread(target=handle, args=(connection,)))
                threads[-1].start()

    with socket.create_server(address) as listener:
        accepting = threading.Thread(target=accept)
        accepting.start()
        try:
            yield "{}:{}".format(*listener.getsockname())
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            accepting.join()
            for thread in threads:
                thread.join(PATIENCE_SECONDS)
    assert not any(thread.is_alive() for thread in threads)


def read_request(connection: socket.socket) -> bytes:
    """A whole request, of which the form is the end; empty when the other side is gone."""
    head = b""
    while b"\r\n\r\n" not in head:
        more = connection.recv(65_536)
        if not more:
            return b""
        head += more
    lines = head.lower().partition(b"content-length: ")[2]
    length = int(lines.partition(b"\r\n")[0] or 0)
    while len(head.partition(b"\r\n\r\n")[2]) < length:
        head += connection.recv(65_536)
    return head


def answering(*pieces: bytes, every_seconds: float = 0) -> Server:
    """Answers with one piece after another, and closes."""

    def serve(connection: socket.socket) -> None:
        read_request(connection)
        for piece in pieces:
            connection.sendall(piece)
            if every_seconds:
                STOP.wait(every_seconds)

    return serve


def endless(head: bytes, piece: bytes, *, every_seconds: float = 0) -> Server:
    """Answers with `head` and then with the same piece for ever."""

    def serve(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(head)
        while True:
            connection.sendall(piece)
            if every_seconds:
                STOP.wait(every_seconds)

    return serve


def hanging(*pieces: bytes) -> Server:
    """Answers with these pieces, and then says nothing until the other side has gone."""

    def serve(connection: socket.socket) -> None:
        read_request(connection)
        for piece in pieces:
            connection.sendall(piece)
        connection.settimeout(PATIENCE_SECONDS)
        connection.recv(1)

    return serve


def resetting(*pieces: bytes) -> Server:
    """Answers with these pieces and tears the connection down."""

    def serve(connection: socket.socket) -> None:
        read_request(connection)
        for piece in pieces:
            connection.sendall(piece)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return serve


@contextmanager
def in_time() -> Iterator[None]:
    begun = time.monotonic()
    yield
    assert time.monotonic() - begun < PATIENCE_SECONDS


class Caller:
    """One call's wire over real sockets, and what it has told of."""

    def __init__(self, client: httpx.Client) -> None:
        self.log = Log()
        self.wire = Wire(client, "secret", self.log)

    def fetch(self, url: str, purpose: Purpose = "document") -> Answer:
        return self.wire.fetch(Ask(method="POST", url=url, form={"a": "b"}, purpose=purpose))

    def fails(self, url: str) -> TwimlError:
        with in_time(), pytest.raises(TwimlError) as caught:
            self.fetch(url)
        return caught.value

    @property
    def statuses(self) -> list[int | None]:
        return [event.status for event in self.log.events if isinstance(event, Requested)]
