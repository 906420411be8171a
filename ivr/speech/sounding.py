"""How words sound: the offline voice's own IPA against what is written.

It finds what that voice is known to say wrongly without a word of warning. Measured on espeak-ng
1.52: all shipped Bengali words pass; without `spelling.for_espeak` every word in which a vowel sign
follows a split yya, rra or rha is found.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final, Protocol

from msgspec import Struct

from ivr.speech.spelling import respell, split_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ivr.speech.lexicon import Lexicon
    from ivr.speech.utterance import Utterance

_SWITCH: Final = re.compile(r"\(([a-z-]+)\)")
"""How espeak-ng's IPA tells that another language's rules say what follows."""

# Unicode names the vowels of India's scripts alike, so that one rule serves them all.
_SCRIPTS: Final = "BENGALI|DEVANAGARI|GUJARATI|GURMUKHI|KANNADA|MALAYALAM|ORIYA|TAMIL|TELUGU"
_VOWEL: Final = re.compile(
    rf"(?:{_SCRIPTS}) (?:VOWEL SIGN|LETTER) (?:\w+ )?(A|AA|I|II|U|UU|R|E|EE|AI|O|OO|AU)"
)
_SOUNDS: Final = {
    "A": "ɔoaəʌɐ",
    "AA": "a\u0251æ",
    "I": "i\u026a",
    "II": "i\u026a",
    "U": "uʊʉ",
    "UU": "uʊʉ",
    "R": "i\u026auʊ\u0329",  # a vocalic r: ri, ru, or a stroke under an r that is the syllable
    "E": "eɛæ",
    "EE": "eɛæ",
    "AI": "oɔeɛæa",
    "O": "oɔ",
    "OO": "oɔ",
    "AU": "oɔa",
}
"""Last word of a vowel's name in Unicode → the letters of IPA with which its sound may begin.

Escaped are the look-alikes of a and i that stand for an open back a and a short i.
"""
_VIRAMA: Final = 9
"""Unicode's combining class of the sign for 'no vowel'."""


class Phonetic(Protocol):
    """A voice that can tell what it would say; `EspeakVoice` is one."""

    @property
    def name(self) -> str:
        """The engine's name as the lexicon writes it."""
        ...

    def phonemes(self, texts: Sequence[str], language: str) -> list[str]:
        """Give the IPA of each text, already respelt for this engine."""
        ...


class Mispronunciation(Struct, frozen=True):
    """One word that the offline voice says wrongly.

    Reads as `greeting (bn, normal): 'OTP' [(en)…]: … ; …`.

    Attributes:
        utterance: the first utterance that has the word.
        word: the word as config writes it.
        ipa: what the voice says for it.
        wrong: what is wrong with that.
        advice: what to do.
    """

    utterance: Utterance
    word: str
    ipa: str
    wrong: str
    advice: str

    def __str__(self) -> str:
        ipa = f" [{self.ipa}]" if self.ipa else ""
        return f"{self.utterance.label}: '{self.word}'{ipa}: {self.wrong}; {self.advice}"


def mispronounced(
    utterances: Iterable[Utterance], lexicons: Mapping[str, Lexicon], voice: Phonetic
) -> list[Mispronunciation]:
    """Find the words that the offline voice switches language for, robs of a vowel, or leaves out.

    Each distinct word is judged once, all words of a language in one request. English words are
    left out: the voice's English is read by English rules, which these are not. A sign for which
    the lexicon has no word is found in any language: a voice drops it, or says its English name.

    Args:
        utterances: what is said, in any languages.
        lexicons: language → lexicon, as for `spoken_sentences`.
        voice: the offline voice.

    Raises:
        SpeechError: the voice lacks a language, or cannot be run.
    """
    languages: dict[str, dict[str, Utterance]] = {}
    signs: dict[tuple[str, str], Utterance] = {}
    for utterance in utterances:
        given = respell(utterance.text, voice.name, lexicons.get(utterance.language))
        for sign in filter(_is_sign, given):
            signs.setdefault((utterance.language, sign), utterance)
        if utterance.language != "en":
            words = languages.setdefault(utterance.language, {})
            for word in split_words(utterance.text):
                words.setdefault(word, utterance)
    faults = [_unknown(*each) for each in signs.items()]
    for language, words in languages.items():
        faults += _judged(language, words, lexicons.get(language), voice)
    return faults


def _is_sign(character: str) -> bool:
    return unicodedata.category(character).startswith("S") or character in "#%&@*/\\"


def _unknown(place: tuple[str, str], utterance: Utterance) -> Mispronunciation:
    language, sign = place
    wrong = "no word is known for this sign"
    advice = f"write it in words, or add it to symbols in config/lexicon.{language}.yaml"
    return Mispronunciation(utterance, sign, "", wrong, advice)


def _judged(
    language: str, words: Mapping[str, Utterance], lexicon: Lexicon | None, voice: Phonetic
) -> Iterator[Mispronunciation]:
    spoken = [respell(word, voice.name, lexicon) for word in words]
    heard = voice.phonemes(spoken, language)
    form = f"give it an {voice.name} form in config/lexicon.{language}.yaml"
    for (word, utterance), given, ipa in zip(words.items(), spoken, heard, strict=True):
        found = _fault(given, ipa.strip())
        if found is not None:
            wrong, instead = found
            advice = f"{instead}, or {form}" if instead else form
            yield Mispronunciation(utterance, word, ipa.strip(), wrong, advice)


def _fault(spoken: str, ipa: str) -> tuple[str, str] | None:
    """What is wrong with a word, and what may be done beside giving it another form."""
    if not any(character.isalpha() for character in ipa):
        return "nothing is said for it", "write it in words"
    if switch := _SWITCH.search(ipa):
        wrong = f"the voice says it by the rules of another language ({switch[1]})"
        return wrong, "write it in the language's own letters"
    if lost := lost_vowel(spoken, ipa):
        return f"its vowel {lost} ({unicodedata.name(lost).lower()}) is not heard", ""
    return None


def lost_vowel(spoken: str, ipa: str) -> str | None:
    """Give the first written vowel that is not heard in its turn, None when all are.

    Each vowel sign and vowel letter must be heard, in the order in which they are written, as one
    of the sounds that it can have. The vowels that a consonant carries unwritten stand between
    them and may come or not, so that counting alone would let one of them hide a loss. A vowel
    letter under the sign for 'no vowel' (as in the Bengali spelling of the sound æ) is no vowel.

    Args:
        spoken: what the voice was given, in NFC or with composed letters.
        ipa: what it says for that.
    """
    sounds = iter(unicodedata.normalize("NFD", ipa))
    for character, after in zip(spoken, (*spoken[1:], " "), strict=True):
        vowel = _VOWEL.fullmatch(unicodedata.name(character, ""))
        if vowel is None or unicodedata.combining(after) == _VIRAMA:
            continue
        if not any(sound in _SOUNDS[vowel[1]] for sound in sounds):
            return character
    return None
