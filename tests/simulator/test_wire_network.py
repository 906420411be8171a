"""A connection is found, shared by nobody, and given up in time."""

from __future__ import annotations

import signal
import socket
import threading
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING

import httpx
import pytest

from ivr.errors import TwimlError
from ivr.simulator.events import Requested
from ivr.simulator.http.network import Network
from tests.simulator.raw_server import (
    HELLO,
    OK,
    PATIENCE_SECONDS,
    Caller,
    answering,
    endless,
    in_time,
    serving,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.simulator.sockets import Connection


@pytest.fixture
def caller() -> Iterator[Caller]:
    with httpx.Client(transport=Network(), trust_env=False) as client:
        yield Caller(client)


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


class Addresses:
    """Finds these addresses for every host."""

    def __init__(self, *addresses: str) -> None:
        self._addresses = addresses

    def __call__(self, host: str, port: int) -> tuple[str, ...]:
        assert host == "line.test"
        assert port
        return self._addresses


# One address of a host that says nothing, as a broken IPv6 does, leaves the next its share of ct.
@pytest.mark.parametrize(
    ("addresses", "is_found"),
    [
        pytest.param(["127.0.0.1", "127.0.0.2"], True, id="the second"),
        pytest.param(["127.0.0.1"] * 3 + ["127.0.0.2"], True, id="the fourth"),
        pytest.param(["127.0.0.1"] * 4, False, id="none"),
        pytest.param(["127.0.0.1"] * 4 + ["127.0.0.2"], False, id="the fifth, too far"),
    ],
)
def test_a_silent_address_does_not_hide_a_good_one(addresses: list[str], *, is_found: bool) -> None:
    with ExitStack() as stack:
        full = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        _, port = full.getsockname()
        fill(("127.0.0.1", port), stack)
        stack.enter_context(serving(answering(HELLO), ("127.0.0.2", port)))
        network = Network(look_up=Addresses(*addresses))
        client = stack.enter_context(httpx.Client(transport=network, trust_env=False))
        caller, url = Caller(client), f"http://line.test:{port}/voice#ct=800&rc=0"
        if is_found:
            assert caller.fetch(url).body == b"hello"
        else:
            assert caller.fails(url).code == 11205
        (requested,) = caller.log.events
    assert isinstance(requested, Requested)
    # The time is shared out, and not given to each anew.
    assert requested.seconds < 2 * 0.8


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
    def serve(connection: Connection) -> None:
        connection.send(HELLO)  # it says nothing of closing

    with serving(serve) as host:
        for _ in range(3):
            assert caller.fetch(f"http://{host}/voice").body == b"hello"
    assert caller.statuses == [200, 200, 200]


def test_calls_at_once_each_keep_their_own_time(caller: Caller) -> None:
    """One network, two calls: a slow answer in the one does not touch the other."""
    client = caller.client
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


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """Ctrl-C does what it does in a terminal; whatever runs in the background ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def interrupt() -> None:
    """What Ctrl-C does."""
    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)


@pytest.mark.usefixtures("ctrl_c")
@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param([], id="before the answer"),
        pytest.param([OK], id="in the head"),
        pytest.param([OK + b"Content-Length: 9\r\n\r\nhalf"], id="in the body"),
    ],
)
def test_an_interrupted_request_leaves_no_connection(caller: Caller, pieces: list[bytes]) -> None:
    is_gone = threading.Event()

    def serve(connection: Connection) -> None:
        for piece in pieces:
            connection.send(piece)
        interrupt()
        connection.wait()
        is_gone.set()

    with serving(serve) as host:
        with in_time(), pytest.raises(KeyboardInterrupt):
            caller.fetch(f"http://{host}/voice")
        assert is_gone.wait(PATIENCE_SECONDS)
    assert len(caller.statuses) == 1
    with serving(answering(HELLO)) as host:
        assert caller.fetch(f"http://{host}/voice").body == b"hello"


@pytest.mark.usefixtures("ctrl_c")
def test_an_interrupted_look_up_holds_nobody_up() -> None:
    is_free = threading.Event()
    threads: list[threading.Thread] = []

    def look_up(_host: str, _port: int) -> list[str]:
        threads.append(threading.current_thread())
        interrupt()
        is_free.wait(PATIENCE_SECONDS)
        return []

    with (
        httpx.Client(transport=Network(look_up=look_up), trust_env=False) as client,
        in_time(),
        pytest.raises(KeyboardInterrupt),
    ):
        Caller(client).fetch("http://line.test/voice")
    (thread,) = threads
    # The process does not wait for it at its end.
    assert thread.daemon
    is_free.set()
    thread.join(PATIENCE_SECONDS)
    assert not thread.is_alive()
