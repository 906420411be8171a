from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.simulator.digits import Digits

if TYPE_CHECKING:
    from collections.abc import Sequence

BENGALI = {"শূন্য": "0", "এক": "1", "চার": "4", "সাত": "7"}


@pytest.mark.parametrize(
    ("heard", "expected"),
    [
        pytest.param([], "", id="nothing"),
        pytest.param(["Welcome."], "", id="no digits"),
        pytest.param(["Press 1."], "", id="one digit is a key"),
        pytest.param(["Your code is 4 7 2 1."], "4721", id="numerals"),
        pytest.param(["Your code is 4721. Key it now."], "4721", id="one number, words behind"),
        pytest.param(["Code:", "four,", "Seven", "two, ONE."], "4721", id="over several sounds"),
        pytest.param(["1 2 3", "again", "9 9"], "99", id="the last row"),
        pytest.param(["4 7 2 1", "then press 1"], "4721", id="a key behind it"),
        pytest.param(["৪৭ ২১"], "4721", id="Bengali numerals"),
        pytest.param(["চার,", "সাত,", "এক"], "471", id="given words"),
        pytest.param(["②③ 1²"], "", id="not every figure is a digit"),
    ],
)
def test_the_last_row_of_digits_is_what_was_read_out(heard: Sequence[str], expected: str) -> None:
    assert Digits(BENGALI).read_out(heard) == expected


def test_digits_are_masked_so_that_two_codes_are_alike() -> None:
    digits = Digits(BENGALI)
    assert digits.masked("Key চার সাত, then 21") == "Key • • then ••"
    assert digits.masked("Key এক শূন্য then 99") == digits.masked("Key চার সাত, then 21")


def test_words_without_digits_stay_as_they_are() -> None:
    assert Digits().masked("চার is a word") == "চার is a word"


def test_the_key_of_a_menu_is_not_masked() -> None:
    assert Digits().masked_rows(["Press 1 for one two"]) == ["Press 1 for • •"]


def test_a_row_that_goes_over_several_sounds_is_masked_in_each() -> None:
    heard = ["Code:", "4", "seven", "then 1"]
    assert Digits().masked_rows(heard) == ["Code:", "•", "•", "then 1"]
