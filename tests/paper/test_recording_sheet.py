"""The page for the person who reads the prompts aloud: what stands on it, and how it is made."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from ivr.paper.sheet.page import Line, State, sheet
from ivr.paper.sheet.roles import Role
from ivr.paper.sheet.words import SheetWords, read_sheet_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ivr.flow.model import Spec

CONFIG = Path(__file__).parents[2] / "config"
LANGUAGES = ("bn", "en")
VOID = {"meta", "br", "wbr", "img", "link", "hr"}


def shipped_text(language: str) -> str:
    return (CONFIG / f"sheet.{language}.yaml").read_text("utf-8")


@pytest.fixture(scope="module")
def words() -> SheetWords:
    return read_sheet_words(shipped_text("en"))


class Page(HTMLParser):
    """A document as elements with their texts; it fails when tags do not close in their order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.found: list[tuple[str, str, str]] = []
        self._open: list[tuple[str, str, list[str]]] = []
        self.feed(html)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append((tag, dict(attrs).get("class") or "", []))

    def handle_endtag(self, tag: str) -> None:
        opened, name, parts = self._open.pop()
        assert opened == tag
        self.found.append((tag, name, " ".join("".join(parts).split())))

    def handle_data(self, data: str) -> None:
        for _, _, parts in self._open:
            parts.append(data)

    def texts(self, tag: str, name: str = "") -> list[str]:
        """The text of each element of a tag whose classes are `name`, in order of their ends."""
        return [text for found, classes, text in self.found if (found, classes) == (tag, name)]

    def attributes(self, tag: str) -> Iterator[dict[str, str | None]]:
        return (attributes for found, attributes in self.tags if found == tag)


def line(number: int, prompt_id: str = "greeting", **changes: object) -> Line:
    plain = Line(number, prompt_id, "Hello there.", State.MISSING, 2.0, None)
    return msgspec.structs.replace(plain, **changes)


def made(spec: Spec, words: SheetWords, lines: Sequence[Line], code: str = "3f2a") -> Page:
    return Page(sheet(spec.flow, "en", code, lines, words))


