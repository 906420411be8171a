"""Languages without a lexicon, and lexicons that were copied and not translated.

What a lexicon would be needed for is not judged then, and that must be told: a check that says
nothing passes for one that found nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from ivr.flow.problem import Finding, Level, in_flow
from ivr.speech.letters import SCRIPTS, is_strange

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from ivr.flow.model import Spec
    from ivr.speech.lexicon import Lexicon

KeyList: TypeAlias = Literal["digits", "press"]
"""A list of a lexicon by whose words the keys in texts are known."""
_COPIED: Final = "en"
"""The lexicon that a new one is best made from: it has the fewest words of its own."""


def lexicon_findings(
    spec: Spec, lexicons: Mapping[str, Lexicon], written: Collection[str]
) -> Iterator[Finding]:
    """A hint for each language without a lexicon, a warning for each lexicon of other letters.

    Args:
        spec: whose languages are looked at, as far as they have words.
        lexicons: language → its lexicon.
        written: the languages that have the file of one, be it ever so broken.
    """
    for place, language in enumerate(spec.flow.flow.languages):
        if language in spec.words and language not in written:
            yield in_flow(("flow", "languages", place), *_missing(language, lexicons), Level.HINT)
    for language, lexicon in lexicons.items():
        untranslated = untranslated_list(lexicon)
        if untranslated is not None:
            what = f"the words of {untranslated} are not in {SCRIPTS[language]} letters"
            to_do = "write those of the language; until then no key that its prompts name is judged"
            file = f"lexicon.{language}.yaml"
            yield Finding(file, (untranslated,), what, to_do, Level.WARNING)


def untranslated_list(lexicon: Lexicon) -> KeyList | None:
    """The list whose words are not in the letters of the language, so that no key is known by them.

    One such word of a digit is enough; of the words of pressing all must be so. None: both lists
    can be used, or the script of the language is not known.
    """
    due = SCRIPTS.get(lexicon.language)
    if any(is_strange(word, due) for word in lexicon.digits or ()):
        return "digits"
    if lexicon.press and all(is_strange(word, due) for word in lexicon.press):
        return "press"
    return None


def _missing(language: str, lexicons: Mapping[str, Lexicon]) -> tuple[str, str]:
    """What is wrong where there is no lexicon, and what to do."""
    file = f"lexicon.{language}.yaml"
    copied = _COPIED if _COPIED in lexicons else next(iter(sorted(lexicons)), None)
    what = f"'{language}' has no {file}: keys that its words name, figures and signs are not judged"
    make = "add that file" if copied is None else f"copy lexicon.{copied}.yaml to it"
    return what, f"{make}, with the language's own words of digits, signs and pressing"
