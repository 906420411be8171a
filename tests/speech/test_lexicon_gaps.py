"""Languages without a lexicon, and lexicons that were copied and not translated."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from ivr.flow.problem import Level
from ivr.speech.lexicon_gaps import lexicon_findings, untranslated_list
from tests.speech.written_lexicon import lexicon_of

if TYPE_CHECKING:
    from ivr.flow.model import Spec
    from ivr.speech.lexicon import Lexicon

HINDI = "शून्य, एक, दो, तीन, चार, पाँच, छह, सात, आठ, नौ"
ENGLISH = "zero, one, two, three, four, five, six, seven, eight, nine"


def written(language: str, digits: str, press: str = "") -> Lexicon:
    return lexicon_of(f"{{lexicon: 1, language: {language}, digits: [{digits}], press: [{press}]}}")


def test_the_shipped_lexicons_are_of_their_languages(
    spec: Spec, lexicons: dict[str, Lexicon]
) -> None:
    assert list(lexicon_findings(spec, lexicons, lexicons)) == []


@pytest.mark.parametrize(
    ("language", "digits", "press", "named"),
    [
        pytest.param("hi", HINDI, "दबाएँ", None, id="translated"),
        pytest.param("hi", HINDI, "", None, id="without words of pressing"),
        pytest.param("hi", HINDI, "दबाएँ, press", None, id="one word of pressing more"),
        pytest.param("hi", ENGLISH, "press", "digits", id="copied"),
        pytest.param("hi", HINDI.replace("नौ", "nine"), "दबाएँ", "digits", id="one left over"),
        pytest.param("hi", HINDI, "press, key", "press", id="digits alone translated"),
        pytest.param("en", HINDI, "press", "digits", id="the other way round"),
        pytest.param("hi", "'0', '1', '2', '3', '4', '5', '6', '7', '8', '9'", "", None, id="-"),
        pytest.param("xx", ENGLISH, "press", None, id="a script that is not known"),
    ],
)
def test_words_of_other_letters_are_found(
    language: str, digits: str, press: str, named: str | None
) -> None:
    assert untranslated_list(written(language, digits, press)) == named


def test_a_lexicon_without_digits_has_none_of_other_letters() -> None:
    assert untranslated_list(lexicon_of("{lexicon: 1, language: hi}")) is None


@pytest.mark.parametrize(
    ("there", "to_do"),
    [
        pytest.param(("bn", "en"), "copy lexicon.en.yaml to it", id="English first"),
        pytest.param(("bn",), "copy lexicon.bn.yaml to it", id="another"),
        pytest.param((), "add that file", id="none"),
    ],
)
def test_a_language_without_a_lexicon_is_told_once_as_a_hint(
    spec: Spec, lexicons: dict[str, Lexicon], there: tuple[str, ...], to_do: str
) -> None:
    head = replace(spec.flow.flow, languages=("bn", "en", "hi", "ta"))
    words = {**spec.words, "hi": spec.words["en"]}  # and none of Tamil, which is told elsewhere
    wider = replace(spec, flow=replace(spec.flow, flow=head), words=words)
    known = {language: lexicons[language] for language in there}
    (finding,) = lexicon_findings(wider, known, {"bn", "en"})
    assert (finding.file, finding.path, finding.level) == (
        "flow.yaml",
        ("flow", "languages", 2),
        Level.HINT,
    )
    assert finding.what.startswith("'hi' has no lexicon.hi.yaml: keys that its words name, figures")
    assert finding.to_do.startswith(f"{to_do}, with the language's own words")
