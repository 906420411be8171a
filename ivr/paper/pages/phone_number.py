"""A telephone number as it is read: its country, and its digits in small groups."""

from __future__ import annotations

import re
from typing import Final

_TWO_DIGITS: Final = re.compile(
    r"2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]",
)
"""Country codes of two digits; 1 and 7 have one, all others three (ITU-T E.164's list)."""
_ONE_DIGIT: Final = re.compile("[17]")
_GROUPS: Final = (
    (re.compile(r"1(?=\d{10}$)"), (3, 3, 4)),
    (re.compile(r"91(?=(?:(?:11|20|22|33|40|44)\d|(?:79|80)[2346])\d{7}$)"), (2, 4, 4)),
    (re.compile(r"91(?=\d{10}$)"), (5, 5)),
)
"""How people of a country group their own numbers; others are read in groups of three.

In India the great cities have area codes of two digits, and landlines there are known by them. 79
and 80 begin mobile numbers too: there it is the digit behind, of which landlines have 2, 3, 4 or 6.
"""


def grouped(number: str) -> str:
    """A number in groups that are easy to read and to key: `+91 98300 12345`.

    Args:
        number: as ITU-T E.164 writes it, + and 7 to 15 digits.
    """
    digits = number.removeprefix("+")
    one, two = _ONE_DIGIT.match(digits), _TWO_DIGITS.match(digits)
    code = digits[: 1 if one else 2 if two else 3]
    rest = digits.removeprefix(code)
    own = (groups for form, groups in _GROUPS if form.match(digits))
    parts = []
    for length in next(own, _threes(len(rest))):
        parts.append(rest[:length])
        rest = rest[length:]
    return " ".join((f"+{code}", *parts))


def _threes(length: int) -> tuple[int, ...]:
    """So many digits in threes, the last group of two to four: nobody keys a lone digit."""
    threes, left = divmod(length, 3)
    if left == 1:
        return (*(3,) * (threes - 1), 4)
    return (*(3,) * threes, *((left,) if left else ()))
