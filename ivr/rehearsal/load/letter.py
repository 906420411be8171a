"""A call's requests as they travel, signed: what all of them share is made once.

The signature is that of `ivr.twiml.signature.sign`, whose rule is explained there. Of the thirty
fields of a form three are new in each request, so that the others are sorted and encoded only when
the status of the call changes.
"""

from __future__ import annotations

import hmac
import re
import secrets
import uuid
from base64 import b64encode
from itertools import chain
from typing import TYPE_CHECKING, Final

from ivr.rehearsal.load.connections import AskError
from ivr.simulator.http.failures import shown
from ivr.simulator.http.form import encode
from ivr.simulator.http.wire import USER_AGENT
from ivr.twiml.request import IDEMPOTENCY_HEADER
from ivr.twiml.rules import BAD_URL
from ivr.twiml.signature import HEADER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ivr.simulator.http.wire import Ask

_PARTS: Final = re.compile(r"(https?)://([^/?#]+)([/?][^#]*)")


class Letters:
    """Writes the requests of one call.

    Args:
        token: signs them.
    """

    def __init__(self, token: str) -> None:
        self._key = token.encode()
        self._form: Mapping[str, str] | None = None
        self._sorted: list[tuple[str, str]] = []
        self._encoded = b""

    def write(self, ask: Ask, url: str, cookies: str) -> bytes:
        """Gives a request, head and body.

        Args:
            ask: what for.
            url: as it is sent and signed, with the parameters of a GET.
            cookies: of the call; empty for none.

        Raises:
            AskError: the URL has a user and a password, which a load does not send.
        """
        _, host, path = parts(url)
        cookie = f"Cookie: {cookies}\r\n" if cookies else ""
        token = uuid.UUID(bytes=secrets.token_bytes(16), version=4)
        head = (
            f"{ask.method} {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {USER_AGENT}\r\n"
            f"Accept: */*\r\n{cookie}{IDEMPOTENCY_HEADER}: {token}\r\n"
        )
        if ask.method == "GET":
            return f"{head}{HEADER}: {self._signature(url, ())}\r\n\r\n".encode("latin-1")
        fields, content = self._filled(ask)
        return (
            f"{head}{HEADER}: {self._signature(url, fields)}\r\n"
            "Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\n"
            f"Content-Length: {len(content)}\r\n\r\n"
        ).encode("latin-1") + content

    def _filled(self, ask: Ask) -> tuple[list[tuple[str, str]], bytes]:
        """The fields of a form, by name, and the form as it travels."""
        form, added = ask.form, ask.added
        if added.keys() & form.keys():
            form, added = {**form, **added}, {}
        if form is not self._form:
            self._form, self._sorted, self._encoded = form, sorted(form.items()), encode(form)
        if not added:
            return self._sorted, self._encoded
        return sorted((*self._sorted, *added.items())), self._encoded + b"&" + encode(added)

    def _signature(self, url: str, fields: list[tuple[str, str]] | tuple[()]) -> str:
        signed = "".join((url, *chain.from_iterable(fields)))
        return b64encode(hmac.digest(self._key, signed.encode(), "sha1")).decode("ascii")


def parts(url: str) -> tuple[str, str, str]:
    """Scheme, host with port, and path with query of a URL.

    Raises:
        AskError: the URL has a user and a password, which a load does not send.
    """
    found = _PARTS.match(url)
    if found is None or "@" in found[2]:
        raise AskError("bad_url", BAD_URL, f"{shown(url)} cannot be asked: give it without a user")
    return found[1], found[2], found[3]
