"""A caller of a line whose flow is not known here: presses what it asks for, and leaves some time.

It takes the times of its persona; where the line waits for keys, it keys digits at random, as many
as are asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ivr.rehearsal.acts import GoOn, HangUp, Touch, Wait
from ivr.rehearsal.hand import DIGITS, seconds
from ivr.rehearsal.talk import MAX_ACTS
from ivr.simulator.events import Gathering

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.rehearsal.acts import Act, Standing
    from ivr.rehearsal.population import Person
    from ivr.simulator.events import Event

LEAVES: Final = 0.05
"""The chance of hanging up at each answer: half of all have had enough after some 14 of them."""
USUAL_DIGITS: Final = 4
"""That are keyed where a line takes any number of them."""


class Stranger:
    """What somebody does who knows nothing of the line.

    Args:
        person: who rings.
        call: how it stands.
    """

    def __init__(self, person: Person, call: Standing) -> None:
        self._is = person.persona.behaviour
        self._rng = person.rng
        self._call = call
        self._gathering: Gathering | None = None

    def listen(self, event: Event) -> None:
        """Hears what the line asks for."""
        if isinstance(event, Gathering):
            self._gathering = event

    def acts(self) -> Iterator[Act]:
        """All that is done in the call, which has begun; as `ivr.rehearsal.talk.Talk.acts`."""
        for _ in range(MAX_ACTS):
            if self._call.ended is not None:
                return
            if self._call.waiting is None:
                yield GoOn()
            elif self._rng.random() < LEAVES:
                break
            elif self._rng.random() < self._is.nothing or self._call.waiting != "gather":
                yield GoOn()
            else:
                yield from self._key()
        yield HangUp()

    def _key(self) -> Iterator[Act]:
        asked = self._gathering
        most, ends = (None, "") if asked is None else (asked.num_digits, asked.finish_on_key)
        yield Wait(seconds(self._rng, self._is.reaction_seconds))
        for place in range(min(most or USUAL_DIGITS, USUAL_DIGITS)):
            if place:
                yield Wait(seconds(self._rng, self._is.key_seconds))
            yield Touch(self._rng.choice(DIGITS))
        if most is None and ends:
            yield Touch(ends[:1])
