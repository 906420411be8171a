"""Users and passwords of one call: given in a URL, and good for the rest of the call.

https://www.twilio.com/docs/usage/security#http-authentication: Twilio asks without them first; when
the answer is a 401 that asks for them, it makes the same request with them, and it stays logged in
for the duration of the call.
"""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Final, TypeAlias

import httpx

from ivr.simulator.http.failures import shown

if TYPE_CHECKING:
    from ivr.simulator.log import Log

HEADER: Final = "Authorization"

_Origin: TypeAlias = tuple[str, str, int | None]
_BASIC: Final = re.compile(r"(?:^|,)\s*basic(?:\s|,|$)", re.IGNORECASE)


class Logins:
    """Remembers who Twilio is to each origin: to a scheme, a host and a port.

    Args:
        log: is warned, once, that a user in a URL is signed with it.
    """

    def __init__(self, log: Log) -> None:
        self._log = log
        self._known: dict[_Origin, str] = {}
        self._entered: set[_Origin] = set()
        self._has_warned = False

    def learn(self, url: httpx.URL, *, is_checked: bool) -> None:
        """Takes over the user and the password of a URL, if it has them.

        Args:
            url: as signed.
            is_checked: whether an application may check the signature of its requests.
        """
        if not url.userinfo:
            return
        if is_checked and not self._has_warned:
            self._has_warned = True
            self._log.warn_of(
                f"{shown(str(url))} is signed with its user and password; frameworks give the URL "
                "without them, so put them back before the signature is checked"
            )
        origin, login = _origin(url), _basic(url)
        if self._known.get(origin) != login:
            self._known[origin] = login
            self._entered.discard(origin)

    def known(self, url: httpx.URL) -> str:
        """Gives what the origin of a URL would be shown, in time; empty when it is nobody's."""
        return self._known.get(_origin(url), "") if self._known else ""

    def show(self, request: httpx.Request) -> None:
        """Puts user and password into the header, where Twilio is logged in."""
        if self._entered and (origin := _origin(request.url)) in self._entered:
            request.headers[HEADER] = self._known[origin]

    def enter(self, response: httpx.Response) -> bool:
        """Logs in if that is what an answer asks for; says whether its request can be repeated."""
        if not self._known:
            return False
        origin = _origin(response.request.url)
        if origin in self._entered or origin not in self._known or not _asks(response):
            return False
        self._entered.add(origin)
        self.show(response.request)
        return True


def _asks(response: httpx.Response) -> bool:
    is_refused = response.status_code == httpx.codes.UNAUTHORIZED
    return is_refused and bool(_BASIC.search(response.headers.get("www-authenticate", "")))


def _origin(url: httpx.URL) -> _Origin:
    return url.scheme, url.host, url.port


def _basic(url: httpx.URL) -> str:
    login = f"{url.username}:{url.password}".encode()
    return "Basic " + base64.b64encode(login).decode("ascii")