def shipped_lines(spec: Spec, language: str) -> list[Line]:
    prompts = spec.words[language].prompts.items()
    return [
        Line(number, prompt_id, text, State.MISSING, 2.0, None)
        for number, (prompt_id, text) in enumerate(prompts, 1)
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_shipped_prompt_stands_once_in_the_order_of_its_file(
    spec: Spec, language: str
) -> None:
    lines = shipped_lines(spec, language)
    html = Page(sheet(spec.flow, language, "3f2a", lines, read_sheet_words(shipped_text(language))))
    assert html.texts("p", "text") == [each.text for each in lines]
    assert html.texts("th", "number") == [f"{each.number:03d}" for each in lines]
    names = html.texts("code")
    for each in lines:
        assert names.count(f"{each.prompt_id}.wav") >= 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_shipped_heading_stands_above_a_prompt(spec: Spec, language: str) -> None:
    words = read_sheet_words(shipped_text(language))
    html = Page(sheet(spec.flow, language, "3f2a", shipped_lines(spec, language), words))
    groups = [each for each in html.attributes("th") if each.get("scope") == "rowgroup"]
    assert len(groups) == len(words.headings)
    text = sheet(spec.flow, language, "3f2a", shipped_lines(spec, language), words)
    places = [text.index(f">{heading}</th>") for heading in words.headings.values()]
    assert places == sorted(places)


def test_lines_before_the_first_heading_need_none(spec: Spec, words: SheetWords) -> None:
    html = made(spec, words, [line(1, "warm_up_key"), line(2, "main_menu")])
    groups = [each for each in html.attributes("th") if each.get("scope") == "rowgroup"]
    assert len(groups) == 1
    assert len(html.texts("tbody")) == 2


def test_what_config_says_is_text_and_never_markup(spec: Spec, words: SheetWords) -> None:
    evil = "<script>alert('&')</script>"
    stale = line(1, text=evil, state=State.STALE, recorded_text=evil + "<b>")
    headed = msgspec.structs.replace(words, thanks=evil, headings={"greeting": evil})
    text = sheet(spec.flow, "en", evil, [stale], headed)
    assert "<script" not in text
    html = Page(text)
    assert html.texts("p", "text") == [evil]
    assert html.texts("q") == [evil + "<b>"]
    assert html.texts("p", "code") == [f"sheet {evil}"]
    assert html.texts("p", "thanks") == [evil]


@pytest.mark.parametrize(
    ("changes", "shown", "hidden"),
    [
        pytest.param({}, ["to record"], ["✓", "slow take"], id="missing"),
        pytest.param({"state": State.RECORDED}, ["✓", "done"], ["to record"], id="recorded"),
        pytest.param(
            {"state": State.STALE, "recorded_text": "Hello."},
            ["!", "words have changed, record again", "Said in the recording: Hello."],
            ["✓"],
            id="stale shows what was said then",
        ),
        pytest.param(
            {"state": State.STALE}, ["record again"], ["Said in the recording"], id="stale, unknown"
        ),
        pytest.param(
            {"state": State.RECORDED, "recorded_text": "Hello there."},
            ["done"],
            ["Said in the recording"],
            id="recorded words are not shown twice",
        ),
        pytest.param({"slow_recorded": True}, ["✓ slow take is there too"], [], id="slow take"),
        pytest.param({"prompt_id": "old"}, ["– not needed now"], ["to record"], id="unused"),
        pytest.param(
            {"prompt_id": "old", "state": State.STALE},
            ["not needed now"],
            ["!"],
            id="unused, stale",
        ),
        pytest.param(
            {"prompt_id": "old", "state": State.RECORDED}, ["✓ done"], ["not needed"], id="spare"
        ),
        pytest.param({"seconds": 3.14}, ["3.1 s"], ["at most"], id="seconds"),
        pytest.param({"seconds": None, "most_seconds": 4.0}, ["at most 4"], [" s "], id="most"),
    ],
)
def test_a_line_tells_its_state_by_word_and_mark(
    spec: Spec, words: SheetWords, changes: dict[str, object], shown: list[str], hidden: list[str]
) -> None:
    html = made(spec, words, [line(1, **changes)])  # type: ignore[arg-type] # fields of Line
    (row,) = (text for tag, name, text in html.found if tag == "tr" and name.startswith("line"))
    row = row.replace("!words", "! words").replace("✓done", "✓ done").replace("–not", "– not")
    assert [part for part in shown if part not in row] == []
    assert [part for part in hidden if part in row] == []


def summary(html: Page) -> dict[str, str]:
    return dict(zip(html.texts("dt"), html.texts("dd"), strict=True))


def test_the_summary_counts_lines_by_state_and_reckons_minutes(
    spec: Spec, words: SheetWords
) -> None:
    lines = [
        line(1, state=State.RECORDED, seconds=50.0),
        line(2, state=State.MISSING, seconds=None),
        line(3, state=State.STALE, seconds=60.0),
        line(4, "old", seconds=600.0),
    ]
    assert summary(made(spec, words, lines)) == {
        "to record": "1",
        "to record again, the words have changed": "1",
        "done": "1",
        "not needed now": "1",
        "all of it together, about": "3 min",
        "what is left, about": "2 min",
    }


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param([line(1, seconds=None)], id="no clip yet"),
        pytest.param([], id="no line"),
        pytest.param([line(1, text="")], id="no letters"),
    ],
)
def test_minutes_are_left_out_where_nothing_is_known_of_them(
    spec: Spec, words: SheetWords, lines: list[Line]
) -> None:
    assert len(summary(made(spec, words, lines))) == 3


