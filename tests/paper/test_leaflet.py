"""The leaflet: its steps, its safety rule, its number, and how it is printed."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import msgspec
import pytest

from ivr.paper.pages.leaflet import leaflet
from ivr.paper.pages.steps import in_digits, written_steps
from tests.paper.papers import NUMBER, printer, shipped

if TYPE_CHECKING:
    from ivr.flow.model import Spec

LANGUAGES = ("bn", "en")


class Leaf(HTMLParser):
    """A document as elements with their texts, in the order of their ends."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.found: list[tuple[str, str, str]] = []
        self._open: list[tuple[str, str, list[str]]] = []
        self.feed(html)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag != "meta":
            self._open.append((tag, dict(attrs).get("class") or "", []))

    def handle_endtag(self, tag: str) -> None:
        opened, name, parts = self._open.pop()
        assert opened == tag
        self.found.append((tag, name, " ".join("".join(parts).split())))

    def handle_data(self, data: str) -> None:
        for _, _, parts in self._open:
            parts.append(data)

    def texts(self, tag: str, name: str = "") -> list[str]:
        return [text for found, classes, text in self.found if (found, classes) == (tag, name)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_step_has_its_number_its_words_and_a_box(spec: Spec, language: str) -> None:
    words = shipped(language)
    page = Leaf(leaflet(spec, words, NUMBER))
    steps = written_steps(spec, words)
    assert page.texts("li", "step") == [in_digits(step.number, words) + step.text for step in steps]
    assert len(page.texts("span", "box")) == len(steps)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_safety_rule_stands_above_the_steps(spec: Spec, language: str) -> None:
    words = shipped(language)
    html = leaflet(spec, words, NUMBER)
    (safety,) = Leaf(html).texts("section", "safety")
    assert safety.startswith(words.safety.heading)
    assert [each for each in words.safety.items if each not in safety] == []
    assert html.index('class="safety"') < html.index('class="step"')


@pytest.mark.parametrize(
    ("language", "numbers"),
    [
        pytest.param("bn", ["+91 98300 12345", "+৯১ ৯৮৩০০ ১২৩৪৫"], id="bn, in both digits"),
        pytest.param("en", ["+91 98300 12345"], id="en"),
    ],
)
def test_the_number_is_grouped_for_reading(spec: Spec, language: str, numbers: list[str]) -> None:
    page = Leaf(leaflet(spec, shipped(language), NUMBER))
    told = page.texts("span", "telephone") + page.texts("span", "telephone spelt")
    assert told == numbers


def test_without_a_number_there_is_room_to_write_it(spec: Spec) -> None:
    words = shipped("en")
    (call,) = Leaf(leaflet(spec, words, None)).texts("section", "call")
    assert words.call.by_hand in call
    assert words.call.label not in call
    assert "+" not in call


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_says_of_which_day_the_steps_are_and_who_the_line_is_not(
    spec: Spec, language: str
) -> None:
    words = shipped(language)
    day = {"bn": "১৮ এপ্রিল ২০২০", "en": "18 April 2020"}[language]
    text = " ".join(Leaf(leaflet(spec, words, NUMBER)).texts("p", "small"))
    assert f"{words.dated.label}: {day} · {words.dated.text}" in text
    assert f"ঘরে বসে · Ghore Boshe · {words.who}" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_written_by_hand_is_never_a_secret(spec: Spec, language: str) -> None:
    words = shipped(language)
    page = Leaf(leaflet(spec, words, NUMBER))
    labels = page.texts("p", "line")
    assert labels == list(words.leaflet.notes.lines)
    secrets = re.compile("OTP|PIN|answer|ওটিপি|পিন|উত্তর|নম্বর", re.IGNORECASE)
    assert [label for label in labels if secrets.search(label)] == []
    (notes,) = page.texts("section", "notes")
    assert words.leaflet.notes.never in notes


def test_a_line_without_a_name_shows_none(spec: Spec) -> None:
    head = msgspec.structs.replace(spec.flow.flow, name=None)
    unnamed = msgspec.structs.replace(spec, flow=msgspec.structs.replace(spec.flow, flow=head))
    assert "Ghore Boshe" not in leaflet(unnamed, shipped("en"), NUMBER)


def test_what_config_says_is_text_and_never_markup(spec: Spec) -> None:
    evil = "<script>alert('&')</script>"
    words = shipped("en")
    changed = msgspec.structs.replace(
        words, who=evil, leaflet=msgspec.structs.replace(words.leaflet, title=evil)
    )
    html = leaflet(spec, changed, NUMBER)
    assert "<script" not in html
    assert Leaf(html).texts("h1") == [evil]


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_needs_nothing_from_elsewhere(spec: Spec, language: str) -> None:
    html = leaflet(spec, shipped(language), NUMBER)
    assert html.startswith("<!DOCTYPE html>\n")
    assert not set(Leaf(html).tags) & {"script", "img", "link", "iframe", "object", "input"}
    assert [part for part in ("url(", "@import", "http:", "https:", " src=") if part in html] == []


def test_the_type_is_large_and_black_on_white(spec: Spec) -> None:
    html = leaflet(spec, shipped("bn"), NUMBER)
    sizes = [float(size) for size in re.findall(r"body[^{]*\{ font-size: ([\d.]+)pt", html)]
    assert sizes
    smallest = min(float(size) for size in re.findall(r"\.small \{ font-size: ([\d.]+)em", html))
    assert min(sizes) * smallest >= 16
    assert set(re.findall(r"#[0-9a-f]{3,6}\b", html)) == {"#fff", "#000"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_fits_the_two_sides_of_one_a4_sheet(spec: Spec, language: str) -> None:
    html = leaflet(spec, shipped(language), NUMBER)
    pages = printer().HTML(string=html).render().pages
    assert len(pages) == 2
    # A4 is 210 x 297 mm; CSS has 96 pixels to the inch.
    for page in pages:
        assert page.width == pytest.approx(210 / 25.4 * 96)
        assert page.height == pytest.approx(297 / 25.4 * 96)
