"""How a worker of `ivr serve` deals with connections: nobody who is slow keeps others waiting."""

from __future__ import annotations

import os
import socket
import threading
import time
from contextlib import ExitStack, contextmanager, suppress
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from gunicorn.config import Config
from gunicorn.glogging import Logger

from ivr.cli.serve import worker as workers
from ivr.cli.serve.reading import MAX_HEAD_BYTES
from ivr.cli.serve.worker import LEAVING_SECONDS, MAX_CONNECTIONS, READ_SECONDS, Worker
from ivr.web.entry import MAX_REQUEST_BYTES
from ivr.web.standing import Standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from wsgiref.types import StartResponse, WSGIEnvironment

THREADS = 2
ASKED = b"GET /small HTTP/1.1\r\nHost: line.test\r\n\r\n"
LARGE = b"x" * 8_000_000
"""More than any kernel keeps of an answer that nobody reads."""
KERNEL_BYTES = 64 * 1024
"""So much it does keep, roughly."""
FORM = b"Digits=1&CallSid=CA1"
GATE = threading.Event()
"""What /held waits for."""
HELD = threading.Semaphore(0)
"""Counts those that wait."""


def answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
    """Says back what was asked."""
    body = environ["wsgi.input"].read()
    match environ["PATH_INFO"]:
        case "/broken":
            raise ZeroDivisionError
        case "/broken_off":
            start("200 OK", [("Content-Length", "9")])
            return broken_off()
        case "/exit":
            raise SystemExit
        case "/held":
            HELD.release()
            GATE.wait(10)
            said = b"held"
        case "/large":
            said = LARGE
        case _:
            said = b"<" + environ["REQUEST_METHOD"].encode() + b" " + body + b">"
    start("200 OK", [("Content-Length", str(len(said)))])
    return [said]


def broken_off() -> Iterator[bytes]:
    yield b"half"
    raise ZeroDivisionError


class InThread(Worker):
    """A worker in a thread of this process, where signals cannot be listened to."""

    def init_signals(self) -> None:
        """Nothing."""

    def finish(self) -> None:
        """As its signal does."""
        self.handle_exit(0, None)
        os.write(self.PIPE[1], b".")


class Served:
    """Where a worker listens, and the worker."""

    def __init__(self, worker: InThread, address: tuple[str, int], standing: Standing) -> None:
        self.worker = worker
        self.address = address
        self.standing = standing

    def connect(self, seconds: float = 10) -> socket.socket:
        return socket.create_connection(self.address, seconds)

    def say(self, data: bytes) -> bytes:
        """Send all, and read to the end of the connection."""
        with self.connect() as talk:
            talk.sendall(data)
            return rest(talk)


def rest(talk: socket.socket) -> bytes:
    """All that comes to the end of the connection."""
    read = b""
    while piece := talk.recv(65536):
        read += piece
    return read


def one(talk: socket.socket) -> bytes:
    """One small answer: its head and its body."""
    head = b""
    while b"\r\n\r\n" not in head:
        piece = talk.recv(1)
        assert piece, f"it was closed after {head!r}"
        head += piece
    size = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
    body = b""
    while len(body) < size:
        body += talk.recv(size - len(body))
    return head + body


@contextmanager
def working() -> Iterator[Served]:
    standing = Standing()
    app: Any = SimpleNamespace(standing=standing, wsgi=lambda: answer)
    config = Config()
    config.set("threads", THREADS)
    config.set("limit_request_line", 200)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(1024)
        listener.settimeout(0)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL_BYTES)
        worker = InThread(1, os.getppid(), [listener], app, 30, config, Logger(config))
        thread = threading.Thread(target=worker.init_process)
        thread.start()
        try:
            yield Served(worker, listener.getsockname(), standing)
        finally:
            worker.finish()
            thread.join(20)
            assert not thread.is_alive()
            worker.tmp.close()
            for end in worker.PIPE:
                os.close(end)


@pytest.fixture
def served() -> Iterator[Served]:
    with working() as made:
        yield made


