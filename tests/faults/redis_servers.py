"""Real Redis servers that are killed, frozen, emptied and made slow on purpose.

`RedisServer` is one process; `tests.faults.redis_sentinels` and `tests.faults.redis_clusters` have
many that watch over one another, `tests.faults.bad_network` the network between. Each is a context
manager that stops what it started, even where that is frozen.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, Self

import redis

from ivr.store.embedded import find_server

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

START_SECONDS: Final = 15.0
STOP_SECONDS: Final = 10.0
BUS_OFFSET: Final = 10_000
"""A node of a Cluster listens on a second port, so much higher."""
POLL_SECONDS: Final = 0.02


def wait_until(
    holds: Callable[[], bool], seconds: float = START_SECONDS, what: str = "it did not happen"
) -> float:
    """Asks again and again until it holds; gives how long that took.

    Raises:
        AssertionError: it does not hold after so many seconds.
    """
    begin, pause = time.monotonic(), threading.Event()
    while not holds():
        assert time.monotonic() - begin < seconds, what
        pause.wait(POLL_SECONDS)
    return time.monotonic() - begin


def free_port(*, with_bus: bool = False) -> int:
    """A port on loopback that nobody listens on; with the second one of a Cluster, if asked."""
    for _ in range(200):
        with socket.socket() as one, socket.socket() as bus:
            one.bind(("127.0.0.1", 0))
            port: int = one.getsockname()[1]
            if not with_bus:
                return port
            with suppress(OSError, OverflowError):
                bus.bind(("127.0.0.1", port + BUS_OFFSET))
                return port
    raise AssertionError("no free port was found")


class RedisServer:
    """One `redis-server` on loopback, always at the same port; begun by `start` or `with`.

    Without `keeps_data` a restart gives an empty Redis.
    """

    def __init__(
        self,
        folder: Path,
        *,
        port: int | None = None,
        keeps_data: bool = False,
        options: Mapping[str, str] | None = None,
    ) -> None:
        """Describe a server.

        Args:
            folder: for its data and its log; made if it is not there. One for each server.
            port: where it listens; None: a free one.
            keeps_data: whether what it holds outlives a kill.
            options: further options of its configuration.
        """
        self.port = free_port() if port is None else port
        self.folder = folder
        self._options = {
            "port": str(self.port),
            "bind": "127.0.0.1",
            "dir": str(folder),
            "save": "",
            "appendonly": "yes" if keeps_data else "no",
            "appendfsync": "always",
            "repl-diskless-sync": "yes",
            "repl-diskless-sync-delay": "0",
            **(options or {}),
        }
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def raw(self, seconds: float = 5.0) -> Any:
        """A plain client, to look inside."""
        return redis.Redis(port=self.port, socket_timeout=seconds, protocol=2)

    def ask(self, *command: str | int | bytes) -> Any:
        """The answer to one command."""
        with self.raw() as client:
            return client.execute_command(*command)

    def start(self) -> Self:
        """Runs the server, and returns when it answers."""
        assert self._process is None, "it runs already"
        self.folder.mkdir(parents=True, exist_ok=True)
        words = [part for name, value in self._options.items() for part in (f"--{name}", value)]
        self._run([str(find_server()), *words])
        return self

    def kill(self) -> None:
        """SIGKILL: it is gone from one moment to the next."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Ends it in any case; does nothing where it does not run."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Kills it and runs it again at the same port; empty, unless it keeps its data."""
        self.kill()
        self.start()

    def freeze(self) -> None:
        """SIGSTOP: connections stay open and are taken, and nothing is answered."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT: it goes on."""
        self._signal(signal.SIGCONT)

    def empty(self) -> None:
        """Deletes everything, scripts too: as after a restart without data."""
        self.ask("FLUSHALL")
        self.ask("SCRIPT", "FLUSH")

    def read_only(self) -> None:
        """As a master that became a replica after a failover: it reads, and refuses to write."""
        self.ask("REPLICAOF", "127.0.0.1", 1)

    def writable(self) -> None:
        """A master again."""
        self.ask("REPLICAOF", "NO", "ONE")

    def __enter__(self) -> Self:
        return self.start() if self._process is None else self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _run(self, command: list[str]) -> None:
        with (self.folder / "redis.log").open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - a program we found
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            wait_until(self._answers, what=f"Redis did not start; see {self.folder}/redis.log")
        except AssertionError:
            self.stop()
            raise

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, f"Redis ended; see {self.folder}/redis.log"
        try:
            return bool(self.ask("PING"))
        except redis.RedisError:
            return False

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None, "it does not run"
        os.kill(self._process.pid, number)

    def _end(self, number: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(ProcessLookupError):
            process.send_signal(number)
        process.wait(STOP_SECONDS)


def info(server: RedisServer, section: str) -> dict[str, Any]:
    """What a server tells of itself."""
    with server.raw() as client:
        found: dict[str, Any] = client.info(section)
        return found


def role(server: RedisServer) -> str:
    """`master`, `slave`, or `gone` where it does not answer."""
    try:
        return str(info(server, "replication")["role"])
    except redis.RedisError:
        return "gone"


def wait_for_replicas(master: RedisServer, count: int) -> None:
    """Until so many replicas have all that their master has."""

    def are_online() -> bool:
        found = info(master, "replication")
        states = [found.get(f"slave{n}", {}).get("state") for n in range(count)]
        return states == ["online"] * count

    wait_until(are_online, 20.0, "the replicas did not follow")
