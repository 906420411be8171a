"""Whatever an application answers, the call ends with its code, in bounded time and memory.

The servers are real ones on loopback.
"""

from __future__ import annotations

import gzip
import threading
import zlib
from itertools import repeat
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

import pytest
from twilio.request_validator import RequestValidator

from ivr.simulator.events import Requested
from ivr.simulator.http.network import Network
from ivr.simulator.phone import Phone
from ivr.simulator.setup import Setup
from ivr.twiml.rules import MAX_DOCUMENT_BYTES
from tests.simulator.applications.hostile import answer, head, in_response, padded
from tests.simulator.applications.hostile_calls import (
    DRIP_SECONDS,
    IMPATIENT,
    MOST_SECONDS,
    codes,
    hang_up,
    memory_below,
    reset_in_the_middle,
    ring,
    say_nothing,
)
from tests.simulator.applications.webhooks import TOKEN
from tests.simulator.sockets import listening

if TYPE_CHECKING:
    from tests.simulator.sockets import Connection, Serve

DOCUMENT_BYTES = 8_000_000
"""The memory that a document may take at most, whatever it is."""

pytestmark = pytest.mark.timeout(60)


def drip_status(connection: Connection) -> None:
    connection.drip(answer(b"<Response/>"), DRIP_SECONDS)


