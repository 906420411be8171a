"""Telephone numbers as carriers write them: one way to write each, and which are nobody's."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote

WITHHELD: Final = frozenset(
    {"anonymous", "blocked", "private", "restricted", "unavailable", "unknown", "withheld"}
)
"""What a carrier says in place of a number that the caller does not show."""
MIN_DIGITS: Final = 7
"""Country code included, no telephone has fewer; what is shorter is nobody's own number."""
MIN_OTHER_DIGITS: Final = 3
"""What has hardly another digit than 0, such as +910000000000, stands in for a number."""
INDIA: Final = "91"
NATIONAL_DIGITS: Final = 10
"""An Indian number without its country code."""

_KEYPAD: Final = str.maketrans("abcdefghijklmnopqrstuvwxyz", "22233344455566677778889999")
_KEYED: Final = frozenset(word.translate(_KEYPAD) for word in WITHHELD)
"""The same words as they are keyed: 266696687 is ANONYMOUS.

Twilio tells withheld numbers in this way; +266696687, +7378742833, +2562533, +8656696,
+86282452253 and, for none at all, +464 stand in its article "Why am I getting calls from these
strange numbers?", https://help.twilio.com/articles/223179988 (as public code cites it). They were
seen with a country code before them too, as +17378742833.
"""
_SCHEME: Final = re.compile(r"(sips?|tel|client):", re.IGNORECASE)
_WAY: Final = re.compile(r"(:[0-9]+)?([;?].*)?\Z", re.DOTALL)
"""Behind the host of a SIP address: its port, and how it is reached."""
_WRITTEN: Final = re.compile(r"\+?[0-9 ().\-]+")
_E164: Final = re.compile(r"\+[1-9][0-9]{6,14}")


def is_e164(number: str) -> bool:
    """Whether a number is written as ITU-T E.164 has it: `+`, country code, no more than digits."""
    return _E164.fullmatch(number) is not None


def caller_name(given: str) -> str | None:
    """The one name of a caller, however a carrier writes the number; None when it is withheld.

    `+91 98765 43210`, `sip:+919876543210@host` and `09876543210` are all `+919876543210`: without
    a country code it is read as India's. What is no number (`client:asha`, `sip:asha@host`) names
    whoever it names: `SIP:asha@HOST:5060;transport=udp` is `sip:asha@host`.
    """
    if is_e164(given):  # as most are written, and then there is nothing to take off
        return _number(given)
    found = _SCHEME.match(given.strip())
    rest = unquote(given.strip()[found.end() :] if found else given.strip())
    user = re.split("[@;]", rest)[0].strip()
    if not re.search(r"\w", user) or WITHHELD.intersection(re.findall("[a-z]+", user.lower())):
        return None
    if _WRITTEN.fullmatch(user):
        return _number(user)
    return _address(found[0].lower() if found else "", rest)


def is_own(keys: str, given: str) -> bool:
    """Whether these keys are the number from which the caller rings, without its country code."""
    if len(keys) != NATIONAL_DIGITS:
        return False
    own = caller_name(given) or ""
    return is_e164(own) and own.endswith(keys)


def _address(scheme: str, rest: str) -> str:
    """A name without what may differ from call to call: a SIP address is its user and its host.

    Of these only the user's letters have a case: RFC 3261, 19.1.4.
    """
    user, at, host = rest.partition("@")
    if not (scheme.startswith("sip") and at):
        return f"{scheme}{rest}"
    return f"{scheme}{user}@{_WAY.sub('', host.lower(), count=1)}"


def _number(written: str) -> str | None:
    digits = written[1:] if is_e164(written) else re.sub(r"[^0-9]", "", written)
    if digits in _KEYED or digits.removeprefix("1") in _KEYED or len(digits) < MIN_DIGITS:
        return None
    if len(digits.strip("0")) < MIN_OTHER_DIGITS:
        return None
    if written.startswith("+"):
        return f"+{digits}"
    if digits.startswith("00"):
        return f"+{digits[2:]}"
    national = digits.removeprefix("0")
    return f"+{INDIA}{national}" if len(national) == NATIONAL_DIGITS else f"+{digits}"