@pytest.mark.parametrize(
    ("request_bytes", "said"),
    [
        pytest.param(ASKED, b"<GET >", id="no-body"),
        pytest.param(b"GET / HTTP/1.1\r\n\r\n", b"<GET >", id="no-fields"),
        pytest.param(
            b"POST / HTTP/1.1\r\ncontent-LENGTH: 20\r\n\r\n" + FORM,
            b"<POST %b>" % FORM,
            id="length",
        ),
        pytest.param(
            b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n14\r\n%b\r\n0\r\n\r\n" % FORM,
            b"<POST %b>" % FORM,
            id="chunks",
        ),
        pytest.param(
            b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            b"<POST >",
            id="no-chunks",
        ),
    ],
)
@pytest.mark.parametrize("piece_bytes", [1, 7, 10_000])
def test_a_request_is_answered_when_it_is_there_however_it_was_cut(
    served: Served, request_bytes: bytes, said: bytes, piece_bytes: int
) -> None:
    with served.connect() as talk:
        talk.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for at in range(0, len(request_bytes), piece_bytes):
            talk.sendall(request_bytes[at : at + piece_bytes])
        assert one(talk).endswith(said)


def test_one_connection_serves_many_requests(served: Served) -> None:
    with served.connect() as talk:
        for _ in range(3):
            talk.sendall(ASKED)
            assert b"Connection: keep-alive" in one(talk)
        talk.sendall(ASKED * 3)  # without waiting for the answers
        assert [one(talk)[-6:] for _ in range(3)] == [b"<GET >"] * 3


def test_who_asks_for_the_end_gets_it(served: Served) -> None:
    assert served.say(ASKED.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")).endswith(b">")


def test_who_waits_to_be_told_to_go_on_is_told_so_once(served: Served) -> None:
    with served.connect() as talk:
        talk.sendall(b"POST / HTTP/1.1\r\nContent-Length: 20\r\nExpect: 100-continue\r\n\r\n")
        assert talk.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        talk.sendall(FORM)
        assert one(talk).startswith(b"HTTP/1.1 200 OK")


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        pytest.param(b"GET /\x00 HTTP/1.1\r\n\r\n", 400, id="no-request"),
        pytest.param(b"GET /" + b"a" * 300 + b" HTTP/1.1\r\n\r\n", 414, id="line"),
        pytest.param(b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 200 + b"\r\n", 431, id="fields"),
        pytest.param(b"a" * (MAX_HEAD_BYTES + 1), 431, id="head"),
        pytest.param(
            b"GET / HTTP/1.1\r\na: " + b"b" * MAX_HEAD_BYTES + b"\r\n\r\n", 431, id="whole-head"
        ),
        pytest.param(b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n", 400, id="no-length"),
        pytest.param(b"GET /broken HTTP/1.1\r\n\r\n", 500, id="error"),
        pytest.param(b"GET /broken_off HTTP/1.1\r\n\r\n", 500, id="error-in-mid-answer"),
    ],
)
def test_what_cannot_be_answered_is_refused_and_the_connection_ends(
    served: Served, request_bytes: bytes, status: int
) -> None:
    said = served.say(request_bytes)
    assert said.startswith(b"HTTP/1.1 %d " % status)
    assert said.count(b"Content-Length") == 1
    assert b"half" not in said


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(b"Content-Length: %d" % (MAX_REQUEST_BYTES + 1), id="length"),
        pytest.param(b"Transfer-Encoding: chunked", id="chunks"),
    ],
)
def test_a_body_that_is_too_large_is_not_read_to_its_end(served: Served, head: bytes) -> None:
    """The service refuses it on its head; this one here says what has come of it."""
    body = b"20000\r\n" + b"x" * MAX_REQUEST_BYTES
    said = served.say(b"POST / HTTP/1.1\r\n" + head + b"\r\n\r\n" + body)
    assert said.startswith(b"HTTP/1.1 ")
    assert b"Connection: close" in said


def test_strangers_who_send_byte_by_byte_keep_nobody_waiting(served: Served) -> None:
    with ExitStack() as stack:
        slow = [stack.enter_context(served.connect()) for _ in range(50)]
        for index, talk in enumerate(slow):
            body = b"POST / HTTP/1.1\r\nContent-Length: 20\r\n\r\nDig"
            talk.sendall(body if index % 2 else b"GET / HT")
        begun = time.monotonic()
        assert served.say(ASKED.replace(b"1.1", b"1.0")).endswith(b"<GET >")
        assert time.monotonic() - begun < READ_SECONDS / 2
        for talk in slow:  # each was told, once its time was up
            assert rest(talk).startswith(b"HTTP/1.1 408 ")
        took = time.monotonic() - begun
    assert READ_SECONDS - 1 < took < READ_SECONDS + LEAVING_SECONDS + 3


