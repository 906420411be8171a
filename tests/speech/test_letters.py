"""Letters of another script, and figures and signs that no lexicon says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.flow.model import Facts, Spec, Words
from ivr.flow.problem import Level
from ivr.speech.letters import UNTRANSLATED, letter_findings, script_of
from tests.speech.written_lexicon import lexicon_of

if TYPE_CHECKING:
    from ivr.flow.model import Flow
    from ivr.speech.lexicon import Lexicon

DAY = "2020-04-18"


def found(
    flow: Flow, language: str, text: str, lexicons: dict[str, Lexicon] | None = None
) -> list[str]:
    words = Words(language=language, facts_as_of=DAY, prompts={"hello": text})
    facts = Facts(facts_as_of=DAY, facts={})
    spec = Spec(flow=flow, words={language: words}, facts=facts, content_hash="")
    findings = list(letter_findings(spec, lexicons or {}))
    assert {each.level for each in findings} <= {Level.WARNING}
    assert {(each.file, each.path) for each in findings} <= {
        (f"prompts/{language}.yaml", ("prompts", "hello"))
    }
    return [each.what.removeprefix("'hello' has ") for each in findings]


@pytest.fixture(scope="module")
def flow(spec: Spec) -> Flow:
    return spec.flow


def test_the_shipped_words_hold_only_what_can_be_said(
    spec: Spec, lexicons: dict[str, Lexicon]
) -> None:
    assert list(letter_findings(spec, lexicons)) == []


@pytest.mark.parametrize(
    ("language", "text", "told"),
    [
        ("bn", "ওটিপি কাউকে বলবেন না।", []),
        ("bn", "OTP কাউকে বলবেন না।", ["Latin letters: OTP"]),
        ("bn", "a b c d", ["Latin letters: a, b, c and 1 more"]),
        ("bn", "OTP OTP привет", ["Latin letters: OTP", "Cyrillic letters: привет"]),
        ("bn", "ভাवা", ["letters of two scripts in one word: ভাवা (Bengali and Devanagari)"]),
        ("bn", "হেল্প্\u200cলাইন — “১৯৩০”, 1930!", []),
        ("hi", "नमस्ते। OTP", ["Latin letters: OTP"]),
        ("hi", "নমস্কার", ["Bengali letters: নমস্কার"]),
        ("ta", "வணக்கம்", []),
        ("en", "café, naïve", []),
        ("en", "cafe\u0301 x\u0323", []),
        ("en", "p\u0430y", ["letters of two scripts in one word: p\u0430y (Cyrillic and Latin)"]),
        ("xx", "abc कखग", []),
    ],
)
def test_letters_are_those_of_the_language(
    flow: Flow, language: str, text: str, told: list[str]
) -> None:
    assert found(flow, language, text) == told


@pytest.mark.parametrize("count", [UNTRANSLATED, UNTRANSLATED + 1])
def test_a_file_that_is_not_translated_yet_is_told_once(flow: Flow, count: int) -> None:
    prompts = {f"hello_{number}": "Hello 1" for number in range(count)} | {"own": "নমস্কার Anna"}
    words = Words(language="bn", facts_as_of=DAY, prompts=prompts)
    facts = Facts(facts_as_of=DAY, facts={})
    findings = list(
        letter_findings(Spec(flow=flow, words={"bn": words}, facts=facts, content_hash=""), {})
    )
    whole = f"{count} prompts are not in Bengali letters: hello_0, hello_1, hello_2 and 3 more"
    slips = [f"'hello_{number}' has Latin letters: Hello" for number in range(count)]
    expected = [whole] if count > UNTRANSLATED else slips
    assert [each.what for each in findings] == [*expected, "'own' has Latin letters: Anna"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("১৯৩০ আর 1930", []),
        ("₹50, 5%", []),
        ("10/5/2020", []),
        ("½ ভাগ", ["signs for which there are no words: ½"]),
        ("ক ~ খ | গ", ["signs for which there are no words: ~, |"]),
        ("$5", ["signs for which there are no words: $"]),
        ("<b>5</b> &amp; 6 > 5 \u263a", []),  # markup and pictures are errors of another check
        ("ক + খ", []),
    ],
)
def test_figures_and_signs_need_words_in_the_lexicon(
    flow: Flow, lexicons: dict[str, Lexicon], text: str, told: list[str]
) -> None:
    assert found(flow, "bn", text, lexicons) == told


def test_without_digits_in_the_lexicon_figures_are_told(flow: Flow) -> None:
    lexicons = {"bn": lexicon_of("lexicon: 1\nlanguage: bn")}
    assert found(flow, "bn", "১৯৩০ বা 5", lexicons) == [
        "figures for which there are no words: ১৯৩০, 5"
    ]


@pytest.mark.parametrize(
    ("letter", "script"),
    [("ক", "Bengali"), ("\u09be", "Bengali"), ("a", "Latin"), ("1", None), ("\u0301", None)],
)
def test_a_letter_is_known_by_its_script(letter: str, script: str | None) -> None:
    assert script_of(letter) == script
