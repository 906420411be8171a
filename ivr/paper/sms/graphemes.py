"""Where a text may be cut: between the signs that a reader sees, never within one.

The rules are those of Unicode's extended grapheme clusters (UAX #29, as far as letters, marks,
conjuncts, joiners and emoji go; Hangul's parts and flags are not told apart), so that a Bengali
vowel sign stays with its letter, and a conjunct such as the one in 'UMANG' stays whole.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_ZWJ: Final = "\u200d"
_JOINERS: Final = ("\u200c", _ZWJ)
_VIRAMA: Final = 9
"""The combining class of the sign that joins a letter to the next one: Bengali's hasanta."""
_SKIN: Final = range(0x1F3FB, 0x1F400)
"""Emoji modifiers, which change the sign before them."""


def graphemes(text: str) -> Iterator[str]:
    """The signs of a text, in order; joined they are the text."""
    begin = 0
    for at in range(1, len(text)):
        if not _belongs(text, at):
            yield text[begin:at]
            begin = at
    if text:
        yield text[begin:]


def _belongs(text: str, at: int) -> bool:
    """Whether the letter at `at` is of the same sign as the one before it."""
    letter, before = text[at], text[at - 1]
    if letter in _JOINERS or unicodedata.category(letter).startswith("M") or ord(letter) in _SKIN:
        return True
    if (before, letter) == ("\r", "\n"):
        return True
    if before == _ZWJ and unicodedata.category(letter) == "So":
        return True  # emoji made of several
    bare = text[:at].rstrip("".join(_JOINERS))[-1:]
    joins = bool(bare) and unicodedata.combining(bare) == _VIRAMA
    return joins and unicodedata.category(letter) == "Lo"
