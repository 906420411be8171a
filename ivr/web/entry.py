"""What is looked at in every request before anything else: its host, its URL, its size."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import structlog
from werkzeug.wsgi import get_host

from ivr.web.answer import Answer, words
from ivr.web.webhook import length_of, path_of, raw_url

if TYPE_CHECKING:
    from collections.abc import Callable
    from wsgiref.types import WSGIEnvironment

    from ivr.web.parts import Parts

MAX_REQUEST_BYTES: Final = 64 * 1024
"""A webhook's form has a few hundred bytes; 10,000 digits still fit."""
MAX_URL_BYTES: Final = 2048
"""No URL of this line has a fifth of it."""
FOR_BALANCERS: Final = frozenset({"/livez", "/readyz"})
"""They ask each process by its own address."""
TOO_LARGE: Final = "The request is too large."
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


def entry(parts: Parts) -> Callable[[WSGIEnvironment], Answer | None]:
    """A check to run before each request: None lets it pass; nothing is read of its body."""
    hosts = frozenset(parts.hosts)

    def check(environ: WSGIEnvironment) -> Answer | None:
        if hosts and not _is_served(environ, hosts):
            return refused(
                environ,
                HTTPStatus.MISDIRECTED_REQUEST,
                "This host is not served here. If it is the line's own, set IVR_HOSTS to it, and "
                "let the proxy in front pass on the Host that it was asked for.",
                host=shown(get_host(environ)),
            )
        url = raw_url(environ)
        if len(url) > MAX_URL_BYTES:
            return refused(environ, HTTPStatus.REQUEST_URI_TOO_LONG, "The URL is too long.")
        if _URL.fullmatch(url) is None or _FORM.fullmatch(url) is None:
            return refused(environ, HTTPStatus.BAD_REQUEST, NO_URL)
        if (length_of(environ) or 0) > MAX_REQUEST_BYTES:
            return refused(environ, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, TOO_LARGE)
        return None

    return check


def refused(environ: WSGIEnvironment, status: HTTPStatus, why: str, **fields: str) -> Answer:
    """A refusal in words, and a line in the log that has nothing raw of what a stranger sent."""
    _log.warning("refused", status=status.value, path=shown(path_of(environ)), **fields)
    return words(status, why)


def shown(given: str) -> str:
    """What a stranger sent, as far as a log may have it: cut, and in visible ASCII."""
    return ascii(given[:SHOWN])[1:-1]


def _is_served(environ: WSGIEnvironment, hosts: frozenset[str]) -> bool:
    return _name(get_host(environ)) in hosts or path_of(environ) in FOR_BALANCERS


def _name(host: str) -> str:
    """A Host header without its port, in small letters; a name may end in a dot (RFC 1034, 3.1)."""
    if host.startswith("["):
        return host.partition("]")[0].lower() + "]"
    return host.partition(":")[0].lower().removesuffix(".")
