"""Under which names the service may be asked, and what a browser may do with its answers."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx
import pytest
from msgspec.structs import replace

from ivr.twiml.signature import sign
from ivr.twiml.verbs import Play
from ivr.web.app import create_app
from tests.conftest import LINE, TOKEN
from tests.serving import serving
from tests.web.conftest import FORM, wired

if TYPE_CHECKING:
    from flask import Flask

    from ivr.web.parts import Parts
    from tests.web.conftest import Caller

RING = FORM | {"CallSid": "CAhosts", "CallStatus": "ringing"}
HOSTS = ("line.example", "[::1]")


def get(app: Flask, path: str, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with httpx.Client(transport=httpx.WSGITransport(app=app)) as client:
        return client.get(f"{LINE}{path}", headers=named)


@pytest.mark.parametrize(
    ("host", "status"),
    [
        pytest.param("line.example", 404, id="the name"),
        pytest.param("LINE.Example:8443", 404, id="with a port, in other letters"),
        pytest.param("line.example.", 404, id="with the dot of the root"),
        pytest.param("[::1]:8000", 404, id="an address of IPv6"),
        pytest.param("evil.example", 421, id="another"),
        pytest.param("line.example.evil.example", 421, id="one that begins so"),
        pytest.param("evil.line.example", 421, id="one within it"),
        pytest.param("[::2]", 421, id="another address"),
        pytest.param("line.example@evil.example", 421, id="one that is none"),
        pytest.param("", 421, id="empty"),
    ],
)
def test_a_host_that_is_not_ours_is_refused(parts: Parts, host: str, status: int) -> None:
    app = create_app(replace(parts, hosts=HOSTS))
    for path in ("/nowhere", "/clips/nothing.wav"):
        answer = get(app, path, Host=host)
        assert answer.status_code == status
        assert ("set IVR_HOSTS" in answer.text) is (status == 421)


def test_load_balancers_ask_each_process_by_its_own_address(parts: Parts) -> None:
    app = create_app(replace(parts, hosts=HOSTS))
    assert get(app, "/livez", Host="10.0.0.7:8000").status_code == 200
    assert get(app, "/readyz", Host="10.0.0.7:8000").status_code == 200


@pytest.mark.parametrize("path", ["/nowhere", "/voice", "/clips/nothing.wav"])
def test_a_refusal_of_a_head_has_no_body(parts: Parts, path: str) -> None:
    """On a connection that is kept it would be taken for the beginning of the next answer."""
    app = create_app(replace(parts, hosts=HOSTS))
    with (
        serving(app) as url,
        socket.create_connection(("127.0.0.1", urlsplit(url).port or 0)) as to,
    ):
        to.settimeout(10)
        to.sendall(f"HEAD {path} HTTP/1.1\r\nHost: evil\r\nConnection: close\r\n\r\n".encode())
        told = b"".join(iter(lambda: to.recv(4096), b""))
    assert b" 421 " in told
    assert told.partition(b"\r\n\r\n")[2] == b""


def test_without_names_every_host_is_served(app: Flask) -> None:
    assert get(app, "/nowhere", Host="evil.example").status_code == 404


def test_a_right_signature_does_not_make_another_host_ours(parts: Parts) -> None:
    """Or what was signed for a line of the same account elsewhere could be sent here."""
    url = "http://other.example/voice"
    headers = {"X-Twilio-Signature": sign(TOKEN, url, RING)}
    for hosts, status in (((), 200), (HOSTS, 421)):
        transport = httpx.WSGITransport(app=create_app(replace(parts, hosts=hosts)))
        with httpx.Client(transport=transport) as client:
            assert client.post(url, data=RING, headers=headers).status_code == status


@pytest.mark.parametrize(
    ("hops", "host", "forwarded", "status"),
    [
        pytest.param(1, "inner", "line.example", 404, id="as a trusted proxy was asked"),
        pytest.param(1, "line.example", "evil.example", 421, id="the proxy was asked for another"),
        pytest.param(1, "inner", "line.example, evil.example", 421, id="what is nearest counts"),
        pytest.param(0, "inner", "line.example", 421, id="a proxy that is not trusted"),
        pytest.param(0, "line.example", "evil.example", 404, id="its headers do no harm either"),
    ],
)
def test_the_host_behind_a_proxy_is_the_one_that_it_was_asked_for(
    parts: Parts, hops: int, host: str, forwarded: str, status: int
) -> None:
    app = create_app(replace(parts, hosts=HOSTS, proxy_hops=hops))
    answer = get(app, "/nowhere", Host=host, X_Forwarded_Host=forwarded)
    assert answer.status_code == status


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/nowhere", "/voice", "/clips/none.wav"])
def test_a_browser_may_do_nothing_with_a_page(app: Flask, path: str) -> None:
    headers = get(app, path).headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert "Strict-Transport-Security" not in headers


@pytest.mark.parametrize(
    ("public_url", "hops", "proto", "is_tls"),
    [
        ("https://line.example", 0, "http", True),
        ("http://line.example", 0, "https", False),
        (None, 1, "https", True),
        (None, 1, "http", False),
        (None, 0, "https", False),
    ],
)
def test_who_came_by_tls_is_to_come_by_tls(
    parts: Parts, public_url: str | None, hops: int, proto: str, *, is_tls: bool
) -> None:
    app = create_app(replace(parts, public_url=public_url, proxy_hops=hops))
    found = get(app, "/livez", X_Forwarded_Proto=proto).headers
    assert ("Strict-Transport-Security" in found) is is_tls


def test_what_is_said_in_a_call_is_kept_nowhere_and_a_clip_everywhere(caller: Caller) -> None:
    answer = caller.post("/voice", RING)
    assert answer.headers["Cache-Control"] == "no-store"
    clip = next(part for part in caller.read(answer).gather.nested if isinstance(part, Play))
    assert "immutable" in caller.client.get(LINE + clip.url).headers["Cache-Control"]
    refused = caller.client.post(f"{LINE}/voice", data=RING)
    assert (refused.status_code, refused.headers["Cache-Control"]) == (403, "no-store")


def test_the_whole_url_is_looked_at_when_it_has_a_host_of_its_own(parts: Parts) -> None:
    """RFC 9112, 3.2.2: a proxy may send the absolute form."""
    with wired(create_app(replace(parts, public_url=LINE, hosts=("line.test",)))) as wire:
        body = "&".join(f"{name}={value}" for name, value in RING.items()).replace("+", "%2B")
        signature = sign(TOKEN, f"{LINE}/voice", RING)
        path = "http://line.test/voice"
        assert wire.send("POST", path, body.encode(), signature).status == 200
        other = "http://line.test/voice/status"
        assert wire.send("POST", other, body.encode(), signature).status == 403