def test_counts_and_seconds_are_written_in_the_digits_of_the_page(spec: Spec) -> None:
    bengali = read_sheet_words(shipped_text("bn"))
    html = Page(sheet(spec.flow, "bn", "3f2a", [line(12, seconds=4.5)], bengali))
    assert html.texts("dd")[0] == "১"
    assert "৪.৫" in html.texts("td", "seconds")[0]
    assert html.texts("th", "number") == ["012"]


def test_the_code_stands_in_the_header_and_in_the_command(spec: Spec, words: SheetWords) -> None:
    html = made(spec, words, [line(1)], code="90ab")
    assert html.texts("p", "code") == ["sheet 90ab"]
    assert html.texts("code", "command") == [
        ".venv/bin/ivr audio import FOLDER --sheet 90ab",
        ".venv/bin/ivr audio import FOLDER --language en",
    ]


def test_the_command_names_no_language_where_it_is_the_lines_own(spec: Spec) -> None:
    html = Page(sheet(spec.flow, "bn", "90ab", [line(1)], read_sheet_words(shipped_text("bn"))))
    assert html.texts("code", "command")[1] == ".venv/bin/ivr audio import FOLDER"


def test_backticks_enclose_names_of_files(spec: Spec, words: SheetWords) -> None:
    html = made(spec, words, [line(1)])
    assert {"001.slow.wav", "greeting.slow.wav"} <= set(html.texts("code"))
    assert not any("`" in text for _, _, text in html.found)


def test_the_page_needs_nothing_from_elsewhere(spec: Spec, words: SheetWords) -> None:
    text = sheet(spec.flow, "en", "3f2a", shipped_lines(spec, "en"), words)
    tags = {tag for tag, _ in Page(text).tags}
    assert not tags & {"script", "img", "link", "iframe", "object"}
    assert [part for part in ("url(", "@import", "http:", "https:", " src=") if part in text] == []


def test_nothing_is_printed_in_small_type(spec: Spec, words: SheetWords) -> None:
    printed = sheet(spec.flow, "en", "3f2a", [line(1)], words).partition("@media print")[2]
    sizes = {
        names.strip(): float(size)
        for names, size in re.findall(
            r"^ *([^{}@]+) \{[^}]*font-size: ([\d.]+)pt", printed, re.MULTILINE
        )
    }
    assert min(sizes.values()) >= 11
    assert sizes[".text"] >= 16
    assert {"html", ".small, dt, thead th"} <= sizes.keys()  # what else is in rem goes by html


def test_the_table_can_be_read_by_a_screen_reader(spec: Spec) -> None:
    bengali = read_sheet_words(shipped_text("bn"))
    text = sheet(spec.flow, "en", "3f2a", [line(1)], bengali)
    html = Page(text)
    assert text.startswith("<!DOCTYPE html>\n")
    assert [each["lang"] for each in html.attributes("html")] == ["bn"]
    scopes = [each.get("scope") for each in html.attributes("th")]
    assert scopes == [None, "col", "col", "col", "col", "rowgroup", "row"]
    assert html.texts("caption") == [bengali.table.caption]
    prompts = [each for each in html.attributes("p") if each.get("class") == "text"]
    assert [each["lang"] for each in prompts] == ["en"]


def test_the_same_lines_make_the_same_page(spec: Spec, words: SheetWords) -> None:
    lines = shipped_lines(spec, "en")
    first, second = (sheet(spec.flow, "en", "3f2a", lines, words) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("prompt_id", ["choose_app", "old"])
def test_a_line_carries_the_hint_of_its_role(spec: Spec, language: str, prompt_id: str) -> None:
    words = read_sheet_words(shipped_text(language))
    role = {"choose_app": Role.OPTION, "old": Role.UNUSED}[prompt_id]
    html = Page(sheet(spec.flow, language, "3f2a", [line(1, prompt_id)], words))
    assert f"{words.roles[role].name}: {words.roles[role].hint}" in html.texts("p", "small")
