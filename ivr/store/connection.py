"""How connections to Redis are made: to a host, over TLS, or to a socket on this machine.

redis-py makes them. It bounds each read alone; a server that lets its answers trickle makes many
reads, and could hold a turn for minutes. Here all of it has one end, by the clock.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final, TypeAlias, assert_never

from redis.connection import Connection, SSLConnection, UnixDomainSocketConnection

from ivr.redis_url import Host
from ivr.store.wire import Wire

if TYPE_CHECKING:
    from ivr.redis_url import RedisUrl

Address: TypeAlias = Host | str
"""Where a server listens: a host, or the path of a socket."""
RESP: Final = 2
"""The older protocol needs no greeting, which would be a round trip more on a new connection."""


class _TimedSocket:
    """A socket that sends and receives until a given moment, however small the pieces are."""

    def __init__(self, inner: Any, until: float) -> None:
        self.inner = inner
        self._until = until

    def recv_into(self, buffer: bytearray) -> int:
        self.inner.settimeout(self._left())
        received: int = self.inner.recv_into(buffer)
        return received

    def sendall(self, data: bytes) -> None:
        self.inner.settimeout(self._left())
        self.inner.sendall(data)

    def _left(self) -> float:
        """Seconds until the end.

        Raises:
            TimeoutError: it is past.
        """
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError("the time for this connection is over")
        return left

    def __getattr__(self, name: str) -> Any:
        """All else that redis-py asks of a socket: to close it."""
        return getattr(self.inner, name)


class _Timed:
    """What the connections of redis-py are given besides."""

    until: float = 0.0
    """By `time.monotonic`: when the connection must be made."""
    _sock: Any

    @property
    def socket_timeout(self) -> float:
        """What is left now, which redis-py asks for before it connects, and again before TLS.

        It does so for each address that a name has: they have one time together.
        """
        return max(0.001, self.until - time.monotonic())

    @socket_timeout.setter
    def socket_timeout(self, _: float | None) -> None:
        """Redis-py sets its own when it makes a connection; ours does not rest on it."""

    socket_connect_timeout = socket_timeout

    def _connect(self) -> _TimedSocket:
        """The socket, once it is connected, and greeted where it speaks TLS.

        Raises:
            OSError: it cannot be.
        """
        inner: Any = super()
        try:
            return _TimedSocket(inner._connect(), self.until)  # noqa: SLF001 - redis-py's own hook
        except (UnicodeError, LookupError) as error:  # of a name such as `redis..internal`
            raise OSError("no host can have this name") from error

    def made(self, until: float) -> Any:
        """See `ivr.store.wire.Connection`."""
        self.until = until
        inner: Any = super()
        inner.connect()
        return self._sock.inner


class _TimedConnection(_Timed, Connection):  # type: ignore[misc] # the times are told, not kept
    pass


class _TimedSSLConnection(_Timed, SSLConnection):  # type: ignore[misc] # likewise
    pass


class _TimedSocketConnection(_Timed, UnixDomainSocketConnection):  # type: ignore[misc] # likewise
    pass


# What redis-py says of the types of its connections is not complete.
_TCP: Final[Any] = _TimedConnection
_TLS: Final[Any] = _TimedSSLConnection
_UNIX: Final[Any] = _TimedSocketConnection


class Opener:
    """Makes connections as a REDIS_URL has them; they connect at their first command."""

    def __init__(self, url: RedisUrl) -> None:
        self._login: dict[str, Any] = {"username": url.user, "password": url.password}
        self._options: dict[str, Any] = {
            "db": url.db,
            "protocol": RESP,
            "driver_info": None,  # to tell Redis who we are would be a round trip more
        }
        self._is_tls = url.is_tls

    def open(self, address: Address) -> Wire:
        """A connection to a Redis that holds our keys."""
        return Wire(self._connection(address))

    def open_sentinel(self, host: Host, *, is_known: bool) -> Wire:
        """A connection to a Sentinel, which has no databases.

        Args:
            host: where it listens.
            is_known: give the password; a Sentinel that has none would refuse it.
        """
        login = self._login if is_known else {}
        return Wire(_TCP(host=host.name, port=host.port, **{**self._options, "db": 0}, **login))

    def _connection(self, address: Address) -> Any:
        options = {**self._options, **self._login}
        match address:
            case str():
                return _UNIX(path=address, **options)
            case Host(name=name, port=port) if self._is_tls:
                return _TLS(host=name, port=port, **options)
            case Host(name=name, port=port):
                return _TCP(host=name, port=port, **options)
            case _:
                assert_never(address)
