"""Golden phonemes: what the offline voice really says, by its own IPA."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import pytest

from ivr.flow.model import Pace
from ivr.speech.spelling import spoken_sentences
from ivr.speech.utterance import Utterance

if TYPE_CHECKING:
    from ivr.speech.espeak import EspeakVoice
    from ivr.speech.lexicon import Lexicon

PLAIN = str.maketrans({"\u02c8": None, "\u02cc": None, "\u02d0": ":"})
"""Drops stress, and writes a long vowel with a colon."""


def ipa(voice: EspeakVoice, lexicons: dict[str, Lexicon], language: str, text: str) -> str:
    prompt = Utterance(language, "sample", Pace.NORMAL, unicodedata.normalize("NFC", text))
    spoken = " ".join(spoken_sentences(prompt, voice.name, lexicons))
    return voice.phonemes(spoken, language).translate(PLAIN)


@pytest.mark.parametrize(
    ("language", "word", "sound"),
    [
        pytest.param("bn", "পড়ুন", "por.un", id="porun keeps its u"),
        pytest.param("bn", "দিয়ে", "die", id="diye keeps its e"),
        pytest.param("bn", "ওয়েব", "o:eb", id="web keeps its e"),
        pytest.param("bn", "ইউজার", "iuɟaɾ", id="user"),
        pytest.param("bn", "ছয়", "tʃʰɔj", id="six"),
        pytest.param("bn", "সময়", "ʃɔmɔj", id="time"),
        pytest.param("bn", "এমপিন", "em pin", id="MPIN by its letter"),
        pytest.param("bn", "এমপিনের", "em pineɾ", id="MPIN with an ending"),
        pytest.param("bn", "ওটিপি", "o: ʈi pi", id="OTP letter by letter"),
        pytest.param("bn", "ওটিপিটি", "o: ʈi piʈi", id="OTP with an ending"),
        pytest.param("bn", "এক", "æk", id="one"),
        pytest.param("bn", "সাত", "ʃat", id="seven has no vowel at its end"),
        pytest.param("bn", "ই", "ii", id="a letter is not named"),
        pytest.param("bn", "হেল্পলাইন", "helplain", id="helpline"),
        pytest.param("bn", "শুনতে", "ʃunte", id="no vowel inside shunte"),
        pytest.param("bn", "ভালো", "bʰalo", id="good"),
        pytest.param("bn", "হল", "holo", id="became"),
        pytest.param("en", "OTP", "əʊ ti: pi:", id="English OTP"),
        pytest.param("en", "UMANG", "u:mʌŋ", id="English UMANG"),
    ],
)
def test_a_word_sounds_right(
    espeak: EspeakVoice, lexicons: dict[str, Lexicon], language: str, word: str, sound: str
) -> None:
    assert ipa(espeak, lexicons, language, word) == sound


def test_no_bengali_prompt_switches_to_english(
    espeak: EspeakVoice, lexicons: dict[str, Lexicon], shipped: tuple[Utterance, ...]
) -> None:
    prompts = [prompt for prompt in shipped if (prompt.language, prompt.pace) == ("bn", "normal")]
    assert prompts
    switching = [p.prompt_id for p in prompts if "(en)" in ipa(espeak, lexicons, "bn", p.text)]
    assert switching == []


def test_latin_letters_do_switch_to_english(
    espeak: EspeakVoice, lexicons: dict[str, Lexicon]
) -> None:
    assert "(en)" in ipa(espeak, lexicons, "bn", "OTP দিন")
