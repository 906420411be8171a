"""The line as it runs for the public: real `ivr serve` processes on loopback, to be broken.

    with line_server(tmp_path, redis_url=redis_url, audio=audio) as server:
        server.wait_until_ready()
        with Phone(None, TOKEN, caller(server.origin)) as phone:
            call = phone.call(f"{server.origin}/voice")
            call.start()
            server.kill(server.workers()[0])

Behind a balancer (`tests.faults.balancer`) each of several servers is given its PUBLIC_URL. What
they print is in `server.log()`. Only what was started here is ever stopped or killed.
"""

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

from ivr.simulator.setup import Setup
from tests.conftest import SECRET, TOKEN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT: Final = Path(__file__).parents[2]
IVR: Final = Path(sys.executable).parent / "ivr"
START_SECONDS: Final = 40.0
"""Two cores that are busy with other tests take their time to import everything."""
STOP_SECONDS: Final = 30.0
POLL_SECONDS: Final = 0.02
UNLIMITED: Final = {"IVR_CALLS_AN_HOUR": "0", "IVR_MINUTES_A_DAY": "0", "IVR_TURNS_A_CALL": "0"}
"""Many calls from one machine are what these tests are about."""
ACTIVATED: Final = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
os.execv(sys.argv[2], sys.argv[2:])
"""
"""Does as systemd does with a socket unit: https://www.freedesktop.org/software/systemd/man/latest/sd_listen_fds.html."""


class LineServer:
    """One `ivr serve`.

    Args:
        folder: where it runs, and where its log is written.
        variables: its settings; PORT is where it is asked.
        listener: a socket that listens on that port and is handed over as by systemd; None: it
            opens its own.
    """

    def __init__(
        self, folder: Path, variables: Mapping[str, str], listener: socket.socket | None = None
    ) -> None:
        self.origin = f"http://127.0.0.1:{variables['PORT']}"
        self._log = folder / f"serve-{variables['PORT']}-{time.monotonic_ns()}.log"
        command, handed = [str(IVR), "serve"], []
        if listener is not None:
            handed = [listener.fileno()]
            command = [sys.executable, "-c", ACTIVATED, str(listener.fileno()), *command]
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("IVR_", "TWILIO_"))}  # noqa: TID251 - a child needs PATH
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own command
                command,
                cwd=folder,
                env={**kept, "PYTHONUNBUFFERED": "1", **variables},
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=handed,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """Of the process that watches over the workers."""
        return self._process.pid

    def log(self) -> str:
        """All that it and its workers have printed so far."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    def readiness(self) -> int | None:
        """What `/readyz` answers: a status, or None where nobody answers."""
        try:
            return httpx.get(f"{self.origin}/readyz", timeout=5).status_code
        except httpx.HTTPError:
            return None

    def wait_until_ready(self) -> None:
        """Wait until it says that calls may come."""
        until = time.monotonic() + START_SECONDS
        while self.readiness() != httpx.codes.OK:
            assert self._process.poll() is None, f"it has ended:\n{self.log()}"
            assert time.monotonic() < until, f"it is not ready:\n{self.log()}"
            threading.Event().wait(POLL_SECONDS)

    def workers(self) -> list[int]:
        """The processes that answer, the oldest first; Linux only."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children")
        return [int(child) for child in children.read_text().split()]

    def kill(self, worker: int) -> bool:
        """End one worker in mid-answer, as the kernel does when memory runs out.

        Args:
            worker: one of `workers`; one that has gone meanwhile is let be.

        Returns:
            Whether it was killed.
        """
        is_there = worker in self.workers()  # a number may belong to a stranger by now
        if is_there:
            os.kill(worker, signal.SIGKILL)
        return is_there

    def send(self, sign: signal.Signals) -> None:
        """Tell the server, and none of its workers."""
        self._process.send_signal(sign)

    def wait(self, seconds: float = STOP_SECONDS) -> int:
        """Wait for its end; gives its exit code."""
        return self._process.wait(seconds)

    def is_running(self) -> bool:
        """Whether it has not ended yet."""
        return self._process.poll() is None

    def stop(self) -> None:
        """End it for good, with all its workers."""
        if self.is_running():
            for sign in (signal.SIGTERM, signal.SIGINT):  # the second one: at once
                self.send(sign)
            try:
                self.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(self.pid, signal.SIGKILL)
                self.wait()


@contextmanager
def line_server(
    folder: Path,
    *,
    redis_url: str,
    audio: Path,
    listener: socket.socket | None = None,
    **variables: str,
) -> Iterator[LineServer]:
    """One server, not ready yet, that is stopped behind the block.

    Args:
        folder: where it runs.
        redis_url: its Redis.
        audio: its clips.
        listener: as of `LineServer`.
        **variables: further settings, such as PUBLIC_URL, which is its own address otherwise.
    """
    made = settings(redis_url=redis_url, audio=audio, listener=listener, **variables)
    server = LineServer(folder, made, listener)
    try:
        yield server
    finally:
        server.stop()


def settings(
    *, redis_url: str, audio: Path, listener: socket.socket | None = None, **variables: str
) -> dict[str, str]:
    """What a server of these tests is told by its environment."""
    port = variables.get("PORT") or str(listener.getsockname()[1] if listener else free_port())
    return {
        "TWILIO_AUTH_TOKEN": TOKEN,
        "IVR_SECRET_KEY": SECRET,
        "IVR_CONFIG": str(ROOT / "config"),
        "IVR_AUDIO": str(audio),
        "REDIS_URL": redis_url,
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        **UNLIMITED,
        **variables,
        "PORT": port,
    }


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def listening() -> socket.socket:
    """A socket that listens, as a socket unit of systemd's holds one; to be closed."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", 0))
    listener.listen(2048)
    return listener


def caller(origin: str, from_number: str = "anonymous") -> Setup:
    """Somebody who rings as Twilio lets them: with a fallback URL and a status callback."""
    return Setup(
        from_number=from_number,
        fallback_url=f"{origin}/voice/fallback",
        status_callback=f"{origin}/voice/status",
    )
