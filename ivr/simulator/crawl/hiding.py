"""Words without the digits that are others each time: a code, a clock, a length in seconds.

What is random must not show in what a crawl tells, and must not lead it another way; and a number
that is always the same, such as that of an office, should be readable. So digits are hidden where
they differ between two times, and a row of them also where that was not heard often enough.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import groupby, islice
from typing import TYPE_CHECKING, Final

from ivr.simulator.digits import MASK

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ivr.simulator.digits import Digits

MIN_CALLS: Final = 3
"""In so many calls a row of digits was the same before it is believed to be no code: by chance two
calls have the same one now and then."""
_MASKS: Final = re.compile(f"{MASK}+")


class Wording:
    """What is heard in one place, call after call; only its digits may differ.

    Args:
        words: of each sound, as they were heard first.
        call: the number of the call in which that was.
    """

    def __init__(self, words: Iterable[str], call: int) -> None:
        self.words = tuple(words)
        """What differed is hidden."""
        self._call, self._calls = call, 1

    @property
    def is_known(self) -> bool:
        """Whether it was heard in so many calls that what may differ has differed."""
        return self._calls >= MIN_CALLS

    def hear(self, words: Iterable[str], call: int, digits: Digits) -> None:
        """Notes it once more: what differs will differ the next time as well.

        Args:
            words: of each sound; without their digits they are the same as before.
            call: the number of the call.
            digits: what counts as one.
        """
        self._calls += call != self._call
        self._call = call
        before, again = " ".join(self.words), " ".join(words)
        if before != again:
            told = iter(hidden(digits, before, again).split())
            self.words = tuple(" ".join(islice(told, len(each.split()))) for each in self.words)


class Sounds:
    """All that is heard on a crawl, sound by sound.

    Args:
        digits: what counts as a digit that is read out.
    """

    def __init__(self, digits: Digits) -> None:
        self.digits = digits
        self._known: dict[str, Wording] = {}
        """Those with digits in them."""
        self._masked = lru_cache(maxsize=4096)(self._mask)

    def _mask(self, words: str) -> str:
        return _plain(self.digits.masked(words))

    def alike(self, words: Iterable[str]) -> str:
        """Gives words by which they are known again, whatever their digits are.

        Args:
            words: of each sound.
        """
        return " ".join(map(self._masked, words))

    def hear(self, words: Iterable[str], call: int) -> None:
        """Notes the words of each sound.

        Args:
            words: of each sound.
            call: the number of the call.
        """
        for each in words:
            key = self._masked(each)
            if key in self._known:
                self._known[key].hear((each,), call, self.digits)
            elif MASK in key:
                self._known[key] = Wording((each,), call)

    def told(self, wording: Wording) -> tuple[str, ...]:
        """Gives the words of each sound without the digits that are others each time, or may be."""
        masked = self.digits.masked_rows(wording.words)
        found = zip(wording.words, masked, strict=True)
        return tuple(
            self._constant(words) or _plain(words if wording.is_known else rows)
            for words, rows in found
        )

    def _constant(self, words: str) -> str | None:
        """The words of a sound whose digits are known never to differ; None of any other."""
        known = self._known.get(self._masked(words))
        if known is None or not known.is_known or MASK in known.words[0]:
            return None
        return known.words[0]


def _plain(words: str) -> str:
    """How long a number is may differ too."""
    return _MASKS.sub(MASK, words)


def hidden(digits: Digits, before: str, again: str) -> str:
    """Gives words in which what differs between two times is hidden.

    Of a row of digits all are, for some may be the same by chance.

    Args:
        digits: what counts as one.
        before: as they were heard, perhaps with something hidden already.
        again: as they were heard now; without their digits the two are the same.
    """
    masks = digits.masked(again).split()
    found = zip(before.split(), again.split(), masks, strict=True)
    told: list[str] = []
    for is_digit, row in groupby(found, key=lambda each: MASK in each[2]):
        words = list(row)
        is_other = is_digit and any(word != now for word, now, _ in words)
        told += [mask if is_other else word for word, _, mask in words]
    return " ".join(told)
