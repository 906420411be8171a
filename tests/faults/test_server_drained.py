"""The server told to end, and started again, while callers ring: nobody hears an error."""

from __future__ import annotations

import os
import signal
import threading
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

import httpx
import pytest

from ivr.cli.serve.server import GRACE_SECONDS
from ivr.simulator.phone import Phone
from tests.conftest import TOKEN
from tests.faults.balancer import balancer
from tests.faults.line_servers import LineServer, caller, line_server, listening, settings
from tests.faults.pretend_callers import Crowd

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from ivr.flow.model import Spec
    from tests.faults.balancer import Balancer
    from tests.faults.stories import Report

pytestmark = [
    pytest.mark.alone,
    pytest.mark.usefixtures("store"),
]  # nobody is known from the tests before
CALLERS: Final = 48
LONG_SECONDS: Final = 60
"""A drain that no test waits for."""
DRAIN: Final = "3"
"""The balancer looks ten times a second; a machine that is busy with other tests lags behind."""


@pytest.fixture
def start(tmp_path: Path, redis_url: str, audio: Path) -> Iterator[Callable[[int], LineServer]]:
    """Starts a server that is ready, and stops it in the end."""
    with ExitStack() as stack:

        def make(drain_seconds: int) -> LineServer:
            made = line_server(
                tmp_path, redis_url=redis_url, audio=audio, IVR_DRAIN_SECONDS=str(drain_seconds)
            )
            server = stack.enter_context(made)
            server.wait_until_ready()
            return server

        yield make


def ring_until(stop: threading.Event, url: str, spec: Spec) -> list[Report]:
    """Crowds that ring one after the other, until it is enough."""
    reports: list[Report] = []
    while not stop.is_set():
        crowd = Crowd(url, TOKEN, spec, callers=CALLERS, seed=len(reports))
        reports.append(crowd.ring())
    return reports


def under_load(url: str, spec: Spec, restart: Callable[[], object]) -> list[Report]:
    """What befell the callers who rang while that was done."""
    stop, errors = threading.Event(), list[Exception]()

    def run() -> None:
        try:
            restart()
        except Exception as error:  # noqa: BLE001 - raised again where it is waited for
            errors.append(error)
        finally:
            stop.set()

    thread = threading.Thread(target=run)
    thread.start()
    reports = ring_until(stop, url, spec)
    thread.join()
    if errors:
        raise errors[0]
    return reports


def check(reports: list[Report], what: str) -> None:
    for report in reports:
        troubled = len(report.troubled)
        print(f"\n{what}: {report}, callers who heard an error {troubled}")  # noqa: T201 - the figures
    assert [told for report in reports for told in report.troubled] == []
    assert [told for report in reports for told in report.failed] == []


@pytest.mark.timeout(300)
def test_a_restart_with_a_socket_of_systemd_refuses_nobody(
    tmp_path: Path, redis_url: str, audio: Path, spec: Spec
) -> None:
    with listening() as listener, ExitStack() as stack:
        variables = settings(
            redis_url=redis_url, audio=audio, listener=listener, IVR_DRAIN_SECONDS=DRAIN
        )
        servers: list[LineServer] = []

        def begin() -> None:
            servers.append(LineServer(tmp_path, variables, listener))
            stack.callback(servers[-1].stop)

        def restart() -> None:
            servers[-1].wait_until_ready()
            for _ in range(2):
                servers[-1].send(signal.SIGTERM)
                assert servers[-1].wait() == 0
                begin()
                servers[-1].wait_until_ready()

        begin()
        check(under_load(f"{servers[0].origin}/voice", spec, restart), "socket activation")


@pytest.mark.timeout(300)
def test_a_rolling_restart_behind_a_balancer_refuses_nobody(
    tmp_path: Path, redis_url: str, audio: Path, spec: Spec
) -> None:
    with balancer() as front, ExitStack() as stack:
        variables = [
            settings(
                redis_url=redis_url,
                audio=audio,
                PUBLIC_URL=front.origin,
                IVR_DRAIN_SECONDS=DRAIN,
            )
            for _ in range(2)
        ]

        def begin(number: int) -> LineServer:
            server = LineServer(tmp_path, variables[number])
            stack.callback(server.stop)
            return server

        servers = [begin(number) for number in range(2)]
        front.origins = [server.origin for server in servers]
        front.wait_for(*front.origins)

        def restart() -> None:
            for number in range(2):
                roll(servers[number], front)
                begin(number)
                front.wait_for(*front.origins)

        check(under_load(f"{front.origin}/voice", spec, restart), "balancer")
        assert all(front.answered[origin] for origin in front.origins)


def roll(server: LineServer, front: Balancer) -> None:
    """End one server; the balancer must have noticed before its door is shut."""
    server.send(signal.SIGTERM)
    (other,) = (origin for origin in front.origins if origin != server.origin)
    front.wait_for(other, seconds=int(DRAIN))
    assert server.is_running()
    assert server.wait() == 0


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("is_told_to_all", [False, True], ids=["master", "whole-group"])
def test_readiness_goes_first_and_calls_go_on(
    start: Callable[[int], LineServer], sign: signal.Signals, *, is_told_to_all: bool
) -> None:
    """A terminal tells the whole group of its Ctrl-C, and platforms every process of theirs."""
    server = start(LONG_SECONDS)
    with Phone(None, TOKEN, caller(server.origin)) as phone:
        call = phone.call(f"{server.origin}/voice")
        call.start()
        if is_told_to_all:
            os.killpg(server.pid, sign)
        else:
            server.send(sign)
        begun = time.monotonic()
        while server.readiness() == httpx.codes.OK:
            assert time.monotonic() - begun < 1
        assert server.readiness() == httpx.codes.SERVICE_UNAVAILABLE
        call.press("1")
        assert not call.failures
        other = phone.call(f"{server.origin}/voice")
        other.start()
        assert not other.failures
        answer = httpx.get(f"{server.origin}/livez")
        assert answer.headers["Connection"] == "close"
    assert server.is_running()


@pytest.mark.parametrize("second", [signal.SIGTERM, signal.SIGINT])
def test_a_second_signal_ends_it_at_once(
    start: Callable[[int], LineServer], second: signal.Signals
) -> None:
    server = start(LONG_SECONDS)
    server.send(signal.SIGTERM)
    while server.readiness() == httpx.codes.OK:
        pass
    begun = time.monotonic()
    server.send(second)
    assert server.wait(GRACE_SECONDS / 2) == 0
    took = time.monotonic() - begun
    print(f"\nended {took:.2f} s behind the second signal")  # noqa: T201 - the figures


def test_a_worker_that_dies_while_it_drains_is_replaced(start: Callable[[int], LineServer]) -> None:
    server = start(LONG_SECONDS)
    server.send(signal.SIGTERM)
    for worker in server.workers():
        server.kill(worker)
    assert server.readiness() == httpx.codes.SERVICE_UNAVAILABLE
