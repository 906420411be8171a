"""Mistakes in the words: missing, not to be spoken, told nowhere."""

from __future__ import annotations

import pytest

from ivr.flow.load import load
from ivr.flow.usage import DIGITS, digit_prompt, prompts_used
from tests.flow.small import FILES


def test_of_a_fixed_code_only_the_forms_that_are_read_are_used() -> None:
    flow = load(FILES).flow
    code = [id_ for path, id_ in prompts_used(flow) if path == ("nodes", "practice_number", "code")]
    more = [f"digit_{digit}_more" for digit in "01234"]
    assert code == [*more, "digit_0", "digit_5"], "each of its two parts has a last digit"


@pytest.mark.parametrize("language", ["bn", "en"])
def test_only_a_last_digit_has_no_comma(language: str) -> None:
    # bengali-speech.md: a comma keeps the pitch up; the last digit of a row has none.
    prompts = load(FILES).words[language].prompts
    for digit in DIGITS:
        last = prompts[digit_prompt(digit, last=True)]
        assert "," not in last
        assert prompts[digit_prompt(digit, last=False)] == f"{last},"
