"""Whole calls to hostile servers, watched for what they take and what they leave behind."""

from __future__ import annotations

import gc
import threading
import time
import tracemalloc
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ivr.simulator.follower import follow
from ivr.simulator.http.network import Network
from ivr.simulator.phone import Phone
from ivr.simulator.script import parse
from ivr.simulator.setup import Setup
from tests.simulator.applications.hostile import head
from tests.simulator.applications.webhooks import TOKEN
from tests.simulator.sockets import Connection, Serve, listening

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.simulator.call import Call

IMPATIENT = "#tt=400&rt=300&ct=300"
"""Shortens Twilio's 15 seconds, so that a server that never answers costs a test less than one."""
DRIP_SECONDS = 0.05
"""Shorter than the read timeout, as one byte a second is shorter than Twilio's."""
MOST_SECONDS = 10.0
"""Of real time, on a busy machine; what is not bounded lasts until pytest's own time limit."""


def ring(serve: Serve | bytes, keys: str = "", fragment: str = "", **setup: Any) -> Call:
    """A whole call to a server that answers each request so.

    Neither a thread nor a socket outlives it, and it takes no longer than MOST_SECONDS.
    """

    def always(connection: Connection) -> None:
        assert isinstance(serve, bytes)
        connection.send(serve)

    with (
        _nothing_left_running(),
        listening(always if isinstance(serve, bytes) else serve) as url,
        Phone(Network(), TOKEN, Setup(**setup)) as phone,
    ):
        call = phone.call(url + "/voice" + fragment)
        begun = time.monotonic()
        follow(call, parse(keys))
        assert time.monotonic() - begun < MOST_SECONDS
    return call


def codes(call: Call) -> list[int | None]:
    return [failure.code for failure in call.failures]


@contextmanager
def memory_below(max_bytes: int) -> Iterator[None]:
    gc.collect()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        yield
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak - before < max_bytes


def say_nothing(connection: Connection) -> None:
    connection.wait()


def hang_up(_: Connection) -> None:
    """The connection is closed without a byte."""


def reset_in_the_middle(connection: Connection) -> None:
    connection.send(head("Content-Length: 1000"), b"<Response>")
    connection.reset()


@contextmanager
def _nothing_left_running() -> Iterator[None]:
    """A socket that nobody closed is a ResourceWarning too, which pytest takes for an error."""
    gc.freeze()  # what was there before need not be looked through again
    threads, files = set(threading.enumerate()), _open_files()
    try:
        yield
        gc.collect()
    finally:
        gc.unfreeze()
    assert set(threading.enumerate()) <= threads
    assert _open_files() <= files


def _open_files() -> int:
    return len(list(Path("/dev/fd").iterdir()))
