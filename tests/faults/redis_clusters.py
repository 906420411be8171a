"""A real Cluster of six Redis processes."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Final

import redis

from tests.faults.redis_servers import (
    RedisServer,
    free_port,
    role,
    wait_for_replicas,
    wait_until,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SLOTS: Final = 16_384


class RedisCluster:
    """Three masters, each with one replica."""

    def __init__(self, masters: list[RedisServer], replicas: list[RedisServer]) -> None:
        self.masters = masters
        """As they were at the start."""
        self.replicas = replicas
        """The replica of each master, in the same order."""

    @property
    def servers(self) -> list[RedisServer]:
        return [*self.masters, *self.replicas]

    @property
    def url(self) -> str:
        return "redis+cluster://" + ",".join(master.address for master in self.masters)

    def wait_for_failover(self, number: int, seconds: float = 30.0) -> float:
        """Until the replica of this master has taken its place; gives the seconds."""
        replica = self.replicas[number]
        return wait_until(lambda: role(replica) == "master", seconds, "no failover")

    def move_slot(self, slot: int, source: int, target: int) -> None:
        """Gives one slot with its keys to another master, as a resharding does at its end."""
        self.begin_move(slot, source, target)
        old, new = self.masters[source], self.masters[target]
        for key in old.ask("CLUSTER", "GETKEYSINSLOT", slot, 1000):
            old.ask("MIGRATE", "127.0.0.1", new.port, key, 0, 2000)
        new_id = _id(new)
        for master in (new, old):
            master.ask("CLUSTER", "SETSLOT", slot, "NODE", new_id)

    def begin_move(self, slot: int, source: int, target: int) -> None:
        """Leaves a slot between two masters: keys that are not there yet are asked at the new."""
        old, new = self.masters[source], self.masters[target]
        new.ask("CLUSTER", "SETSLOT", slot, "IMPORTING", _id(old))
        old.ask("CLUSTER", "SETSLOT", slot, "MIGRATING", _id(new))


@contextmanager
def redis_cluster(folder: Path, *, node_timeout_ms: int = 500) -> Iterator[RedisCluster]:
    """Runs a Cluster of six processes, made by commands."""
    options = {
        "cluster-enabled": "yes",
        "cluster-config-file": "nodes.conf",
        "cluster-node-timeout": str(node_timeout_ms),
        "cluster-require-full-coverage": "no",
        "cluster-replica-validity-factor": "0",
    }
    with ExitStack() as stack:
        servers = [
            stack.enter_context(
                RedisServer(folder / f"node{n}", port=free_port(with_bus=True), options=options)
            )
            for n in range(6)
        ]
        masters, replicas = servers[:3], servers[3:]
        _join(servers)
        for number, master in enumerate(masters):
            begin, end = SLOTS * number // 3, SLOTS * (number + 1) // 3
            master.ask("CLUSTER", "ADDSLOTS", *range(begin, end))
        for master, replica in zip(masters, replicas, strict=True):
            wanted = _id(master)
            wait_until(lambda r=replica, w=wanted: _follows(r, w), 20.0, "no replica")  # type: ignore[misc]
            wait_for_replicas(master, 1)
        wait_until(lambda: all(_is_well(server) for server in servers), 30.0, "not well")
        yield RedisCluster(masters, replicas)


def _join(servers: list[RedisServer]) -> None:
    for number, server in enumerate(servers):
        server.ask("CLUSTER", "SET-CONFIG-EPOCH", number + 1)
    for other in servers[1:]:
        servers[0].ask("CLUSTER", "MEET", "127.0.0.1", other.port)
    count = len(servers)
    wait_until(lambda: all(_known(server) == count for server in servers), 20.0, "not all met")


def _id(server: RedisServer) -> str:
    found = server.ask("CLUSTER", "MYID")
    return found.decode() if isinstance(found, bytes) else str(found)


def _state(server: RedisServer) -> dict[str, str]:
    found = server.ask("CLUSTER", "INFO")
    if isinstance(found, dict):
        return {str(name): str(value) for name, value in found.items()}
    return dict(line.split(":", 1) for line in found.decode().split())


def _known(server: RedisServer) -> int:
    return int(_state(server)["cluster_known_nodes"])


def _is_well(server: RedisServer) -> bool:
    return _state(server)["cluster_state"] == "ok"


def _follows(replica: RedisServer, master_id: str) -> bool:
    """Whether it could be made a replica: it must have heard of that master first."""
    try:
        replica.ask("CLUSTER", "REPLICATE", master_id)
    except redis.ResponseError:
        return False
    return True
