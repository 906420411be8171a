"""Over https a certificate is looked at, and what is wrong with it has a code of its own."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

import httpx
import pytest

from ivr.errors import TwimlError
from ivr.simulator.events import Requested
from ivr.simulator.http.network import Network
from ivr.simulator.http.wire import Answer, Ask, Wire
from ivr.simulator.log import Log
from tests.simulator.sockets import listening

if TYPE_CHECKING:
    from pathlib import Path

    from tests.simulator.sockets import Connection

HELLO = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 5\r\n\r\nhello"

KEY = (
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgGguABwxG1Ck8xv1ps1Wco23O8jfIxIrHnYBw6jye"
    "ZRyhRANCAAREcTdVUZBDQkZqS3ERC9Iu1Tba160f71nEguzVWn6Th7ziR0SjpG79ZTygPoPWaVGI1mqFmIY3WZPc"
    "TaGD+tTs"
)
"""Made for these tests; it guards nothing."""
GOOD = (
    "MIIBdDCCARugAwIBAgIUbTtnTjSUFH/Bw38TVWqvLz1TXRwwCgYIKoZIzj0EAwIwDzENMAsGA1UEAwwEZ29vZDAg"
    "Fw0yNjExMjIyMDUzMzVaGA8yMTI2MTAyOTIwNTMzNVowDzENMAsGA1UEAwwEZ29vZDBZMBMGByqGSM49AgEGCCqG"
    "SM49AwEHA0IABERxN1VRkENCRmpLcREL0i7VNtrXrR/vWcSC7NVafpOHvOJHRKOkbv1lPKA+g9ZpUYjWaoWYhjdZ"
    "k9xNoYP61OyjUzBRMA8GA1UdEwEB/wQFMAMBAf8wDgYDVR0PAQH/BAQDAgKEMB0GA1UdDgQWBBQTswt0qZeTE1uE"
    "Imuut4uG2eEV3DAPBgNVHREECDAGhwR/AAABMAoGCCqGSM49BAMCA0cAMEQCICQYhe6OWbQhrs69pNo+p0V4dtUN"
    "Hrhnu3e7d4fHHUzmAiA9befAovsFdOWZiOaN/67peafaGEd9VkEsyn/Iz/oZ7Q=="
)
"""For 127.0.0.1, for a hundred years."""
OTHER_NAME = (
    "MIIBezCCASKgAwIBAgIUSaPTiFM2yXuIMMKamhwA0R0oCPUwCgYIKoZIzj0EAwIwEDEOMAwGA1UEAwwFb3RoZXIw"
    "IBcNMjYxMTIyMjA1MzM1WhgPMjEyNjEwMjkyMDUzMzVaMBAxDjAMBgNVBAMMBW90aGVyMFkwEwYHKoZIzj0CAQYI"
    "KoZIzj0DAQcDQgAERHE3VVGQQ0JGaktxEQvSLtU22tetH+9ZxILs1Vp+k4e84kdEo6Ru/WU8oD6D1mlRiNZqhZiG"
    "N1mT3E2hg/rU7KNYMFYwDwYDVR0TAQH/BAUwAwEB/zAOBgNVHQ8BAf8EBAMCAoQwHQYDVR0OBBYEFBOzC3Spl5MT"
    "W4Qia663i4bZ4RXcMBQGA1UdEQQNMAuCCWxpbmUudGVzdDAKBggqhkjOPQQDAgNHADBEAiBRHLsGr/6TnwPlvkwW"
    "Zo30reV20i+H/6FohWkBrVaJHgIgXvJAnOZi09ppan+CooL5ZoeVLVf9CZ+M2Iv5pe9mwSQ="
)
"""For line.test."""
EXPIRED = (
    "MIIBZTCCAQygAwIBAgIBATAKBggqhkjOPQQDAjASMRAwDgYDVQQDDAdleHBpcmVkMB4XDTAwMDEwMTAwMDAwMFoX"
    "DTAxMDEwMTAwMDAwMFowEjEQMA4GA1UEAwwHZXhwaXJlZDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABERxN1VR"
    "kENCRmpLcREL0i7VNtrXrR/vWcSC7NVafpOHvOJHRKOkbv1lPKA+g9ZpUYjWaoWYhjdZk9xNoYP61OyjUzBRMA8G"
    "A1UdEwEB/wQFMAMBAf8wDgYDVR0PAQH/BAQDAgKEMB0GA1UdDgQWBBQTswt0qZeTE1uEImuut4uG2eEV3DAPBgNV"
    "HREECDAGhwR/AAABMAoGCCqGSM49BAMCA0cAMEQCIEVjpRGkYYvRF/kC06Rs03LI3cjIg6HsQf/CjAY068yXAiBv"
    "jfZVsgt5H6d95OBy2bvYAARaKsBoFyEmi0Wdb3Nnbw=="
)
"""For 127.0.0.1, until 2001."""


def pem(kind: str, text: str) -> str:
    return f"-----BEGIN {kind}-----\n{text}\n-----END {kind}-----\n"


def greet(connection: Connection) -> None:
    connection.send(HELLO)


def context_of(certificate: str, folder: Path) -> ssl.SSLContext:
    file = folder / "server.pem"
    file.write_text(pem("PRIVATE KEY", KEY) + pem("CERTIFICATE", certificate))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file)
    return context


def trusting(*certificates: str) -> ssl.SSLContext:
    return ssl.create_default_context(
        cadata="".join(pem("CERTIFICATE", certificate) for certificate in certificates)
    )


def fetch(url: str, network: Network, log: Log) -> Answer:
    with httpx.Client(transport=network, trust_env=False) as client:
        return Wire(client, "secret", log).fetch(Ask(method="POST", url=url, purpose="document"))


def test_a_good_certificate_is_taken(tmp_path: Path) -> None:
    network = Network(lambda: trusting(GOOD))
    with listening(greet, context_of(GOOD, tmp_path)) as url:
        assert fetch(f"{url}/voice", network, Log()).body == b"hello"


# Twilio's errors 11220 (the TLS handshake failed) and 11235 to 11237 (the certificate is for
# another name, is expired, or leads to nobody who is trusted). Like a failed connection, each is
# tried once more.
@pytest.mark.parametrize(
    ("certificate", "is_trusted", "code"),
    [
        pytest.param(OTHER_NAME, True, 11235, id="another name"),
        pytest.param(EXPIRED, True, 11236, id="expired"),
        pytest.param(GOOD, False, 11237, id="trusted by nobody"),
        pytest.param(None, False, 11220, id="no TLS at all"),
    ],
)
def test_what_is_wrong_with_tls_has_its_code(
    certificate: str | None, code: int, tmp_path: Path, *, is_trusted: bool
) -> None:
    context = context_of(certificate, tmp_path) if certificate is not None else None
    network = Network(lambda: trusting(certificate)) if certificate and is_trusted else Network()
    log = Log()
    with listening(greet, context) as url, pytest.raises(TwimlError) as caught:
        fetch(url.replace("http:", "https:") + "/voice", network, log)
    assert caught.value.code == code
    assert [event.status for event in log.events if isinstance(event, Requested)] == [None, None]


def test_the_authorities_are_not_read_for_http() -> None:
    def fail() -> ssl.SSLContext:
        raise AssertionError("nobody asked for https")

    with listening(greet) as url:
        assert fetch(f"{url}/voice", Network(fail), Log()).body == b"hello"
