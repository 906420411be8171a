"""Letters, figures and signs that a voice of the language would say wrongly or not at all.

A voice that meets letters of another script changes to another language or drops them, without a
word of warning; and some letters look like others, so that nobody sees it in the text.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from ivr.flow.problem import Finding, Level, in_words
from ivr.speech.spelling import say_figures, say_symbols, split_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ivr.flow.model import Spec
    from ivr.speech.lexicon import Lexicon

SCRIPTS: Final = {
    **dict.fromkeys(("as", "bn"), "Bengali"),
    **dict.fromkeys(("hi", "mr", "ne", "sa", "mai", "kok", "doi", "brx"), "Devanagari"),
    **dict.fromkeys(("ar", "fa", "ur", "ks", "sd"), "Arabic"),
    **dict.fromkeys(("de", "en", "es", "fr", "id", "it", "nl", "pt", "sw", "vi"), "Latin"),
    "gu": "Gujarati",
    "kn": "Kannada",
    "ml": "Malayalam",
    "or": "Oriya",
    "pa": "Gurmukhi",
    "si": "Sinhala",
    "ta": "Tamil",
    "te": "Telugu",
}
"""Language → its script, by the name that begins the Unicode names of its letters.

A language that is not here is not judged.
"""
NAMED: Final = 3
"""So many words or signs are named; the rest is counted."""
UNTRANSLATED: Final = 5
"""More prompts without one letter of their script are a translation not yet made, not slips."""
_SIGNS: Final = "#%&@*/\\|~^_=+"
_MARKUP: Final = re.compile(r"<[^>]*>?|>|&\w+;")
"""What no text may hold at all: another check tells of it (see `ivr.flow.content`)."""
_PICTURES: Final = "\u2600"
"""From here on signs are pictures, of which the same is told."""


def letter_findings(spec: Spec, lexicons: Mapping[str, Lexicon]) -> Iterator[Finding]:
    """Each prompt with letters that are not of its language, or with what no lexicon says.

    Letters are judged in the languages of `SCRIPTS`, figures and signs in those with a lexicon.

    Args:
        spec: whose words are judged.
        lexicons: language → its lexicon.
    """
    for language, words in spec.words.items():
        script = SCRIPTS.get(language)
        texts = {name: _MARKUP.sub(" ", text) for name, text in words.prompts.items()}
        strange = [name for name, text in texts.items() if is_strange(text, script)]
        if len(strange) > UNTRANSLATED:
            what = f"{len(strange)} prompts are not in {script} letters: {_listed(strange)}"
            yield in_words(language, ("prompts",), what, "translate them", Level.WARNING)
            texts = {name: text for name, text in texts.items() if name not in strange}
        for prompt_id, text in texts.items():
            for what, to_do in (
                *_foreign(text, script),
                *_unsaid(text, language, lexicons.get(language)),
            ):
                path = ("prompts", prompt_id)
                yield in_words(language, path, f"'{prompt_id}' has {what}", to_do, Level.WARNING)


def is_strange(text: str, due: str | None) -> bool:
    """Whether a text has letters, and none of the script that is due (None: any will do)."""
    scripts = {script_of(letter) for letter in text} - {None}
    return due is not None and bool(scripts) and due not in scripts


def _foreign(text: str, due: str | None) -> Iterator[tuple[str, str]]:
    """What of a text is written in letters of other scripts, a script at a time."""
    if due is None:
        return
    found: dict[str, list[str]] = {}
    mixed: list[str] = []
    for word in split_words(text):
        scripts = {script for letter in word if (script := script_of(letter)) is not None}
        if len(scripts) > 1:
            mixed.append(f"{word} ({' and '.join(sorted(scripts))})")
        for script in scripts - {due} if len(scripts) == 1 else ():
            found.setdefault(script, []).append(word)
    for script, words in found.items():
        yield (
            f"{script} letters: {_listed(words)}",
            f"write it in {due} letters, as it is spoken, or the voice says it wrongly",
        )
    if mixed:
        yield f"letters of two scripts in one word: {_listed(mixed)}", "type the word anew"


def _unsaid(text: str, language: str, lexicon: Lexicon | None) -> Iterator[tuple[str, str]]:
    """Figures and signs that reach the voice as they stand, since the lexicon has no word."""
    if lexicon is None:
        return
    given = say_figures(say_symbols(text, lexicon), lexicon)
    figures = [word for word in split_words(given) if any(map(str.isdecimal, word))]
    if figures:
        yield (
            f"figures for which there are no words: {_listed(figures)}",
            f"write the number in words, or add digits to lexicon.{language}.yaml",
        )
    signs = [character for character in given if _is_sign(character)]
    if signs:
        yield (
            f"signs for which there are no words: {_listed(signs)}",
            f"write it in words, or add it to symbols in lexicon.{language}.yaml",
        )


def script_of(letter: str) -> str | None:
    """The script of a letter or of a sign that stands on one, such as `Bengali`.

    None for what stands in any script: figures, marks, joiners, accents.
    """
    if not unicodedata.category(letter).startswith(("L", "M")):
        return None
    script = unicodedata.name(letter, "UNKNOWN").split()[0]
    return None if script in {"COMBINING", "MODIFIER"} else script.capitalize()


def _is_sign(character: str) -> bool:
    if character >= _PICTURES:
        return False
    category = unicodedata.category(character)
    return category.startswith("S") or category in {"No", "Nl"} or character in _SIGNS


def _listed(found: Iterable[str]) -> str:
    """Each once, as far as a line holds them."""
    names = list(dict.fromkeys(found))
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
