"""Whatever a server does, a request ends in bounded time and memory, with the right error."""

from __future__ import annotations

import gzip
import socket
import struct
import threading
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING

import httpx
import pytest

from ivr.errors import TwimlError
from ivr.simulator.events import Requested
from ivr.simulator.http.network import Network
from ivr.simulator.http.wire import MAX_CLIP_BYTES, Answer, Ask, Wire
from ivr.simulator.log import Log
from ivr.twiml.rules import MAX_DOCUMENT_BYTES

if TYPE_CHECKING:
    from ivr.simulator.events import Purpose

PATIENCE_SECONDS = 3.0
"""What any test here may take; each asks for far less by the overrides of its URL."""
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n"
HELLO = OK + b"Content-Length: 5\r\n\r\nhello"
STOP = threading.Event()

Server = Callable[[socket.socket], None]


@contextmanager
def serving(serve: Server) -> Iterator[str]:
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

    with socket.create_server(("127.0.0.1", 0)) as listener:
        accepting = threading.Thread(target=accept)
        accepting.start()
        try:
            yield f"127.0.0.1:{listener.getsockname()[1]}"
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


@pytest.fixture
def caller() -> Iterator[Caller]:
    with httpx.Client(transport=Network(), trust_env=False) as client:
        yield Caller(client)


# Twilio, connection overrides: rt is the wait for the first packet of the answer and between any
# two; tt is everything together, retries included, and never more than 15 s.
@pytest.mark.parametrize(
    ("serve", "fragment", "statuses"),
    [
        pytest.param(hanging(), "rt=150", [None], id="nothing comes"),
        pytest.param(hanging(), "tt=150", [None], id="nothing comes in all the time"),
        pytest.param(hanging(OK), "rt=150", [None], id="half of the head comes"),
        pytest.param(
            hanging(OK + b"Content-Length: 9\r\n\r\nhalf"), "rt=150", [200], id="half of it comes"
        ),
        pytest.param(
            endless(OK, b"X", every_seconds=0.03), "tt=300", [None], id="a head byte by byte"
        ),
        pytest.param(
            endless(OK + b"Content-Length: 99999\r\n\r\n", b"x", every_seconds=0.03),
            "tt=300",
            [200],
            id="a body byte by byte",
        ),
        pytest.param(
            endless(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n", every_seconds=0.03),
            "tt=300",
            [200],
            id="a body in chunks of a byte",
        ),
        pytest.param(
            endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n", every_seconds=0.03),
            "tt=300",
            [None],
            id="one interim answer after another",
        ),
        pytest.param(
            endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100),
            "tt=300",
            [None],
            id="interim answers as fast as they come",
        ),
        pytest.param(resetting(OK), "rc=0", [None], id="a reset in the head"),
        pytest.param(
            resetting(OK + b"Content-Length: 9\r\n\r\nhalf"),
            "rc=0",
            [200],
            id="a reset in the body",
        ),
    ],
)
def test_an_answer_that_does_not_come_whole_in_time_is_11200(
    caller: Caller, serve: Server, fragment: str, statuses: list[int | None]
) -> None:
    with serving(serve) as host:
        assert caller.fails(f"http://{host}/voice#{fragment}").code == 11200
    assert caller.statuses == statuses


# Twilio, connection overrides: rt retries when nothing came at all; half an answer is not tried
# again.
@pytest.mark.parametrize(
    ("serve", "attempts"),
    [
        pytest.param(hanging(), 3, id="silence"),
        pytest.param(hanging(b"HTTP/1.1 200"), 1, id="half of the head"),
        pytest.param(hanging(OK + b"Content-Length: 9\r\n\r\nhalf"), 1, id="half of the body"),
    ],
)
def test_only_silence_is_tried_again(caller: Caller, serve: Server, attempts: int) -> None:
    with serving(serve) as host:
        caller.fails(f"http://{host}/voice#rt=100&rc=2&rp=rt")
    assert len(caller.statuses) == attempts


def test_retries_end_with_the_total_time(caller: Caller) -> None:
    with serving(hanging()) as host:
        error = caller.fails(f"http://{host}/voice#rt=100&rc=5&rp=all&tt=250")
    assert "within 0.25 s" in str(error)
    assert len(caller.statuses) == 3


