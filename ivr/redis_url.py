"""What REDIS_URL says: one Redis, a Redis that Sentinels watch over, or a Cluster.

Nothing here asks a network. The forms, with what each is for, are told in docs/redis.md.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

from msgspec import Struct

from ivr.errors import StoreError

REDIS_PORT: Final = 6379
SENTINEL_PORT: Final = 26379
MAX_PORT: Final = 65535
FORMS: Final = (
    "write redis://host:6379/0, rediss://…, unix:///path, "
    "redis+sentinel://host:26379,host:26379/name/0 or redis+cluster://host:6379,host:6379"
)
"""What to do about a URL that is none of these."""


class Kind(StrEnum):
    """How many Redis servers stand behind the URL, and how the right one is found."""

    SERVER = "server"
    """One server, by host and port."""
    SOCKET = "socket"
    """One server on this machine, by the path of its socket."""
    SENTINEL = "sentinel"
    """The master of a name, which Sentinels know."""
    CLUSTER = "cluster"
    """Many masters, each with a share of the keys."""


class Host(Struct, frozen=True):
    """Where a server listens."""

    name: str
    """A host name or an address; of IPv6 without brackets."""
    port: int


class RedisUrl(Struct, frozen=True, kw_only=True):
    """A REDIS_URL that was read.

    Sample: `RedisUrl(kind=Kind.SERVER, hosts=(Host("127.0.0.1", 6379),))`.
    """

    kind: Kind
    hosts: tuple[Host, ...] = ()
    """The server; of `SENTINEL` the Sentinels, of `CLUSTER` some of its servers."""
    path: str | None = None
    """Of the socket."""
    service: str | None = None
    """How the Sentinels call the master."""
    db: int = 0
    is_tls: bool = False
    user: str | None = None
    password: str | None = None

    def __repr__(self) -> str:
        """Name the kind only: a repr may end in a log."""
        return f"RedisUrl({self.kind}, …)"


class RedisUrlError(StoreError):
    """REDIS_URL cannot be read; says what is wrong with it, and never shows it."""


def problem_of(url: str) -> str | None:
    """What is wrong with a URL, as one sentence without its name; None: it is good."""
    try:
        parse(url)
    except RedisUrlError as error:
        return str(error)
    return None


def parse(url: str) -> RedisUrl:
    """Reads a REDIS_URL.

    Raises:
        RedisUrlError: it is none; the message never shows it, for a password may stand in it.
    """
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise _unreadable("it is no URL") from error
    # Another option would change what redis-py answers, or how long it waits.
    options = re.fullmatch(r"(?:db=(\d{1,5}))?", parts.query)
    if options is None or parts.fragment:
        raise _unreadable("of the options after ? only db=NUMBER is taken")
    db = options[1]
    match parts.scheme:
        case "redis" | "rediss":
            return _server(parts, db)
        case "unix":
            return _socket(parts, db)
        case "redis+sentinel":
            return _sentinel(parts, db)
        case "redis+cluster":
            return _cluster(parts, db)
        case _:
            raise _unreadable("its scheme is none of a Redis")


def _server(parts: SplitResult, db: str | None) -> RedisUrl:
    hosts, user, password = _authority(parts.netloc, REDIS_PORT)
    if len(hosts) != 1:
        raise _unreadable("it names more than one host")
    return RedisUrl(
        kind=Kind.SERVER,
        hosts=hosts,
        db=_db(parts.path.strip("/"), db),
        is_tls=parts.scheme == "rediss",
        user=user,
        password=password,
    )


def _socket(parts: SplitResult, db: str | None) -> RedisUrl:
    credentials, _, host = parts.netloc.rpartition("@")
    if host or len(parts.path) < 2:  # noqa: PLR2004 - a slash and a letter
        raise _unreadable("the path of the socket is missing, or has not three slashes before it")
    user, password = _credentials(credentials)
    return RedisUrl(
        kind=Kind.SOCKET, path=unquote(parts.path), db=_db("", db), user=user, password=password
    )


def _sentinel(parts: SplitResult, db: str | None) -> RedisUrl:
    hosts, user, password = _authority(parts.netloc, SENTINEL_PORT)
    service, _, number = parts.path.strip("/").partition("/")
    if not service:
        raise _unreadable("the name that the Sentinels give the master is missing after the hosts")
    return RedisUrl(
        kind=Kind.SENTINEL,
        hosts=hosts,
        service=unquote(service),
        db=_db(number, db),
        user=user,
        password=password,
    )


def _cluster(parts: SplitResult, db: str | None) -> RedisUrl:
    hosts, user, password = _authority(parts.netloc, REDIS_PORT)
    if _db(parts.path.strip("/"), db):
        raise _unreadable("a Cluster has only the database 0")
    return RedisUrl(kind=Kind.CLUSTER, hosts=hosts, user=user, password=password)


def _authority(netloc: str, port: int) -> tuple[tuple[Host, ...], str | None, str | None]:
    credentials, _, hosts = netloc.rpartition("@")
    return tuple(_host(each, port) for each in hosts.split(",")), *_credentials(credentials)


def _credentials(text: str) -> tuple[str | None, str | None]:
    user, _, password = text.partition(":")
    return unquote(user) or None, unquote(password) or None


def _host(text: str, port: int) -> Host:
    """One host, with its own port or the usual one."""
    found = re.fullmatch(r"(?:\[([0-9A-Fa-f:.%]+)\]|([A-Za-z0-9._-]+))(?::(\d{1,5}))?", text)
    if found is None:
        raise _unreadable("a host or its port is missing or misspelt")
    number = int(found[3]) if found[3] else port
    if not 0 < number <= MAX_PORT:
        raise _unreadable(f"a port is not from 1 to {MAX_PORT}")
    return Host(found[1] or found[2], number)


def _db(path: str, option: str | None) -> int:
    """The number of the database; the option wins, as redis-py has it."""
    if not re.fullmatch(r"\d{0,5}", path):
        raise _unreadable("the number of the database, after the last slash, is none")
    return int(option or path or 0)


def _unreadable(why: str) -> RedisUrlError:
    return RedisUrlError(f"cannot be read: {why}; {FORMS}")
