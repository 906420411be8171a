"""Text becomes what a voice can say."""

from __future__ import annotations

import pytest

from ivr.errors import SpeechError
from ivr.flow.model import Pace
from ivr.speech.lexicon import read_lexicon
from ivr.speech.spelling import for_espeak, split_phrases, split_sentences, spoken_sentences
from ivr.speech.utterance import Utterance

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
    lexicon = read_lexicon("{lexicon: 1, language: bn, words: [{written: এক, espeak: অ্যাক}]}")
    prompt = Utterance("bn", "digit", Pace.NORMAL, "এক  টিপুন।\n")
    assert spoken_sentences(prompt, "espeak", {"bn": lexicon}) == ("অ্যাক টিপুন।",)
    assert spoken_sentences(prompt, "gtts", {"bn": lexicon}) == ("এক টিপুন।",)
    assert spoken_sentences(prompt, "espeak", {}) == ("এক টিপুন।",)


def test_a_prompt_without_words_is_named() -> None:
    with pytest.raises(SpeechError, match=r"empty \(bn, slow\).*config/prompts/bn\.yaml"):
        spoken_sentences(Utterance("bn", "empty", Pace.SLOW, " । "), "espeak", {})
