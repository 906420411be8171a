"""HTTP without a network: a WSGI application in this process.

with httpx.Client(transport=InProcess(app), trust_env=False) as client:
    client.get("http://line.test/voice")
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

from ivr.simulator.http.response import Response

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from _typeshed import OptExcInfo


class InProcess(httpx.BaseTransport):
    """A WSGI application in this process, given its requests as a server would give them.

    Args:
        app: what it raises is not caught.
    """

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Asks the application; httpx calls this."""
        headers: list[tuple[bytes, bytes]] = []

        def asked(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            # PEP 3333 wants the bytes of the path as Latin-1; httpx gives them as they read.
            path = environ["PATH_INFO"].encode("utf-8", "surrogateescape")
            start = _past_httpx(start_response, headers)
            return self._app(environ | {"PATH_INFO": path.decode("latin-1")}, start)

        response = httpx.WSGITransport(asked).handle_request(request)
        return Response(response.status_code, headers=headers, stream=response.stream)


def _past_httpx(start_response: StartResponse, headers: list[tuple[bytes, bytes]]) -> StartResponse:
    """Keeps the headers from httpx, which takes ASCII only; PEP 3333 allows any byte as Latin-1."""

    def start(
        status: str, told: list[tuple[str, str]], exc_info: OptExcInfo | None = None, /
    ) -> Callable[[bytes], object]:
        headers[:] = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in told]
        return start_response(status, [], exc_info)

    return start
