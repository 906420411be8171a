"""A client that only carries.

Cookies, logins and redirects are the call's own (`ivr.simulator.http.wire`). httpx looks after them
as well, which takes longer than all the rest of the way to an application in this process.
"""

from __future__ import annotations

from typing import Any

import httpx


class Direct(httpx.Client):
    """A client that hands requests to its transport as they are, and answers as they come.

    Args:
        transport: how requests travel; closed with the client.
    """

    def __init__(self, transport: httpx.BaseTransport) -> None:
        # Not through a proxy of the environment: the line is most often on this machine.
        super().__init__(transport=transport, trust_env=False)
        self._way = transport

    def send(self, request: httpx.Request, *, stream: bool = False, **_: Any) -> httpx.Response:
        """Sends a request.

        Args:
            request: goes as it is.
            stream: whether to leave the body for whoever asks to read.
            **_: what else httpx offers is not done.

        Raises:
            RuntimeError: the client is closed.
        """
        if self.is_closed:
            raise RuntimeError("the line is closed, and nothing can be sent; make another Phone")
        response = self._way.handle_request(request)
        response.request = request
        if not stream:
            response.read()
        return response
