"""TwiML to read: each verb on a line of its own, and nothing said differently."""

from __future__ import annotations

import re
from typing import Final
from xml.etree.ElementTree import ParseError, TreeBuilder

from defusedxml.ElementTree import DefusedXMLParser

from ivr.twiml.rules import MAX_DOCUMENT_BYTES

INDENT: Final = "  "
MAX_DEPTH: Final = 50
"""TwiML nests three deep; what is nested deeper comes back as it was."""

_PART: Final = re.compile(
    r"""(?P<aside><!--.*?-->|<\?.*?\?>)
    | (?P<words><!\[CDATA\[.*?\]\]>|[^<]+)
    | (?P<end></[^>]*>)
    | (?P<start><(?:[^"'>]|"[^"]*"|'[^']*')*>)""",
    re.DOTALL | re.VERBOSE,
)
"""The parts of a document that is known to be XML: markup is nowhere what it only looks like."""


def pretty(text: str) -> str:
    """Gives a document with each element on a line, indented by how deep it stands.

    Every part of it stays as it was written. An element that has words keeps all that stands among
    them. What cannot be read, is over 64 kB, has a document type or is nested too deeply comes back
    as it was.
    """
    if not _is_xml(text):
        return text
    parts = [(str(found.lastgroup), found.group()) for found in _PART.finditer(text)]
    kept = _kept_whole(parts)
    return text if kept is None else "\n".join(_lines(parts, kept))


def _is_xml(text: str) -> bool:
    if len(text.encode(errors="replace")) > MAX_DOCUMENT_BYTES:
        return False
    try:
        parser = DefusedXMLParser(target=TreeBuilder(), forbid_dtd=True)
        parser.feed(text)
        parser.close()
    except (ParseError, ValueError, LookupError):  # ValueError has defusedxml's refusals
        return False
    return True


def _kept_whole(parts: list[tuple[str, str]]) -> dict[int, int] | None:
    """The elements that stay on one line, by where they start and end; None: nested too deeply.

    These are the ones that have words, and those that have nothing but space in them.
    """
    kept: dict[int, int] = {}
    # Of each open element: where it starts, whether it has words, whether anything else.
    around: list[tuple[int, bool, bool]] = []
    for index, (kind, part) in enumerate(parts):
        if kind == "end":
            start, has_words, has_others = around.pop()
            if has_words or not has_others:
                kept[start] = index
        elif around:
            start, has_words, has_others = around[-1]
            is_word = kind == "words" and not part.isspace()
            around[-1] = (start, has_words or is_word, has_others or kind != "words")
        if kind == "start" and not part.endswith("/>"):
            around.append((index, False, False))
        if len(around) > MAX_DEPTH:
            return None
    return kept


def _lines(parts: list[tuple[str, str]], kept: dict[int, int]) -> list[str]:
    lines, depth, index = [], 0, 0
    while index < len(parts):
        kind, part = parts[index]
        depth -= kind == "end"
        end = kept.get(index, index)
        if kind != "words":
            lines.append(INDENT * depth + "".join(part for _, part in parts[index : end + 1]))
        if kind == "start" and end == index and not part.endswith("/>"):
            depth += 1
        index = end + 1
    return lines
