"""The cookies of one call, kept and sent back as a browser does.

https://www.twilio.com/docs/voice/twiml#twilio-as-a-well-behaved-http-client
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import httpx

from ivr.simulator.http.failures import cut, shown

if TYPE_CHECKING:
    from ivr.simulator.log import Log

_HEADER: Final = b"set-cookie"
_PRINTABLE: Final = re.compile(rb"[\t\x20-\x7e]*")
_EMPTY_MAX_AGE: Final = re.compile(rb";\s*max-age\s*(?=;|$)", re.IGNORECASE)
"""An attribute to be ignored; Python's jar wants a number of it, and raises."""


class Cookies:
    """Keeps what an application sets, and shows it where it belongs.

    Args:
        log: is warned of cookies that cannot be kept.
    """

    def __init__(self, log: Log) -> None:
        self._log = log
        # A jar of the call's own: the client may make other calls, and they must not meet.
        self._jar = httpx.Cookies()

    def show(self, request: httpx.Request) -> None:
        """Puts what belongs to the request's URL into its header."""
        if self._jar:
            self._jar.set_cookie_header(request)

    def keep(self, response: httpx.Response) -> None:
        """Keeps what an answer sets.

        One with other letters than printable ASCII is left out: what a cookie may hold is ASCII
        (https://www.rfc-editor.org/rfc/rfc6265#section-4.1.1), and what would come back of
        anything else, no two clients agree on.
        """
        headers: list[tuple[bytes, bytes]] = []
        for name, value in response.headers.raw:
            if name.lower() != _HEADER:
                continue
            if _PRINTABLE.fullmatch(value):
                headers.append((name, _EMPTY_MAX_AGE.sub(b"", value)))
            else:
                self._warn(str(response.request.url), value)
        if headers:
            request = response.request
            self._jar.extract_cookies(httpx.Response(200, headers=headers, request=request))

    def _warn(self, url: str, header: bytes) -> None:
        name = cut(header.partition(b"=")[0].decode("ascii", "backslashreplace").strip())
        self._log.warn_of(
            f"{shown(url)} sets the cookie {name!r} with letters that are not printable ASCII, so "
            "it is not kept; percent-encode what it holds"
        )
