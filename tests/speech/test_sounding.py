"""Words that the offline voice says wrongly are found by its own IPA."""

from __future__ import annotations

import re
import time
import unicodedata
from typing import TYPE_CHECKING

import pytest

from ivr.flow.terms import Pace
from ivr.speech import spelling
from ivr.speech.sounding import lost_vowel, mispronounced
from ivr.speech.spelling import respell, split_words
from ivr.speech.utterance import Utterance
from tests.speech.written_lexicon import lexicon_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ivr.speech.espeak import EspeakVoice
    from ivr.speech.lexicon import Lexicon

SPLIT_BEFORE_VOWEL_SIGN = re.compile(r"[\u09af\u09a1\u09a2]\u09bc[\u09be-\u09cc\u09d7]")


def prompt(text: str, language: str = "bn") -> Utterance:
    return Utterance(language, "sample", Pace.NORMAL, text)


def nfc(words: Iterable[str]) -> set[str]:
    return {unicodedata.normalize("NFC", word) for word in words}


def test_every_shipped_bengali_word_sounds_right_and_is_judged_in_a_second(
    espeak: EspeakVoice, lexicons: dict[str, Lexicon], shipped: tuple[Utterance, ...]
) -> None:
    before = time.monotonic()
    assert list(map(str, mispronounced(shipped, lexicons, espeak))) == []
    assert time.monotonic() - before < 1


def test_without_its_own_spelling_the_voice_loses_vowels_and_is_caught(
    espeak: EspeakVoice,
    lexicons: dict[str, Lexicon],
    shipped: tuple[Utterance, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(spelling, "for_espeak", lambda text: text)
    bengali = [
        *(each for each in shipped if each.language == "bn"),
        prompt("পড়ুন দিয়ে ওয়েব গাঢ়ে সময় ছয়"),
    ]
    words = {word for each in bengali for word in split_words(each.text)}
    split = {
        word
        for word in words
        if SPLIT_BEFORE_VOWEL_SIGN.search(respell(word, "espeak", lexicons["bn"]))
    }
    assert split >= nfc(["পড়ুন", "দিয়ে", "ওয়েব", "গাঢ়ে"])
    assert {fault.word for fault in mispronounced(bengali, lexicons, espeak)} == split


@pytest.mark.parametrize(
    ("language", "word", "told"),
    [
        pytest.param(
            "bn",
            "OTP",
            r"\[\(en\).*\]: the voice says it by the rules of another language \(en\); write it in"
            r" the language's own letters, or give it an espeak form in config/lexicon\.bn\.yaml",
            id="Latin letters",
        ),
        pytest.param("bn", "ওটিপিOTP", r"\(en\)", id="Latin letters within a word"),
        pytest.param("as", "नमस्ते", r"\(hi\)", id="a switch that is not to English"),
        pytest.param(
            "hi",
            "बताएँ",
            r": its vowel ए \(devanagari letter e\) is not heard; give it an espeak form in"
            r" config/lexicon\.hi\.yaml",
            id="a vowel of Hindi",
        ),
    ],
)
def test_a_word_that_sounds_wrong_is_told_with_what_to_do(
    espeak: EspeakVoice, lexicons: dict[str, Lexicon], language: str, word: str, told: str
) -> None:
    (fault,) = mispronounced([prompt(word, language)], lexicons, espeak)
    assert fault.word == word
    assert re.match(rf"sample \({language}, normal\): '{word}' .*{told}", str(fault))


def test_a_form_in_the_lexicon_mends_the_word(espeak: EspeakVoice) -> None:
    mended = lexicon_of("{lexicon: 1, language: bn, words: [{written: OTP, espeak: ও টি পি}]}")
    assert mispronounced([prompt("OTP দিন")], {"bn": mended}, espeak) == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        pytest.param("bn", "অ্যাপ এজেন্ট ঐক্য ঔষধ ঋণ কৃষি বৌ দৈনিক ব্যক্তি মৃত্যু স্ত্রী", id="Bengali"),
        pytest.param("bn", "১৯৩০ ₹৫০ ২.৫% ৫টি (“না”) – হ্যাঁ!", id="figures and marks"),
        pytest.param("hi", "नमस्ते विद्यालय और ऐसा आइए मैं ऋषि ऑफिस औषधि कौन पैसे", id="Hindi"),
        pytest.param("ta", "வணக்கம் எண் ஐந்து பொருள் கௌரி போன்", id="Tamil"),
        pytest.param("ml", "മലയാളം കൃഷി ഐക്യം മൊബൈൽ", id="Malayalam"),
        pytest.param("en", "OTP • is not judged", id="English"),
    ],
)
def test_words_that_sound_right_are_left_in_peace(
    espeak: EspeakVoice, lexicons: dict[str, Lexicon], language: str, text: str
) -> None:
    assert mispronounced([prompt(text, language)], lexicons, espeak) == []


