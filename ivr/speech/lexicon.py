"""The pronunciation lexicon: written words that a voice says wrongly, and what to give it instead.

It is data (`config/lexicon.<language>.yaml`), so that a word can be mended without programming.
Nothing here looks for files; whoever puts the program together reads them.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import Annotated, Any, Literal

import msgspec
import yaml
from msgspec import Meta, Struct

from ivr.errors import SpeechError
from ivr.flow.model import JOINERS

HASANTA = "\u09cd"
_VOWEL_SIGN = re.compile(r"[\u09be-\u09cc\u09d7]")

Form = Annotated[str, Meta(min_length=1)]


class Word(Struct, frozen=True, forbid_unknown_fields=True):
    """One written word and its spoken form for each engine that says it wrongly.

    Attributes:
        written: the word as config writes it, without spaces.
        espeak: what the offline voice is given; None leaves the word as it is.
        gtts: what Google's voice is given; None leaves the word as it is.
        endings: the lexicon's list of endings that the word may carry; None means none.
    """

    written: Form
    espeak: Form | None = None
    gtts: Form | None = None
    endings: str | None = None

    def spoken(self, engine: str) -> str | None:
        """Give the spoken form for an engine, None where it says the word well."""
        return {"espeak": self.espeak, "gtts": self.gtts}.get(engine)


class Lexicon(Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """The words of one language.

    Attributes:
        lexicon: version of this form, always 1.
        language: ISO 639 code.
        endings: lists of case endings, particles and verb endings, each by its name.
        words: the words, in any order.
    """

    lexicon: Literal[1]
    language: str
    endings: dict[str, tuple[Form, ...]] = {}
    words: tuple[Word, ...] = ()

    def spoken(self, word: str, engine: str) -> str:
        """Give what `engine` must be given so that it says `word`; the ending stays as it is."""
        bare = word.translate(JOINERS)
        for length in range(len(bare), 0, -1):
            entry, ending = self._by_written.get(bare[:length]), bare[length:]
            if entry is None or (
                ending and ending not in self.endings.get(entry.endings or "", ())
            ):
                continue
            form = entry.spoken(engine)
            if form is not None:
                return _joined(form, ending)
        return word

    @functools.cached_property
    def _by_written(self) -> dict[str, Word]:
        return {entry.written: entry for entry in self.words}


def _joined(form: str, ending: str) -> str:
    """Add an ending; before a vowel sign the sign for 'no vowel' (hasanta) goes."""
    if _VOWEL_SIGN.match(ending):
        form = form.removesuffix(HASANTA)
    return form + ending


def read_lexicon(text: str) -> Lexicon:
    """Parse the text of a lexicon file (YAML) into a lexicon in NFC, without joiners where written.

    Raises:
        SpeechError: the text is not YAML, has unknown keys or endings, or names a word twice.
    """
    try:
        content: Any = yaml.safe_load(unicodedata.normalize("NFC", text))
        lexicon = msgspec.convert(content, Lexicon)
    except (yaml.YAMLError, msgspec.ValidationError) as exc:
        raise SpeechError(f"The pronunciation lexicon cannot be read: {exc}") from exc
    unknown = sorted({word.endings for word in lexicon.words if word.endings} - {*lexicon.endings})
    if unknown:
        raise SpeechError(f"The pronunciation lexicon has no endings named {', '.join(unknown)}")
    words = tuple(
        msgspec.structs.replace(word, written=word.written.translate(JOINERS))
        for word in lexicon.words
    )
    written = [word.written for word in words]
    twice = sorted({word for word in written if written.count(word) > 1})
    if twice:
        raise SpeechError(f"The pronunciation lexicon has more than once: {', '.join(twice)}")
    return msgspec.structs.replace(lexicon, words=words)