def test_a_retry_is_the_same_request_to_the_byte(caller: Caller) -> None:
    requests: list[bytes] = []

    def serve(connection: socket.socket) -> None:
        requests.append(read_request(connection))
        status = b"200 OK" if len(requests) > 2 else b"503 Busy"
        connection.sendall(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\n\r\n")

    with serving(serve) as host:
        caller.fetch(f"http://{host}/voice#rc=2&rp=5xx")
    assert caller.statuses == [503, 503, 200]
    assert len(set(requests)) == 1
    assert b"i-twilio-idempotency-token" in requests[0].lower()


# Twilio's error 11206: the HTTP protocol was violated.
@pytest.mark.parametrize(
    "serve",
    [
        pytest.param(answering(), id="it hangs up"),
        pytest.param(answering(b"SSH-2.0-OpenSSH_9.6\r\n"), id="it speaks SSH"),
        pytest.param(answering(b"<Response/>"), id="TwiML without HTTP"),
        pytest.param(answering(b"\x16\x03\x01\x02\x00\x01"), id="it speaks TLS"),
        pytest.param(answering(OK + b"a b: c\r\n\r\n"), id="a bad header"),
        pytest.param(answering(OK + b"Content-Length: x\r\n\r\n"), id="a length that is none"),
        pytest.param(answering(OK + b"Content-Length: 9\r\n\r\nhalf"), id="a body cut short"),
        pytest.param(
            answering(OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"), id="a chunk of odd length"
        ),
        pytest.param(endless(OK, b"X-Many: headers\r\n"), id="headers without end"),
        pytest.param(
            answering(OK + b"Content-Encoding: gzip\r\n\r\nhello"), id="gzip that is none"
        ),
        pytest.param(
            answering(OK + b"Content-Encoding: gzip\r\n\r\n", gzip.compress(b"hello")[:-9]),
            id="gzip cut short",
        ),
        pytest.param(
            answering(OK + b"Content-Encoding: gzip, gzip\r\n\r\nhello"), id="gzip in gzip"
        ),
        pytest.param(
            answering(OK + b"Content-Encoding: br\r\n\r\nhello"), id="compressed otherwise"
        ),
    ],
)
def test_what_is_not_http_is_11206(caller: Caller, serve: Server) -> None:
    with serving(serve) as host:
        assert caller.fails(f"http://{host}/voice#tt=2000").code == 11206
    assert len(caller.statuses) == 1


def test_a_location_that_is_no_url_is_11100(caller: Caller) -> None:
    head = b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: http://[::\r\n\r\n"
    with serving(answering(head)) as host:
        assert caller.fails(f"http://{host}/voice").code == 11100


@pytest.mark.parametrize("encoding", [b"gzip", b"x-gzip", b"deflate", b"GZip", b"identity"])
def test_a_compressed_answer_is_read(caller: Caller, encoding: bytes) -> None:
    hello = b"hello" * 100
    packed = {b"deflate": zlib.compress(hello), b"identity": hello}
    head = OK + b"Content-Encoding: " + encoding + b"\r\n\r\n"
    with serving(answering(head, packed.get(encoding, gzip.compress(hello)))) as host:
        assert caller.fetch(f"http://{host}/voice").body == hello


# Twilio: a document may have 64 kB. Its reader learns by one byte more that it had too many.
@pytest.mark.parametrize(
    ("purpose", "kind", "most"),
    [
        pytest.param("document", b"text/xml", MAX_DOCUMENT_BYTES, id="document"),
        pytest.param("callback", b"text/xml", MAX_DOCUMENT_BYTES, id="callback"),
        pytest.param("clip", b"audio/wav", MAX_CLIP_BYTES, id="clip"),
        pytest.param("document", b"audio/wav", MAX_CLIP_BYTES, id="document that is a clip"),
    ],
)
def test_a_body_without_end_is_cut(
    caller: Caller, purpose: Purpose, kind: bytes, most: int
) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: " + kind + b"\r\n\r\n"
    with serving(endless(head, b"x" * 65_536)) as host, in_time():
        assert len(caller.fetch(f"http://{host}/voice", purpose).body) == most + 1


def test_a_compressed_bomb_takes_no_more_memory_than_a_document(caller: Caller) -> None:
    bomb = gzip.compress(bytes(100_000_000))
    with serving(answering(OK + b"Content-Encoding: gzip\r\n\r\n", bomb)) as host:
        tracemalloc.start()
        try:
            body = caller.fetch(f"http://{host}/voice").body
            _, peak_bytes = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert body == bytes(MAX_DOCUMENT_BYTES + 1)
    assert peak_bytes < 2_000_000


@pytest.mark.parametrize(
    "status", [pytest.param(b"302 Found", id="redirect"), pytest.param(b"500 Oh", id="error")]
)
def test_the_body_of_what_is_no_document_is_not_waited_for(caller: Caller, status: bytes) -> None:
    head = b"HTTP/1.1 " + status + b"\r\nLocation: /voice\r\n\r\n"
    with serving(endless(head, b"x" * 65_536)) as host:
        assert caller.fails(f"http://{host}/voice").code in {11200, 11215}


# Twilio's error 11205: no connection; it is tried twice before the call is given up.
def test_nobody_there_is_11205_after_a_second_attempt(caller: Caller) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    assert caller.fails(f"http://127.0.0.1:{port}/voice").code == 11205
    assert caller.statuses == [None, None]


def fill(address: tuple[str, int], stack: ExitStack) -> None:
    """Connects until the queue is full: whoever comes then gets no answer at all."""
    with suppress(TimeoutError):
        for _ in range(20):
            stack.enter_context(socket.create_connection(address, timeout=0.1))
        pytest.fail("the queue of connections does not fill")


def test_nobody_who_takes_the_connection_is_11205(caller: Caller) -> None:
    with ExitStack() as stack:
        full = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        address = full.getsockname()
        fill(address, stack)
        error = caller.fails(f"http://127.0.0.1:{address[1]}/voice#ct=100")
    assert error.code == 11205
    assert caller.statuses == [None, None]


# Twilio's error 11210: the name of the host does not resolve. (These are too long for a name, so
# that no name server is asked.)
@pytest.mark.parametrize(
    "host",
    [
        pytest.param("x" * 64 + ".test", id="a label of 64 letters"),
        pytest.param(".".join(["abc"] * 100), id="a name of 400 letters"),
    ],
)
def test_a_host_that_cannot_be_is_11210(caller: Caller, host: str) -> None:
    assert caller.fails(f"http://{host}/voice").code == 11210
    assert caller.statuses == [None, None]


def test_a_host_by_its_name_is_found(caller: Caller) -> None:
    with serving(answering(HELLO)) as host:
        port = host.partition(":")[2]
        assert caller.fetch(f"http://localhost:{port}/voice").body == b"hello"


def test_a_server_that_closes_without_a_word_loses_no_request(caller: Caller) -> None:
    def serve(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(HELLO)  # it says nothing of closing

    with serving(serve) as host:
        for _ in range(3):
            assert caller.fetch(f"http://{host}/voice").body == b"hello"
    assert caller.statuses == [200, 200, 200]


def test_calls_at_once_each_keep_their_own_time(caller: Caller) -> None:
    """One network, two calls: a slow answer in the one does not touch the other."""
    client = caller.wire._client
    outcomes: list[int] = []

    def ring_slow(url: str) -> None:
        with pytest.raises(TwimlError) as caught:
            Caller(client).fetch(url)
        outcomes.append(caught.value.code)

    with (
        serving(endless(OK, b"X", every_seconds=0.02)) as slow,
        serving(answering(OK, b"\r\n", b"hello", every_seconds=0.15)) as steady,
        in_time(),
    ):
        threads = [
            threading.Thread(target=ring_slow, args=(f"http://{slow}/#tt=200",)) for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        answer = caller.fetch(f"http://{steady}/voice#tt=2000")
        for thread in threads:
            thread.join()
    assert answer.body == b"hello"
    assert outcomes == [11200] * 4
