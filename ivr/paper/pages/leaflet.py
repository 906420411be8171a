"""The leaflet: the steps of a lesson on paper, for weak eyes, with the safety rule on top."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.paper.pages.phone_number import grouped
from ivr.paper.pages.steps import in_digits, written_day, written_steps
from ivr.paper.template import fill

if TYPE_CHECKING:
    from ivr.flow.model import Spec
    from ivr.paper.pages.words import PaperWords


def leaflet(spec: Spec, words: PaperWords, number: str | None) -> str:
    """Make the leaflet, as one HTML document for A4 that needs nothing else.

    Args:
        spec: whose lesson and prompts are printed.
        words: the other sentences; in their language.
        number: of the line, as E.164 writes it; None leaves room to write it by hand.

    Raises:
        PaperError: there is no such lesson, or a step has no words in this language.
    """
    told = grouped(number) if number is not None else ""
    return fill(
        "pages/leaflet.html",
        {
            "words": words,
            "name": spec.flow.flow.name,
            "number": told,
            "spelt_number": in_digits(told, words),
            "day": written_day(spec.words[words.language].facts_as_of, words),
            "steps": [
                (in_digits(step.number, words), step.text) for step in written_steps(spec, words)
            ],
        },
    )
