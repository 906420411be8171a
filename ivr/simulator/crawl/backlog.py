"""What a crawl has still to try."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from ivr.simulator.crawl.inputs import Offers, Step, inputs_of

if TYPE_CHECKING:
    from ivr.simulator.crawl.atlas import Variant

MAX_ATTEMPTS: Final = 3
"""How many calls are placed to reach a variant once more, before what is left there is given up."""


class Backlog:
    """Keeps the steps that were not tried yet, by the variant at which they are to be tried.

    Args:
        offers: what the caller may key and say besides what every crawl tries.
    """

    def __init__(self, offers: Offers) -> None:
        self._offers = offers
        self._untried: dict[int, deque[Step]] = {}
        self._waiting: set[int] = set()
        """Numbers of variants whose steps depend on what is found at the first of their place."""
        self._attempts: dict[int, int] = {}
        self.errands: deque[tuple[Variant, Step]] = deque()
        """Steps that want a call of their own."""
        self.given_up: list[tuple[Variant, Step]] = []

    def add(self, variant: Variant) -> None:
        """Takes a variant in that was just found."""
        if variant is variant.place.first:
            found = inputs_of(variant.place.ask, variant.digits, self._offers)
            self._untried[variant.number] = deque(Step(each) for each in found)
        elif variant.is_own:
            self._waiting.add(variant.number)

    def of(self, variant: Variant) -> deque[Step]:
        """Gives what is untried at a variant."""
        number = variant.number
        if number in self._waiting and not self._untried[variant.place.first.number]:
            self._waiting.remove(number)
            self._untried[number] = deque(_representatives(variant))
        return self._untried.get(number, _NOTHING)

    def strike(self, variant: Variant, step: Step) -> None:
        """Takes a step off that was tried, if it was taken from here.

        Args:
            variant: where it was tried.
            step: the very one that was given by `of` or `errands`.
        """
        untried = self.of(variant)
        if untried and untried[0] is step:
            untried.popleft()
        elif self.errands and self.errands[0][1] is step:
            self.errands.popleft()

    def is_open(self, variant: Variant) -> bool:
        """Says whether there is something untried."""
        return bool(self.of(variant))

    def left(self, variants: list[Variant]) -> list[Variant]:
        """Gives those at which there is something untried."""
        return [variant for variant in variants if self.is_open(variant)]

    def count(self) -> int:
        """Says how many inputs are untried."""
        return sum(map(len, self._untried.values())) + len(self.errands)

    def has_failed(self, variant: Variant) -> bool:
        """Says whether a call that was to come to this variant has not."""
        return variant.number in self._attempts

    def fail(self, variant: Variant) -> bool:
        """Notes that a call has not come to this variant; says whether that was too often.

        Then what is untried there is given up.
        """
        attempts = self._attempts[variant.number] = self._attempts.get(variant.number, 0) + 1
        if attempts < MAX_ATTEMPTS:
            return False
        untried = self.of(variant)
        self.given_up += [(variant, step) for step in untried]
        untried.clear()
        return True


_NOTHING: Final[deque[Step]] = deque(maxlen=0)


def _representatives(variant: Variant) -> list[Step]:
    """What led from the place to this variant of it, once more: a counter of tries is so followed.

    Whatever else leads from a place to itself is followed from the variant that it led to first.
    """
    return [
        step
        for step, way in variant.place.first.ways.items()
        if not step.outcomes and way.targets[0] is variant
    ][:1] or [step for step in variant.trail[-1:] if not step.outcomes]