class Listening:
    """The real voice, and what it was asked."""

    name = "espeak"

    def __init__(self, voice: EspeakVoice) -> None:
        self.voice = voice
        self.asked: list[tuple[str, list[str]]] = []

    def phonemes(self, texts: Sequence[str], language: str) -> list[str]:
        self.asked.append((language, list(texts)))
        return self.voice.phonemes(texts, language)


def test_a_word_is_judged_once_and_a_language_in_one_request(espeak: EspeakVoice) -> None:
    voice = Listening(espeak)
    said = [prompt("না না, OTP"), prompt("OTP না"), prompt("न", "hi"), prompt("no", "en")]
    faults = mispronounced(said, {}, voice)
    assert [(fault.word, fault.utterance) for fault in faults] == [("OTP", said[0])]
    assert voice.asked == [("bn", ["না", "OTP"]), ("hi", ["न"])]


@pytest.mark.parametrize(
    ("spoken", "ipa", "lost"),
    [
        pytest.param("পড়ুন", "por.un", None, id="all heard"),
        pytest.param("পড়ুন", "pɔr.nɔ", "ু", id="another vowel does not hide a loss"),
        pytest.param("দিয়ে", "di", "ে", id="the last is lost"),
        pytest.param("দেখি", "dikʰe", "ি", id="out of order"),
        pytest.param("অ্যাপ", "æp", None, id="a letter under hasanta is no vowel"),
        pytest.param("পাঁচ", "pãtʃ", None, id="through the nose"),
        pytest.param("কথা", "kɔtʰa", None, id="unwritten vowels may come"),
        pytest.param("মৃত্যু", "mrittu", None, id="vocalic r"),
        pytest.param("OTP", "", None, id="letters of no Indian script"),
    ],
)
def test_each_written_vowel_must_be_heard_in_its_turn(
    spoken: str, ipa: str, lost: str | None
) -> None:
    assert lost_vowel(spoken, ipa) == lost


@pytest.mark.parametrize(
    ("language", "text", "signs"),
    [
        pytest.param("bn", "দাম ₹৫০, ১০% ছাড়।", [], id="known signs"),
        pytest.param("bn", "এক = দুই 😀", ["=", "😀"], id="unknown signs"),
        pytest.param("en", "Web / app | more", ["/", "|"], id="English too"),
        pytest.param("bn", "সাহায্য… «এক» • দুই", [], id="marks that nobody says"),
    ],
)
def test_a_sign_without_a_word_is_found(
    espeak: EspeakVoice,
    lexicons: dict[str, Lexicon],
    language: str,
    text: str,
    signs: list[str],
) -> None:
    found = mispronounced([Utterance(language, "x", Pace.NORMAL, text)], lexicons, espeak)
    assert [fault.word for fault in found if "sign" in fault.wrong] == signs
    assert all(
        "symbols in config/lexicon" in fault.advice for fault in found if fault.word in signs
    )
