"""The bytes of a TwiML document → its elements, or a refusal: XML of strangers, parsed safely."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError, TreeBuilder

from defusedxml import DTDForbidden
from defusedxml.ElementTree import DefusedXMLParser

from ivr.errors import TwimlError
from ivr.twiml.attributes import quoted
from ivr.twiml.description import ROOT
from ivr.twiml.rules import (
    EMPTY,
    MAX_DOCUMENT_BYTES,
    PARSE_FAILURE,
    TOO_LARGE,
    WRONG_ROOT,
    WRONG_VERSION,
)

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element
    from xml.parsers.expat import XMLParserType

_XML_VERSION = "1.0"
_WEB_PAGES = (b"<!doctype html", b"<html")
_HEAD_BYTES = 20


def parse(body: bytes) -> Element:
    """Gives the Response of a document, with whatever stands in it.

    Args:
        body: of an HTTP answer, in any encoding that it declares.

    Raises:
        TwimlError: 11750 over 64 kB, 11770 no content, 12100 not XML or with a document type
            declaration, 12101 another version of XML than 1.0, 12102 another root than Response.
    """
    if len(body) > MAX_DOCUMENT_BYTES:
        raise TwimlError(TOO_LARGE, f"{len(body)} bytes; {MAX_DOCUMENT_BYTES} are the most")
    if not body.strip():
        raise TwimlError(EMPTY, "the document is empty; answer at least <Response/>")
    try:
        parser = _Parser()
        parser.feed(body)
        root: Element = parser.close()
    # ValueError has defusedxml's refusals and encodings of several bytes, LookupError unknown ones.
    except (ParseError, ValueError, LookupError) as error:
        raise TwimlError(PARSE_FAILURE, _reason(body, error)) from error
    if root.tag != ROOT:
        raise TwimlError(WRONG_ROOT, f"the root is <{root.tag}>; it must be <{ROOT}>")
    return root


def _reason(body: bytes, error: Exception) -> str:
    if body.lstrip()[:_HEAD_BYTES].lower().startswith(_WEB_PAGES):
        return "it is a web page, not TwiML; does the URL lead to the right place?"
    if isinstance(error, DTDForbidden):
        return "it has a document type declaration; leave <!DOCTYPE …> out"
    return f"not XML that TwiML may be: {str(error) or type(error).__name__}"


class _Parser(DefusedXMLParser):
    """Refuses document types, and other versions of XML in whatever encoding they are declared."""

    parser: XMLParserType

    def __init__(self) -> None:
        # Its own builder is one in Python, whose elements overflow the stack when nested deeply.
        super().__init__(target=TreeBuilder(), forbid_dtd=True)
        self.parser.XmlDeclHandler = _check_version


def _check_version(version: str, _encoding: str | None, _standalone: int) -> None:
    # https://www.twilio.com/docs/api/errors/12101: the title speaks of the XML version, the text of
    # a version of the root, an attribute that TwiML no longer has.
    if version != _XML_VERSION:
        raise TwimlError(
            WRONG_VERSION, f"the XML declaration says {quoted(version)}; write {_XML_VERSION}"
        )
