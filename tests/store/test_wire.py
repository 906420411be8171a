"""What is said on one connection to Redis, and when a connection is not used again."""

from __future__ import annotations

import select
import socket
import ssl
import threading
import time
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, Final

import pytest
import redis

from ivr.redis_url import Host, parse
from ivr.store.breaker import Breaker
from ivr.store.connection import Opener
from ivr.store.node import Node
from ivr.store.wire import CHUNK_BYTES, Wire
from tests.faults.bad_network import Certificate, proxied
from tests.faults.redis_servers import RedisServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SECONDS: Final = 5.0
LARGE: Final = b"0123456789abcdef" * (CHUNK_BYTES * 4)
"""More than a socket takes in one go, and than is read in one."""


class Near:
    """A connection that is made already: one end of a pair of sockets."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end

    def made(self, until: float) -> socket.socket:
        del until  # it is there already
        return self._end

    def disconnect(self) -> None:
        self._end.close()


@contextmanager
def pair() -> Iterator[tuple[Wire, socket.socket]]:
    """A wire, and the other end of it, where a test plays Redis."""
    near, far = socket.socketpair()
    with far, closing(Wire(Near(near))) as wire:
        yield wire, far


@pytest.fixture
def wire(redis_url: str) -> Iterator[Wire]:
    """To a real Redis."""
    with closing(opened(redis_url)) as wire:
        yield wire


def opened(redis_url: str) -> Wire:
    url = parse(redis_url)
    assert url.path is not None
    return Opener(url).open(url.path)


def soon(seconds: float = SECONDS) -> float:
    return time.monotonic() + seconds


def test_answers_come_in_the_order_of_the_commands(wire: Wire) -> None:
    commands = [("SET", "key", 7), ("GET", "key"), ("GET", "none"), ("DEL", "key")]
    assert wire.ask(commands, soon()) == [b"OK", b"7", None, 1]
    assert wire.is_quiet


def test_what_is_larger_than_a_socket_takes_at_once_goes_whole_both_ways(wire: Wire) -> None:
    commands = [("SET", "large", LARGE), ("GET", "large"), ("DEL", "large")]
    assert wire.ask(commands, soon()) == [b"OK", LARGE, 1]
    assert wire.is_quiet


def test_a_command_that_is_refused_leaves_the_connection_in_order(wire: Wire) -> None:
    commands = [("SET", "key", 7), ("LPUSH", "key", 8), ("DEL", "key")]
    with pytest.raises(redis.ResponseError, match="WRONGTYPE"):
        wire.ask(commands, soon())
    assert wire.is_quiet
    assert wire.ask([("EXISTS", "key")], soon()) == [0]


def test_a_command_that_nobody_takes_has_its_end() -> None:
    with pair() as (wire, _):
        for _ in ("a part of it is taken", "nothing is"):
            begun = time.monotonic()
            with pytest.raises(redis.TimeoutError):
                wire.ask([("SET", "large", LARGE)], soon(0.1))
            assert 0.1 <= time.monotonic() - begun < 1.0


def test_an_answer_of_which_only_a_part_comes_has_its_end() -> None:
    with pair() as (wire, far):
        far.sendall(b"$5\r\nhel")
        begun = time.monotonic()
        with pytest.raises(redis.TimeoutError):
            wire.ask([("GET", "key")], soon(0.1))
        assert 0.1 <= time.monotonic() - begun < 1.0


def test_nothing_is_asked_for_when_the_time_is_over() -> None:
    with pair() as (wire, far):
        far.sendall(b"$5\r\nhello\r\n")
        with pytest.raises(redis.TimeoutError):
            wire.ask([("GET", "key")], time.monotonic())


@pytest.mark.parametrize(
    ("said", "error"),
    [
        pytest.param(b"", redis.ConnectionError, id="closed"),
        pytest.param(b"$5\r\nhel", redis.ConnectionError, id="closed within an answer"),
        pytest.param(b"-LOADING it reads\r\n", redis.BusyLoadingError, id="loading"),
        pytest.param(b"-NOAUTH who is it\r\n", redis.AuthenticationError, id="not let in"),
        pytest.param(b"HTTP/1.1 400\r\n", redis.InvalidResponse, id="no Redis"),
    ],
)
def test_an_answer_that_is_none_is_an_error_of_redis_py(
    said: bytes, error: type[redis.RedisError]
) -> None:
    with pair() as (wire, far):
        far.sendall(said)
        far.shutdown(socket.SHUT_WR)
        with pytest.raises(error):
            wire.ask([("GET", "key")], soon())


def test_a_connection_that_broke_is_an_error_of_redis_py() -> None:
    with pair() as (wire, far):
        far.close()
        with pytest.raises(redis.ConnectionError, match="broke"):
            wire.ask([("GET", "key")], soon())


# -- Used again, or not ----------------------------------------------------------------------------


def node(*wires: Wire) -> Node:
    """A server to which these connections lead, one after another."""
    made = iter(wires)
    return Node(lambda _: next(made), SECONDS, Breaker(lambda: None))


@pytest.mark.parametrize(
    ("at_once", "later"),
    [
        pytest.param(b"$5\r\nother\r\n", b"", id="with the answer"),
        pytest.param(b"$5\r", b"", id="a part with the answer"),
        pytest.param(b"", b"$5\r\nother\r\n", id="later"),
        pytest.param(b"", None, id="closed later"),
    ],
)
def test_what_nobody_asked_for_is_the_answer_to_nothing(
    wire: Wire, at_once: bytes, later: bytes | None
) -> None:
    with pair() as (first, far):
        redis_node = node(first, wire)
        far.sendall(b"+PONG\r\n" + at_once)
        assert redis_node.ask([("PING",)], soon()) == [b"PONG"]
        if later is None:
            far.shutdown(socket.SHUT_RDWR)
        else:
            far.sendall(later)
        assert redis_node.ask([("ECHO", "mine")], soon()) == [b"mine"]
        redis_node.drop()


def test_a_connection_that_breaks_at_a_command_is_replaced_by_a_new_one_once(wire: Wire) -> None:
    with pair() as (first, far):
        redis_node = node(first, wire)
        far.sendall(b"+PONG\r\n")
        assert redis_node.ask([("PING",)], soon()) == [b"PONG"]
        ending = threading.Thread(target=close_at_a_command, args=(far,))
        ending.start()
        assert redis_node.ask([("ECHO", "mine")], soon()) == [b"mine"]
        ending.join(SECONDS)
        redis_node.drop()


def close_at_a_command(far: socket.socket) -> None:
    """Takes what was said so far and one command more, and ends the connection."""
    far.settimeout(SECONDS)
    while b"mine" not in far.recv(CHUNK_BYTES):
        pass
    far.close()


def test_no_second_connection_is_tried_where_the_first_took_too_long(wire: Wire) -> None:
    with pair() as (first, far):
        redis_node = node(first, wire)
        far.sendall(b"+PONG\r\n")
        assert redis_node.ask([("PING",)], soon()) == [b"PONG"]
        with pytest.raises(redis.TimeoutError):
            redis_node.ask([("ECHO", "mine")], soon(0.1))
        assert redis_node.ask([("ECHO", "mine")], soon()) == [b"mine"], "on the next one"
        redis_node.drop()


# -- TLS -------------------------------------------------------------------------------------------


class FarTls:
    """The other end of TLS, which hands its bytes over as a test wants them cut."""

    def __init__(self, far: socket.socket, certificate: Certificate) -> None:
        self._far = far
        self._coming, self._going = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = certificate.context().wrap_bio(self._coming, self._going, server_side=True)

    def greet(self) -> None:
        """Ends the handshake, which goes on at the other end at the same time."""
        self._until_done(self._tls.do_handshake)

    def read(self, size: int) -> bytes:
        """What was said, as soon as anything was."""
        found: bytes = self._until_done(lambda: self._tls.read(size))
        return found

    def said(self, answer: bytes) -> bytes:
        """An answer as one record, to be sent."""
        self._tls.write(answer)
        return self._going.read()

    def _until_done(self, what: Any) -> Any:
        while True:
            try:
                done = what()
            except ssl.SSLWantReadError:
                self._far.sendall(self._going.read())
                self._coming.write(self._far.recv(CHUNK_BYTES))
            else:
                self._far.sendall(self._going.read())
                return done


@contextmanager
def tls_pair(certificate: Certificate) -> Iterator[tuple[Wire, FarTls, socket.socket]]:
    near, far = socket.socketpair()
    far.settimeout(SECONDS)
    other = FarTls(far, certificate)
    context = ssl.create_default_context(cafile=str(certificate.file))
    greeting = threading.Thread(target=other.greet)
    greeting.start()
    with near, far:
        near.settimeout(SECONDS)
        tls = context.wrap_socket(near, server_hostname="localhost")
        greeting.join(SECONDS)
        with closing(Wire(Near(tls))) as wire:
            yield wire, other, far


def test_a_record_of_tls_that_comes_in_two_parts_is_waited_for(tmp_path: Path) -> None:
    with tls_pair(Certificate(tmp_path)) as (wire, other, far):

        def answer() -> None:
            assert b"PING" in other.read(CHUNK_BYTES)
            record = other.said(b"+PONG\r\n")
            far.sendall(record[:10])
            select.select([], [], [], 0.1)  # so long only a part is there
            far.sendall(record[10:])

        answering = threading.Thread(target=answer)
        answering.start()
        assert wire.ask([("PING",)], soon()) == [b"PONG"]
        answering.join(SECONDS)
        assert wire.is_quiet


def test_what_is_larger_than_a_record_of_tls_goes_whole_both_ways(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = Certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))
    with RedisServer(tmp_path / "redis") as server, proxied(server.port, certificate) as proxy:
        opener = Opener(parse(f"rediss://localhost:{proxy.port}/0"))
        with closing(opener.open(Host("localhost", proxy.port))) as wire:
            commands = [("SET", "large", LARGE), ("GET", "large")]
            assert wire.ask(commands, soon()) == [b"OK", LARGE]
            assert wire.is_quiet
