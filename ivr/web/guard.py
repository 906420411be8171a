"""Who may speak to the webhooks: only who signs with our auth token, over exact URL and form."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from flask import Response, request
from werkzeug.exceptions import HTTPException

from ivr.twiml.signature import HEADER, is_signed
from ivr.web.ambiguity import is_ambiguous
from ivr.web.entry import raw_url, refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.web.parts import Parts

SIGNATURE_LENGTH: Final = 28
"""Base64 of the 20 bytes of an HMAC-SHA1."""
FORM: Final = "application/x-www-form-urlencoded"
MAX_FIELDS: Final = 200
"""Twilio sends some thirty."""
UNSIGNED: Final = (
    "The X-Twilio-Signature is missing or does not fit this URL and form. If this is the provider, "
    "set TWILIO_AUTH_TOKEN to the account's and PUBLIC_URL to the address that it calls."
)
BROKEN: Final = "The body cannot be read to its end; send it with its length."
NO_FORM: Final = f"A webhook takes a form: send {FORM}, its letters escaped."
MANY_FIELDS: Final = f"The form has more than {MAX_FIELDS} fields; send what the provider sends."
AMBIGUOUS: Final = (
    "The signature fits, but it would fit another URL or form as well: a field comes twice, or the "
    "name of one stands within another. Send what the provider sends."
)


def guard(parts: Parts) -> Callable[[], Response | None]:
    """A check to run before each webhook: None lets it pass, and otherwise nothing is done.

    What is cheap comes first: a stranger without a signature is refused before the body is read.
    """

    def check() -> Response | None:
        signature = request.headers.get(HEADER, "")
        if len(signature) != SIGNATURE_LENGTH:
            return refused(HTTPStatus.FORBIDDEN, UNSIGNED)
        if request.mimetype != FORM:
            return refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, NO_FORM)
        body = _body()
        if body is None:
            return refused(HTTPStatus.BAD_REQUEST, BROKEN)
        if not body.isascii():  # what cannot be decoded would be read as an empty form
            return refused(HTTPStatus.BAD_REQUEST, NO_FORM)
        if body.count(b"&") >= MAX_FIELDS:
            return refused(HTTPStatus.BAD_REQUEST, MANY_FIELDS)
        url = signed_url(parts.public_url)
        if not any(is_signed(each, url, request.form, signature) for each in parts.auth_tokens):
            return refused(HTTPStatus.FORBIDDEN, UNSIGNED)
        if is_ambiguous(url.partition("?")[2], request.form):
            return refused(HTTPStatus.BAD_REQUEST, AMBIGUOUS)
        return None

    return check


def _body() -> bytes | None:
    """All of the body; None where it cannot be read, which is for its sender to mend.

    Were it an error of ours, whoever sends it would get a document, signature or not.
    """
    try:
        return request.get_data()
    except HTTPException:  # it is too large, or its sender has gone
        raise
    except Exception:  # noqa: BLE001 - each server has errors of its own for it
        return None


def signed_url(public_url: str | None) -> str:
    """The URL as the provider wrote it: our public origin, then path and query byte for byte.

    Flask's own `request.url` decodes escapes, and a signature over `%2F` or `%27` would not fit.
    """
    origin, raw = public_url or f"{request.scheme}://{request.host}", raw_url()
    if not raw.startswith("/"):  # the absolute form; `entry` lets no other one in
        raw = "/" + raw.partition("://")[2].partition("/")[2]
    return origin + raw
