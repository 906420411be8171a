"""The kinds of values that attributes of TwiML have: how each is read, judged, written, described.

A kind reads the text of an attribute ("6") into a value of a verb's field (6) and writes it back.
`read` raises ValueError for what cannot be a value at all; `holds` judges what came of it, or what
a caller of our own put into a field, by the same limits.
"""

from __future__ import annotations

import re
from typing import Protocol, TypeAlias, TypeGuard

from msgspec import Struct

Value: TypeAlias = str | int | tuple[str, ...] | None
"""Of a field; a truth is an int to Python."""

KEYS = "0123456789*#"
"""The keys of a telephone."""
TONES = KEYS + "ABCDwW"
"""What Play can send: https://www.twilio.com/docs/voice/twiml/play#digits."""
AUTO = "auto"

MAX_NUMBER = 999_999_999
"""Python refuses to read numbers of thousands of digits; no attribute of TwiML needs ten."""
_MAX_NUMBER_DIGITS = len(str(MAX_NUMBER))
MAX_QUOTED = 60
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{1,8}){0,3}")


class Kind(Protocol):
    """What a value may be."""

    @property
    def wants(self) -> str:
        """What the value must be, in words that end a sentence."""
        ...

    def read(self, text: str) -> Value:
        """Gives the value of an attribute's text; raises ValueError when it cannot be one."""
        ...

    def holds(self, value: Value) -> bool:
        """Says whether a field may have this value."""
        ...

    def write(self, value: Value) -> str:
        """Gives the text of an attribute for a value that `holds`."""
        ...


class Whole(Struct, frozen=True):
    """A whole number within limits, or the word "auto" where there is a value for it."""

    least: int = 0
    most: int = MAX_NUMBER
    auto: tuple[Value] | None = None
    """The value that stands for "auto", alone in a tuple, since it may be None."""

    @property
    def wants(self) -> str:
        """Gives the limits."""
        is_open = self.most == MAX_NUMBER
        limits = f"{self.least} or more" if is_open else f"{self.least} to {self.most}"
        return f"a whole number, {limits}" + (f", or {AUTO}" if self.auto else "")

    def read(self, text: str) -> Value:
        """Gives the number; signs, fractions and digits of other scripts are no numbers."""
        if self.auto and text == AUTO:
            return self.auto[0]
        if not (text.isascii() and text.isdigit() and len(text) <= _MAX_NUMBER_DIGITS):
            raise ValueError(text)
        return int(text)

    def holds(self, value: Value) -> bool:
        """Says whether it is within the limits."""
        if self.auto and value == self.auto[0]:
            return True
        if isinstance(value, bool) or not isinstance(value, int):
            return False
        return self.least <= value <= self.most

    def write(self, value: Value) -> str:
        """Gives ASCII digits, or "auto"."""
        return AUTO if self.auto and value == self.auto[0] else str(value)


class Choice(Struct, frozen=True):
    """One of a few words, which may have other names that are read as they."""

    words: tuple[str, ...]
    aliases: tuple[tuple[str, str], ...] = ()
    """Pairs of another name and the word that it means."""

    @property
    def wants(self) -> str:
        """Gives the words."""
        return f"one of {', '.join(self.words)}"

    def read(self, text: str) -> Value:
        """Gives the word."""
        return next((word for alias, word in self.aliases if alias == text), text)

    def holds(self, value: Value) -> bool:
        """Says whether it is one of the words."""
        return value in self.words

    def write(self, value: Value) -> str:
        """Gives the word."""
        return str(value)


class Choices(Struct, frozen=True):
    """Any of a few words, with spaces between them."""

    words: tuple[str, ...]

    @property
    def wants(self) -> str:
        """Gives the words."""
        return f"any of {', '.join(self.words)}, with spaces between"

    def read(self, text: str) -> Value:
        """Gives the words in their order."""
        return tuple(text.split())

    def holds(self, value: Value) -> bool:
        """Says whether all are among the words."""
        return isinstance(value, tuple) and all(word in self.words for word in value)

    def write(self, value: Value) -> str:
        """Gives the words in their order."""
        return " ".join(value) if isinstance(value, tuple) else ""


