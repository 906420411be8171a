"""What is told of a text that is no YAML: the line of the slip, and plain words for it.

PyYAML tells what it expected and found, where it noticed that; a person has to be told which sign
is wrong or missing, where it stands. So its words only choose among the sentences here, and the
lines around the place decide.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence

    import yaml

SPECIAL: Final = "\u00a0\u2000-\u200b\u202f\u205f\u2060\u3000\ufeff"
"""Spaces of word processors, as they stand between the brackets of a regular expression."""
_GIT: Final = re.compile(r"(<{7}|={7}|>{7}|\|{7})(\s|$)")
_SPECIAL: Final = re.compile(rf"^\s*[{SPECIAL}]|:\s*[{SPECIAL}]")
_ENTRY: Final = re.compile(r"\s*(?:- +)*(?P<name>[^\s:'\"{}\[\],]+):(?:\s+(?P<text>\S.*))?\s*$")
_TIGHT: Final = re.compile(r"\s*(?:- +)*[a-z][\w.]*:[^\s:]")
_QUOTES: Final = ("'", '"')
_SIGNS: Final = tuple("-*%@[{>|`!&?,:]}#")
"""What a plain text cannot begin with."""
_NEAR: Final = 2
"""So many lines above the one at which it was noticed a slip is looked for."""

_WHOLE: Final = "put double quotes around the whole text"


class Slip(Struct, frozen=True):
    """What is wrong with a text, such as `Slip(52, "a tab stands here", "use spaces")`."""

    line: int
    """Counted from 1."""
    what: str
    to_do: str


def slip_of(lines: Sequence[str], error: yaml.MarkedYAMLError, *, is_words: bool = False) -> Slip:
    """The slip in a text that PyYAML could not read.

    Args:
        lines: of the whole text.
        error: what PyYAML raised.
        is_words: whether the file holds words, in which no list stands in brackets.
    """
    marks = [mark for mark in (error.problem_mark, error.context_mark) if mark is not None]
    places = [(min(mark.line, len(lines) - 1), mark.column) for mark in marks] or [(0, 0)]
    (noticed, column), (began, first) = places[0], places[-1]
    found = _by_sight(lines, noticed)
    if found is not None:
        return found
    why = f"{error.context} {error.problem}"
    if "could not find expected ':'" in why:
        return _no_colon(lines, began)
    if "mapping values are not allowed" in why:
        return _colon(lines, noticed, column)
    if "end of stream" in why:
        return _open(began)
    if "expected ',' or" in why:
        text = _text(lines[began])
        return _sign(began, text) if is_words and text else _in_brackets(began, noticed)
    if "expected <block end>" in why or "document start" in why:
        return _out_of_place(lines, noticed)
    before, part = lines[began][:first], lines[began][first:]
    return _by_sign(lines, noticed, why, part if began == noticed and ":" in before else "")


def _by_sight(lines: Sequence[str], noticed: int) -> Slip | None:
    """A slip that can be seen in a line, whatever came of it."""
    for number, line in enumerate(lines, 1):
        if _GIT.match(line):
            what = f"git left a mark here ({line[:7]}): two versions of these lines are not joined"
            return Slip(number, what, "keep one of the two, and take the marks away")
    for number in range(noticed, max(noticed - _NEAR, 0) - 1, -1):
        if _SPECIAL.search(lines[number]):
            what = "a special space stands here, as word processors make it"
            return Slip(number + 1, what, "write an ordinary space in its place")
    return None


def _no_colon(lines: Sequence[str], began: int) -> Slip:
    if _TIGHT.match(lines[began]):
        return Slip(began + 1, "no space stands behind the colon", "write one there")
    what = "a name stands here with no colon behind it"
    return Slip(began + 1, what, "write a colon and a space between the name and its text")


def _colon(lines: Sequence[str], noticed: int, column: int) -> Slip:
    """A colon where none can stand: inside of a text, or at a name that does not fit the lines."""
    before = lines[noticed][:column]
    if ":" in before.strip(" -"):
        if "}" in lines[noticed] and "{" not in lines[noticed]:
            return Slip(noticed + 1, "a } stands here without a {", "write { before the first name")
        return Slip(noticed + 1, "a text has a colon in it", _WHOLE)
    above = _above(lines, noticed)
    if _TIGHT.match(lines[above]):
        return Slip(above + 1, "no space stands behind the colon", "write one there")
    if _ENTRY.match(lines[above]) is None:
        return _no_colon(lines, above)
    return _indented(noticed)


def _out_of_place(lines: Sequence[str], noticed: int) -> Slip:
    """Something that cannot follow what stands before it."""
    for number in (noticed, _above(lines, noticed)):
        begun = lines[number].strip()
        if begun.startswith("-{"):
            return Slip(number + 1, "no space stands behind the dash", "write one there")
        if begun.startswith("{"):
            return Slip(number + 1, "a dash is missing before the {", "write - and a space there")
    if lines[noticed].strip().startswith("-"):
        return _indented(noticed)
    text = _text(lines[noticed])
    if text.startswith(_QUOTES):
        return _inside_quotes(noticed, text[0])
    if text.startswith(_SIGNS):
        return _sign(noticed, text)
    if (opened := _open_quote(lines, noticed)) is not None:
        return _open(opened)
    return _indented(noticed)


def _inside_quotes(number: int, quote: str) -> Slip:
    if quote == "'":
        what = "a ' inside of the text, such as an apostrophe, ends the text that a ' begins"
        return Slip(number + 1, what, _WHOLE)
    what = 'a " inside of the text ends the text that a " begins'
    return Slip(number + 1, what, "write ' inside of it")


def _in_brackets(began: int, noticed: int) -> Slip:
    if noticed == began:
        what = "a comma or a closing bracket is missing here"
        return Slip(began + 1, what, "put commas between the parts, and close each bracket")
    return Slip(began + 1, "a bracket is opened here and never closed", "close it")


def _by_sign(lines: Sequence[str], noticed: int, why: str, part: str) -> Slip:
    """What begins with a sign that means something else, and all that has no words of its own.

    Args:
        lines: of the whole text.
        noticed: the line that it is about, from 0.
        why: in PyYAML's words.
        part: what stands behind a name from that place on, or nothing where it is not known.
    """
    text = _text(lines[noticed])
    if "escape" in why:
        return Slip(noticed + 1, "a \\ stands in the text", "take it out")
    if "'\\t'" in why:
        return Slip(noticed + 1, "a tab stands here", "use spaces, not tabs")
    if "another document" in why:
        return Slip(noticed + 1, "a line of --- stands here", "take it away")
    if part.startswith(_SIGNS):
        return _sign(noticed, part)
    if text.startswith(_SIGNS):
        return _sign(noticed, text)
    begun = lines[noticed].strip()
    if begun.startswith(_SIGNS):
        return Slip(noticed + 1, f"a line begins with {begun[0]}", "take it out")
    what = "this line, or the one above it, cannot be read"
    return Slip(
        noticed + 1, what, "write it as the lines around it: a name, a colon, a space, a text"
    )


def _sign(number: int, text: str) -> Slip:
    return Slip(number + 1, f"a text begins with {text[:1]}", _WHOLE)


def _open(number: int) -> Slip:
    what = "a quote or bracket is opened here and never closed"
    return Slip(number + 1, what, "close it")


def _indented(number: int) -> Slip:
    what = "this line stands too far to the left or right, or the one that it belongs to is missing"
    return Slip(number + 1, what, "begin the lines of one group under one another")


def _above(lines: Sequence[str], number: int) -> int:
    """The nearest line above that holds more than a comment; the line itself if there is none."""
    above = range(number - 1, -1, -1)
    held = (each for each in above if (text := lines[each].strip()) and text[0] != "#")
    return next(held, number)


def _text(line: str) -> str:
    """What stands behind the name of a line and its colon, or behind its dash; else nothing."""
    entry = _ENTRY.match(line)
    if entry is not None:
        return str(entry["text"] or "")
    return line.strip().removeprefix("- ").strip() if line.strip().startswith("- ") else ""


def _open_quote(lines: Sequence[str], noticed: int) -> int | None:
    """The nearest line up to this one whose text begins with a quote and does not end with it."""
    for number in range(noticed, -1, -1):
        text = _text(lines[number]).strip()
        if text.startswith(_QUOTES):
            return None if len(text) > 1 and text.endswith(text[0]) else number
    return None
