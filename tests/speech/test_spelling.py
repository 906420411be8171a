"""Text becomes what a voice can say."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import pytest

from ivr.errors import SpeechError
from ivr.flow.terms import Pace
from ivr.speech.spelling import (
    for_espeak,
    respell,
    split_phrases,
    split_sentences,
    split_words,
    spoken_sentences,
)
from ivr.speech.utterance import Utterance
from tests.speech.written_lexicon import lexicon_of

if TYPE_CHECKING:
    from ivr.speech.lexicon import Lexicon

NUKTA, ZWNJ, ZWJ = "\u09bc", "\u200c", "\u200d"


@pytest.mark.parametrize(
    ("language", "text", "sentences"),
    [
        pytest.param("bn", "এক। দুই॥ তিন? চার! পাঁচ", ("এক।", "দুই॥", "তিন?", "চার!", "পাঁচ"), id="marks"),
        pytest.param("bn", "এক।দুই", ("এক।", "দুই"), id="no space after a danda"),
        pytest.param("bn", "ডা. সেন আছেন।", ("ডা. সেন আছেন।",), id="full stop in Bengali"),
        pytest.param("bn", "“সেট এমপিন।” তারপর", ("“সেট এমপিন।”", "তারপর"), id="quote stays"),
        pytest.param("bn", "সত্যি?! বেশ। ।", ("সত্যি?!", "বেশ।"), id="marks without words go"),
        pytest.param("en", "Press one. Then wait", ("Press one.", "Then wait"), id="full stop"),
        pytest.param(
            "en", "Open web.umang.gov.in now.", ("Open web.umang.gov.in now.",), id="dots"
        ),
    ],
)
def test_text_is_cut_into_sentences(language: str, text: str, sentences: tuple[str, ...]) -> None:
    assert split_sentences(text, language) == sentences


def test_a_sentence_is_cut_into_phrases_that_keep_their_comma() -> None:
    assert split_phrases("চার, সাত: এক; নয়।") == ("চার,", "সাত:", "এক;", "নয়।")


@pytest.mark.parametrize(
    ("written", "given"),
    [
        pytest.param(f"পড{NUKTA}ুন", "প\u09dcুন", id="rra before a vowel sign is one letter"),
        pytest.param(f"দিয{NUKTA}ে", "দি\u09dfে", id="yya before a vowel sign is one letter"),
        pytest.param(f"ছয{NUKTA}", f"ছয{NUKTA}", id="yya at the end stays split"),
        pytest.param(f"আয{NUKTA}কর", f"আয{NUKTA}কর", id="yya before a consonant stays split"),
        pytest.param(f"জ{NUKTA}ুম ফ{NUKTA}ি", "জুম ফি", id="nukta of borrowed sounds goes"),
        pytest.param(f"হেল্প্{ZWNJ}লাইন র{ZWJ}্যা", "হেল্প্লাইন র্যা", id="joiners go"),
        pytest.param("লগ-ইন", "লগ ইন", id="hyphen is a space"),
        pytest.param("এক – দুই", "এক, দুই", id="dash is a comma"),
    ],
)
def test_the_offline_voice_gets_its_own_spelling(written: str, given: str) -> None:
    assert for_espeak(written) == given


def test_only_the_named_engine_gets_a_spoken_form() -> None:
    lexicon = lexicon_of("{lexicon: 1, language: bn, words: [{written: এক, espeak: অ্যাক}]}")
    prompt = Utterance("bn", "digit", Pace.NORMAL, "এক  টিপুন।\n")
    assert spoken_sentences(prompt, "espeak", {"bn": lexicon}) == ("অ্যাক টিপুন।",)
    assert spoken_sentences(prompt, "gtts", {"bn": lexicon}) == ("এক টিপুন।",)
    assert spoken_sentences(prompt, "espeak", {}) == ("এক টিপুন।",)


def test_a_prompt_without_words_is_named() -> None:
    with pytest.raises(SpeechError, match=r"empty \(bn, slow\).*config/prompts/bn\.yaml"):
        spoken_sentences(Utterance("bn", "empty", Pace.SLOW, " । "), "espeak", {})


@pytest.mark.parametrize(
    ("language", "written", "said"),
    [
        pytest.param("bn", "১৯৩০", "এক, নয়, তিন, শূন্য", id="Bengali figures"),
        pytest.param("bn", "1930", "এক, নয়, তিন, শূন্য", id="ASCII figures"),
        pytest.param("bn", "টিপুন ১।", "টিপুন এক।", id="one figure is final"),
        pytest.param("bn", "১৯৩০ নম্বরে", "এক, নয়, তিন, শূন্য নম্বরে", id="final before a word"),
        pytest.param("bn", "১, ২, ৩", "এক, দুই, তিন", id="a list keeps its commas"),
        pytest.param("bn", "৫টি", "পাঁচ টি", id="letters after figures"),
        pytest.param("bn", "ধাপ৫", "ধাপ পাঁচ", id="letters before figures"),
        pytest.param("bn", "১৯৩০-এ", "এক, নয়, তিন, শূন্য-এ", id="ending after a hyphen"),
        pytest.param("bn", "১,০০০", "এক, শূন্য, শূন্য, শূন্য", id="grouping is not said"),
        pytest.param("bn", "২.৫।", "দুই, দশমিক, পাঁচ।", id="decimal point"),
        pytest.param("bn", "1,000.5", "এক, শূন্য, শূন্য, শূন্য, দশমিক, পাঁচ", id="both"),
        pytest.param("bn", "২.", "দুই.", id="full stop after a figure"),
        pytest.param("bn", "১৮.৪.২০", "এক, আট; চার; দুই, শূন্য", id="date with points"),
        pytest.param("bn", "১৮-০৪-২০", "এক, আট; শূন্য, চার; দুই, শূন্য", id="date with dashes"),
        pytest.param("bn", "১৮/৪/২০", "এক, আট; চার; দুই, শূন্য", id="date with strokes"),
        pytest.param("bn", "১০:৩০", "এক, শূন্য; তিন, শূন্য", id="time"),
        pytest.param("bn", "২–৩", "দুই; তিন", id="range"),
        pytest.param("bn", "১৮০ ১১", "এক, আট, শূন্য; এক, এক", id="number in groups"),
        pytest.param("bn", "₹৫০", "পাঁচ, শূন্য টাকা", id="currency comes after"),
        pytest.param("bn", "(₹ ৫০)।", "(পাঁচ, শূন্য টাকা)।", id="currency with a space"),
        pytest.param("bn", "₹২.৫টি", "দুই, দশমিক, পাঁচ টাকা টি", id="currency touching letters"),
        pytest.param("bn", "₹৫–৬", "পাঁচ; ছয় টাকা", id="currency of a range"),
        pytest.param("bn", "₹৫ ৬টি", "পাঁচ টাকা ছয় টি", id="currency of the next number only"),
        pytest.param("bn", "কত ₹?", "কত টাকা?", id="currency alone"),
        pytest.param("bn", "৫০%।", "পাঁচ, শূন্য শতাংশ।", id="per cent"),
        pytest.param("bn", "ক&খ", "ক আর খ", id="sign between letters"),
        pytest.param("bn", "*৯#", "স্টার নয় হ্যাশ", id="keys"),
        pytest.param("bn", "+৯১ ৯", "প্লাস নয়, এক; নয়", id="country code"),
        pytest.param("bn", "€৫", "€পাঁচ", id="a sign without a word stays"),
        pytest.param("en", "Press 1.", "Press one.", id="English"),
        pytest.param("en", "₹50, 2nd", "five, zero rupees, two nd", id="English, touching"),
    ],
)
def test_figures_and_signs_are_said_in_words(
    lexicons: dict[str, Lexicon], language: str, written: str, said: str
) -> None:
    expected = unicodedata.normalize("NFC", said)
    assert respell(written, "gtts", lexicons[language]) == expected


def test_the_lexicon_mends_the_words_of_figures_too(lexicons: dict[str, Lexicon]) -> None:
    assert respell("১০৭", "espeak", lexicons["bn"]) == "অ্যাক, শূন্নো, সাত্"


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        pytest.param("", "₹৫০, ২.৫%", id="no tables"),
        pytest.param('symbols: {"%": শতাংশ}', "₹৫০, ২.৫ শতাংশ", id="only a sign"),
        pytest.param('symbols: {"₹": টাকা}', "৫০ টাকা, ২.৫%", id="only a currency"),
        pytest.param("digits: [ক, খ, গ, ঘ, ঙ, চ, ছ, জ, ঝ, ঞ]", "₹চ, ক, গ; চ%", id="only digits"),
    ],
)
def test_what_a_language_has_no_table_for_stays_as_it_is(tables: str, said: str) -> None:
    lexicon = lexicon_of(f"lexicon: 1\nlanguage: bn\n{tables}")
    assert respell("₹৫০, ২.৫%", "gtts", lexicon) == said


@pytest.mark.parametrize("mark", ["…", "/", "«", "»", "„", "•", "|", "=", "<", "।", "_"])
def test_a_word_is_known_whatever_stands_beside_it(lexicons: dict[str, Lexicon], mark: str) -> None:
    assert respell(f"সাহায্য{mark}এক", "espeak", lexicons["bn"]) == f"সাহাজ্জো{mark}অ্যাক"


def test_words_are_listed_without_marks_and_hyphens() -> None:
    assert split_words("লগ-ইন, “সেট এমপিন”। ₹৫০ (OTP)!") == [
        *("লগ", "ইন", "সেট", "এমপিন", "৫০", "OTP")
    ]
