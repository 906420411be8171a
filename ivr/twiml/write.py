"""Verbs → the bytes of a TwiML document.

What equals Twilio's default is left out, except on Gather, whose rules are always spelt out: they
decide what the caller's keys do, and a reader of the document should not have to know defaults.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, assert_never

from ivr.errors import TwimlError
from ivr.twiml.verbs import (
    MAX_DOCUMENT_BYTES,
    PARSE_FAILURE,
    Gather,
    Hangup,
    Pause,
    Play,
    Redirect,
    Reject,
    Say,
    Verb,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
# https://www.w3.org/TR/xml/#charsets: the characters that XML cannot hold, escaped or not.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# A bare carriage return is read back as a line feed, and in attributes both as spaces.
_TEXT_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_VALUE_ESCAPES = _TEXT_ESCAPES | str.maketrans({'"': "&quot;", "\n": "&#10;", "\t": "&#9;"})


def write(verbs: Sequence[Verb]) -> bytes:
    """Gives a document that `ivr.twiml.read.read` reads back as the same verbs.

    Args:
        verbs: in the order of execution; none gives an empty Response, which ends the call.

    Returns:
        UTF-8 XML with its declaration, on one line.

    Raises:
        TwimlError: 11750 when the document is over 64 kB, 12100 when a text has characters that
            XML cannot hold.
    """
    text = _DECLARATION + _element("Response", {}, "".join(map(_verb, verbs)))
    if found := _NOT_XML.search(text):
        raise TwimlError(PARSE_FAILURE, f"XML cannot hold the character {found.group()!r}")
    document = text.encode()
    if len(document) > MAX_DOCUMENT_BYTES:
        raise TwimlError(
            11750, f"{len(document)} bytes, {MAX_DOCUMENT_BYTES} are the most; write fewer verbs"
        )
    return document


def _verb(verb: Verb) -> str:
    attributes: dict[str, str] = {}
    content = ""
    match verb:
        case Say(text, language, voice, loop):
            attributes = {"language": language, "voice": voice} | _loop(loop)
            content = _escape(text)
        case Play(url, loop):
            attributes, content = _loop(loop), _escape(url)
        case Pause(seconds):
            attributes = {"length": str(seconds)}
        case Gather():
            attributes, content = _gather(verb), "".join(map(_verb, verb.nested))
        case Redirect(url, method):
            attributes, content = {"method": method}, _escape(url)
        case Hangup():
            pass
        case Reject(reason):
            attributes = {"reason": reason}
        case _:
            assert_never(verb)
    return _element(type(verb).__name__, attributes, content)


def _gather(gather: Gather) -> dict[str, str]:
    attributes = {
        "input": None if gather.input == "dtmf" else gather.input,
        "action": gather.action,
        "method": gather.method,
        "timeout": str(gather.timeout_seconds),
        "finishOnKey": gather.finish_on_key,
        "numDigits": None if gather.num_digits is None else str(gather.num_digits),
        "actionOnEmptyResult": "true" if gather.action_on_empty_result else None,
    }
    return {name: value for name, value in attributes.items() if value is not None}


def _loop(loop: int) -> dict[str, str]:
    return {} if loop == 1 else {"loop": str(loop)}


def _element(name: str, attributes: Mapping[str, str], content: str = "") -> str:
    start = name + "".join(
        f' {key}="{value.translate(_VALUE_ESCAPES)}"' for key, value in attributes.items()
    )
    return f"<{start}>{content}</{name}>" if content else f"<{start}/>"


def _escape(text: str) -> str:
    return text.translate(_TEXT_ESCAPES)
