"""The way of requests to the application, on which somebody may stand and see them go out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from collections.abc import Callable


class Announced(httpx.BaseTransport):
    """Tells of each request before it is made: a call tells of it only when there is an answer.

    Args:
        transport: that makes the requests; closed with this one.
        tell: called before each.
    """

    def __init__(self, transport: httpx.BaseTransport, tell: Callable[[], object]) -> None:
        self._transport = transport
        self._tell = tell

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Makes one request; httpx calls this."""
        self._tell()
        return self._transport.handle_request(request)

    def close(self) -> None:
        """Closes every connection."""
        self._transport.close()
