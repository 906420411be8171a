"""How long a text is as SMS: its alphabet, its units and its parts.

Source: 3GPP TS 23.038 (the GSM 7 bit default alphabet and its extension table) and TS 23.040
(messages in parts: each part gives up 6 octets to say which part it is).
"""

from __future__ import annotations

import enum
from typing import Final

from msgspec import Struct


class Encoding(enum.StrEnum):
    """The alphabet in which a message is sent."""

    GSM = "GSM 03.38"
    UCS2 = "UCS-2"


class Size(Struct, frozen=True):
    """How long a message is, such as `Size(Encoding.UCS2, 64, 1)`."""

    encoding: Encoding
    units: int
    """Septets, or 16-bit units."""
    parts: int
    """How many a phone puts together again, and how many are paid for."""


SINGLE: Final = {Encoding.GSM: 160, Encoding.UCS2: 70}
"""The most units of a message that is sent alone."""
PART: Final = {Encoding.GSM: 153, Encoding.UCS2: 67}
"""The most units of each part of a longer one."""

_BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION: Final = frozenset("^{}\\[~]|€\f")
"""Each is sent as two septets, an escape and a letter."""


def encoding_of(text: str) -> Encoding:
    """The alphabet that a text needs: one letter outside of GSM's makes all of it UCS-2."""
    return Encoding.GSM if set(text) <= _BASIC | _EXTENSION else Encoding.UCS2


def size_of(text: str) -> Size:
    """How long a text is as SMS; a letter of two units is never parted between two parts."""
    encoding = encoding_of(text)
    letters = [_units(letter, encoding) for letter in text]
    units = sum(letters)
    if units <= SINGLE[encoding]:
        return Size(encoding, units, 1)
    parts, filled = 1, 0
    for letter in letters:
        if filled + letter > PART[encoding]:
            parts, filled = parts + 1, 0
        filled += letter
    return Size(encoding, units, parts)


def _units(letter: str, encoding: Encoding) -> int:
    if encoding is Encoding.GSM:
        return 2 if letter in _EXTENSION else 1
    return len(letter.encode("utf-16-be")) // 2
