"""The words of leaflet, SMS and script, read from config/."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.errors import PaperError
from ivr.flow.reading import nfc_source
from ivr.paper.pages.words import read_paper_words

CONFIG = Path(__file__).parents[2] / "config"
FILE = "config/paper.en.yaml"


def shipped_text(language: str) -> str:
    return (CONFIG / f"paper.{language}.yaml").read_text("utf-8")


def problems(text: str) -> list[str]:
    """The lines of the message with which a text is refused."""
    with pytest.raises(PaperError) as caught:
        read_paper_words(nfc_source(text, FILE))
    return str(caught.value).split("\n")


@pytest.mark.parametrize("language", ["bn", "en"])
def test_the_shipped_words_are_of_the_language_in_their_name(language: str) -> None:
    words = read_paper_words(nfc_source(shipped_text(language), FILE))
    assert words.language == language
    assert "1930" in " ".join(words.safety.items)
    assert "1930" in " ".join(words.sms.safety)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        pytest.param("\nwho: We", "\nwhom: We", "did you mean 'who'?", id="missing"),
        pytest.param("paper: 1\n", "paper: 1\nmore: x\n", "'more' is not known here", id="unknown"),
        pytest.param("paper: 1\n", "paper: 2\n", "2 is not known here", id="version"),
        pytest.param(
            "paper: 1\n", "paper: 1.0\n", "1.0 is not known here", id="version, not whole"
        ),
        pytest.param(", December]", "]", "it has 11 parts, 12 are needed", id="eleven months"),
        pytest.param("  step: Step\n  dated", "  step: ''\n  dated", "'step' is empty", id="empty"),
        pytest.param("paper: 1\n", "paper: [1\n", "this is not YAML", id="no YAML"),
    ],
)
def test_words_that_do_not_fit_are_refused_by_file_and_line(
    old: str, new: str, problem: str
) -> None:
    text = shipped_text("en")
    assert text.count(old) == 1
    head, *told = problems(text.replace(old, new))
    assert head.startswith(f"{FILE} cannot be read, it has ")
    assert any(line.startswith(f"  {FILE}:") and problem in line for line in told)


def test_words_are_kept_in_nfc() -> None:
    text = shipped_text("en").replace("who: We", "who: e\u0301")
    assert read_paper_words(nfc_source(text, FILE)).who.startswith("\u00e9 are not")
