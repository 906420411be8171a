"""Verbs → the bytes of a TwiML document.

What equals Twilio's default is left out, except the rules of a Gather and a few others that
`ivr.twiml.rules` marks: they decide what the caller's keys do, and a reader of the document should
not have to know defaults.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ivr.errors import TwimlError
from ivr.twiml.rules import MAX_DOCUMENT_BYTES, PARSE_FAILURE, RULES, SCHEMA, TOO_LARGE
from ivr.twiml.verbs import Dial, Gather, Noun, Other, Verb

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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
            XML cannot hold, 12200 for an Other, of which only the name is known: what would be
            written is another document than the one that was read.
    """
    content = "".join(map(_element, verbs))
    text = f"{_DECLARATION}<Response>{content}</Response>" if content else _EMPTY
    if found := _NOT_XML.search(text):
        raise TwimlError(PARSE_FAILURE, f"XML cannot hold the character {found.group()!r}")
    return encoded(text)


def encoded(text: str) -> bytes:
    """A document's bytes, where its text is known to be right.

    Raises:
        TwimlError: 11750 when it is over 64 kB.
    """
    document = text.encode()
    if len(document) > MAX_DOCUMENT_BYTES:
        raise TwimlError(
            TOO_LARGE,
            f"{len(document)} bytes, {MAX_DOCUMENT_BYTES} are the most; write fewer verbs",
        )
    return document


_EMPTY = f"{_DECLARATION}<Response/>"


def _element(verb: Verb | Noun) -> str:
    if isinstance(verb, Other):
        raise TwimlError(SCHEMA, f"{verb.name} is known by its name only and cannot be written")
    name = verb.kind if isinstance(verb, Noun) else type(verb).__name__
    start = name + "".join(_attributes(name, verb))
    content = _text(name, verb) + "".join(map(_element, _children(verb)))
    return f"<{start}>{content}</{name}>" if content else f"<{start}/>"


def _attributes(name: str, verb: Verb | Noun) -> Iterator[str]:
    for rule in RULES[name].attributes:
        value: Any = rule.default if rule.field is None else getattr(verb, rule.field)
        if value != rule.default or rule.is_spelt_out:
            yield f' {rule.name}="{rule.kind.write(value).translate(_VALUE_ESCAPES)}"'


def _text(name: str, verb: Verb | Noun) -> str:
    rule = RULES[name].text
    if rule is None or rule.field is None:
        return ""
    return str(getattr(verb, rule.field)).translate(_TEXT_ESCAPES)


def _children(verb: Verb | Noun) -> Sequence[Verb | Noun]:
    match verb:
        case Gather(nested=nested):
            return nested
        case Dial(nouns=nouns):
            return nouns
        case _:
            return ()
