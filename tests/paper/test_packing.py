"""Sentences in short pieces: nothing lost, nothing too long, nothing cut where it hurts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.paper.sms.graphemes import graphemes
from ivr.paper.sms.packing import cut, pack
from ivr.paper.sms.size import size_of

if TYPE_CHECKING:
    from collections.abc import Callable

LETTERS = "কগঙ্া\u200dিe\u0301a😀, ।"


def within(length: int) -> Callable[[str], bool]:
    return lambda text: len(text) <= length


def as_sms(text: str) -> bool:
    return size_of(text).parts == 1


@pytest.mark.parametrize(
    ("groups", "length", "pieces"),
    [
        pytest.param([], 10, [], id="nothing"),
        pytest.param([("A b.", "C d."), ("E f.",)], 14, ["A b. C d. E f."], id="all in one"),
        pytest.param(
            [("A b.", "C d."), ("E f.", "G h.")],
            14,
            ["A b. C d.", "E f. G h."],
            id="a group that fits stays whole",
        ),
        pytest.param(
            [("A b.",), ("C d.", "E f.", "G h.")],
            10,
            ["A b.", "C d. E f.", "G h."],
            id="a group that does not begins anew, and breaks between sentences",
        ),
        pytest.param(
            [("One two, three four five.", "Six.")],
            16,
            ["One two,", "three four five.", "Six."],
            id="a sentence breaks after a phrase",
        ),
        pytest.param(
            [("One two three four five six.",)],
            25,
            ["One two three", "four five six."],
            id="else between words, in the middle",
        ),
        pytest.param(
            [("aaaa bb cccc dd eeee ff",)],
            9,
            ["aaaa bb", "cccc dd", "eeee ff"],
            id="where two are not enough, as late as can be",
        ),
        pytest.param([("abcdefgh ij",)], 5, ["abcde", "fgh", "ij"], id="a long word is cut"),
        pytest.param([("কিকিকি",)], 3, ["কি", "কি", "কি"], id="but never a sign"),
        pytest.param([("স্ত্রী", "কি")], 3, ["স্ত্রী", "কি"], id="not even a long one"),
    ],
)
def test_sentences_are_packed(
    groups: list[tuple[str, ...]], length: int, pieces: list[str]
) -> None:
    assert pack(groups, within(length)) == pieces


@given(st.text(alphabet=LETTERS, max_size=300), st.integers(8, 40))
def test_joined_the_pieces_of_a_cut_are_the_text(text: str, length: int) -> None:
    assert "".join(cut(text, within(length))) == text


@given(st.text(alphabet=LETTERS, max_size=400))
def test_no_piece_is_longer_than_a_message_unless_it_is_one_sign(text: str) -> None:
    for piece in cut(text, as_sms):
        assert as_sms(piece.strip()) or len(list(graphemes(piece.strip()))) == 1


@given(st.text(alphabet=LETTERS, max_size=300), st.integers(4, 40))
def test_no_sign_is_ever_cut(text: str, length: int) -> None:
    whole = list(graphemes(text))
    assert [sign for piece in cut(text, within(length)) for sign in graphemes(piece)] == whole


@given(st.lists(st.text(alphabet="abক ", min_size=1, max_size=12).map(str.strip)))
def test_a_word_that_fits_is_never_cut(given_words: list[str]) -> None:
    text = " ".join(given_words)
    words = [word for piece in cut(text, within(12)) for word in piece.split()]
    assert words == text.split()


@given(
    st.lists(st.lists(st.text(alphabet=LETTERS, min_size=1).map(str.strip), min_size=1, max_size=4))
)
def test_packing_loses_no_letter(groups: list[list[str]]) -> None:
    sent = "".join("".join(pack(groups, as_sms)).split())
    assert sent == "".join("".join(map("".join, groups)).split())
