"""Which Redis has a call: the only one, the one that Sentinels call master, or a part of a Cluster.

redis-py's own clients for Sentinels and for a Cluster were looked at: while a master is away they
sleep, search anew at every command, and hold all threads at one lock meanwhile, with no end that a
turn could set. What is needed of them is small, since the keys have 64 places only.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, Final, Protocol

import redis
from redis.crc import key_slot
from redis.exceptions import AskError, MovedError

from ivr.redis_url import Host, Kind
from ivr.store.breaker import Breaker, Watch
from ivr.store.connection import Opener
from ivr.store.keys import PARTITIONS, PROBE_SECONDS, Names
from ivr.store.node import Node, NowhereError, told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ivr.redis_url import RedisUrl
    from ivr.store.wire import Command, Wire

MAX_REDIRECTS: Final = 3
"""So often one command is sent on while a Cluster moves its keys about."""
SEARCH_SECONDS: Final = 1.0
"""How long the thread that looks after them may search for the masters at a time."""
REFRESH_SECONDS: Final = 0.25
"""A Cluster is asked no more often than so who has what, while something is wrong with it."""
_NOBODY: Final[tuple[Host | None, ...]] = (None,) * PARTITIONS


class Fleet(Protocol):
    """The servers behind one REDIS_URL."""

    names: Names

    def ask(
        self, at: int, commands: Sequence[Command], until: float, *, writes: bool = False
    ) -> list[Any]:
        """The answers to commands about keys of one partition, sent in one go.

        Raises:
            StoreError: nothing was asked, for that server is away.
            redis.RedisError: it did not answer, or refused.
        """
        ...

    def masters(self, until: float) -> tuple[Node, ...]:
        """All servers that have keys, each once.

        Raises:
            redis.RedisError: they cannot be found.
        """
        ...

    def seconds_away(self) -> float | None:
        """For how long any of them has been away; None: none is."""
        ...

    def close(self) -> None:
        """Closes every connection."""
        ...


def fleet_of(url: RedisUrl, timeout_seconds: float) -> Fleet:
    """The servers of a URL; nothing is sent before it is needed."""
    if url.kind is Kind.CLUSTER:
        return Cluster(url, timeout_seconds)
    return Alone(url, timeout_seconds)


class Alone:
    """One server for everything, though not always the same where Sentinels say which."""

    names = Names(is_cluster=False)

    def __init__(self, url: RedisUrl, timeout_seconds: float) -> None:
        """Remember where it is; nothing is sent."""
        self._opener = Opener(url)
        self._url = url
        self._sentinels = url.hosts
        """Never changed, only exchanged: every thread reads it."""
        self._timeout_seconds = timeout_seconds
        self._watch = Watch(self._look, lambda: self._node.breaker.is_open)
        self._node = Node(self._open, timeout_seconds, Breaker(self._watch.begin))

    def ask(
        self, at: int, commands: Sequence[Command], until: float, *, writes: bool = False
    ) -> list[Any]:
        """See `Fleet`."""
        del at  # one has all
        return self._node.ask(commands, until, writes=writes)

    def masters(self, until: float) -> tuple[Node, ...]:
        """See `Fleet`."""
        del until  # it is known, or found when it is asked
        return (self._node,)

    def seconds_away(self) -> float | None:
        """See `Fleet`."""
        return self._node.breaker.seconds_away

    def close(self) -> None:
        """See `Fleet`."""
        self._watch.close()
        self._node.drop()

    def _look(self) -> None:
        """Tries the master once more, as another Sentinel knows it.

        One that has missed a failover tells of the old master for as long as that is away.
        """
        self._sentinels = (*self._sentinels[1:], *self._sentinels[:1])
        _probe(self._node, self.names.probe(0))

    def _open(self, until: float) -> Wire:
        """A connection to the server, or to whoever is master now.

        Raises:
            redis.RedisError: no Sentinel knows one.
        """
        if self._url.path is not None:
            return self._opener.open(self._url.path)
        if self._url.service is None:
            return self._opener.open(self._url.hosts[0])
        return self._opener.open(self._master(self._url.service, until))

    def _master(self, service: str, until: float) -> Host:
        """Where the first Sentinel that answers has the master; it is asked first from then on."""
        for sentinel in self._sentinels:
            most = min(until, time.monotonic() + self._timeout_seconds / 2)
            try:
                found = self._told_by(sentinel, service, most)
            except redis.RedisError:
                continue
            if found:
                others = (each for each in self._sentinels if each != sentinel)
                self._sentinels = (sentinel, *others)
                return Host(found[0].decode(), int(found[1]))
        raise NowhereError(f"no Sentinel answered that knows a master '{service}'")

    def _told_by(self, sentinel: Host, service: str, until: float) -> list[bytes] | None:
        """What one Sentinel answers; a password is given only to one that asks for it."""
        command: Command = ("SENTINEL", "GET-MASTER-ADDR-BY-NAME", service)
        for is_known in (False, True):
            wire = self._opener.open_sentinel(sentinel, is_known=is_known)
            try:
                found: list[bytes] | None = wire.ask([command], until)[0]
            except redis.AuthenticationError:
                continue
            else:
                return found
            finally:
                wire.close()
        return None


class Cluster:
    """Many masters; the 64 partitions of our keys are spread over them."""

    names = Names(is_cluster=True)

    def __init__(self, url: RedisUrl, timeout_seconds: float) -> None:
        """Remember some of its servers; nothing is sent."""
        self._opener = Opener(url)
        self._timeout_seconds = timeout_seconds
        self._watch = Watch(self._look, lambda: self.seconds_away() is not None)
        self._finding = Breaker(self._watch.begin)
        self._searching = threading.Lock()
        self._searched = 0.0
        self._is_stale = True
        self._seeds = url.hosts
        self._nodes: dict[Host, Node] = {}
        self._owners = _NOBODY

    def ask(
        self, at: int, commands: Sequence[Command], until: float, *, writes: bool = False
    ) -> list[Any]:
        """See `Fleet`."""
        host, asking = self._owner(at, until), False
        for _ in range(MAX_REDIRECTS):
            try:
                if asking:
                    return self._node(host).ask([("ASKING",), *commands], until, writes=writes)[1:]
                return self._node(host).ask(commands, until, writes=writes)
            except AskError as redirect:  # MOVED as well
                asking = not isinstance(redirect, MovedError)
                self._is_stale = self._is_stale or not asking
                host = Host(redirect.host or host.name, redirect.port)
            except redis.RedisError:
                self._is_stale = True
                raise
        raise redis.ConnectionError("the Cluster sends a command about")

    def masters(self, until: float) -> tuple[Node, ...]:
        """See `Fleet`."""
        owners = [self._owner(at, until) for at in self.names.partitions]
        return tuple(self._node(host) for host in dict.fromkeys(owners))

    def seconds_away(self) -> float | None:
        """See `Fleet`."""
        breakers = [self._finding, *(node.breaker for node in tuple(self._nodes.values()))]
        away = [breaker.seconds_away for breaker in breakers]
        return max((seconds for seconds in away if seconds is not None), default=None)

    def close(self) -> None:
        """See `Fleet`."""
        self._watch.close()
        for node in tuple(self._nodes.values()):
            node.drop()

    def _owner(self, at: int, until: float) -> Host:
        """Which server has a partition, as far as is known."""
        if self._is_stale and not self._finding.is_open:
            self._refresh(until)
        host = self._owners[at]
        if host is None:
            self._finding.check()
            self._is_stale = True
            raise NowhereError("no server was found that has this part of a Cluster's keys")
        return host

    def _node(self, host: Host) -> Node:
        node = self._nodes.get(host)
        if node is None:
            opener, seconds = self._opener, self._timeout_seconds
            breaker = Breaker(self._watch.begin)
            made = Node(lambda _: opener.open(host), seconds, breaker, is_of_cluster=True)
            node = self._nodes.setdefault(host, made)
        return node

    def _refresh(self, until: float) -> None:
        """Asks anew who has what, if nobody does so now or has done so just before."""
        left = until - time.monotonic()
        is_known = any(self._owners)
        # Who knows nothing yet waits for the one that asks; else what is known must do.
        if not self._searching.acquire(timeout=0 if is_known else max(0.0, left)):
            return
        try:
            if self._is_stale and time.monotonic() - self._searched >= REFRESH_SECONDS:
                self._search(until)
                self._searched = time.monotonic()
        finally:
            self._searching.release()

    def _search(self, until: float) -> None:
        """Asks one server after another, those first that answered lately, for one that knows all.

        One that was restarted without its part of the Cluster answers that nobody has anything.
        """
        why, known = "no server of the Cluster has any keys; mend that Cluster", _NOBODY
        failures = {host: node.breaker.failures for host, node in tuple(self._nodes.items())}
        hosts = dict.fromkeys((*failures, *self._seeds))
        for host in sorted(hosts, key=lambda each: failures.get(each, 0)):
            wire = self._opener.open(host)
            most = min(until, time.monotonic() + self._timeout_seconds / 2)
            try:
                found = wire.ask([("CLUSTER", "SLOTS")], most)[0]
            except redis.RedisError as error:
                why = told(error)
                continue
            finally:
                wire.close()
            known = max(known, _owners(found, host), key=_count)
            if all(known):
                break
        if any(known):
            self._take(known)
        else:
            self._finding.fail(why)

    def _take(self, owners: tuple[Host | None, ...]) -> None:
        """Believes who has what, and lets servers go that have no keys any more."""
        self._owners = owners
        self._is_stale = False
        for host in [each for each in tuple(self._nodes) if each not in owners]:
            self._nodes.pop(host).drop()
        self._finding.recover()

    def _look(self) -> None:
        """Finds out whether replicas have become masters, and tries those masters that are away."""
        self._is_stale = True
        self._refresh(time.monotonic() + SEARCH_SECONDS)
        owners = {host: at for at, host in enumerate(self._owners)}
        for host, node in tuple(self._nodes.items()):
            _probe(node, self.names.probe(owners.get(host, 0)))


def _count(owners: tuple[Host | None, ...]) -> int:
    """How many partitions have an owner."""
    return sum(host is not None for host in owners)


def _owners(slots: Any, answered: Host) -> tuple[Host | None, ...]:
    """Who has each partition, by what CLUSTER SLOTS tells; None: nobody."""
    found: list[Host | None] = [None] * PARTITIONS
    for at in range(PARTITIONS):
        slot = key_slot(b"%02x" % at)
        for first, last, master, *_ in slots:
            if first <= slot <= last:
                # A server that does not know under which name it is reached tells none.
                found[at] = Host(master[0].decode() if master[0] else answered.name, master[1])
    return tuple(found)


def _probe(node: Node, key: str) -> None:
    """Tries once more a server that was away."""
    if node.breaker.is_open:
        until = time.monotonic() + SEARCH_SECONDS
        node.probe(("SET", key, 1, "EX", PROBE_SECONDS), until)
