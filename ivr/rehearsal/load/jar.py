"""The cookies of one call, made only where an application sets one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

from ivr.simulator.http.cookies import Cookies

if TYPE_CHECKING:
    from ivr.rehearsal.load.reply import Reply
    from ivr.simulator.log import Log

_SET: bytes = b"set-cookie"


class Jar:
    """Keeps what an application sets within one call, and shows it where it belongs."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._cookies: Cookies | None = None

    def header(self, url: str) -> str:
        """What belongs into the Cookie header of a request; empty for nothing."""
        if self._cookies is None:
            return ""
        request = httpx.Request("GET", url)
        self._cookies.show(request)
        return str(request.headers.get("cookie", ""))

    def keep(self, url: str, reply: Reply) -> None:
        """Keeps what the answer from a URL sets."""
        headers = [(name, value) for name, value in reply.headers if name == _SET]
        if headers:
            self._cookies = self._cookies or Cookies(self._log)
            request = httpx.Request("GET", url)
            self._cookies.keep(httpx.Response(200, headers=headers, request=request))
