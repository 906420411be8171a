"""The words of the page for the person who records, read from config/."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.errors import SpeechError
from ivr.paper.sheet.roles import Role
from ivr.paper.sheet.words import read_sheet_words

CONFIG = Path(__file__).parents[2] / "config"
LANGUAGES = ("bn", "en")
FILE = "config/sheet.en.yaml"


def problems(text: str) -> list[str]:
    """The lines of the message with which a text is refused."""
    with pytest.raises(SpeechError) as caught:
        read_sheet_words(text, FILE)
    return str(caught.value).split("\n")


def line_of(part: str, text: str) -> int:
    """The number of the first line that begins so, from 1."""
    return next(n for n, line in enumerate(text.split("\n"), 1) if line.startswith(part))


def shipped_text(language: str) -> str:
    return (CONFIG / f"sheet.{language}.yaml").read_text("utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_shipped_words_are_of_the_language_in_their_name(language: str) -> None:
    words = read_sheet_words(shipped_text(language))
    assert words.language == language
    assert words.roles.keys() == set(Role)


@pytest.mark.parametrize(
    ("old", "new", "at", "problem"),
    [
        pytest.param("\ncode: sheet", "", "#", "'code' is missing; add it", id="missing"),
        pytest.param("sheet: 1", "more: x\nsheet: 1", "more", "'more' is not known", id="unknown"),
        pytest.param(
            "  second: s",
            "  second: s\n  secnd: s",
            "  secnd",
            "'secnd' is not known here; did you mean 'second'?",
            id="unknown in a part",
        ),
        pytest.param("sheet: 1", "sheet: 2", "sheet: 2", "2 is not known here", id="version"),
        pytest.param(
            "sheet: 1", "sheet: 1.0", "sheet:", "1.0 is not known here", id="version, not whole"
        ),
        pytest.param(
            "  minutes: min", "  minutes: 5", "  minutes", "5 should be text", id="wrong type"
        ),
        pytest.param("  minutes: min", "  minutes:", "  minutes", "'minutes' is empty", id="empty"),
        pytest.param(
            "  minutes: min", "  minutes: ''", "  minutes", "'minutes' is empty", id="no letters"
        ),
        pytest.param(
            "'0123456789'",
            "'012345678'",
            "digits:",
            "'012345678' cannot stand here; use the ten digits, 0 first",
            id="nine digits",
        ),
        pytest.param(
            "'0123456789'", "'0123456789+'", "digits:", "'0123456789+' cannot stand", id="eleven"
        ),
        pytest.param(
            "    name: warning\n", "", "  warning:", "'name' is missing", id="role without a name"
        ),
        pytest.param(
            "headings:\n", "headings:\n  a b: x\n", "  a b", "'a b' cannot stand", id="no prompt id"
        ),
        pytest.param(
            "sheet: 1", "sheet: 1\nsheet: 3", "sheet: 3", "'sheet' stands twice", id="twice"
        ),
        pytest.param("sheet: 1", "sheet: [1", "sheet:", "this is not YAML", id="no YAML"),
    ],
)
def test_words_that_do_not_fit_are_refused_by_file_and_line(
    old: str, new: str, at: str, problem: str
) -> None:
    text = shipped_text("en")
    assert text.count(old) == 1
    changed = text.replace(old, new)
    head, told = problems(changed)
    assert head == f"{FILE} cannot be read, it has 1 problem:"
    assert told.startswith(f"  {FILE}:{line_of(at, changed)}: {problem}")


def test_all_problems_are_told_together_in_the_order_of_their_lines() -> None:
    text = shipped_text("en")
    text = text.replace("  minutes: min", "  minutes: 5").replace("  second: s", "  secnd: s")
    text = text.replace("  goodbye:\n    name", "  godbye:\n    name")
    head, *told = problems(text)
    assert head == f"{FILE} cannot be read, it has 3 problems:"
    assert told == [
        f"  {FILE}:{line_of('  minutes', text)}: 5 should be text; put it in quotes: '5'",
        f"  {FILE}:{line_of('  secnd', text)}: 'secnd' is not known here; did you mean 'second'?",
        f"  {FILE}:{line_of('  god', text)}: 'godbye' is not known here; did you mean 'goodbye'?",
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param("", "the file is empty; put back what it held", id="empty"),
        pytest.param("- a", "should be a group of names and values", id="a list"),
    ],
)
def test_a_file_of_other_things_is_refused(text: str, problem: str) -> None:
    _, told = problems(text)
    assert told.startswith(f"  {FILE}:1: ")
    assert problem in told


def test_words_without_a_file_are_refused_by_line() -> None:
    with pytest.raises(
        SpeechError, match=r"^sheet cannot be read.*\n  sheet:1: 'after' is missing"
    ):
        read_sheet_words("sheet: 1")


def test_words_of_another_language_than_the_one_due_are_refused() -> None:
    text = shipped_text("en")
    with pytest.raises(SpeechError, match="the file's name says 'hi', and 'language' says 'en'"):
        read_sheet_words(text, FILE, "hi")
    assert read_sheet_words(text, FILE, "en") == read_sheet_words(text)


@pytest.mark.parametrize("text", ["- a", "language: 5"])
def test_words_of_no_form_are_refused_for_that_alone(text: str) -> None:
    with pytest.raises(SpeechError) as caught:
        read_sheet_words(text, FILE, "en")
    assert "the file's name" not in str(caught.value)


def test_words_are_kept_in_nfc() -> None:
    text = shipped_text("en").replace("thanks: At", "thanks: e\u0301")
    assert read_sheet_words(text).thanks.startswith("\u00e9 the other end")
