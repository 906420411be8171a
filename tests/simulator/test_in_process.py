"""An application in this process is asked as a server would ask it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from ivr.simulator.http.direct import Direct
from ivr.simulator.http.in_process import InProcess

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

URL = "http://line.test/voice"
TEXT = [("Content-Type", "text/plain")]


def ask(app: WSGIApplication, request: httpx.Request | None = None) -> httpx.Response:
    with Direct(InProcess(app)) as client:
        return client.send(request or httpx.Request("GET", URL))


def environment(transport: type[Any], request: httpx.Request) -> WSGIEnvironment:
    seen: WSGIEnvironment = {}

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        seen.update(environ, body=environ["wsgi.input"].read())
        start_response("204 No Content", [])
        return []

    with httpx.Client(transport=transport(app)) as client:
        client.send(request)
    del seen["wsgi.input"]
    return seen


@pytest.mark.parametrize(
    "request_",
    [
        pytest.param(httpx.Request("GET", URL), id="nothing but a URL"),
        pytest.param(httpx.Request("GET", "https://line.test?a=%20+b&c"), id="https and a query"),
        pytest.param(
            httpx.Request("POST", "http://us:pw@h:81/a%2Fb/../c", data={"a": "b"}), id="form"
        ),
        pytest.param(httpx.Request("POST", URL, content=b""), id="an empty body"),
        pytest.param(
            httpx.Request("GET", URL, headers=[("X-A", "1"), ("x-a", "2"), ("Cookie", "a=b")]),
            id="a header that comes twice",
        ),
    ],
)
def test_the_environment_is_the_one_that_httpx_gives(request_: httpx.Request) -> None:
    given = environment(InProcess, request_)
    assert given == environment(httpx.WSGITransport, request_)
    assert given["wsgi.url_scheme"] == request_.url.scheme


# PEP 3333: a string of the environment stands for bytes, each a letter of Latin-1.
def test_a_path_is_given_as_its_bytes() -> None:
    request = httpx.Request("GET", "http://line.test/%E0%A6%98%FF")
    path: str = environment(InProcess, request)["PATH_INFO"]
    assert path.encode("latin-1").startswith(b"/\xe0\xa6\x98")


def test_an_application_may_tell_its_head_with_the_first_piece() -> None:
    def app(_: WSGIEnvironment, start_response: StartResponse) -> Iterator[bytes]:
        yield b""
        start_response("418 I'm a teapot", [("X-Name", "caf\xe9")])
        yield b"one "
        yield b"two"

    response = ask(app)
    assert (response.status_code, response.content) == (418, b"one two")
    assert response.headers.raw == [(b"X-Name", b"caf\xe9")]


def test_a_body_of_nothing_but_empty_pieces_is_empty() -> None:
    def app(_: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", TEXT)
        return [b"", b""]

    assert ask(app).content == b""


# PEP 3333: an application that has caught an error tells of it; a server may raise it anew.
def test_an_error_that_the_application_tells_of_is_raised() -> None:
    def app(_: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        error = LookupError("no such place")
        start_response("500 Internal Server Error", TEXT, (LookupError, error, None))  # type: ignore[arg-type] # it was never raised
        return [b"sorry"]

    with pytest.raises(LookupError, match="no such place"):
        ask(app)


def test_the_last_head_that_is_told_counts() -> None:
    def app(_: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [("X-First", "1")])
        start_response("404 Not Found", TEXT, (None, None, None))
        return [b"sorry"]

    response = ask(app)
    assert (response.status_code, response.headers.get("x-first")) == (404, None)


def test_an_application_that_tells_no_head_is_at_fault() -> None:
    def app(_: WSGIEnvironment, _start_response: StartResponse) -> Iterable[bytes]:
        return [b"hello"]

    with pytest.raises(AssertionError, match="start_response"):
        ask(app)


class Pieces:
    """A body that says whether it was closed, as a WSGI server must see to."""

    def __init__(self) -> None:
        self.is_closed = False

    def __call__(self, _: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", TEXT)
        return self

    def __iter__(self) -> Iterator[bytes]:
        yield b"piece"

    def close(self) -> None:
        self.is_closed = True


@pytest.mark.parametrize("is_read", [True, False], ids=["read to its end", "left unread"])
def test_a_body_is_closed(*, is_read: bool) -> None:
    pieces = Pieces()
    with Direct(InProcess(pieces)) as client:
        response = client.send(httpx.Request("GET", URL), stream=True)
        assert not pieces.is_closed
        if is_read:
            response.read()
        else:
            response.close()
    assert pieces.is_closed


def test_nothing_is_sent_over_a_closed_line() -> None:
    client = Direct(InProcess(Pieces()))
    client.close()
    with pytest.raises(RuntimeError, match="closed"):
        client.send(httpx.Request("GET", URL))
