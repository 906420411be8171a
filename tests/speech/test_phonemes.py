"""Golden phonemes: what the offline voice really says, by its own IPA."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import pytest

from ivr.flow.terms import Pace
from ivr.speech.spelling import spoken_sentences
from ivr.speech.utterance import Utterance

if TYPE_CHECKING:
    from ivr.speech.espeak import EspeakVoice
    from ivr.speech.lexicon import Lexicon

PLAIN = str.maketrans({"\u02c8": None, "\u02cc": None, "\u02d0": ":", "\u0261": "g", "\u026a": "i"})
"""Drops stress, writes a long vowel with a colon, and g and i as they are typed."""


def ipa(voice: EspeakVoice, lexicons: dict[str, Lexicon], language: str, text: str) -> str:
    prompt = Utterance(language, "sample", Pace.NORMAL, unicodedata.normalize("NFC", text))
    spoken = " ".join(spoken_sentences(prompt, voice.name, lexicons))
    (sound,) = voice.phonemes([spoken], language)
    return unicodedata.normalize("NFC", sound).translate(PLAIN)


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
        pytest.param("bn", "ঘরে বসে", "gʰɔɾe boʃe", id="at home, sitting"),
        pytest.param("bn", "ঘরে বসেই", "gʰɔɾe boʃei", id="at home, just sitting"),
        pytest.param("bn", "উমঙ্গ", "umɔŋg", id="UMANG has no vowel at its end"),
        pytest.param("bn", "উমঙ্গের", "umɔŋgeɾ", id="UMANG with an ending"),
        pytest.param("bn", "উত্তর", "uttoɾ", id="answer"),
        pytest.param("bn", "রকম", "ɾɔ kom", id="kind"),
        pytest.param("bn", "প্রথমে", "pɾotʰome", id="at first"),
        pytest.param("bn", "হতে", "hote", id="to be"),
        pytest.param("bn", "অপরাধের", "ɔpoɾadʰeɾ", id="of the crime"),
        pytest.param("bn", "পিছনে", "pitʃʰone", id="behind"),
        pytest.param("bn", "বিদ্যালয়ের", "biddalɔeɾ", id="of the school"),
        pytest.param("bn", "বৈদ্যুতিন", "boiddutin", id="electronic"),
        pytest.param("bn", "রাজ্যের", "ɾaɟɟeɾ", id="of the state"),
        pytest.param("bn", "অক্ষর", "o:kkʰoɾ", id="letter"),
        pytest.param("bn", "প্রকল্প", "pɾokɔlpo", id="project"),
        pytest.param("bn", "আয়কর", "aekɔɾ", id="income tax"),
        pytest.param("bn", "সংখ্যা", "ʃoŋkʰa", id="figures"),
        pytest.param("bn", "এগারো", "egaɾo", id="eleven"),
        pytest.param("bn", "বারো", "baɾo", id="twelve"),
        pytest.param("bn", "তেরো", "teɾo", id="thirteen"),
        pytest.param("bn", "চোদ্দো", "tʃoddo", id="fourteen"),
        pytest.param("bn", "পনেরো", "poneɾo", id="fifteen"),
        pytest.param("bn", "আটটি", "aʈʈi", id="eight of them"),
        pytest.param("bn", "কেউ", "keu", id="anybody keeps its u"),
        pytest.param("bn", "একজন", "ækɟon", id="one person"),
        pytest.param("bn", "একসঙ্গে", "æk ʃoŋge", id="together"),
        pytest.param("bn", "স্বেচ্ছাসেবককে", "ʃetʃtʃʰaʃebokke", id="to the volunteer"),
        pytest.param("bn", "থামতে", "tʰamte", id="no vowel inside thamte"),
        pytest.param("bn", "মুছতে", "mutʃʰte", id="no vowel inside muchhte"),
        pytest.param("bn", "ধরতে", "dʰoɾte", id="to hold"),
        pytest.param("bn", "চলবে", "tʃolbe", id="will do"),
        pytest.param("bn", "বসলে", "boʃle", id="if one sits"),
        pytest.param("bn", "বদলে", "bodle", id="having changed"),
        pytest.param("bn", "টিপলেও", "ʈipleo:", id="even if one presses"),
        pytest.param("bn", "করছিলেন", "koɾtʃʰilen", id="was doing"),
        pytest.param("bn", "গিয়েছিল", "gietʃʰilo", id="had gone"),
        pytest.param("bn", "রাখব", "ɾakʰbo", id="shall keep"),
        pytest.param("bn", "সহজ", "ʃɔhoɟ", id="easy"),
        pytest.param("bn", "১৯৩০", "æk nɔj tin ʃunno", id="a number figure by figure"),
        pytest.param("bn", "1930", "æk nɔj tin ʃunno", id="ASCII figures"),
        pytest.param("bn", "৪৭২", "tʃaɾ ʃat dui", id="no number of hundreds"),
        pytest.param("bn", "২.৫", "dui dɔʃomik pãtʃ", id="decimal"),
        pytest.param("bn", "১৮-৪", "æk aʈ tʃaɾ", id="no minus in a date"),
        pytest.param("bn", "₹৫০", "pãtʃ ʃunno ʈaka", id="rupees"),
        pytest.param("bn", "৫০%", "pãtʃ ʃunno ʃɔtaŋʃo", id="per cent"),
        pytest.param("bn", "*৯#", "ʃʈaɾ nɔj hæʃ", id="keys in signs"),
        pytest.param("bn", "+৫", "plaʃ pãtʃ", id="plus"),
        pytest.param("bn", "ক&খ@গ", "kɔ aɾ kʰɔ æʈ gɔ", id="and, at"),
        pytest.param("en", "₹50", "faiv ziəɹəʊ ɹu:pi:z", id="English rupees"),
        pytest.param("en", "OTP", "əʊ ti: pi:", id="English OTP"),
        pytest.param("en", "UMANG", "u:mʌŋ", id="English UMANG"),
    ],
)
def test_a_word_sounds_right(
    espeak: EspeakVoice, lexicons: dict[str, Lexicon], language: str, word: str, sound: str
) -> None:
    assert ipa(espeak, lexicons, language, word) == sound


@pytest.mark.parametrize(
    ("figure", "sound"),
    [
        ("০", "ʃunno"),
        ("১", "æk"),
        ("২", "dui"),
        ("৩", "tin"),
        ("৪", "tʃaɾ"),
        ("৫", "pãtʃ"),
        ("৬", "tʃʰɔj"),
        ("৭", "ʃat"),
        ("৮", "aʈ"),
        ("৯", "nɔj"),
    ],
)
def test_a_digit_sounds_right_at_the_end_and_before_another(
    espeak: EspeakVoice, lexicons: dict[str, Lexicon], figure: str, sound: str
) -> None:
    assert ipa(espeak, lexicons, "bn", figure) == sound
    assert ipa(espeak, lexicons, "bn", f"{figure},") == sound
    assert ipa(espeak, lexicons, "bn", f"{figure}১") == f"{sound} æk"


def test_latin_letters_do_switch_to_english(
    espeak: EspeakVoice, lexicons: dict[str, Lexicon]
) -> None:
    assert "(en)" in ipa(espeak, lexicons, "bn", "OTP দিন")
