"""What an HTTP answer means as a document, by its content type.

https://www.twilio.com/docs/voice/twiml#mime-types: XML and HTML types are TwiML; plain text is
TwiML if it can be, and is read out otherwise. Audio, which is played, is not read here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.errors import TwimlError
from ivr.simulator.http.failures import shown
from ivr.twiml.document import Document, Finding
from ivr.twiml.read import read
from ivr.twiml.rules import MAX_DOCUMENT_BYTES
from ivr.twiml.verbs import Say

if TYPE_CHECKING:
    from ivr.simulator.http.cache import Cache
    from ivr.simulator.http.wire import Answer

NOT_TWIML = 12300

_TWIML = frozenset({"text/xml", "application/xml", "text/html"})
_PLAIN = "text/plain"


def read_answer(answer: Answer, cache: Cache | None = None) -> Document:
    """Gives the document that an answer is.

    Args:
        answer: a good one.
        cache: keeps what was read; None keeps nothing.

    Raises:
        TwimlError: whatever `ivr.twiml.read.read` raises, or 12300 for a content type that is not
            TwiML; the message begins with the URL.
    """
    try:
        return _read(answer, cache)
    except TwimlError as error:
        raise TwimlError(error.code, f"{shown(answer.url)}: {error}") from error


def _read(answer: Answer, cache: Cache | None) -> Document:
    # An empty or too long body is told as such, whatever type it claims.
    is_readable = answer.body.strip() and len(answer.body) <= MAX_DOCUMENT_BYTES
    if not is_readable or answer.content_type in _TWIML:
        return _twiml(answer.body, cache)
    if answer.content_type == _PLAIN:
        return _plain(answer.body, cache)
    raise TwimlError(
        NOT_TWIML,
        f"the content type is {answer.content_type!r}, which is not TwiML; answer with text/xml",
    )


def _twiml(body: bytes, cache: Cache | None) -> Document:
    found = None if cache is None else cache.documents.find(body)
    if found is None:
        found = read(body)
        if cache is not None:
            cache.documents.put(body, found, len(body))
    return found


def _plain(body: bytes, cache: Cache | None) -> Document:
    try:
        return _twiml(body, cache)
    except TwimlError:
        return _read_out(body.decode(errors="replace"))


def _read_out(text: str) -> Document:
    try:
        return Document(verbs=(Say(text),), findings=())
    except TwimlError as error:  # too long, which is no reason to end a call
        return Document((), (Finding("warning", error.code, str(error)),))
