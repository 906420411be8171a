"""The headers of every answer: nothing is kept, and a browser may do nothing with a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import request

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Response

    from ivr.web.parts import Parts

FOR_CARRIERS: Final = frozenset({"text/xml", "audio/wav"})
"""No browser shows them, and they are most of what is answered."""
PAGE: Final = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""Of every answer that a browser could show; https://owasp.org/www-project-secure-headers/."""
ONLY_TLS: Final = "max-age=31536000"


def heading(parts: Parts) -> Callable[[Response], Response]:
    """What to run behind each request: gives its answer the headers that it should have."""
    is_tls = (parts.public_url or "").startswith("https://")

    def head(response: Response) -> Response:
        if "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "no-store"
        if response.mimetype not in FOR_CARRIERS:
            response.headers.update(PAGE)
            if is_tls or request.is_secure:
                response.headers["Strict-Transport-Security"] = ONLY_TLS
        return response

    return head
