"""Whether something secret that a caller keyed by mistake was kept, told on or spoken anywhere.

Four digits stand somewhere by chance soon enough, so a hit must be one that cannot be chance: the
very digits, with no further digit beside them and outside of hashes, and never digits that the
line had read out itself before the caller keyed them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable
    from random import Random

MIN_DIGITS: Final = 4
"""Fewer are no secret, and are keyed by everybody."""
SURELY: Final = 8
"""So many digits in a row are never chance, whatever stands beside them."""
PIN_DIGITS: Final = 4

_HASH: Final = re.compile(r"(?=[0-9]*[a-fA-F])[0-9a-fA-F]{16,}")
_YEARS: Final = ("19", "20")
_LARGE: Final = "5"


def made_up_pin(rng: Random) -> str:
    """A PIN that is nobody's and that nothing else is likely to look like.

    It has the same digit twice running, as no code does that the line makes up, and is no year. A
    digit of 5 or more tells it from the rows of small counts that a session holds.
    """
    while True:
        pin = str(rng.randrange(10 ** (PIN_DIGITS - 1), 10**PIN_DIGITS))
        is_like_no_code = re.search(r"(\d)\1", pin) and not pin.startswith(_YEARS)
        if is_like_no_code and max(pin) >= _LARGE:
            return pin


class Leaks:
    """What one caller keyed that was secret, and where it has turned up since."""

    def __init__(self) -> None:
        self._secrets: set[str] = set()
        self._found: set[str] = set()
        self._read_out: set[str] = set()

    def key(self, entry: str) -> None:
        """Takes note of a secret that is being keyed."""
        if len(entry) >= MIN_DIGITS and entry not in self._read_out:
            self._secrets.add(entry)

    def read_out(self, rows: Iterable[str]) -> None:
        """Takes note of rows of digits that the caller has heard."""
        rows = set(rows)
        self._found |= self._secrets & rows
        self._read_out |= rows

    def look(self, text: str) -> None:
        """Looks for what was keyed until now in a text: a document, a URL, a log, what is kept."""
        if not self.is_keyed:
            return
        plain = _HASH.sub(" ", text)
        self._found |= {secret for secret in self._secrets if _stands(secret, plain)}

    @property
    def is_keyed(self) -> bool:
        """Whether there is anything to look for: a secret that was keyed, and not found yet."""
        return bool(self._secrets - self._found)

    @property
    def count(self) -> int:
        """How many different secrets were found anywhere."""
        return len(self._found)


def _stands(secret: str, text: str) -> bool:
    if secret not in text:
        return False
    return len(secret) >= SURELY or re.search(rf"(?<!\d){secret}(?!\d)", text) is not None
