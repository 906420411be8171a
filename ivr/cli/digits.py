"""The words by which this checkout's own line reads digits out."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ivr.flow.model import Spec


def digit_words(spec: Spec) -> dict[str, str]:
    """Gives each word for a digit, in every language and form of the spec, with its digit."""
    from ivr.flow.usage import DIGITS, digit_prompt

    return {
        words.prompts[prompt]: digit
        for words in spec.words.values()
        for digit in DIGITS
        for last in (False, True)
        if (prompt := digit_prompt(digit, last=last)) in words.prompts
    }
