"""Who rings: each caller follows from the seed and a number alone, whoever places the calls."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from ivr.rehearsal.personas import Goal, Persona, Personas

WEEK_BEGINS: Final = datetime(2026, 3, 2, tzinfo=UTC)
"""All callers ring for the first time within this week, at any hour: by day and by night."""
WEEK_SECONDS: Final = 7 * 24 * 60 * 60
PREFIX: Final = "+915"
"""An Indian mobile number begins with 6 to 9; so these are nobody's."""
OWN_DIGITS: Final = 9
_LETTERS: Final = "abcdef"


class Person(Struct, frozen=True):
    """One caller before the first ring."""

    number: int
    """In the population, from 0."""
    name: str
    """Of the persona."""
    persona: Persona
    goals: tuple[Goal, ...]
    from_number: str
    first_ring: datetime
    rng: Random
    """Of this caller alone."""

    @property
    def own_number(self) -> str:
        """The ten digits that this caller would key as the own number."""
        return self.from_number.removeprefix("+91")


def person(personas: Personas, seed: int, number: int) -> Person:
    """The caller of a number, always the same one for the same seed and personas."""
    rng = Random(f"{seed}/{number}")  # noqa: S311 - pretend callers are no secret
    names = list(personas.personas)
    shares = [personas.personas[name].share for name in names]
    name = rng.choices(names, shares)[0]
    persona = personas.personas[name]
    errand = rng.choices(persona.errands, [each.weight for each in persona.errands])[0]
    digits = f"{rng.randrange(10**OWN_DIGITS):0{OWN_DIGITS}d}"
    return Person(
        number=number,
        name=name,
        persona=persona,
        goals=errand.to,
        from_number=PREFIX + digits,
        first_ring=WEEK_BEGINS + timedelta(seconds=rng.randrange(WEEK_SECONDS)),
        rng=rng,
    )


def call_sid(seed: int, number: int, call: int) -> str:
    """The name of one call of a caller: always the same, with letters only.

    Digits in it would be looked for among what is kept (ivr.rehearsal.leaks).
    """
    digest = hashlib.sha256(f"{seed}/{number}/{call}".encode()).digest()
    return "CA" + "".join(_LETTERS[byte % len(_LETTERS)] for byte in digest)
