"""The pronunciation lexicon is data, and keeps Bengali endings."""

from __future__ import annotations

import pytest

from ivr.errors import SpeechError
from ivr.speech.lexicon import Lexicon, read_lexicon

WORDS = """
lexicon: 1
language: bn
endings: {noun: [টি, ের, ে, টির]}
words:
  - {written: ওটিপি, espeak: ও টি পি, endings: noun}
  - {written: লিঙ্ক, espeak: লিঙ্ক্, endings: noun}
  - {written: এক, espeak: অ্যাক}
  - {written: হেল্প্\u200cলাইন, gtts: হেল্প লাইন}
"""


@pytest.fixture
def lexicon() -> Lexicon:
    return read_lexicon(WORDS)


@pytest.mark.parametrize(
    ("word", "spoken"),
    [
        pytest.param("ওটিপি", "ও টি পি", id="whole word"),
        pytest.param("ওটিপিটি", "ও টি পিটি", id="ending stays"),
        pytest.param("ওটিপিওয়ালা", "ওটিপিওয়ালা", id="longer word that is another word"),
        pytest.param("লিঙ্কটি", "লিঙ্ক্টি", id="no vowel before a consonant"),
        pytest.param("লিঙ্কের", "লিঙ্কের", id="vowel sign takes the place of no vowel"),
        pytest.param("এক", "অ্যাক", id="word without endings"),
        pytest.param("একটি", "একটি", id="word without endings takes none"),
        pytest.param("হেল্প্লাইন", "হেল্প্লাইন", id="entry of another engine"),
    ],
)
def test_a_word_is_said_by_its_spoken_form(lexicon: Lexicon, word: str, spoken: str) -> None:
    assert lexicon.spoken(word, "espeak") == spoken


def test_joiners_do_not_hide_a_word(lexicon: Lexicon) -> None:
    assert lexicon.spoken("হেল্প্\u200cলাইন", "gtts") == "হেল্প লাইন"
    assert lexicon.spoken("হেল্প্লাইন", "gtts") == "হেল্প লাইন"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param("{lexicon: 1", "cannot be read", id="no YAML"),
        pytest.param("", "cannot be read", id="empty"),
        pytest.param("{lexicon: 2, language: bn}", "cannot be read", id="another version"),
        pytest.param("{lexicon: 1, language: bn, word: []}", "word", id="unknown key"),
        pytest.param(
            "{lexicon: 1, language: bn, words: [{written: ক}, {written: ক}]}",
            "more than once: ক",
            id="word twice",
        ),
        pytest.param(
            "{lexicon: 1, language: bn, words: [{written: ক, endings: verb}]}",
            "no endings named verb",
            id="unknown endings",
        ),
    ],
)
def test_a_broken_lexicon_is_refused(text: str, problem: str) -> None:
    with pytest.raises(SpeechError, match=problem):
        read_lexicon(text)
