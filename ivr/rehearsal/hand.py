"""What a pretend caller's fingers make of a code, and how long they take."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from random import Random

    from ivr.rehearsal.personas import Slips, Spread

MAX_SLIP_CHANCE: Final = 0.9
"""However long a code is, a digit of it may still be right."""
DIGITS: Final = "0123456789"


def seconds(rng: Random, spread: Spread) -> float:
    """A length of time out of a spread, in its own unit."""
    return spread.median * math.exp(rng.gauss(0.0, 1.0) * spread.spread)


def slip_chance(slips: Slips, place: int, *, is_slow: bool, left: float) -> float:
    """How likely one digit goes wrong.

    Args:
        slips: of the persona.
        place: of the digit in what is keyed in one go, from 0.
        is_slow: whether it was said slowly.
        left: what learning has left of the chance.
    """
    chance = slips.per_digit * (1.0 + slips.growth) ** place
    return min(chance * (slips.when_slow if is_slow else 1.0) * left, MAX_SLIP_CHANCE)


def keyed(rng: Random, code: str, slips: Slips, *, is_slow: bool, left: float) -> str:
    """A code as it comes out of the fingers: each digit right, wrong, left out or pressed twice."""
    out = []
    for place, digit in enumerate(code):
        if rng.random() >= slip_chance(slips, place, is_slow=is_slow, left=left):
            out.append(digit)
        else:
            out.append(_slip(rng, digit))
    return "".join(out)


def _slip(rng: Random, digit: str) -> str:
    wrong = rng.choice([each for each in DIGITS if each != digit])
    return rng.choice([wrong, "", digit + digit])


def bounced(rng: Random, keys: str) -> int:
    """Which of some keys is pressed twice."""
    return rng.randrange(len(keys))
