"""How wide words are about, and where their lines break.

Fonts differ from machine to machine, and a layout program mis-measures Bengali: it knows no
conjuncts. So widths are reckoned by the kind of letter, a little too wide rather than too narrow,
from Noto Sans Bengali, Lohit Bengali and DejaVu Sans as a browser draws them.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from ivr.flow.terms import JOINERS

ELLIPSIS: Final = "…"
_VIRAMA: Final = "\N{BENGALI SIGN VIRAMA}"
_BENGALI: Final = range(0x0980, 0x0A00)
_LETTER: Final = 0.7
_WIDE_LETTER: Final = 0.92
_CONJUNCT: Final = 0.32
"""What a consonant adds that is joined to the one before."""
_SIGN: Final = 0.33
_TWO_SIGNS: Final = 0.66
_CAPITAL: Final = 0.72
_SMALL: Final = 0.62
_BROAD: Final = 0.95
_NARROW: Final = 0.32
_DARI: Final = 0.36
_BY_LETTER: Final = (
    dict.fromkeys(" .,;:'!|()[]il’", _NARROW)
    | dict.fromkeys("mwMW%@→←↩…", _BROAD)
    | dict.fromkeys("অআঐঔঙঊওঝ", _WIDE_LETTER)
    | dict.fromkeys("োৌ", _TWO_SIGNS)
    | {"।": _DARI}
)


def width_of(text: str, size: float) -> float:
    """How wide a text is about, in the unit of `size`.

    Args:
        text: of any script; Bengali and Latin are reckoned well.
        size: of the font.
    """
    joined, total = False, 0.0
    for letter in text.translate(JOINERS):
        total += _CONJUNCT if joined and ord(letter) in _BENGALI else _width(letter)
        joined = letter == _VIRAMA
    return total * size


def wrapped(text: str, size: float, width: float, lines: int) -> tuple[str, ...]:
    """A text in lines, none wider than there is room; what does not fit ends with an ellipsis.

    Args:
        text: to be broken between words; within a word only where it is wider than a line.
        size: of the font.
        width: the room, in the unit of `size`.
        lines: so many at most.
    """
    found, line = [], ""
    for word in _words(text, size, width):
        longer = f"{line} {word}" if line else word
        if not line or width_of(longer, size) <= width:
            line = longer
        else:
            found.append(line)
            line = word
    found = [*found, line]
    if len(found) <= lines:
        return tuple(found)
    return (*found[: lines - 1], _cut(found[lines - 1], size, width))


def _width(letter: str) -> float:
    if letter in _BY_LETTER:
        return _BY_LETTER[letter]
    match unicodedata.category(letter):
        case "Mn":  # above or below another letter
            return 0.0
        case "Mc":
            return _SIGN
        case "Lu":
            return _CAPITAL
        case _:
            return _LETTER if ord(letter) in _BENGALI else _SMALL


def _words(text: str, size: float, width: float) -> list[str]:
    words = []
    for word in text.split():
        part = ""
        for cluster in _clusters(word):
            if part and width_of(part + cluster, size) > width:
                words.append(part)
                part = ""
            part += cluster
        words.append(part)
    return words


def _clusters(word: str) -> list[str]:
    """A word in what must stay together: a letter, what is joined to it, and its signs."""
    found: list[str] = []
    for letter in word:
        is_sign = unicodedata.category(letter) in {"Mn", "Mc", "Cf"}
        if found and (is_sign or found[-1].translate(JOINERS).endswith(_VIRAMA)):
            found[-1] += letter
        else:
            found.append(letter)
    return found


def _cut(line: str, size: float, width: float) -> str:
    """A line that goes on, with an ellipsis: after a whole word if there is one."""
    parts = line.split()
    while len(parts) > 1 and width_of(" ".join(parts) + ELLIPSIS, size) > width:
        parts.pop()
    clusters = _clusters(" ".join(parts))
    while clusters and width_of("".join(clusters) + ELLIPSIS, size) > width:
        clusters.pop()
    return "".join(clusters).rstrip(" ,।.·") + ELLIPSIS
