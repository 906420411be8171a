"""A server as a process of its own, until the block ends."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import httpx

from tests.benchmarks.ours import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.benchmarks.ours import Stage

IVR: Final = Path(sys.executable).parent / "ivr"
START_SECONDS: Final = 40.0
STOP_SECONDS: Final = 20.0
POLL_SECONDS: Final = 0.01


class Running:
    """A server.

    Args:
        process: as it was started.
        port: where it is asked.
        log: the file of all that it prints.
    """

    def __init__(self, process: subprocess.Popen[bytes], port: int, log: Path) -> None:
        self.port = port
        self._process = process
        self._log = log

    def wait_for(self, path: str, statuses: Sequence[int]) -> None:
        """Wait until it answers there with one of these.

        Raises:
            SystemExit: it does not; says what it has printed.
        """
        until = time.monotonic() + START_SECONDS
        while self._status(path) not in statuses:
            if self._process.poll() is not None or time.monotonic() > until:
                words = self._log.read_text(encoding="utf-8", errors="replace")[-3000:]
                raise SystemExit(f"A server of the benchmark does not start:\n{words}")
            threading.Event().wait(POLL_SECONDS)

    def workers(self) -> list[int]:
        """The processes below it; Linux only."""
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        return [int(child) for child in children.read_text().split()]

    def ask_to_end(self) -> None:
        """What a platform does before it starts a new release."""
        self._process.send_signal(signal.SIGTERM)

    def wait_for_end(self) -> None:
        """Wait until it has ended by itself; one that does not is ended."""
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.stop()

    def is_running(self) -> bool:
        """Whether it has not ended yet."""
        return self._process.poll() is None

    def stop(self) -> None:
        """End it for good, with all that it started."""
        if self.is_running():
            for sign in (signal.SIGTERM, signal.SIGINT):  # ours ends at once at the second one
                self._process.send_signal(sign)
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()

    def _status(self, path: str) -> int | None:
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}{path}", timeout=5).status_code
        except httpx.HTTPError:
            return None


@contextmanager
def running(
    stage: Stage, *command: str, port: int | None = None, **variables: str
) -> Iterator[Running]:
    """A process that serves by this command, with the settings of the stage, but for these."""
    port = port or free_port()
    log = stage.folder / f"server-{port}.log"
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("IVR_", "TWILIO_"))}  # noqa: TID251 - a child needs PATH
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own command
            command,
            cwd=ROOT,
            env={**kept, **stage.variables(port), **variables},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    server = Running(process, port, log)
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def serving(stage: Stage, kind: str, *options: str) -> Iterator[Running]:
    """*Floor*, *usual* or *ours* under the server of the Procfile, once it answers."""
    command = (sys.executable, "-m", "tests.benchmarks.served", kind, *options)
    with running(stage, *command) as server:
        server.wait_for("/livez", (200, 404))
        yield server


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
