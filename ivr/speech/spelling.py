"""Words as config writes them → sentences that a voice says rightly.

What is respelt here reaches the voice only; a clip's title keeps the words as they stand. Figures
and signs become words first, then the lexicon mends words, then the offline voice's own spelling
comes. The rules for that voice were measured on espeak-ng 1.52 by its IPA.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from ivr.errors import SpeechError
from ivr.flow.terms import JOINERS
from ivr.speech.lexicon import IN_WORD

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
_WORD = re.compile(rf"{IN_WORD}+")

_JOINT = r".,:/\u2010-\u2014-"
"""What stands between the figures of one number: point, comma, or a sign of dates and times."""
_NUMBER = re.compile(rf"\d+(?:[\s{_JOINT}]\d+)*")
_SUM = rf"\d+(?:[{_JOINT}]\d+)*"
_DECIMAL = re.compile(r"\d+\.\d+")
_AT_FIGURES = re.compile(rf"(?<=\d)(?!\d)(?={IN_WORD})|(?<={IN_WORD})(?<!\d)(?=\d)")

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
    text = respell(utterance.text, engine, lexicons.get(utterance.language))
    sentences = split_sentences(text, utterance.language)
    if not sentences:
        raise SpeechError(
            f"Prompt {utterance.label} has nothing to say; write its words in"
            f" config/prompts/{utterance.language}.yaml."
        )
    return sentences


def respell(text: str, engine: str, lexicon: Lexicon | None) -> str:
    """Give the text that `engine` must be given so that it says `text`, on one line and in NFC.

    Args:
        text: words as config writes them.
        engine: the voice's name, `espeak` or `gtts`.
        lexicon: the language's lexicon; None leaves words, figures and signs as they are.
    """
    text = " ".join(unicodedata.normalize("NFC", text).split())
    if lexicon is not None:
        text = say_figures(say_symbols(text, lexicon), lexicon)
        text = _WORD.sub(lambda word: lexicon.spoken(word[0], engine), text)
    return for_espeak(text) if engine == "espeak" else text


def split_words(text: str) -> list[str]:
    """List the words of a text in NFC, without the marks and hyphens between them."""
    return _WORD.findall(unicodedata.normalize("NFC", text))


def say_symbols(text: str, lexicon: Lexicon) -> str:
    """Put a lexicon's words in the place of its signs; a sum's currency is said after the sum."""
    if not lexicon.symbols:
        return text
    money = re.escape("".join(s for s in lexicon.symbols if unicodedata.category(s) == "Sc"))
    if money:
        text = re.sub(rf"([{money}])\s?({_SUM})", r"\2 \1", text)
    signs = re.escape("".join(lexicon.symbols))
    apart = rf"(?<=[{signs}])(?={IN_WORD})|(?<={IN_WORD})(?=[{signs}])"
    words = {ord(sign): word for sign, word in lexicon.symbols.items()}
    return re.sub(apart, " ", text).translate(words)


def say_figures(text: str, lexicon: Lexicon) -> str:
    """Say figures one by one in a lexicon's words, each but the last with a comma after it.

    The comma keeps the voice up where another figure follows. Figures that touch letters are
    divided from them. A comma between figures only groups them and is not said. One point between
    figures is said as the lexicon's word for it. Whatever else stands between figures (a date's
    points, dashes and strokes, a time's colon, the space of a number in groups) becomes a
    semicolon, so that the parts stay apart and nothing is said that does not stand there.
    """
    digits = lexicon.digits
    if digits is None:
        return text
    text = _AT_FIGURES.sub(" ", text)
    return _NUMBER.sub(lambda number: _number(number[0], digits, lexicon.point), text)


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


def _number(number: str, digits: Sequence[str], point: str | None) -> str:
    number = number.replace(",", "")
    decimal = point is not None and _DECIMAL.fullmatch(number) is not None
    groups = re.split(r"\D", number)
    rows = [", ".join(digits[int(figure)] for figure in group) for group in groups]
    return f", {point}, ".join(rows) if decimal else "; ".join(rows)


def _sayable(parts: list[str]) -> tuple[str, ...]:
    stripped = (part.strip() for part in parts)
    return tuple(part for part in stripped if any(character.isalnum() for character in part))
