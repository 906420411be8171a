"""The pronunciation lexicon is data, and keeps Bengali endings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.errors import SpeechError
from tests.speech.written_lexicon import lexicon_of

if TYPE_CHECKING:
    from ivr.speech.lexicon import Lexicon

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
    return lexicon_of(WORDS)


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


def lines(error: pytest.ExceptionInfo[SpeechError]) -> list[str]:
    return str(error.value).splitlines()


HEAD = "lexicon: 1\nlanguage: bn\n"
FILE = "config/lexicon.bn.yaml"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param("{lexicon: 1", "1: this is not YAML: ", id="no YAML"),
        pytest.param("", "1: the file is empty; put back what it held", id="empty"),
        pytest.param(
            "[]", "1: a list should be a group of names and values; change it", id="a list"
        ),
        pytest.param(
            "lexicon: 1", "1: 'language' is missing; write language: bn", id="no language"
        ),
        pytest.param("language: bn\nlexicon: 2", "2: 2 is not known here; write 1", id="newer"),
        pytest.param(
            "language: bn\nlexicon: 1.0", "2: 1.0 is not known here; write 1", id="a fraction"
        ),
        pytest.param(
            "language: Bangla\nlexicon: 1",
            "1: 'Bangla' cannot stand here; use a language code, such as bn",
            id="no code of a language",
        ),
        pytest.param(
            HEAD + "word: []",
            "3: 'word' is not known here; did you mean 'words'?",
            id="unknown key",
        ),
        pytest.param(
            HEAD + "words:\n- written: ক\n  espek: খ",
            "5: 'espek' is not known here; did you mean 'espeak'?",
            id="unknown key of a word",
        ),
        pytest.param(HEAD + "words:\n- ক", "4: 'ক' should be a group", id="a word that is text"),
        pytest.param(
            HEAD + "words: ক", "3: 'ক' should be a list; change it", id="no list of words"
        ),
        pytest.param(HEAD + "endings: ক", "3: 'ক' should be a group", id="no group of endings"),
        pytest.param(
            HEAD + "words:\n- written: 5\n  espeak: পাঁচ",
            "4: 5 should be text; put it in quotes: '5'",
            id="a number for a word",
        ),
        pytest.param(
            HEAD + "words:\n- written: ক\n  espeak: ''",
            "5: '' cannot stand here; use words that are said",
            id="empty form",
        ),
        pytest.param(
            HEAD + "words:\n- written: ক\n  gtts:",
            "5: 'gtts' is empty; write what belongs there",
            id="form left out",
        ),
        pytest.param(
            HEAD + "words:\n- written: ক খ\n  espeak: গ",
            "4: 'ক খ' cannot stand here; use one word, without spaces, signs and punctuation",
            id="two words",
        ),
        pytest.param(
            HEAD
            + "words:\n- {written: ক, espeak: খ, endings: vreb}\nendings: {verb: [তে], noun: [টি]}",
            "4: there is no list of endings named 'vreb'; use one of: verb, noun",
            id="unknown endings",
        ),
        pytest.param(
            HEAD + "words:\n- {written: ক, espeak: খ, endings: verb}",
            "4: there is no list of endings named 'verb'; add that list, or leave it out",
            id="no endings at all",
        ),
        pytest.param(
            HEAD + "endings: {noun: [টি, '']}", "3: '' cannot stand here", id="empty ending"
        ),
        pytest.param(
            HEAD + "words:\n- {written: ক, espeak: খ}\n- {written: গ, espeak: খ}\n- {written: ক}",
            "6: 'ক' stands already in line 4; remove one of the two",
            id="word twice",
        ),
        pytest.param(
            HEAD + "words:\n- {written: ক্ষ, espeak: খ}\n- {written: ক্\u200cষ, espeak: খ}",
            "5: 'ক্ষ' stands already in line 4; remove one of the two",
            id="word twice but for a joiner",
        ),
        pytest.param(
            HEAD + "digits: [এক, দুই]",
            "3: it has 2 parts, 10 are needed; add what is missing",
            id="too few digits",
        ),
        pytest.param(
            HEAD + "digits: [ক, ক, ক, ক, ক, ক, ক, ক, ক, ক, ক]",
            "3: it has 11 parts, 10 at most; take out what is too much",
            id="too many digits",
        ),
        pytest.param(
            HEAD + "symbols:\n  '।': দাঁড়ি",
            "4: '।' cannot stand here; use one sign, such as %, and no letter",
            id="punctuation for a sign",
        ),
        pytest.param(HEAD + "symbols:\n  ক: খ", "4: 'ক' cannot stand here", id="letter for a sign"),
    ],
)
def test_a_broken_lexicon_is_refused_by_file_and_line(text: str, problem: str) -> None:
    with pytest.raises(SpeechError) as error:
        lexicon_of(text, FILE)
    head, told = lines(error)
    assert head == f"{FILE} cannot be read, it has 1 problem:"
    assert told.startswith(f"  {FILE}:{problem}")


def test_all_problems_of_a_lexicon_are_told_together() -> None:
    text = f"""{HEAD}
endings: {{noun: [টি]}}
words:
  - {{written: ক, espeak: খ, endings: noum}}
  - {{written: no, espeak: খ}}
  - {{written: ক, gtts: 7}}
colour: red
"""
    with pytest.raises(SpeechError) as error:
        lexicon_of(text, FILE)
    head, *told = lines(error)
    assert head == f"{FILE} cannot be read, it has 5 problems:"
    assert [line.split(":")[1] for line in told] == ["6", "7", "8", "8", "9"]


def test_a_lexicon_without_a_file_is_refused_by_line() -> None:
    with pytest.raises(SpeechError, match=r"^lexicon cannot be read.*\n  lexicon:2: 'colour'"):
        lexicon_of("{lexicon: 1, language: bn,\ncolour: red}")


@pytest.mark.parametrize("sign", ["%", "_", "৳", "@", "/"])
def test_a_sign_may_have_a_word(sign: str) -> None:
    lexicon = lexicon_of(f"{HEAD}symbols: {{'{sign}': কথা}}")
    assert lexicon.symbols == {sign: "কথা"}


def test_a_lexicon_is_kept_in_nfc() -> None:
    lexicon = lexicon_of(f"{HEAD}words: [{{written: প\u09dcা, espeak: ছ\u09df}}]")
    assert lexicon.words[0].written == "প\u09a1\u09bcা"
    assert lexicon.words[0].espeak == "ছ\u09af\u09bc"
