"""What the service answers with, and the headers of every answer.

Nothing of it is kept, and a browser may do nothing with a page.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final, TypeAlias

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIEnvironment

    Headers: TypeAlias = list[tuple[str, str]]

TWIML: Final = "text/xml; charset=utf-8"
WORDS: Final = "text/plain; charset=utf-8"
FOR_CARRIERS: Final = frozenset({"text/xml", "audio/wav"})
"""No browser shows them, and they are most of what is answered."""
NOT_KEPT: Final = ("Cache-Control", "no-store")
PAGE: Final = (
    (
        "Content-Security-Policy",
        "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    ),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
)
"""Of every answer that a browser could show; https://owasp.org/www-project-secure-headers/."""
ONLY_TLS: Final = ("Strict-Transport-Security", "max-age=31536000")


class Answer(Struct, frozen=True):
    """An answer of the webhooks, whole.

    Sample: `Answer(HTTPStatus.OK, b"<Response/>", TWIML)`.
    """

    status: HTTPStatus
    body: bytes = b""
    content_type: str = ""
    """Empty: there is no body, as behind a 204."""
    allow: str = ""
    """The methods that there are, where another one was asked for."""


def twiml(document: bytes) -> Answer:
    """A document for the carrier."""
    return Answer(HTTPStatus.OK, document, TWIML)


def words(status: HTTPStatus, why: str) -> Answer:
    """A refusal, for whoever looks at it."""
    return Answer(status, f"{why}\n".encode(), WORDS)


def page(environ: WSGIEnvironment, public_url: str | None) -> Headers:
    """The headers of what a browser could show; it is to go on asking by https if it did."""
    is_tls = (public_url or "").startswith("https://") or environ["wsgi.url_scheme"] == "https"
    return [*PAGE, ONLY_TLS] if is_tls else [*PAGE]


def give(
    answer: Answer, environ: WSGIEnvironment, start_response: StartResponse, public_url: str | None
) -> Iterable[bytes]:
    """The answer as WSGI has it (PEP 3333)."""
    if answer.content_type == TWIML:
        start_response("200 OK", [("Content-Type", TWIML), _length(answer), NOT_KEPT])
        return (answer.body,)
    headers: Headers = [NOT_KEPT, *page(environ, public_url)]
    if answer.content_type:
        headers += ("Content-Type", answer.content_type), _length(answer)
    if answer.allow:
        headers.append(("Allow", answer.allow))
    start_response(f"{answer.status.value} {answer.status.phrase}", headers)
    # A body behind a HEAD would be taken for the beginning of the next answer.
    return () if environ["REQUEST_METHOD"] == "HEAD" else (answer.body,)


def _length(answer: Answer) -> tuple[str, str]:
    return "Content-Length", str(len(answer.body))