def test_a_stranger_who_says_nothing_is_let_go(served: Served) -> None:
    with served.connect() as talk:
        assert rest(talk) == b""


def test_who_does_not_read_the_answer_keeps_nobody_waiting(served: Served) -> None:
    with ExitStack() as stack:
        slow = [stack.enter_context(served.connect()) for _ in range(THREADS + 2)]
        for talk in slow:
            talk.sendall(b"GET /large HTTP/1.1\r\n\r\n")
        assert served.say(ASKED.replace(b"1.1", b"1.0")).endswith(b"<GET >")
        read = 0
        while read < len(LARGE):  # who reads in the end gets all of it
            read += len(slow[-1].recv(1_000_000))


def test_who_reads_the_answer_a_little_at_a_time_is_let_go(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "WRITE_SECONDS", 1.0)
    with served.connect() as talk:
        talk.sendall(b"GET /large HTTP/1.1\r\n\r\n")
        begun = time.monotonic()
        with suppress(ConnectionError):
            while talk.recv(KERNEL_BYTES // 4):
                threading.Event().wait(0.02)
                assert time.monotonic() - begun < 6


def test_a_service_that_breaks_as_nothing_should_still_has_its_threads(served: Served) -> None:
    for _ in range(THREADS + 1):
        assert served.say(b"GET /exit HTTP/1.1\r\n\r\n").startswith(b"HTTP/1.1 500 ")
    assert served.say(ASKED.replace(b"1.1", b"1.0")).endswith(b"<GET >")


def test_an_error_that_cannot_even_be_told_still_frees_its_thread(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(served.worker, "handle_error", broken)
    for _ in range(THREADS + 1):
        assert served.say(b"GET /broken HTTP/1.1\r\n\r\n") == b""
    assert served.say(ASKED.replace(b"1.1", b"1.0")).endswith(b"<GET >")


def test_who_goes_away_in_the_middle_harms_nobody(served: Served) -> None:
    for request_bytes in (b"GET / HT", b"GET /large HTTP/1.1\r\n\r\n"):
        talk = served.connect()
        talk.sendall(request_bytes)
        talk.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        talk.close()
    assert served.say(ASKED.replace(b"1.1", b"1.0")).endswith(b"<GET >")


def test_more_connections_than_there_is_room_for_shut_nobody_out(served: Served) -> None:
    with ExitStack() as stack:
        first = stack.enter_context(served.connect())
        for _ in range(MAX_CONNECTIONS + 50):
            stack.enter_context(served.connect())
        assert served.say(ASKED.replace(b"1.1", b"1.0")).endswith(b"<GET >")
        first.settimeout(READ_SECONDS / 2)
        assert rest(first) == b"", "the one that was there longest had to go"


def test_who_asks_now_and_then_stays_when_there_is_no_room(served: Served) -> None:
    """A balancer keeps its connections for long; strangers who say nothing must not end them."""
    with ExitStack() as stack:
        busy = stack.enter_context(served.connect())
        for count in range(MAX_CONNECTIONS + 50):
            stack.enter_context(served.connect())
            if count % 10 == 0:
                busy.sendall(ASKED)
                assert one(busy).endswith(b"<GET >")


def test_draining_closes_each_connection_behind_its_answer(served: Served) -> None:
    with served.connect() as talk:
        talk.sendall(ASKED)
        assert b"Connection: keep-alive" in one(talk)
        served.standing.drain()
        talk.sendall(ASKED)
        assert b"Connection: close" in one(talk)
        assert rest(talk) == b""


def test_a_worker_that_finishes_answers_who_is_here_and_who_waits_at_the_door() -> None:
    with ExitStack() as stack:
        GATE.clear()
        with working() as served:
            idle, begun, *held = (stack.enter_context(served.connect()) for _ in range(2 + THREADS))
            idle.sendall(ASKED)
            one(idle)
            begun.sendall(ASKED[:20])
            for talk in held:
                talk.sendall(b"GET /held HTTP/1.1\r\n\r\n")
            assert all(HELD.acquire(timeout=10) for _ in held)
            at_the_door = stack.enter_context(served.connect())  # no thread is free for it
            at_the_door.sendall(ASKED)
            served.worker.finish()
            GATE.set()
            begun.sendall(ASKED[20:])
            idle.sendall(ASKED)
            for talk in (*held, at_the_door, begun, idle):
                assert b"Connection: close" in rest(talk)
        with pytest.raises(OSError, match=r"refused|reset"):
            stack.enter_context(served.connect())
