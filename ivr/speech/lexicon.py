"""The pronunciation lexicon: what a voice says wrongly as it is written, and what to give it.

It is data (`config/lexicon.<language>.yaml`), so that a word can be mended without programming.
Nothing here looks for files; whoever puts the program together reads them.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta, Struct

from ivr.flow.reading import nfc_source, read_source
from ivr.flow.schema import schema_of
from ivr.flow.terms import JOINERS, Language

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ivr.flow.problem import Problem
    from ivr.flow.reading import Read
    from ivr.flow.source import Source

HASANTA = "\u09cd"
_VOWEL_SIGN = re.compile(r"[\u09be-\u09cc\u09d7]")

_PUNCTUATION: Final = (
    r"\s\u0964\u0965.,;:?!()\[\]'\u0022\u2018\u2019\u201c\u201d\u2010-\u2014\u002d"
)
"""White space, marks and hyphens, as the inside of a character class."""

IN_WORD: Final = (
    r"(?:[^\W_]|[\u0300-\u036f\u0900-\u0963\u0966-\u09f1\u09fc-\u0af0\u0af2-\u0bf2\u0c00-\u0dff"
    r"\u200c\u200d])"
)
"""One character of a word: letters and figures, and the signs, marks and joiners that are no `\\w`.

The scripts of India stand together in Unicode; their dandas and currency signs are left out.
"""

Form = Annotated[str, Meta(pattern=r"\S", description="words that are said")]
Written = Annotated[
    str,
    Meta(
        pattern=rf"^{IN_WORD}+$(?!\n)",
        description="one word, without spaces, signs and punctuation",
    ),
]
Sign = Annotated[
    str,
    Meta(
        pattern=rf"^(?:_|[^\w{_PUNCTUATION}])$(?!\n)",
        description="one sign, such as %, and no letter, figure or punctuation",
    ),
]


class Word(Struct, frozen=True, forbid_unknown_fields=True):
    """One written word and its spoken form for each engine that says it wrongly.

    Attributes:
        written: the word as config writes it, without spaces.
        espeak: what the offline voice is given; None leaves the word as it is.
        gtts: what Google's voice is given; None leaves the word as it is.
        endings: the lexicon's list of endings that the word may carry; None means none.
    """

    written: Written
    espeak: Form | None = None
    gtts: Form | None = None
    endings: str | None = None

    def spoken(self, engine: str) -> str | None:
        """Give the spoken form for an engine, None where it says the word well."""
        return {"espeak": self.espeak, "gtts": self.gtts}.get(engine)


class Lexicon(Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """The words of one language, and how its figures and signs are said.

    Attributes:
        lexicon: version of this form, always 1.
        language: ISO 639 code.
        digits: the words for the figures 0 to 9; None leaves figures to the voice.
        point: the word for the point of a number such as 2.5; None says it as a pause.
        symbols: sign → the word for it; a sign that is not here is left to the voice.
        press: words beside which the word of a digit, of * or of # names a key, such as `press`;
            empty: which keys a text names cannot be told.
        endings: lists of case endings, particles and verb endings, each by its name.
        words: the words, in any order.
    """

    lexicon: Literal[1]
    language: Language
    digits: Annotated[tuple[Form, ...], Meta(min_length=10, max_length=10)] | None = None
    point: Form | None = None
    symbols: dict[Sign, Form] = {}
    press: tuple[Written, ...] = ()
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


def judge_lexicon(text: str, file: str) -> Read[Lexicon]:
    """The lexicon of a text (YAML), in NFC and without joiners where written, or its faults.

    Args:
        text: the whole file.
        file: its name for messages, such as `config/lexicon.bn.yaml`.
    """
    source = nfc_source(text, file)
    read = read_source(source, schema_of("lexicon", Lexicon), Lexicon, _problems(source))
    if read.value is None:
        return read
    return msgspec.structs.replace(read, value=_normalised(read.value))


def _normalised(lexicon: Lexicon) -> Lexicon:
    """The words in NFC once more, since YAML may have written a letter by its number."""
    words = tuple(
        msgspec.structs.replace(
            word, written=unicodedata.normalize("NFC", word.written).translate(JOINERS)
        )
        for word in lexicon.words
    )
    return msgspec.structs.replace(lexicon, words=words)


def _problems(source: Source) -> Iterator[Problem]:
    """What the schema cannot see, as far as the data has the form of a lexicon."""
    if isinstance(source.data, dict):
        entries = _entries(source.data)
        yield from _written_twice(source, entries)
        yield from _unknown_endings(source, entries)


def _entries(data: Mapping[str, Any]) -> list[tuple[int, Mapping[str, Any]]]:
    """The words that have the form of a word, so that all problems can be told together."""
    words = data.get("words")
    listed = enumerate(words) if isinstance(words, list) else ()
    return [(place, entry) for place, entry in listed if isinstance(entry, dict)]


def _written_twice(
    source: Source, entries: Iterable[tuple[int, Mapping[str, Any]]]
) -> Iterator[Problem]:
    """Of two entries for one word only one could count."""
    lines: dict[str, int] = {}
    for place, entry in entries:
        path = ("words", place, "written")
        written = entry.get("written")
        if not isinstance(written, str):
            continue
        bare = written.translate(JOINERS)
        if bare in lines:
            already = f"'{bare}' stands already in line {lines[bare]}"
            yield source.problem(path, already, "remove one of the two")
        lines.setdefault(bare, source.line(path))


def _unknown_endings(
    source: Source, entries: Iterable[tuple[int, Mapping[str, Any]]]
) -> Iterator[Problem]:
    """A word's endings must be one of the lists at the top of the file."""
    lists = source.data.get("endings")
    known = list(lists) if isinstance(lists, dict) else []
    for place, entry in entries:
        name = entry.get("endings")
        if isinstance(name, str) and name not in known:
            advice = (
                f"use one of: {', '.join(known)}" if known else "add that list, or leave it out"
            )
            what = f"there is no list of endings named '{name}'"
            yield source.problem(("words", place, "endings"), what, advice)
