"""What an HTTP answer means as a document, by its content type.

https://www.twilio.com/docs/voice/twiml#mime-types: XML and HTML types are TwiML; plain text is
TwiML if it can be, and is read out otherwise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.errors import TwimlError
from ivr.twiml.read import read
from ivr.twiml.verbs import MAX_DOCUMENT_BYTES, PARSE_FAILURE, WRONG_ROOT, Say

if TYPE_CHECKING:
    from ivr.simulator.wire import Answer
    from ivr.twiml.verbs import Verb

CONTENT_TYPE = 12300

_TWIML = frozenset({"text/xml", "application/xml", "text/html"})
_PLAIN = "text/plain"


def verbs(answer: Answer) -> tuple[Verb, ...]:
    """Gives the verbs of an answer.

    Raises:
        TwimlError: whatever `ivr.twiml.read.read` finds, or 12300 for a content type that is not
            TwiML; the message begins with the URL.
    """
    try:
        return _verbs(answer)
    except TwimlError as error:
        raise TwimlError(error.code, f"{answer.url}: {error}") from error


def _verbs(answer: Answer) -> tuple[Verb, ...]:
    # An empty or too long body is told as such, whatever type it claims.
    is_readable = answer.body.strip() and len(answer.body) <= MAX_DOCUMENT_BYTES
    if not is_readable or answer.content_type in _TWIML:
        return read(answer.body)
    if answer.content_type == _PLAIN:
        return _plain(answer.body)
    raise TwimlError(
        CONTENT_TYPE,
        f"the content type is {answer.content_type!r}, which is not TwiML; answer with text/xml",
    )


def _plain(body: bytes) -> tuple[Verb, ...]:
    try:
        return read(body)
    except TwimlError as error:
        # A Response with a slip in it was meant as TwiML: its developer wants to hear of it.
        if error.code not in {PARSE_FAILURE, WRONG_ROOT}:
            raise
        return (Say(body.decode(errors="replace")),)
