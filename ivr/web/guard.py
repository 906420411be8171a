"""Who may speak to the webhooks: only who signs with our auth token, over exact URL and form."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wsgi import get_input_stream

from ivr.twiml.signature import is_signed
from ivr.web.ambiguity import is_ambiguous
from ivr.web.entry import MAX_REQUEST_BYTES, TOO_LARGE, refused
from ivr.web.webhook import Webhook, length_of, pairs, signed_url

if TYPE_CHECKING:
    from collections.abc import Callable
    from wsgiref.types import WSGIEnvironment

    from ivr.web.answer import Answer
    from ivr.web.parts import Parts

SIGNATURE_LENGTH: Final = 28
"""Base64 of the 20 bytes of an HMAC-SHA1."""
SIGNATURE: Final = "HTTP_X_TWILIO_SIGNATURE"
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


class Refusal(Exception):  # noqa: N818 - it is none of ours: the one who asks is to mend it
    """A request that is not let through, with the status and the words of its answer."""

    def __init__(self, status: HTTPStatus, why: str) -> None:
        super().__init__(why)
        self.status = status


def guard(parts: Parts) -> Callable[[WSGIEnvironment], Webhook | Answer]:
    """A check to run before each webhook: what it says, or the refusal of one that must not pass.

    What is cheap comes first: a stranger without a signature is refused before the body is read.
    """

    def check(environ: WSGIEnvironment) -> Webhook | Answer:
        try:
            return _let_through(environ, parts)
        except Refusal as refusal:
            return refused(environ, refusal.status, str(refusal))

    return check


def _let_through(environ: WSGIEnvironment, parts: Parts) -> Webhook:
    signature: str = environ.get(SIGNATURE, "")
    if len(signature) != SIGNATURE_LENGTH:
        raise Refusal(HTTPStatus.FORBIDDEN, UNSIGNED)
    if environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower() != FORM:
        raise Refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, NO_FORM)
    fields = pairs(_encoded(environ))
    form = dict(fields)
    url = signed_url(environ, parts.public_url)
    # A name that comes twice is signed with each of its values, though it is not let through.
    sent = form if len(form) == len(fields) else _by_name(fields)
    if not any(is_signed(token, url, sent, signature) for token in parts.auth_tokens):
        raise Refusal(HTTPStatus.FORBIDDEN, UNSIGNED)
    query = url.partition("?")[2]
    if is_ambiguous(query, fields):
        raise Refusal(HTTPStatus.BAD_REQUEST, AMBIGUOUS)
    return Webhook(query, form)


def _encoded(environ: WSGIEnvironment) -> str:
    """The form as it came."""
    body = _body(environ)
    if not body.isascii():  # Twilio escapes all else
        raise Refusal(HTTPStatus.BAD_REQUEST, NO_FORM)
    if body.count(b"&") >= MAX_FIELDS:
        raise Refusal(HTTPStatus.BAD_REQUEST, MANY_FIELDS)
    return body.decode()


def _body(environ: WSGIEnvironment) -> bytes:
    """All of the body; if it cannot be read, that is for its sender to mend.

    Were it an error of ours, whoever sends it would get a document, signature or not.
    """
    size = length_of(environ)
    try:
        if size is None:  # it comes in chunks, of which nobody has told how many
            return get_input_stream(environ, max_content_length=MAX_REQUEST_BYTES).read()
        body: bytes = environ["wsgi.input"].read(size)
    except RequestEntityTooLarge as error:
        raise Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, TOO_LARGE) from error
    except Exception as error:  # each server has errors of its own for it
        raise Refusal(HTTPStatus.BAD_REQUEST, BROKEN) from error
    if len(body) < size:
        raise Refusal(HTTPStatus.BAD_REQUEST, BROKEN)
    return body


def _by_name(fields: list[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in fields:
        found.setdefault(name, []).append(value)
    return found
