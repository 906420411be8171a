"""Requests that end with the crawl, however long the application would take for them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import httpx

if TYPE_CHECKING:
    from ivr.simulator.crawl.limits import Watch

GRACE_SECONDS: Final = 0.1
"""By the time that a request is cut off, the crawl is over: so that is no fault of the line's."""


class Timely(httpx.BaseTransport):
    """A transport whose requests have no more time than the crawl.

    Args:
        transport: that sends them, and heeds the `deadline` of `ivr.simulator.http.network`; this
            one closes it.
        watch: of the crawl.
    """

    def __init__(self, transport: httpx.BaseTransport, watch: Watch) -> None:
        self._transport = transport
        self._until = watch.until + GRACE_SECONDS

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Makes one request; httpx calls this."""
        deadline = min(request.extensions.get("deadline", math.inf), self._until)
        request.extensions = {**request.extensions, "deadline": deadline}
        return self._transport.handle_request(request)

    def close(self) -> None:
        """Closes the transport."""
        self._transport.close()