def drip_headers(connection: Connection) -> None:
    connection.send(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    connection.drip(repeat(ord("x")), DRIP_SECONDS)


def drip_document(connection: Connection) -> None:
    connection.send(head())
    connection.drip(b"<Response><Say>" + b"a" * 10_000, DRIP_SECONDS)


def drip_chunks(connection: Connection) -> None:
    connection.send(head("Transfer-Encoding: chunked"))
    connection.drip(b"1\r\na\r\n" * 10_000, DRIP_SECONDS)


def send_endless_headers(connection: Connection) -> None:
    connection.send(b"HTTP/1.1 200 OK\r\n")
    connection.send_forever(b"X-More: " + b"x" * 1000 + b"\r\n")


def send_endless_continues(connection: Connection) -> None:
    connection.send_forever(b"HTTP/1.1 100 Continue\r\n\r\n" * 100)


def send_endless_document(connection: Connection) -> None:
    connection.send(head(), b"<Response>")
    connection.send_forever(b"<Say>more</Say>" * 1000)


def send_endless_chunks(connection: Connection) -> None:
    connection.send(head("Transfer-Encoding: chunked"))
    connection.send_forever(b"3e8\r\n" + b"x" * 1000 + b"\r\n")


def send_endless_emptiness(connection: Connection) -> None:
    """Compressed blocks that hold nothing, without end."""
    packed = zlib.compressobj(wbits=31)
    connection.send(head("Content-Encoding: gzip"), packed.flush(zlib.Z_SYNC_FLUSH))
    connection.send_forever(packed.flush(zlib.Z_FULL_FLUSH) or b"\x00\x00\x00\xff\xff" * 100)


def promise_too_much(connection: Connection) -> None:
    connection.send(head("Content-Length: 99999999999"), b"<Response>")
    connection.wait()


# Twilio: 11200 for whatever does not come in time or whole, 11206 for what is not HTTP, 11750 for
# more than 64 kB.
@pytest.mark.parametrize(
    ("serve", "code"),
    [
        pytest.param(say_nothing, 11200, id="does not answer"),
        pytest.param(drip_status, 11200, id="drips the status line"),
        pytest.param(drip_headers, 11200, id="drips headers"),
        pytest.param(drip_document, 11200, id="drips the document"),
        pytest.param(drip_chunks, 11200, id="drips chunks"),
        pytest.param(promise_too_much, 11200, id="promises a hundred gigabytes"),
        pytest.param(reset_in_the_middle, 11200, id="breaks off in the middle"),
        pytest.param(send_endless_continues, 11200, id="says to go on without end"),
        pytest.param(send_endless_emptiness, 11200, id="compresses nothing without end"),
        pytest.param(head("Content-Length: 99") + b"<Response>", 11206, id="closes in the middle"),
        pytest.param(hang_up, 11206, id="closes without an answer"),
        pytest.param(send_endless_headers, 11206, id="endless headers"),
        pytest.param(b"SSH-2.0-OpenSSH_9.6\r\n", 11206, id="another protocol"),
        pytest.param(b"<Response/>", 11206, id="no headers"),
        pytest.param(head("Content-Length: -1"), 11206, id="a length below zero"),
        pytest.param(head("Content-Length: 5", "Content-Length: 6"), 11206, id="two lengths"),
        pytest.param(
            head("Transfer-Encoding: chunked") + b"zz\r\n", 11206, id="a chunk of no number"
        ),
        pytest.param(head("Content-Encoding: gzip") + b"<Response/>", 11206, id="not gzip"),
        pytest.param(
            head("Content-Encoding: gzip") + gzip.compress(b"<Response/>")[:-9],
            11206,
            id="half of a gzip",
        ),
        pytest.param(
            head("Content-Encoding: gzip, gzip") + gzip.compress(gzip.compress(b"<Response/>")),
            11206,
            id="gzip in gzip",
        ),
        pytest.param(send_endless_document, 11750, id="an endless document"),
        pytest.param(send_endless_chunks, 11750, id="endless chunks"),
        pytest.param(
            head("Content-Encoding: gzip") + gzip.compress(bytes(64 * 1024 * 1024)),
            11750,
            id="a bomb of gzip",
        ),
    ],
)
def test_a_document_that_does_not_come_ends_the_call(serve: Serve | bytes, code: int) -> None:
    # Only where time is the point: a busy machine must not make one of the other codes of it.
    with memory_below(DOCUMENT_BYTES):
        call = ring(serve, fragment=IMPATIENT if code == 11200 else "")
    assert codes(call) == [code]
    assert call.ended == "error"


def test_nobody_listens_at_the_port() -> None:
    with listening(hang_up) as url:
        pass
    with Phone(Network(), TOKEN) as phone:
        call = phone.call(url + IMPATIENT)
        call.start()
    assert codes(call) == [11205]
    attempts = [event for event in call.events if isinstance(event, Requested)]
    assert [event.status for event in attempts] == [None, None], "one retry"


def test_nobody_knows_the_name_of_the_host_in_time() -> None:
    is_known = threading.Event()

    def look_up(*_: object) -> list[str]:
        is_known.wait(MOST_SECONDS)
        return []

    with Phone(Network(look_up=look_up), TOKEN) as phone:
        call = phone.call("http://line.test/voice#ct=100")
        call.start()
    is_known.set()
    assert codes(call) == [11205]
    assert "the look-up of line.test takes too long" in call.failures[0].message
    assert call.ended == "error"


BOMB = b"".join(
    b'<!ENTITY a%d "%s">' % (number, b"&a%d;" % (number - 1) * 10) for number in range(1, 10)
)


# Twilio: 12100 for what is not XML, 12102 for another root; a document type declaration is 12100.
@pytest.mark.parametrize(
    ("body", "code"),
    [
        pytest.param(b"", 11770, id="nothing"),
        pytest.param(b" \r\n ", 11770, id="white space"),
        pytest.param(b"<html><body><h1>Oops</h1></body></html>", 12102, id="a page of HTML"),
        pytest.param(b"<!doctype html><p>Oops<br>", 12100, id="a page of HTML5"),
        pytest.param(b'{"error": "oops"}', 12100, id="JSON"),
        pytest.param(in_response(b"<Say>a</Say"), 12100, id="half a tag"),
        pytest.param(in_response(b"<Say>a & b</Say>"), 12100, id="a bare ampersand"),
        pytest.param(in_response(b"") + b"<Response/>", 12100, id="two roots"),
        pytest.param(in_response(b"<Say>a\x00b</Say>"), 12100, id="a NUL byte"),
        pytest.param(bytes(range(256)) * 100, 12100, id="binary rubbish"),
        pytest.param(b"\xff\xfe" + b"<\x00R", 12100, id="half of UTF-16"),
        pytest.param(in_response(b"<Say>\xe0\xa6</Say>"), 12100, id="half a Bengali letter"),
        pytest.param(in_response("<Say>caf\xe9</Say>".encode("latin-1")), 12100, id="Latin-1"),
        pytest.param(
            b'<?xml version="1.0" encoding="x-none"?>' + in_response(b""),
            12100,
            id="an encoding that is none",
        ),
        pytest.param(
            b'<?xml version="1.0" encoding="utf-16"?>' + in_response(b""),
            12100,
            id="the wrong encoding",
        ),
        pytest.param(b"<!DOCTYPE Response><Response/>", 12100, id="a document type"),
        pytest.param(
            b'<!DOCTYPE x [<!ENTITY a0 "ha">' + BOMB + b"]>" + in_response(b"<Say>&a9;</Say>"),
            12100,
            id="a billion laughs",
        ),
        pytest.param(
            b'<!DOCTYPE x [<!ENTITY a "' + b"a" * 30_000 + b'">]>' + in_response(b"&a;" * 10_000),
            12100,
            id="a quadratic blow-up",
        ),
        pytest.param(
            b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
            + in_response(b"<Say>&a;</Say>"),
            12100,
            id="an external entity",
        ),
        pytest.param(
            b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">' + in_response(b""),
            12100,
            id="an external document type",
        ),
        pytest.param(
            b'<!DOCTYPE x [<!ENTITY % a SYSTEM "file:///etc/passwd"> %a;]>' + in_response(b""),
            12100,
            id="a parameter entity",
        ),
        pytest.param(padded(MAX_DOCUMENT_BYTES + 1), 11750, id="64 kB and one byte"),
        pytest.param(
            in_response(b"<Say>" + b"<p>" * 100_000), 11750, id="nested a hundred thousand deep"
        ),
        pytest.param(
            in_response(b"<Say " + b'a="1" ' * 5_000 + b">x</Say>"), 12100, id="an attribute twice"
        ),
    ],
)
def test_what_is_no_document_ends_the_call(body: bytes, code: int) -> None:
    with memory_below(DOCUMENT_BYTES):
        call = ring(answer(body))
    assert codes(call) == [code]
    assert call.ended == "error"


@pytest.mark.parametrize("status", ["404 Not Found", "500 Internal Server Error", "418 No"])
def test_a_page_of_an_error_ends_the_call(status: str) -> None:
    call = ring(answer(b"<html>Oops</html>", "text/html", status))
    assert codes(call) == [11200]
    assert status in call.failures[0].message
    assert call.ended == "error"


@pytest.mark.parametrize("content_type", ["application/json", "image/png", "x/\xff", ""])
def test_what_has_another_content_type_ends_the_call(content_type: str) -> None:
    wrong = b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\nContent-Type: %s\r\n\r\n<Response/>"
    call = ring(wrong % content_type.encode("latin-1"))
    assert codes(call) == [12300]
    assert call.ended == "error"


# Twilio fetches http and https only: 11100 for any other URL.
@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://127.0.0.1/", "javascript:alert(1)", "data:text/xml,x"]
)
@pytest.mark.parametrize("way", ["Redirect", "HTTP", "Play", "Gather", "callback"])
def test_another_scheme_is_refused(url: str, way: str) -> None:
    documents = {
        "Redirect": answer(in_response(f"<Redirect>{url}</Redirect>".encode())),
        "HTTP": answer(b"", status="302 Found", Location=url),
        "Play": answer(in_response(f"<Play>{url}</Play>".encode())),
        "Gather": answer(in_response(f'<Gather numDigits="1" action="{url}"/>'.encode())),
        "callback": answer(in_response(b"<Hangup/>")),
    }
    setup = {"status_callback": url} if way == "callback" else {}
    call = ring(documents[way], "1", **setup)
    assert codes(call) == [11100]
    ended = {"Play": "document", "callback": "hangup"}
    assert call.ended == ended.get(way, "error")