class Truth(Struct, frozen=True):
    """True or false."""

    wants = "true or false"

    def read(self, text: str) -> Value:
        """Gives the truth; "yes" and "1" are none."""
        if text not in {"true", "false"}:
            raise ValueError(text)
        return text == "true"

    def holds(self, value: Value) -> bool:
        """Says whether it is a truth."""
        return isinstance(value, bool)

    def write(self, value: Value) -> str:
        """Gives it in small letters."""
        return "true" if value else "false"


class Url(Struct, frozen=True):
    """A URL without white space, absolute or relative to the document's own."""

    empty: str | None = None
    """What an empty one is read as: None where it is as good as no attribute."""

    wants = "a URL without spaces"

    def read(self, text: str) -> Value:
        """Gives the URL."""
        return text or self.empty

    def holds(self, value: Value) -> bool:
        """Says whether it has no white space in it."""
        return value == self.empty or _is_word(value)

    def write(self, value: Value) -> str:
        """Gives the URL."""
        return str(value)


class _Verbatim(Struct, frozen=True):
    """What is read and written as it stands."""

    def read(self, text: str) -> Value:
        """Gives the text."""
        return text

    def write(self, value: Value) -> str:
        """Gives the text."""
        return str(value)


class Word(_Verbatim, frozen=True):
    """Anything without white space, such as the name of a voice."""

    wants = "one word"

    def holds(self, value: Value) -> bool:
        """Says whether it is one word."""
        return _is_word(value)


class Language(_Verbatim, frozen=True):
    """The tag of a language, such as bn-IN."""

    wants = "the tag of a language, such as bn-IN"

    def holds(self, value: Value) -> bool:
        """Says whether it has the form of a tag; only Twilio knows which languages it speaks."""
        return isinstance(value, str) and _LANGUAGE.fullmatch(value) is not None


class Text(_Verbatim, frozen=True):
    """Any text within limits."""

    least: int = 0
    most: int = MAX_NUMBER

    @property
    def wants(self) -> str:
        """Gives the limits."""
        most = "or more" if self.most == MAX_NUMBER else f"to {self.most}"
        return f"a text of {self.least} {most} characters"

    def holds(self, value: Value) -> bool:
        """Says whether it is neither too short nor too long."""
        return isinstance(value, str) and self.least <= len(value) <= self.most


class Match(_Verbatim, frozen=True):
    """A text of a certain form."""

    pattern: str
    form: str
    """In words, with a sample."""

    @property
    def wants(self) -> str:
        """Gives the form."""
        return self.form

    def holds(self, value: Value) -> bool:
        """Says whether it has the form."""
        return isinstance(value, str) and re.fullmatch(self.pattern, value) is not None


class Signs(_Verbatim, frozen=True):
    """Some of a telephone's keys or tones, such as the ones that finish an entry."""

    signs: str = KEYS
    least: int = 0
    most: int = MAX_NUMBER

    @property
    def wants(self) -> str:
        """Gives the signs."""
        few = "one of" if self.most == 1 else "some of"
        return f"{few} {self.signs}" + ("" if self.least else ", or empty")

    def holds(self, value: Value) -> bool:
        """Says whether it has only such signs, and not too many."""
        return (
            isinstance(value, str)
            and self.least <= len(value) <= self.most
            and all(sign in self.signs for sign in value)
        )


def quoted(value: object) -> str:
    """Gives a value as a message quotes it, however long a stranger has made it."""
    text = repr(value)
    return text if len(text) <= MAX_QUOTED else f"{text[:MAX_QUOTED]}…"


def _is_word(value: Value) -> TypeGuard[str]:
    return isinstance(value, str) and value.split() == [value]
