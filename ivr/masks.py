"""Telephone numbers and keyed digits made unreadable, for all that a person or a log may see."""

from __future__ import annotations

import re
from typing import Final

NUMBER: Final = "[number]"
DIGITS: Final = "[digits]"
"""What stands in a text where a telephone number, or a row of digits, stood."""
MIN_KEYED: Final = 4
"""So many keys in a row can be a PIN; fewer are a count, a key of a menu or a step."""

_DATE: Final = r"\d{4}-\d\d-\d\d(?!\d)"
"""Such as the day of a count, which is nobody's number."""
_ESCAPED: Final = r"(?<=%[0-9A-Fa-f]{2})|(?<=%25[0-9A-Fa-f]{2})|(?<=\\[nrt])|(?<=\\x[0-9a-f]{2})"
"""Behind what stands for one sign only, in a URL or as Python shows a text: its letter is none of a
word, as in `sip%3A919876543210`."""
_NUMBERS: Final = re.compile(
    # With a plus, as it is or as a URL writes it, it is one wherever it stands.
    r"(?:\+|%(?:25)*2B)(?:(?:[ ().\-]|%20){0,3}\d){7,15}(?!\d)"
    # Without one it must be no part of a longer word, lest a CallSid be taken for one.
    rf"|(?:(?<!\w)|{_ESCAPED})(?!{_DATE})\d(?:(?:\) |%20|[ )\-])?\d){{6,14}}(?!\w)",
    re.IGNORECASE,
)
_KEYED: Final = re.compile(
    # The lines of a traceback and the number of a process stay: they are no caller's.
    rf'(?:(?<![\w*#])|{_ESCAPED})(?<!", line )(?<!pid:)'
    rf"(?!{_DATE})(?=[*#]*\d)[\d*#]{{{MIN_KEYED},}}(?!\w)"
)
_ENOUGH: Final = re.compile(rf"(?:[\d*#][^\d*#]*){{{MIN_KEYED}}}")
"""With fewer keys in all, nothing needs to be looked for."""
_HINTED: Final = 2


def masked(text: str, *, is_of_call: bool = True) -> str:
    """The text without telephone numbers, and without what a caller may have keyed.

    A number is `+` and 7 to 15 digits, with spaces, brackets or dashes between them too, also as a
    URL has it (`%2B91…`), and 7 to 15 digits alone. Digits that are part of a longer word, such as
    a CallSid or a name made of hex digits, stay.

    Args:
        text: anything.
        is_of_call: it may hold what was keyed, so that 4 keys in a row are hidden already: digits,
            with `*` and `#` among them.
    """
    # One word that begins with a letter, such as a CallSid, or words with hardly a digit.
    if (text.isalnum() and text[0].isalpha()) or _ENOUGH.search(text) is None:
        return text
    found = _NUMBERS.sub(NUMBER, text)
    return _KEYED.sub(DIGITS, found) if is_of_call else found


def hinted(number: str) -> str:
    """A number as its owner knows it again and nobody else does: `…10`."""
    digits = re.sub(r"\D", "", number)
    return f"…{digits[-_HINTED:]}" if len(digits) > MIN_KEYED else "…"
