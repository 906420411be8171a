"""Signs as a reader sees them, which are never cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.paper.sms.graphemes import graphemes


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        pytest.param("", [], id="nothing"),
        pytest.param("OTP", ["O", "T", "P"], id="Latin letters"),
        pytest.param("নিন", ["নি", "ন"], id="vowel sign"),
        pytest.param("উমঙ্গ", ["উ", "ম", "ঙ্গ"], id="conjunct"),
        pytest.param("স্ত্রী", ["স্ত্রী"], id="conjunct of three with a vowel sign"),
        pytest.param("র্‍যাব", ["র্‍যা", "ব"], id="conjunct with a joiner"),
        pytest.param("কাণ্‌ড", ["কা", "ণ্‌ড"], id="virama and non-joiner"),
        pytest.param("কাঁ", ["কাঁ"], id="two signs on a letter"),
        pytest.param("ক্ ক", ["ক্", " ", "ক"], id="virama before a space"),
        pytest.param("पत्र", ["प", "त्र"], id="Devanagari"),
        pytest.param("e\u0301a", ["e\u0301", "a"], id="accent"),
        pytest.param("👩\u200d🌾x", ["👩\u200d🌾", "x"], id="joined emoji"),
        pytest.param("👍🏽!", ["👍🏽", "!"], id="emoji of a shade"),
        pytest.param("a\r\nb", ["a", "\r\n", "b"], id="line end"),
        pytest.param("\u200dক", ["\u200d", "ক"], id="a joiner that joins nothing"),
    ],
)
def test_a_sign_is_a_letter_with_all_that_hangs_on_it(text: str, signs: list[str]) -> None:
    assert list(graphemes(text)) == signs


@given(st.text(alphabet="কগঙ্া\u200d\u200cিe\u0301 a", max_size=40))
def test_joined_the_signs_are_the_text(text: str) -> None:
    assert "".join(graphemes(text)) == text
