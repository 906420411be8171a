"""Digits that stand for a caller's secrets, and the search for them in all that a line leaves."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.faults.redis_servers import RedisServer

PIN: Final = "9371"
OTP: Final = "739186"
PHONE: Final = "8391764852"
AADHAAR: Final = "739284615870"
CARD: Final = "9371846205718364"
KEYED: Final = (PIN, OTP, PHONE, AADHAAR, CARD)
"""A PIN, an OTP, a telephone number, an Aadhaar number and a card, none of them real.

A single key cannot be a canary: 1 stands everywhere, whoever pressed it.
"""
CALLER: Final = "+919731846205"
VOLUNTEER: Final = "+15005550137"
NUMBERS: Final = (CALLER, VOLUNTEER)
SURELY: Final = 8
"""So many digits in a row are never chance; of fewer a hash or a clock may have some."""
_OTHER_KEYS: Final = str.maketrans("", "", "*#")
_READ: Final = {
    b"string": ("GET",),
    b"hash": ("HGETALL",),
    b"zset": ("ZRANGE", 0, -1, "WITHSCORES"),
}
"""How each type of Redis that the line uses is read whole."""


def _pattern(canary: str) -> str:
    digits = canary.lstrip("+")
    return digits if len(digits) >= SURELY else rf"(?<![0-9A-Za-z]){digits}(?![0-9A-Za-z])"


_ANY: Final = re.compile("|".join(map(_pattern, sorted((*KEYED, *NUMBERS), key=len)[::-1])))


def hits(text: str) -> list[str]:
    """Every canary in a text, also with other keys among its digits, and what stands around it."""
    bare = text.translate(_OTHER_KEYS)
    return [bare[max(0, each.start() - 40) : each.end() + 40] for each in _ANY.finditer(bare)]


def kept(server: RedisServer) -> str:
    """All that a Redis holds, names and values; what is packed in a value as text, too."""
    found: list[bytes] = []
    with server.raw() as client:
        for name in client.scan_iter(count=1000):
            command, *rest = _READ[client.type(name)]
            found += [name, *_flat(client.execute_command(command, name, *rest))]
    return b"\n".join(found).decode("latin-1")


def on_disk(server: RedisServer) -> str:
    """The bytes of all files that a Redis has written: snapshot, append-only file, log."""
    server.ask("SAVE")
    files = [each for each in server.folder.rglob("*") if each.is_file()]
    assert {each.suffix for each in files} >= {".rdb", ".aof", ".log"}
    return "\n".join(each.read_bytes().decode("latin-1") for each in files)


def _flat(value: Any) -> Iterator[bytes]:
    match value:
        case bytes():
            yield value
            yield from _unpacked(value)
        case dict():
            yield from _each(part for pair in value.items() for part in pair)
        case list() | tuple():
            yield from _each(value)
        case _:
            yield str(value).encode()


def _each(values: Iterable[Any]) -> Iterator[bytes]:
    for value in values:
        yield from _flat(value)


def _unpacked(value: bytes) -> Iterator[bytes]:
    """A number in MessagePack is no row of digits, so it is read before it is looked at."""
    try:
        yield str(msgspec.msgpack.decode(value)).encode()
    except (msgspec.DecodeError, UnicodeDecodeError):
        return
