"""What one server gives: its speed, its times, and what is lost when it ends."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from tests.benchmarks.generators import Load, Target
from tests.benchmarks.under_server import percentile, turns_a_second

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.benchmarks.generators import Generators
    from tests.benchmarks.running import Running

CONNECTIONS: Final = 64
WARM_SECONDS: Final = 1.0
SECONDS: Final = 4.0
RATE: Final = 300.0
STRANGERS: Final = 200
DRAIN_RATE: Final = 200.0
DRAIN_SECONDS: Final = 5.0
TERM_AFTER_SECONDS: Final = 1.5
_HEAD: Final = b"POST /voice HTTP/1.1\r\nHost: line.example\r\nX-Slow: "


class Found(Struct, frozen=True, kw_only=True):
    """What one round told of one server."""

    turns_a_second: float
    """At full speed."""
    p50_ms: float
    """At a steady rate, as are the next."""
    p99_ms: float
    stranger_p99_ms: float
    """While strangers send a byte a second."""
    stranger_errors: int
    lost: int
    """Sent to a server that was told to end, and never answered."""
    refused: int
    """Answered by it with an error."""
    end_seconds: float
    """Until it had ended."""


def contest(server: Running, load: Generators, first_number: int) -> Found:
    """All of one round; the server has ended behind it.

    Args:
        server: which answers already.
        load: who asks.
        first_number: of the callers, which nobody had before.

    Raises:
        ValueError: it does not answer.
    """
    load.prepare(Target(server.port, True, CONNECTIONS, first_number))  # noqa: FBT003
    load.measure(Load(server.port, WARM_SECONDS))
    full = load.measure(Load(server.port, SECONDS))
    steady = load.measure(Load(server.port, SECONDS, RATE))
    with strangers(server.port):
        beside = load.measure(Load(server.port, SECONDS, RATE))
    load.begin(Load(server.port, DRAIN_SECONDS, DRAIN_RATE))
    _wait(TERM_AFTER_SECONDS)
    begun = time.monotonic()
    server.ask_to_end()
    server.wait_for_end()
    end_seconds = time.monotonic() - begun
    ended = load.end()
    return Found(
        turns_a_second=turns_a_second(full),
        p50_ms=percentile(steady.milliseconds, 50),
        p99_ms=percentile(steady.milliseconds, 99),
        stranger_p99_ms=percentile(beside.milliseconds, 99),
        stranger_errors=beside.errors,
        lost=ended.unanswered,
        refused=ended.refusals,
        end_seconds=end_seconds,
    )


@contextmanager
def strangers(port: int) -> Iterator[None]:
    """Lets many send a byte of a request each second, and begin again where they are let go."""
    over = threading.Event()
    thread = threading.Thread(target=_trickle, args=(port, over), daemon=True)
    thread.start()
    _wait(WARM_SECONDS)
    try:
        yield
    finally:
        over.set()
        thread.join(10)


def _trickle(port: int, over: threading.Event) -> None:
    socks: list[socket.socket] = []
    while not over.wait(1.0 if socks else 0.0):
        kept: list[socket.socket] = []
        for sock in socks:
            try:
                sock.send(b"x")
                kept.append(sock)
            except OSError:
                sock.close()
        with suppress(OSError):  # it takes nobody more
            while len(kept) < STRANGERS and not over.is_set():
                sock = socket.create_connection(("127.0.0.1", port), 1)
                sock.settimeout(0)
                sock.send(_HEAD)
                kept.append(sock)
        socks = kept
    for sock in socks:
        sock.close()


def _wait(seconds: float) -> None:
    threading.Event().wait(seconds)
