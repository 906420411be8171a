"""A real master with replicas and Sentinels, one of which takes its place when it dies."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Final, Self

from ivr.store.embedded import find_server
from tests.faults.redis_servers import RedisServer, role, wait_for_replicas, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SERVICE: Final = "helpline"
"""What the Sentinels call the master."""


class SentinelServer(RedisServer):
    """A Sentinel that watches over one master."""

    def __init__(self, folder: Path, master: RedisServer, *, down_after_ms: int = 300) -> None:
        super().__init__(folder)
        self._lines = (
            f"port {self.port}",
            "bind 127.0.0.1",
            f"dir {folder}",
            f"sentinel monitor {SERVICE} 127.0.0.1 {master.port} 2",
            f"sentinel down-after-milliseconds {SERVICE} {down_after_ms}",
            f"sentinel failover-timeout {SERVICE} 3000",
            f"sentinel parallel-syncs {SERVICE} 2",
        )

    def start(self) -> Self:
        assert self._process is None, "it runs already"
        self.folder.mkdir(parents=True, exist_ok=True)
        file = self.folder / "sentinel.conf"
        if not file.exists():  # it writes into it what it learns
            file.write_text("\n".join(self._lines) + "\n")
        self._run([str(find_server()), str(file), "--sentinel"])
        return self

    def master_port(self) -> int:
        """Where the master is, as this Sentinel believes."""
        return int(self.ask("SENTINEL", "GET-MASTER-ADDR-BY-NAME", SERVICE)[1])


class SentinelSet:
    """A master with two replicas and three Sentinels, all of which know of one another."""

    def __init__(self, servers: list[RedisServer], sentinels: list[SentinelServer]) -> None:
        self.servers = servers
        self.sentinels = sentinels

    @property
    def url(self) -> str:
        hosts = ",".join(sentinel.address for sentinel in self.sentinels)
        return f"redis+sentinel://{hosts}/{SERVICE}/0"

    def master(self) -> RedisServer:
        """The server that the last Sentinel calls master."""
        port = self.sentinels[-1].master_port()
        return next(server for server in self.servers if server.port == port)

    def wait_for_failover(self, old: RedisServer, seconds: float = 30.0) -> float:
        """Until another server is master and takes what is written; gives the seconds."""
        return wait_until(lambda: self._has_left(old), seconds, "no replica became master")

    def _has_left(self, old: RedisServer) -> bool:
        new = self.master()
        return new is not old and role(new) == "master"


@contextmanager
def sentinel_set(folder: Path, *, down_after_ms: int = 300) -> Iterator[SentinelSet]:
    """Runs a master, two replicas and three Sentinels."""
    with ExitStack() as stack:
        servers = [stack.enter_context(RedisServer(folder / f"redis{n}")) for n in range(3)]
        for replica in servers[1:]:
            replica.ask("REPLICAOF", "127.0.0.1", servers[0].port)
        wait_for_replicas(servers[0], 2)
        sentinels = [
            stack.enter_context(
                SentinelServer(folder / f"sentinel{n}", servers[0], down_after_ms=down_after_ms)
            )
            for n in range(3)
        ]
        wait_until(lambda: all(_is_complete(each) for each in sentinels), 30.0)
        yield SentinelSet(servers, sentinels)


def _is_complete(sentinel: SentinelServer) -> bool:
    """Whether it knows both replicas and both other Sentinels."""
    flat = sentinel.ask("SENTINEL", "MASTER", SERVICE)
    if not isinstance(flat, dict):
        words = [each.decode() for each in flat]
        flat = dict(zip(words[::2], words[1::2], strict=True))
    return (int(flat["num-slaves"]), int(flat["num-other-sentinels"])) == (2, 2)
