"""A server on a real socket that does as it likes with each connection, and who asks it."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from ivr.errors import TwimlError
from ivr.simulator.events import Requested
from ivr.simulator.http.wire import Answer, Ask, Wire
from ivr.simulator.log import Log
from tests.simulator.sockets import Connection, Serve, listening

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from ivr.simulator.events import Purpose

PATIENCE_SECONDS = 3.0
"""What any test here may take; each asks for far less by the overrides of its URL."""
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n"
HELLO = OK + b"Content-Length: 5\r\n\r\nhello"
STOP = threading.Event()


@contextmanager
def serving(serve: Serve, address: tuple[str, int] = ("127.0.0.1", 0)) -> Iterator[str]:
    """A server that does as it likes with each connection, by its host and port."""
    with listening(serve, address=address) as url:
        yield url.removeprefix("http://")


def answering(*pieces: bytes, every_seconds: float = 0) -> Serve:
    """Answers with one piece after another, and closes."""

    def serve(connection: Connection) -> None:
        for piece in pieces:
            connection.send(piece)
            if every_seconds:
                STOP.wait(every_seconds)

    return serve


def endless(head: bytes, piece: bytes, *, every_seconds: float = 0) -> Serve:
    """Answers with `head` and then with the same piece for ever."""

    def serve(connection: Connection) -> None:
        connection.send(head)
        connection.send_forever(piece, every_seconds)

    return serve


def hanging(*pieces: bytes) -> Serve:
    """Answers with these pieces, and then says nothing until the other side has gone."""

    def serve(connection: Connection) -> None:
        connection.send(*pieces)
        connection.wait()

    return serve


def resetting(*pieces: bytes) -> Serve:
    """Answers with these pieces and tears the connection down."""

    def serve(connection: Connection) -> None:
        connection.send(*pieces)
        connection.reset()

    return serve


@contextmanager
def in_time() -> Iterator[None]:
    begun = time.monotonic()
    yield
    assert time.monotonic() - begun < PATIENCE_SECONDS


class Caller:
    """One call's wire over real sockets, and what it has told of."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client
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
