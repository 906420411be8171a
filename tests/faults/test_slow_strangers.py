"""Strangers who send a byte a second, while callers ring: no turn waits for them."""

from __future__ import annotations

import resource
import signal
import socket
from contextlib import ExitStack, suppress
from itertools import cycle
from typing import TYPE_CHECKING, Final

import pytest

from tests.conftest import TOKEN
from tests.faults.beside import Beside
from tests.faults.line_servers import line_server
from tests.faults.pretend_callers import Crowd
from tests.faults.redis_servers import wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from ivr.flow.model import Spec
    from tests.faults.stories import Report

pytestmark = [
    pytest.mark.alone,
    pytest.mark.usefixtures("store"),
]  # nobody is known from the tests before
STRANGERS: Final = 200
CALLERS: Final = 48
BEAT_SECONDS: Final = 1.0
FEW_FILES: Final = 100
SLOWEST_SECONDS: Final = 2.0
SLOW_HEAD: Final = b"POST /voice HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: "
SLOW_BODY: Final = (
    b"POST /voice HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Twilio-Signature: " + b"x" * 28 + b"\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nCallSid="
)


class Strangers(Beside):
    """So many connections at any time; half of them are slow in the head, half in the body."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self._address = ("127.0.0.1", port)
        self.let_go = 0
        """How many were closed by the server; each comes again at once."""

    def _run(self) -> None:
        kinds = cycle([SLOW_HEAD, SLOW_BODY])
        with ExitStack() as stack:
            talks = [self._begun(stack, next(kinds)) for _ in range(STRANGERS)]
            while not self._over.wait(BEAT_SECONDS):
                for at, talk in enumerate(talks):
                    if self._is_let_go(talk):
                        self.let_go += 1
                        talk.close()
                        talks[at] = self._begun(stack, next(kinds))

    def _begun(self, stack: ExitStack, first: bytes) -> socket.socket:
        talk = stack.enter_context(socket.create_connection(self._address, 5))
        talk.sendall(first)
        talk.settimeout(0)
        return talk

    def _is_let_go(self, talk: socket.socket) -> bool:
        with suppress(BlockingIOError):
            try:
                talk.send(b"x")
                return talk.recv(1000) is not None
            except ConnectionError:
                return True
        return False


@pytest.mark.timeout(200)
def test_two_hundred_slow_strangers_keep_no_caller_waiting(
    tmp_path: Path, redis_url: str, audio: Path, spec: Spec
) -> None:
    with line_server(tmp_path, redis_url=redis_url, audio=audio) as server:
        server.wait_until_ready()
        reports: list[Report] = []
        with Strangers(int(server.origin.rpartition(":")[2])) as strangers:
            while strangers.is_running and strangers.let_go < STRANGERS:
                crowd = Crowd(f"{server.origin}/voice", TOKEN, spec, callers=CALLERS, seed=8)
                reports.append(crowd.ring())
        assert strangers.let_go >= STRANGERS
        for report in reports:
            print(f"\n{strangers.let_go} strangers were let go: {report}")  # noqa: T201 - the figures
            assert report.troubled == []
            assert report.failed == []
            assert report.slowest_seconds < SLOWEST_SECONDS


def test_strangers_who_say_nothing_cannot_use_up_the_files(
    tmp_path: Path, redis_url: str, audio: Path
) -> None:
    """A worker that could open no more could reach neither Redis nor a clip."""
    with line_server(tmp_path, redis_url=redis_url, audio=audio) as server, ExitStack() as stack:
        server.wait_until_ready()
        resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (FEW_FILES, FEW_FILES))
        before = server.workers()
        server.send(signal.SIGHUP)  # workers that may open no more than that
        wait_until(lambda: set(server.workers()).isdisjoint(before))
        address = ("127.0.0.1", int(server.origin.rpartition(":")[2]))
        for _ in range(FEW_FILES * len(before)):
            stack.enter_context(socket.create_connection(address, 5))
        assert [server.readiness() for _ in range(20)] == [200] * 20
