"""Who may speak to the webhooks: only who signs with our auth token, over the exact URL."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from flask import Response, request

from ivr.twiml.signature import HEADER, is_signed

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.web.parts import Parts

SIGNATURE_LENGTH: Final = 28
"""Base64 of the 20 bytes of an HMAC-SHA1."""
_log: Final = logging.getLogger(__name__)
REFUSED: Final = (
    "The X-Twilio-Signature is missing or does not fit this URL and form. If this is the provider, "
    "set TWILIO_AUTH_TOKEN to the account's and PUBLIC_URL to the address that it calls.\n"
)


def guard(parts: Parts) -> Callable[[], Response | None]:
    """A check to run before each webhook: None lets it pass, otherwise 403 and nothing is read."""

    def check() -> Response | None:
        signature = request.headers.get(HEADER, "")
        # A stranger without a signature is refused before the body is even read.
        if len(signature) == SIGNATURE_LENGTH and is_signed(
            parts.auth_token, signed_url(parts.public_url), request.form, signature
        ):
            return None
        _log.warning(
            "refused: the signature does not fit %s", request.path.encode("ascii", "replace")
        )
        return Response(REFUSED, 403, mimetype="text/plain")

    return check


def signed_url(public_url: str | None) -> str:
    """The URL as the provider wrote it: our public origin, then path and query byte for byte.

    Flask's own `request.url` decodes escapes, and a signature over `%2F` or `%27` would not fit.
    """
    origin = public_url or f"{request.scheme}://{request.host}"
    raw: str | None = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI")
    if raw is None:  # a WSGI server that keeps no raw line: the path escaped anew, the query as is
        query = request.environ.get("QUERY_STRING", "")
        path = quote(request.environ.get("PATH_INFO", "").encode("latin-1"))
        raw = f"{path}?{query}" if query else path
    if not raw.startswith("/"):  # the absolute form, which a proxy may send
        raw = "/" + raw.partition("://")[2].partition("/")[2]
    return origin + raw
