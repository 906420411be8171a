"""Digits that a line reads out, so that a pretend caller can key what they hear.

    Digits().read_out(["Your code is", "4 7", "2 1"])  # "4721"

A practice code, a one-time code or a number to confirm changes from call to call; what a caller
does with it does not.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MIN_DIGITS: Final = 2
"""A single one is most often a key of a menu."""
MASK: Final = "•"

_ENGLISH: Final = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_WORDS: Final = re.compile(r"\S+")
_EDGES: Final = re.compile(r"^\W+|\W+$")


class Digits:
    """What counts as a digit: numerals of any script, their English words, and given ones.

    Args:
        words: further words, each with its digit: `{"null": "0"}`; letters of any case.
    """

    def __init__(self, words: Mapping[str, str] | None = None) -> None:
        english = {word: str(digit) for digit, word in enumerate(_ENGLISH)}
        given = {_plain(word): digit for word, digit in (words or {}).items()}
        self._digits = english | given

    def read_out(self, heard: Iterable[str]) -> str:
        """Gives the last row of two digits or more that was heard; empty when there was none.

        Args:
            heard: the words of each sound, in order; a row may go over several of them.
        """
        last = row = ""
        for word in (word for words in heard for word in _WORDS.findall(words)):
            found = self._of(word)
            row = "" if found is None else row + found
            last = row if len(row) >= MIN_DIGITS else last
        return last

    def masked(self, words: str) -> str:
        """Gives words with a • for each digit in them, so that codes of two calls are alike."""
        return " ".join(
            word if (found := self._of(word)) is None else MASK * len(found)
            for word in _WORDS.findall(words)
        )

    def masked_rows(self, heard: Iterable[str]) -> list[str]:
        """Gives words with a • for each digit of a row; `press 1` stays another than `press 2`.

        Args:
            heard: the words of each sound, in order; a row may go over several of them.
        """
        sounds = [_WORDS.findall(words) for words in heard]
        row: list[tuple[list[str], int, int]] = []
        for words in sounds:
            for place, word in enumerate(words):
                found = self._of(word)
                if found is None:
                    _mask(row)
                    row = []
                else:
                    row.append((words, place, len(found)))
        _mask(row)
        return [" ".join(words) for words in sounds]

    def _of(self, word: str) -> str | None:
        """The digits that a word is; None for any other word."""
        plain = _plain(word)
        if plain in self._digits:
            return self._digits[plain]
        return "".join(str(int(each)) for each in plain) if plain.isdecimal() else None


def _mask(row: list[tuple[list[str], int, int]]) -> None:
    """Puts a mask over each word of a row: where it stands, and how many digits it is."""
    if sum(count for _, _, count in row) >= MIN_DIGITS:
        for words, place, count in row:
            words[place] = MASK * count


def _plain(word: str) -> str:
    return _EDGES.sub("", word).casefold()