def test_endless_redirects_of_http_end_the_call() -> None:
    def lead_on(connection: Connection) -> None:
        place = "/voice?" + "x" * (len(connection.path) - len("/voice") + 1)
        connection.send(answer(b"", status="302 Found", Location=place))

    call = ring(lead_on)
    assert codes(call) == [11215]
    assert call.ended == "error"


# What a caller of the simulator gives as a parameter is sent as it is, and signed.
def test_parameters_inject_neither_headers_nor_other_parameters() -> None:
    seen: list[tuple[str, str]] = []

    def remember(connection: Connection) -> None:
        seen.append((connection.head, connection.body.decode()))
        connection.send(answer(in_response(b"<Hangup/>")))

    params = {"CallSid": "CA1\r\nX-Evil: 1&From=+1", "a=b&c\r\n\r\n": "\x00 \u0998 %0d%0a"}
    assert ring(remember, params=params).ended == "hangup"
    ((request, body),) = seen
    form = dict(parse_qsl(body, keep_blank_values=True, strict_parsing=True))
    assert "X-Evil" not in request
    assert form["From"] == Setup().from_number
    assert {name: form[name] for name in params} == params
    headers = dict(line.split(": ", 1) for line in request.splitlines()[1:])
    found = {name.lower(): value for name, value in headers.items()}
    url = f"http://{found['host']}/voice"
    assert RequestValidator(TOKEN).validate(url, form, found["x-twilio-signature"])


def test_a_server_that_closes_without_a_word_is_said_to_have_crashed() -> None:
    call = ring(hang_up)
    told = call.failures[0].message
    assert told.endswith("closed the connection before it answered; has the application crashed?")
