"""HTTP without a network: a WSGI application in this process.

with httpx.Client(transport=InProcess(app), trust_env=False) as client:
    client.get("http://line.test/voice")
"""

from __future__ import annotations

import sys
from functools import lru_cache
from io import BytesIO
from itertools import chain
from typing import TYPE_CHECKING, Final

import httpx

from ivr.simulator.http.response import Response

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from wsgiref.types import WSGIApplication, WSGIEnvironment

    from _typeshed import OptExcInfo

MAX_NAMES: Final = 64
"""Names of headers whose form in an environment is remembered: a pretend carrier sends few."""

_PORTS: Final = {"http": 80, "https": 443}
_OF_THE_BODY: Final = frozenset({"CONTENT_TYPE", "CONTENT_LENGTH"})


class InProcess(httpx.BaseTransport):
    """A WSGI application in this process, given its requests as a server would give them.

    httpx has such a transport, too. This one gives the bytes of a path as Latin-1 and takes any
    byte in a header, both as PEP 3333 has it.

    Args:
        app: what it raises is not caught.
    """

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Asks the application; httpx calls this."""
        head = _Head()
        body = _Body(self._app(_environment(request), head.start))
        return Response(head.status(), headers=head.headers, stream=body)


class _Head:
    """What an application tells of an answer before its body."""

    def __init__(self) -> None:
        self.headers: list[tuple[bytes, bytes]] = []
        self._status: str | None = None
        self._caught: BaseException | None = None

    def start(
        self, status: str, headers: list[tuple[str, str]], exc_info: OptExcInfo | None = None, /
    ) -> Callable[[bytes], object]:
        """Takes it: the `start_response` that an application calls."""
        self.headers = [
            (name.encode("latin-1"), value.encode("latin-1")) for name, value in headers
        ]
        self._status, self._caught = status, exc_info[1] if exc_info else None
        return lambda _: None

    def status(self) -> int:
        """Gives the status, or raises what the application has caught and told of."""
        if self._status is None:
            raise AssertionError("the application has not called start_response")
        if self._caught is not None:
            raise self._caught
        return int(self._status.split()[0])


class _Body(httpx.SyncByteStream):
    """The body of an answer; an application need not tell its head before the first piece."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._close = getattr(pieces, "close", None)
        rest = iter(pieces)
        first = next(filter(None, rest), b"")
        self._pieces = chain((first,), rest) if first else rest

    def __iter__(self) -> Iterator[bytes]:
        yield from self._pieces

    def close(self) -> None:
        if self._close is not None:
            self._close()


def _environment(request: httpx.Request) -> WSGIEnvironment:
    """https://peps.python.org/pep-3333/#environ-variables."""
    url = request.url
    environment: WSGIEnvironment = {
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": url.scheme,
        "wsgi.input": BytesIO(request.read()),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": url.path.encode("utf-8", "surrogateescape").decode("latin-1"),
        "QUERY_STRING": url.query.decode("ascii"),
        "SERVER_NAME": url.host,
        "SERVER_PORT": str(url.port or _PORTS[url.scheme]),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
    }
    for name, value in request.headers.raw:
        environment[_variable(name)] = value.decode("ascii")
    return environment


@lru_cache(maxsize=MAX_NAMES)
def _variable(header: bytes) -> str:
    name = header.decode("ascii").upper().replace("-", "_")
    return name if name in _OF_THE_BODY else f"HTTP_{name}"
