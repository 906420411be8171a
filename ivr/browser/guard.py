"""Who may use the page: somebody at this machine, and only from the page itself.

It places calls from this machine, with this machine's auth token. So a stranger must not reach it
through a tunnel, and another page that is open in the same browser must not reach it by a form
(CSRF) or by a name of its own that leads here (DNS rebinding).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from werkzeug.exceptions import Forbidden

if TYPE_CHECKING:
    from flask import Request, Response

_HERE: Final = re.compile(r"(?:127\.0\.0\.1|localhost|\[::1\])(?::[0-9]{1,5})?", re.IGNORECASE)
_FORWARDED: Final = re.compile(
    r"x-forwarded(?:-.+)?|forwarded|via|x-real-ip|x-original-.+|x-client-ip|true-client-ip|cf-.+",
    re.IGNORECASE,
)
"""Headers that a tunnel or a proxy adds, by their names."""

_POLICY: Final = """
default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';
media-src 'self' blob:; font-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'
"""

HEADERS: Final = {
    "Content-Security-Policy": " ".join(_POLICY.split()),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""Of every answer: nothing from elsewhere, and nothing to elsewhere."""


def check(request: Request) -> None:
    """Lets a request pass that comes from this machine and, if it does something, from the page.

    Raises:
        Forbidden: it does not.
    """
    if _HERE.fullmatch(request.headers.get("Host", "")) is None:
        raise Forbidden(
            "The browser phone answers on this machine only: open it at 127.0.0.1 or localhost."
        )
    forwarded = next((name for name, _ in request.headers if _FORWARDED.fullmatch(name)), None)
    if forwarded is not None:
        raise Forbidden(
            f"The browser phone answers on this machine only, not through a tunnel or a proxy "
            f"({forwarded})."
        )
    if request.method not in {"GET", "HEAD"} and not _is_own(request):
        raise Forbidden("Calls are placed from the browser phone's own page only. Reload it.")


def protect(response: Response) -> Response:
    """Gives an answer the headers that every answer has."""
    response.headers.update(HEADERS)
    if not response.headers.get("Cache-Control"):
        response.headers["Cache-Control"] = "no-store"
    return response


def _is_own(request: Request) -> bool:
    """Whether a browser says that the page itself asks; a page cannot set these headers."""
    origin = request.headers.get("Origin")
    if origin is None:
        return request.headers.get("Sec-Fetch-Site") == "same-origin"
    return origin.lower() == f"{request.scheme}://{request.headers.get('Host', '')}".lower()
