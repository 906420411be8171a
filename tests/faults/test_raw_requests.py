"""Bytes that are hardly HTTP, sent to a real server: it refuses them, and goes on answering."""

from __future__ import annotations

import re
import socket
from collections import Counter
from random import Random
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode, urlsplit

import pytest

from ivr.twiml.request import Party
from ivr.twiml.signature import sign
from tests.conftest import TOKEN
from tests.faults.line_servers import LineServer, line_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REQUESTS: Final = 6000
ANSWER_SECONDS: Final = 10.0
MAX_ANSWER_BYTES: Final = 1 << 20
STATUS: Final = re.compile(rb"HTTP/1\.[01] ([0-9]{3}) ")
PARTY: Final = Party(
    call_sid="CAraw", account_sid="ACraw", from_number="anonymous", to_number="+12025550100"
)
PIECES: Final = (
    *(
        b"\r\n",
        b"\n",
        b"\r",
        b"\x00",
        b" ",
        b"\t",
        b":",
        b"%",
        b"\xff\xfe",
        b"GET / HTTP/1.1\r\n\r\n",
    ),
    *(b"Content-Length: 5\r\n", b"Content-Length: -1\r\n", b"Content-Length: 1e3\r\n", b"HTTP/9.9"),
    *(b"Transfer-Encoding: chunked\r\n", b"Transfer-Encoding: x, chunked\r\n", b"Host: evil\r\n"),
    *(
        b"Transfer-Encoding : chunked\r\n",
        b"ffffffffffffffff\r\n",
        b"0\r\n\r\n",
        b"5;a=b\r\nhello\r\n",
    ),
    *(
        b"Expect: 100-continue\r\n",
        b"Expect: 200-ok\r\n",
        b"Upgrade: h2c\r\nConnection: Upgrade\r\n",
    ),
    *(b" folded: line\r\n", b"A" * 5000, b"X: " + b"y" * 5000 + b"\r\n", b"Z: 1\r\n" * 100),
    *(
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01",
        b"PROXY TCP4 1 2 3 4\r\n",
    ),
    *("একটা কথা".encode(), b"http://evil.example", b"//", b"/../", b"?", b"#", b";", b"&", b"="),
)


@pytest.fixture
def server(tmp_path: Path, redis_url: str, audio: Path) -> Iterator[LineServer]:
    with line_server(tmp_path, redis_url=redis_url, audio=audio) as found:
        found.wait_until_ready()
        yield found


def request(origin: str, *, is_signed: bool) -> bytes:
    """A right request, or one that lacks nothing but the right signature."""
    form = PARTY.form("ringing")
    signature = sign(TOKEN if is_signed else "another token", f"{origin}/voice", form)
    body = urlencode(form).encode()
    head = (
        f"POST /voice HTTP/1.1\r\nHost: {urlsplit(origin).netloc}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"X-Twilio-Signature: {signature}\r\nConnection: close\r\nContent-Length: {len(body)}\r\n"
    )
    return head.encode() + b"\r\n" + body


def mutated(chance: Random, data: bytes) -> bytes:
    """The same with up to four changes: pieces put in, taken out, doubled, or bits turned over."""
    for _ in range(chance.randrange(1, 5)):
        at = chance.randrange(len(data) + 1)
        to = min(len(data), at + chance.randrange(1, 40))
        match chance.randrange(6):
            case 0 | 1:
                data = data[:at] + chance.choice(PIECES) + data[at:]
            case 2:
                data = data[:at] + data[to:]
            case 3:
                data = data[:to] + data[at:]
            case 4:
                data = data[:at] + chance.randbytes(to - at) + data[to:]
            case _:
                line = data.find(b"\r\n", at)
                data = data[: line + 2] + chance.choice(PIECES) + data[line + 2 :]
    return data


def answer(origin: str, data: bytes) -> bytes:
    """All that comes back, until the server has nothing more to say."""
    where = urlsplit(origin)
    with socket.create_connection((where.hostname, where.port), ANSWER_SECONDS) as found:
        said = b""
        try:
            found.sendall(data)
            found.shutdown(socket.SHUT_WR)
            while len(said) < MAX_ANSWER_BYTES and (piece := found.recv(65536)):
                said += piece
        except (ConnectionResetError, BrokenPipeError):
            pass  # it had heard enough
        return said


@pytest.mark.parametrize("is_signed", [True, False], ids=["signed", "forged"])
def test_no_bytes_break_the_server_and_no_forged_ones_are_taken(
    server: LineServer, *, is_signed: bool
) -> None:
    chance, honest = Random(is_signed), request(server.origin, is_signed=is_signed)  # noqa: S311 - no secret
    assert (b"<Response" in answer(server.origin, honest)) is is_signed
    workers, statuses = {*server.workers()}, Counter[int]()
    for _ in range(REQUESTS // 2):
        data = mutated(chance, honest)
        said = answer(server.origin, data)
        found = [int(status) for status in STATUS.findall(said)]
        statuses.update(found or [0])
        assert all(status < 500 for status in found), data
        assert is_signed or b"<Response" not in said, data
    print(f"{statuses.total()} answers, 0 for none: {dict(sorted(statuses.items()))}")  # noqa: T201 - the figures
    assert workers <= {*server.workers()}, "none of them had to be started anew"
    assert (b"<Response" in answer(server.origin, honest)) is is_signed
    assert server.readiness() == 200
