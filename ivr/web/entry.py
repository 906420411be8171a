"""What is looked at in every request before anything else: its host, its URL, its size."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import structlog
from flask import Response, request

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.web.parts import Parts

MAX_REQUEST_BYTES: Final = 64 * 1024
"""A webhook's form has a few hundred bytes; 10,000 digits still fit."""
MAX_URL_BYTES: Final = 2048
"""No URL of this line has a fifth of it."""
FOR_BALANCERS: Final = frozenset({"/livez", "/readyz"})
"""They ask each process by its own address."""
NO_URL: Final = "The URL has letters that no URL has, or does not begin with / or a host."
SHOWN: Final = 80
"""So much of what a stranger sent is told in the log."""
_URL: Final = re.compile(r"[!\"$-:<-~]+")
"""Visible ASCII (RFC 3986) but for `#` and `;`: these, and a tab, Twilio's library loses in a URL
before it looks whether the signature fits. Nothing of ours has them."""
_FORM: Final = re.compile(r"(?:https?://[^/?]+)?/.*", re.IGNORECASE)
"""A path, or a URL with a host, which a proxy may send (RFC 9112, 3.2). Of anything else, such as
`voice?a=://b/voice/status`, a server may take another part for the path than what was signed."""
_log: Final = structlog.get_logger(__name__)


def entry(parts: Parts) -> Callable[[], Response | None]:
    """A check to run before each request: None lets it pass; nothing is read of its body."""
    hosts = frozenset(parts.hosts)

    def check() -> Response | None:
        if hosts and _name(request.host) not in hosts and request.path not in FOR_BALANCERS:
            return refused(
                HTTPStatus.MISDIRECTED_REQUEST,
                "This host is not served here. If it is the line's own, set IVR_HOSTS to it, and "
                "let the proxy in front pass on the Host that it was asked for.",
                host=shown(request.host),
            )
        url = raw_url()
        if len(url) > MAX_URL_BYTES:
            return refused(HTTPStatus.REQUEST_URI_TOO_LONG, "The URL is too long.")
        if _URL.fullmatch(url) is None or _FORM.fullmatch(url) is None:
            return refused(HTTPStatus.BAD_REQUEST, NO_URL)
        if (request.content_length or 0) > MAX_REQUEST_BYTES:
            return refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The request is too large.")
        return None

    return check


def raw_url() -> str:
    """What stood in the request's first line, byte for byte, where the server keeps it.

    Otherwise the path is escaped anew, and the query is as it came.
    """
    raw: str | None = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI")
    if raw is not None:
        return raw
    query = request.environ.get("QUERY_STRING", "")
    path = quote(request.environ.get("PATH_INFO", "").encode("latin-1"))
    return f"{path}?{query}" if query else path


def refused(status: HTTPStatus, why: str, **fields: str) -> Response:
    """A refusal in words, and a line in the log that has nothing raw of what a stranger sent."""
    _log.warning("refused", status=status.value, path=shown(request.path), **fields)
    return Response(f"{why}\n", status, mimetype="text/plain")


def shown(given: str) -> str:
    """What a stranger sent, as far as a log may have it: cut, and in visible ASCII."""
    return ascii(given[:SHOWN])[1:-1]


def _name(host: str) -> str:
    """A Host header without its port, in small letters; a name may end in a dot (RFC 1034, 3.1)."""
    if host.startswith("["):
        return host.partition("]")[0].lower() + "]"
    return host.partition(":")[0].lower().removesuffix(".")
