"""Which keys a text names: by the words of the lexicon, beside a word of pressing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.speech.key_words import KeyWords
from tests.speech.written_lexicon import lexicon_of

if TYPE_CHECKING:
    from ivr.speech.lexicon import Lexicon


@pytest.fixture(scope="module")
def bengali(lexicons: dict[str, Lexicon]) -> KeyWords:
    return KeyWords(lexicons["bn"])


@pytest.fixture(scope="module")
def english(lexicons: dict[str, Lexicon]) -> KeyWords:
    return KeyWords(lexicons["en"])


@pytest.mark.parametrize(
    ("text", "pressed"),
    [
        pytest.param("To learn, press one.", "1", id="after the word"),
        pytest.param("Press One now.", "1", id="in capitals"),
        pytest.param("For news press 7.", "7", id="a figure"),
        pytest.param("To hear again, press star.", "*", id="the word of a sign"),
        pytest.param("To hear again, press #.", "#", id="a sign"),
        pytest.param("Press one, or press two.", "12", id="two phrases"),
        pytest.param("Press one or two.", "12", id="two with a word between"),
        pytest.param("Press, one day, Next.", "", id="another phrase"),
        pytest.param("Press Next. One more page comes.", "", id="another sentence"),
        pytest.param("To hear another one, press two.", "2", id="a word that is no key there"),
        pytest.param("For the second one press two.", "", id="a key on both sides"),
        pytest.param("Press 12 times.", "", id="a number of two figures"),
        pytest.param("Press it once.", "", id="no key"),
        pytest.param("For news push seven.", "7", id="another word of pressing"),
        pytest.param("Press the seven key.", "7", id="before the word for a key"),
        pytest.param(
            "Press the key five, the key marked four.", "5", id="after the word for a key"
        ),
        pytest.param("web.one press", "1", id="a point inside of words ends nothing"),
    ],
)
def test_a_key_word_beside_a_word_of_pressing_is_a_key(
    english: KeyWords, text: str, pressed: str
) -> None:
    assert english.pressed(text) == frozenset(pressed)


@pytest.mark.parametrize(
    ("text", "pressed"),
    [
        pytest.param("শিখতে, এক টিপুন।", "1", id="before the word"),
        pytest.param("আবার শুনতে, স্টার টিপুন। যেতে, শূন্য টিপুন।", "*0", id="two sentences"),
        pytest.param("৭ টিপলে থামব।", "7", id="a Bengali figure"),
        pytest.param("এক বা দুই টিপুন।", "12", id="two with a word between"),
        pytest.param("শিখতে, এক চাপুন।", "1", id="another word for it"),
        pytest.param("শিখতে, এক প্রেস করুন।", "1", id="the English word"),
        pytest.param("যে কোনও একটি টিপুন।", "", id="with an ending it is another word"),
        pytest.param("সরকার নয়। নিজের এমপিন টিপবেন না।", "", id="nine that means not"),
    ],
)
def test_in_bengali_the_key_comes_first(bengali: KeyWords, text: str, pressed: str) -> None:
    assert bengali.pressed(text) == frozenset(pressed)


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        pytest.param("To go on one, to hear again two, to stop zero.", "120", id="ends of phrases"),
        pytest.param("To hear another one, press two.", "2", id="but not beside what is pressed"),
        pytest.param("One more step.", "", id="not at the beginning"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_where_keys_are_told_they_may_end_a_phrase(
    english: KeyWords, text: str, offered: str
) -> None:
    assert english.offered(text) == frozenset(offered)


def test_a_held_key_may_carry_an_ending(bengali: KeyWords, english: KeyWords) -> None:
    assert bengali.held("থামতে শূন্যতে আঙুল রাখুন।") == {"0"}
    assert bengali.held("দুইয়ে টিপুন, বা তিনে।") == {"2", "3"}
    assert bengali.held("একবার দেখুন।") == frozenset()  # a longer word, and no ending
    assert english.held("Find the key one on your phone.") == {"1"}
    assert english.held("Someone is there.") == frozenset()


def test_a_key_may_have_words_of_several_parts() -> None:
    text = """
lexicon: 1
language: en
symbols: {'#': hash key, '*': star}
press: [press]
"""
    keys = KeyWords(lexicon_of(text))
    assert keys.words == {"#": "hash key", "*": "star"}
    assert keys.pressed("Press hash key. Press hash. Press one.") == {"#"}
    assert keys.held("The hash keys.") == frozenset()


def test_joiners_do_not_hide_a_key(bengali: KeyWords) -> None:
    assert bengali.pressed("শূ\u200cন্য টিপুন") == {"0"}


def test_a_word_without_letters_is_none() -> None:
    keys = KeyWords(lexicon_of("lexicon: 1\nlanguage: en\nsymbols: {'#': '-'}"))
    assert keys.held("Hash - hash.") == frozenset()


def test_without_any_word_no_key_is_known() -> None:
    keys = KeyWords(lexicon_of("lexicon: 1\nlanguage: en\npress: [press]"))
    assert keys.offered("Press one. Press 1.") == frozenset()
    assert keys.held("One, 1, star") == frozenset()
