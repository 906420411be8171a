"""Words without the digits that are others each time: a code, a clock, a length in seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.simulator.digits import MASK

if TYPE_CHECKING:
    from ivr.simulator.digits import Digits


def hidden(digits: Digits, before: str, again: str) -> str:
    """Gives words in which what differs between two times is hidden.

    Of a row of digits all are, for some may be the same by chance.

    Args:
        digits: what counts as one.
        before: as they were heard, perhaps with something hidden already.
        again: as they were heard now; without their digits the two are the same.
    """
    one, other, masks = before.split(), again.split(), digits.masked(again).split()
    is_digit = [False, *(MASK in mask for mask in masks), False]
    return " ".join(
        mask if word != now or (is_digit[at] and (is_digit[at - 1] or is_digit[at + 1])) else word
        for at, (word, now, mask) in enumerate(zip(one, other, masks, strict=True), start=1)
    )
