"""Strangers who send a byte a second, while callers ring: no turn waits for them."""

from __future__ import annotations

import socket
import threading
from contextlib import ExitStack, suppress
from itertools import cycle
from typing import TYPE_CHECKING, Final, Self

import pytest

from tests.conftest import TOKEN
from tests.faults.line_servers import line_server
from tests.faults.pretend_callers import Crowd

if TYPE_CHECKING:
    from pathlib import Path

    from ivr.flow.model import Spec
    from tests.faults.stories import Report

pytestmark = pytest.mark.usefixtures("store")  # nobody is known from the tests before
STRANGERS: Final = 200
CALLERS: Final = 48
BEAT_SECONDS: Final = 1.0
SLOWEST_SECONDS: Final = 2.0
SLOW_HEAD: Final = b"POST /voice HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: "
SLOW_BODY: Final = (
    b"POST /voice HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Twilio-Signature: " + b"x" * 28 + b"\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nCallSid="
)


class Strangers:
    """So many connections at any time; half of them are slow in the head, half in the body."""

    def __init__(self, port: int) -> None:
        self._address = ("127.0.0.1", port)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run)
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

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()


@pytest.mark.timeout(200)
def test_two_hundred_slow_strangers_keep_no_caller_waiting(
    tmp_path: Path, redis_url: str, audio: Path, spec: Spec
) -> None:
    with line_server(tmp_path, redis_url=redis_url, audio=audio) as server:
        server.wait_until_ready()
        reports: list[Report] = []
        with Strangers(int(server.origin.rpartition(":")[2])) as strangers:
            while strangers.let_go < STRANGERS:
                crowd = Crowd(f"{server.origin}/voice", TOKEN, spec, callers=CALLERS, seed=8)
                reports.append(crowd.ring())
        for report in reports:
            print(f"\n{strangers.let_go} strangers were let go: {report}")  # noqa: T201 - the figures
            assert report.troubled == []
            assert report.failed == []
            assert report.slowest_seconds < SLOWEST_SECONDS
