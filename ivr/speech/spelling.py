"""Words as config writes them → sentences that a voice says rightly.

What is respelt here reaches the voice only; a clip's title keeps the words as they stand. The rules
for the offline voice were measured on espeak-ng 1.52 by its IPA.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from ivr.errors import SpeechError
from ivr.flow.model import JOINERS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ivr.speech.lexicon import Lexicon
    from ivr.speech.utterance import Utterance

_CLOSERS = r"[\"'\u2019\u201d)\]]*"
_DANDA_OR_MARK = rf"[\u0964\u0965?!]+{_CLOSERS}"
_SENTENCES = {
    "en": re.compile(rf"\S.*?(?:{_DANDA_OR_MARK}|\.{_CLOSERS}(?=\s|$)|$)", re.DOTALL),
    # A full stop ends no Bengali sentence: there it stands in abbreviations and addresses.
    "": re.compile(rf"\S.*?(?:{_DANDA_OR_MARK}|$)", re.DOTALL),
}
_PHRASE = re.compile(r"\S.*?(?:[,;:]+(?=\s|$)|$)", re.DOTALL)
_WORD = re.compile(r"[^\s\u0964\u0965.,;:?!()\[\]'\"\u2018\u2019\u201c\u201d\u2013\u2014-]+")

# NFC splits these three letters into base and nukta; espeak's rule for the split form then eats a
# vowel sign that follows, so only before a vowel sign do they become one code point again.
_RECOMPOSED = {"\u09af": "\u09df", "\u09a1": "\u09dc", "\u09a2": "\u09dd"}
_BEFORE_VOWEL_SIGN = re.compile(r"([\u09af\u09a1\u09a2])\u09bc(?=[\u09be-\u09cc\u09d7])")
_FOREIGN_NUKTA = re.compile(r"(?<![\u09af\u09a1\u09a2])\u09bc")
_SPACED_DASH = re.compile(r"\s+[\u2013\u2014-]+\s+")
_HYPHEN = re.compile(r"[\u2010-\u2014-]")


def spoken_sentences(
    utterance: Utterance, engine: str, lexicons: Mapping[str, Lexicon]
) -> tuple[str, ...]:
    """Give the sentences that `engine` is to be given so that it says the utterance.

    Args:
        utterance: what is to be said.
        engine: the voice's name, `espeak` or `gtts`.
        lexicons: language → lexicon; a language without one is said as it is written.

    Raises:
        SpeechError: the text has nothing that can be said.
    """
    text = " ".join(unicodedata.normalize("NFC", utterance.text).split())
    lexicon = lexicons.get(utterance.language)
    if lexicon is not None:
        text = _WORD.sub(lambda word: lexicon.spoken(word[0], engine), text)
    if engine == "espeak":
        text = for_espeak(text)
    sentences = split_sentences(text, utterance.language)
    if not sentences:
        raise SpeechError(
            f"Prompt {utterance.label} has nothing to say; write its words in"
            f" config/prompts/{utterance.language}.yaml."
        )
    return sentences


def split_sentences(text: str, language: str) -> tuple[str, ...]:
    """Cut text after danda, double danda, `?` and `!`, and in English after `.` before a space.

    What stands between has at least one letter or figure; the marks stay, for the voice's melody.
    """
    pattern = _SENTENCES.get(language, _SENTENCES[""])
    return _sayable(pattern.findall(text))


def split_phrases(sentence: str) -> tuple[str, ...]:
    """Cut a sentence after `,` `;` `:` where a space follows; the marks stay."""
    return _sayable(_PHRASE.findall(sentence))


def for_espeak(text: str) -> str:
    """Respell NFC text so that espeak-ng keeps its vowels and reads no hyphen as 'minus'."""
    text = text.translate(JOINERS)
    text = _BEFORE_VOWEL_SIGN.sub(lambda letter: _RECOMPOSED[letter[1]], text)
    text = _FOREIGN_NUKTA.sub("", text)
    return _HYPHEN.sub(" ", _SPACED_DASH.sub(", ", text))


def _sayable(parts: list[str]) -> tuple[str, ...]:
    stripped = (part.strip() for part in parts)
    return tuple(part for part in stripped if any(character.isalnum() for character in part))
