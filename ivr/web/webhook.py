"""What a request to a webhook says: read once, from what the server hands over (PEP 3333).

Flask's own request is made for everything that a browser may send. These are forms of twenty
short fields and come with every key that a caller presses, so they are read here, in a tenth of the
time. What is read is the same: the tests hold the two against each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote_plus

from msgspec import Struct
from werkzeug.wsgi import get_content_length, get_host

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

RAW: Final = "werkzeug.url_quote"
"""The way of werkzeug with escapes that are no UTF-8: they stay as they were."""
PLUS: Final = "%2B"
MANY_DIGITS: Final = 20
"""No body is so long that its length has so many; of far more, Python makes no number."""


class Webhook(Struct, frozen=True):
    """A request that is let through.

    Sample: `Webhook("turn=2", {"CallSid": "CA1", "Digits": "1"})`.
    """

    query: str
    """As it came."""
    form: dict[str, str]


def pairs(encoded: str) -> list[tuple[str, str]]:
    """Names and values of a form or a query, in order, decoded; fields that are empty left out."""
    found = []
    for each in encoded.split("&"):
        name, _, value = each.partition("=")
        if "%" in each or "+" in each:
            found.append((_decoded(name), _decoded(value)))
        elif each:
            found.append((name, value))
    return found


def _decoded(encoded: str) -> str:
    if encoded.isalnum():
        return encoded
    if encoded.startswith(PLUS) and encoded[len(PLUS) :].isdecimal():
        return f"+{encoded[len(PLUS) :]}"  # a telephone number: there are four in each form
    return unquote_plus(encoded, errors=RAW)


def arguments(query: str) -> dict[str, str]:
    """The arguments of a query; of one that comes twice, the first."""
    return dict(reversed(pairs(query)))


def path_of(environ: WSGIEnvironment) -> str:
    """The path as Flask reads it: decoded, and with one `/` before it, however many were sent."""
    path: str = environ.get("PATH_INFO", "")
    return "/" + path.encode("latin-1").decode(errors="replace").lstrip("/")


def raw_url(environ: WSGIEnvironment) -> str:
    """What stood in the request's first line, byte for byte, where the server keeps it.

    Otherwise the path is escaped anew, and the query is as it came.
    """
    raw: str | None = environ.get("RAW_URI") or environ.get("REQUEST_URI")
    if raw is not None:
        return raw
    query = environ.get("QUERY_STRING", "")
    path = quote(environ.get("PATH_INFO", "").encode("latin-1"))
    return f"{path}?{query}" if query else path


def signed_url(environ: WSGIEnvironment, public_url: str | None) -> str:
    """The URL as the provider wrote it: our public origin, then path and query byte for byte.

    Flask's own `request.url` decodes escapes, and a signature over `%2F` or `%27` would not fit.
    """
    origin = public_url or f"{environ['wsgi.url_scheme']}://{get_host(environ)}"
    raw = raw_url(environ)
    if not raw.startswith("/"):  # the absolute form; `entry` lets no other one in
        raw = "/" + raw.partition("://")[2].partition("/")[2]
    return origin + raw


def length_of(environ: WSGIEnvironment) -> int | None:
    """How long the body says to be, in bytes; None: it does not say so, or not in a number."""
    told = environ.get("CONTENT_LENGTH", "")
    is_number = len(told) < MANY_DIGITS and told.isdecimal() and told.isascii()
    if is_number and "HTTP_TRANSFER_ENCODING" not in environ:
        return int(told)
    return get_content_length(environ)
