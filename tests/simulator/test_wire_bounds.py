"""Whatever a server answers, a request ends in bounded time and memory, with the right error."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from typing import TYPE_CHECKING

import httpx
import pytest

from ivr.simulator.http.network import Network
from ivr.simulator.http.sending import MAX_CLIP_BYTES
from ivr.twiml.rules import MAX_DOCUMENT_BYTES
from tests.simulator.raw_server import (
    OK,
    Caller,
    answering,
    endless,
    hanging,
    in_time,
    resetting,
    serving,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.simulator.events import Purpose
    from tests.simulator.sockets import Connection, Serve


@pytest.fixture
def caller() -> Iterator[Caller]:
    with httpx.Client(transport=Network(), trust_env=False) as client:
        yield Caller(client)


# Twilio, connection overrides: rt is the wait for the first packet of the answer and between any
# two; tt is everything together, retries included, and never more than 15 s.
@pytest.mark.parametrize(
    ("serve", "fragment", "statuses"),
    [
        pytest.param(hanging(), "rt=150", [None], id="nothing comes"),
        pytest.param(hanging(), "tt=150", [None], id="nothing comes in all the time"),
        pytest.param(hanging(OK), "rt=150", [None], id="half of the head comes"),
        pytest.param(
            hanging(OK + b"Content-Length: 9\r\n\r\nhalf"), "rt=150", [200], id="half of it comes"
        ),
        pytest.param(
            endless(OK, b"X", every_seconds=0.03), "tt=300", [None], id="a head byte by byte"
        ),
        pytest.param(
            endless(OK + b"Content-Length: 99999\r\n\r\n", b"x", every_seconds=0.03),
            "tt=300",
            [200],
            id="a body byte by byte",
        ),
        pytest.param(
            endless(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n", every_seconds=0.03),
            "tt=300",
            [200],
            id="a body in chunks of a byte",
        ),
        pytest.param(
            endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n", every_seconds=0.03),
            "tt=300",
            [None],
            id="one interim answer after another",
        ),
        pytest.param(
            endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100),
            "tt=300",
            [None],
            id="interim answers as fast as they come",
        ),
        pytest.param(resetting(OK), "rc=0", [None], id="a reset in the head"),
        pytest.param(
            resetting(OK + b"Content-Length: 9\r\n\r\nhalf"),
            "rc=0",
            [200],
            id="a reset in the body",
        ),
    ],
)
def test_an_answer_that_does_not_come_whole_in_time_is_11200(
    caller: Caller, serve: Serve, fragment: str, statuses: list[int | None]
) -> None:
    with serving(serve) as host:
        assert caller.fails(f"http://{host}/voice#{fragment}").code == 11200
    assert caller.statuses == statuses


@pytest.mark.parametrize(
    ("serve", "fragment", "told"),
    [
        pytest.param(hanging(), "rt=150", "no answer within 0.15 s", id="nothing comes"),
        pytest.param(
            endless(OK, b"X", every_seconds=0.03),
            "tt=300",
            "no whole answer within 0.3 s",
            id="a head byte by byte",
        ),
        pytest.param(
            endless(OK + b"Content-Length: 99999\r\n\r\n", b"x", every_seconds=0.03),
            "tt=300",
            "no whole answer within 0.3 s",
            id="a body byte by byte",
        ),
        pytest.param(
            hanging(OK + b"Content-Length: 9\r\n\r\nhalf"),
            "rt=150",
            "broke off: nothing more came for 0.15 s",
            id="half of it comes",
        ),
        pytest.param(resetting(OK), "rc=0", "broke off", id="a reset"),
    ],
)
def test_an_answer_that_does_not_come_whole_in_time_names_the_limit(
    caller: Caller, serve: Serve, fragment: str, told: str
) -> None:
    with serving(serve) as host:
        assert told in str(caller.fails(f"http://{host}/voice#{fragment}"))


# Twilio, connection overrides: rt retries when nothing came at all; half an answer is not tried
# again.
@pytest.mark.parametrize(
    ("serve", "attempts"),
    [
        pytest.param(hanging(), 3, id="silence"),
        pytest.param(hanging(b"HTTP/1.1 200"), 1, id="half of the head"),
        pytest.param(hanging(OK + b"Content-Length: 9\r\n\r\nhalf"), 1, id="half of the body"),
    ],
)
def test_only_silence_is_tried_again(caller: Caller, serve: Serve, attempts: int) -> None:
    with serving(serve) as host:
        caller.fails(f"http://{host}/voice#rt=100&rc=2&rp=rt")
    assert len(caller.statuses) == attempts


def test_retries_end_with_the_total_time(caller: Caller) -> None:
    with serving(hanging()) as host:
        error = caller.fails(f"http://{host}/voice#rt=100&rc=5&rp=all&tt=250")
    assert "within 0.25 s" in str(error)
    assert len(caller.statuses) == 3


def test_a_retry_is_the_same_request_to_the_byte(caller: Caller) -> None:
    requests: list[tuple[str, bytes]] = []

    def serve(connection: Connection) -> None:
        requests.append((connection.head, connection.body))
        status = b"200 OK" if len(requests) > 2 else b"503 Busy"
        connection.send(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\n\r\n")

    with serving(serve) as host:
        caller.fetch(f"http://{host}/voice#rc=2&rp=5xx")
    assert caller.statuses == [503, 503, 200]
    assert len(set(requests)) == 1
    assert "i-twilio-idempotency-token" in requests[0][0].lower()


# Twilio's error 11206: the HTTP protocol was violated.
@pytest.mark.parametrize(
    "serve",
    [
        pytest.param(answering(), id="it hangs up"),
        pytest.param(answering(b"SSH-2.0-OpenSSH_9.6\r\n"), id="it speaks SSH"),
        pytest.param(answering(b"<Response/>"), id="TwiML without HTTP"),
        pytest.param(answering(b"\x16\x03\x01\x02\x00\x01"), id="it speaks TLS"),
        pytest.param(answering(OK + b"a b: c\r\n\r\n"), id="a bad header"),
        pytest.param(answering(OK + b"Content-Length: x\r\n\r\n"), id="a length that is none"),
        pytest.param(answering(OK + b"Content-Length: 9\r\n\r\nhalf"), id="a body cut short"),
        pytest.param(
            answering(OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"), id="a chunk of odd length"
        ),
        pytest.param(endless(OK, b"X-Many: headers\r\n"), id="headers without end"),
        pytest.param(
            answering(OK + b"Content-Encoding: gzip\r\n\r\nhello"), id="gzip that is none"
        ),
        pytest.param(
            answering(OK + b"Content-Encoding: gzip\r\n\r\n", gzip.compress(b"hello")[:-9]),
            id="gzip cut short",
        ),
        pytest.param(
            answering(OK + b"Content-Encoding: deflate\r\n\r\nhello"), id="deflate that is none"
        ),
        pytest.param(
            answering(OK + b"Content-Encoding: gzip, gzip\r\n\r\nhello"), id="gzip in gzip"
        ),
        pytest.param(
            answering(OK + b"Content-Encoding: br\r\n\r\nhello"), id="compressed otherwise"
        ),
    ],
)
def test_what_is_not_http_is_11206(caller: Caller, serve: Serve) -> None:
    with serving(serve) as host:
        assert caller.fails(f"http://{host}/voice#tt=2000").code == 11206
    assert len(caller.statuses) == 1


def test_a_location_that_is_no_url_is_11100(caller: Caller) -> None:
    head = b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: http://[::\r\n\r\n"
    with serving(answering(head)) as host:
        assert caller.fails(f"http://{host}/voice").code == 11100


HELLOS = b"hello" * 100
BARE = zlib.compress(HELLOS, wbits=-zlib.MAX_WBITS)


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        pytest.param(b"gzip", gzip.compress(HELLOS), id="gzip"),
        pytest.param(b"x-gzip", gzip.compress(HELLOS), id="x-gzip"),
        pytest.param(b"GZip", gzip.compress(HELLOS), id="gzip in capitals"),
        pytest.param(b"identity", HELLOS, id="identity"),
        pytest.param(b"deflate", zlib.compress(HELLOS), id="deflate"),
        pytest.param(b"deflate", zlib.compress(HELLOS, level=0), id="deflate that packs nothing"),
        pytest.param(b"deflate", BARE, id="deflate without a head"),
        pytest.param(
            b"deflate",
            zlib.compress(HELLOS, level=0, wbits=-zlib.MAX_WBITS),
            id="deflate without a head that packs nothing",
        ),
    ],
)
@pytest.mark.parametrize("is_slow", [False, True], ids=["at once", "byte by byte"])
def test_a_compressed_answer_is_read(
    caller: Caller, encoding: bytes, packed: bytes, *, is_slow: bool
) -> None:
    head = OK + b"Content-Encoding: " + encoding + b"\r\n"
    if is_slow:
        head += b"Transfer-Encoding: chunked\r\n"
        packed = b"".join(b"1\r\n%c\r\n" % byte for byte in packed) + b"0\r\n\r\n"
    with serving(answering(head + b"\r\n", packed)) as host:
        assert caller.fetch(f"http://{host}/voice").body == HELLOS


@pytest.mark.parametrize("packed", [b"", b"\x78"], ids=["nothing", "half of the head"])
def test_a_compressed_answer_of_nothing_is_empty(caller: Caller, packed: bytes) -> None:
    with serving(answering(OK + b"Content-Encoding: deflate\r\n\r\n", packed)) as host:
        assert caller.fetch(f"http://{host}/voice").body == b""


# Twilio: a document may have 64 kB. Its reader learns by one byte more that it had too many.
@pytest.mark.parametrize(
    ("purpose", "kind", "most"),
    [
        pytest.param("document", b"text/xml", MAX_DOCUMENT_BYTES, id="document"),
        pytest.param("callback", b"text/xml", MAX_DOCUMENT_BYTES, id="callback"),
        pytest.param("clip", b"audio/wav", MAX_CLIP_BYTES, id="clip"),
        pytest.param("document", b"audio/wav", MAX_CLIP_BYTES, id="document that is a clip"),
    ],
)
def test_a_body_without_end_is_cut(
    caller: Caller, purpose: Purpose, kind: bytes, most: int
) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: " + kind + b"\r\n\r\n"
    with serving(endless(head, b"x" * 65_536)) as host, in_time():
        assert len(caller.fetch(f"http://{host}/voice", purpose).body) == most + 1


def test_a_compressed_bomb_takes_no_more_memory_than_a_document(caller: Caller) -> None:
    bomb = gzip.compress(bytes(100_000_000))
    with serving(answering(OK + b"Content-Encoding: gzip\r\n\r\n", bomb)) as host:
        tracemalloc.start()
        try:
            body = caller.fetch(f"http://{host}/voice").body
            _, peak_bytes = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert body == bytes(MAX_DOCUMENT_BYTES + 1)
    assert peak_bytes < 2_000_000


@pytest.mark.parametrize(
    "status", [pytest.param(b"302 Found", id="redirect"), pytest.param(b"500 Oh", id="error")]
)
def test_the_body_of_what_is_no_document_is_not_waited_for(caller: Caller, status: bytes) -> None:
    head = b"HTTP/1.1 " + status + b"\r\nLocation: /voice\r\n\r\n"
    with serving(endless(head, b"x" * 65_536)) as host:
        assert caller.fails(f"http://{host}/voice").code in {11200, 11215}
