"""The bytes of a TwiML document → verbs, as strictly as Twilio's own schema.

Twilio goes on after an unknown attribute or verb with warning 12200; this reader refuses it, so
that a slip is seen on the developer's machine and not on a caller's telephone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn, cast
from xml.etree.ElementTree import ParseError

from defusedxml.ElementTree import fromstring

from ivr.errors import TwimlError
from ivr.twiml.verbs import (
    DEFAULT_LANGUAGE,
    DEFAULT_VOICE,
    MAX_DOCUMENT_BYTES,
    PARSE_FAILURE,
    SCHEMA,
    WRONG_ROOT,
    Gather,
    Hangup,
    Input,
    Method,
    Nested,
    Pause,
    Play,
    Reason,
    Redirect,
    Reject,
    Say,
    Verb,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from xml.etree.ElementTree import Element

_MAX_NUMBER_DIGITS = 9
"""Python refuses to read numbers of thousands of digits; no attribute of TwiML needs ten."""

_TWILIO_ONLY = frozenset(
    {"Connect", "Dial", "Enqueue", "Leave", "Record", "Refer", "Sms", "Start", "Stop"}
)
"""Verbs that Twilio has and this project does not read yet."""


def read(document: bytes) -> tuple[Verb, ...]:
    """Gives the verbs of a document, in order.

    Args:
        document: the body of an HTTP answer, in any encoding that it declares.

    Returns:
        No verbs for an empty Response, which ends a call.

    Raises:
        TwimlError: with the code that Twilio's debugger would show: 11750 over 64 kB, 11770 no
            content, 12100 not XML or with a doctype declaration, 12102 another root than
            Response, 12200 an unknown verb, attribute, nesting or stray text, and the codes of
            the verbs' own attributes (see the table in `ivr.twiml.verbs`).
    """
    if len(document) > MAX_DOCUMENT_BYTES:
        raise TwimlError(11750, f"{len(document)} bytes; {MAX_DOCUMENT_BYTES} are the most")
    if not document.strip():
        raise TwimlError(11770, "the document is empty; answer at least <Response/>")
    root = _parse(document)
    if root.tag != "Response":
        raise TwimlError(WRONG_ROOT, f"the root is <{root.tag}>; it must be <Response>")
    _attributes(root, ())
    return tuple(_verb(child) for child in _children(root))


def _parse(document: bytes) -> Element:
    try:
        return fromstring(document, forbid_dtd=True)
    # ValueError has defusedxml's refusals and encodings of several bytes, LookupError unknown ones.
    except (ParseError, ValueError, LookupError) as error:
        reason = str(error) or type(error).__name__
        raise TwimlError(PARSE_FAILURE, f"not XML that TwiML may be: {reason}") from error


def _verb(element: Element) -> Verb:
    reader = _READERS.get(element.tag)
    if reader is None:
        _refuse_verb(element.tag)
    return reader(element)


def _refuse_verb(tag: str) -> NoReturn:
    if tag in _TWILIO_ONLY:
        raise TwimlError(SCHEMA, f"<{tag}> is a verb of Twilio's, but cannot be read here yet")
    raise TwimlError(SCHEMA, f"<{tag}> is not a verb of TwiML; names are case-sensitive")


def _say(element: Element) -> Say:
    values = _attributes(element, ("language", "voice", "loop"))
    return Say(
        _text(element),
        language=values.get("language", DEFAULT_LANGUAGE),
        voice=values.get("voice", DEFAULT_VOICE),
        loop=_number(element, values.get("loop", "1"), 13510),
    )


def _play(element: Element) -> Play:
    values = _attributes(element, ("loop",))
    return Play(_text(element).strip(), loop=_number(element, values.get("loop", "1"), 13410))


def _pause(element: Element) -> Pause:
    values = _attributes(element, ("length",))
    _leaf(element)
    return Pause(_number(element, values.get("length", "1"), 13910))


def _gather(element: Element) -> Gather:
    names = ("action", "method", "timeout", "finishOnKey", "numDigits", "actionOnEmptyResult")
    values = _attributes(element, (*names, "input"))
    digits = values.get("numDigits")
    return Gather(
        nested=tuple(_nested(child) for child in _children(element)),
        # An empty action resolves to the document's own URL, which is what None means.
        action=values.get("action") or None,
        method=cast("Method", values.get("method", "POST")),
        timeout_seconds=_number(element, values.get("timeout", "5"), 13313),
        finish_on_key=values.get("finishOnKey", "#"),
        num_digits=None if digits is None else _number(element, digits, 13314),
        action_on_empty_result=_truth(element, values.get("actionOnEmptyResult", "false")),
        input=cast("Input", values.get("input", "dtmf")),
    )


def _nested(element: Element) -> Nested:
    """What stands in a Gather; another verb is refused unread, however deep it is nested."""
    if element.tag in _READERS and element.tag not in _NESTED:
        raise TwimlError(
            SCHEMA, f"<{element.tag}> cannot stand in Gather; only Say, Play and Pause can"
        )
    return cast("Nested", _verb(element))


def _redirect(element: Element) -> Redirect:
    values = _attributes(element, ("method",))
    return Redirect(_text(element).strip(), method=cast("Method", values.get("method", "POST")))


def _hangup(element: Element) -> Hangup:
    _attributes(element, ())
    _leaf(element)
    return Hangup()


def _reject(element: Element) -> Reject:
    values = _attributes(element, ("reason",))
    _leaf(element)
    return Reject(cast("Reason", values.get("reason", "rejected")))


_NESTED = frozenset({"Say", "Play", "Pause"})
# Values are cast, not checked, above: each verb refuses a bad one itself, with Twilio's code.
_READERS: dict[str, Callable[[Element], Verb]] = {
    "Say": _say,
    "Play": _play,
    "Pause": _pause,
    "Gather": _gather,
    "Redirect": _redirect,
    "Hangup": _hangup,
    "Reject": _reject,
}


def _attributes(element: Element, known: tuple[str, ...]) -> dict[str, str]:
    for name in element.attrib:
        if name not in known:
            raise TwimlError(
                SCHEMA, f"<{element.tag}> cannot have the attribute {name!r} here; it has {known}"
            )
    return dict(element.attrib)


def _children(element: Element) -> list[Element]:
    """The elements inside, between which only white space may stand."""
    children = list(element)
    texts = (element.text, *(child.tail for child in children))
    if stray := next((text for text in texts if text and text.strip()), None):
        raise TwimlError(
            SCHEMA, f"<{element.tag}> has the stray text {stray.strip()[:40]!r}; put it in <Say>"
        )
    return children


def _text(element: Element) -> str:
    if len(element):
        raise TwimlError(SCHEMA, f"<{element[0].tag}> in <{element.tag}> cannot be read here")
    return element.text or ""


def _leaf(element: Element) -> None:
    if _children(element):
        raise TwimlError(SCHEMA, f"<{element.tag}> is empty; nothing can stand in it")


def _number(element: Element, value: str, code: int) -> int:
    if not (value.isascii() and value.isdigit() and len(value) <= _MAX_NUMBER_DIGITS):
        raise TwimlError(code, f"<{element.tag}>: {value!r} is not a whole number")
    return int(value)


def _truth(element: Element, value: str) -> bool:
    if value not in {"true", "false"}:
        raise TwimlError(SCHEMA, f"<{element.tag}>: {value!r} is neither 'true' nor 'false'")
    return value == "true"
