"""The helper's script: what is read out, what to wait for, and what never to ask."""

from __future__ import annotations

import re

import msgspec
import pytest

from ivr.flow.model import Lesson, Spec
from ivr.paper.pages.script import script, script_page, script_text
from ivr.paper.pages.steps import in_digits, written_steps
from tests.paper.papers import printer, shipped

LANGUAGES = ("bn", "en")


def told_of(html: str) -> str:
    """The text of a page, each run of white space as one space."""
    body = html.partition("<body>")[2]
    return " ".join(re.sub("<[^>]*>", " ", body).split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_step_is_read_word_for_word_and_says_what_to_wait_for(
    spec: Spec, language: str
) -> None:
    words = shipped(language)
    steps = script(spec, words).steps
    assert [(step.number, step.text) for step in steps] == [
        (in_digits(step.number, words), step.text) for step in written_steps(spec, words)
    ]
    assert [step.wait for step in steps] == list(words.script.waits.values())


def test_a_step_without_a_wait_of_its_own_has_the_usual_one(spec: Spec) -> None:
    words = shipped("en")
    few = msgspec.structs.replace(words.script, waits={"register_2": "Wait for the choice."})
    steps = script(spec, msgspec.structs.replace(words, script=few)).steps
    assert [step.wait for step in steps[:3]] == [
        words.script.default_wait,
        "Wait for the choice.",
        words.script.default_wait,
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_closing_begins_with_what_the_line_says_after_the_lesson(
    spec: Spec, language: str
) -> None:
    words = shipped(language)
    closing = script(spec, words).closing
    assert closing.heading == words.script.closing.heading
    recap = spec.words[language].prompts["register_recap"]
    assert closing.items == (recap, *words.script.closing.items)


def test_without_a_recap_the_closing_is_its_own(spec: Spec) -> None:
    lesson = spec.flow.nodes["register_lesson"]
    assert isinstance(lesson, Lesson)
    bare = msgspec.structs.replace(lesson, next="after_lesson")
    nodes = {**spec.flow.nodes, "register_lesson": bare}
    changed = msgspec.structs.replace(spec, flow=msgspec.structs.replace(spec.flow, nodes=nodes))
    words = shipped("en")
    assert script(changed, words).closing == words.script.closing


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", ["html", "text"])
def test_page_and_text_hold_every_part_in_its_order(spec: Spec, language: str, form: str) -> None:
    words = shipped(language)
    made = script(spec, words)
    text = (
        told_of(script_page(spec, words)).replace("&#39;", "'").replace("&#34;", '"')
        if form == "html"
        else " ".join(script_text(spec, words).split())
    )
    parts = [words.script.title, words.script.lead, words.who, words.dated.label]
    for block in (*made.for_helper, *made.opening):
        parts += [block.heading, *block.items]
    for step in made.steps:
        parts += [step.text, step.wait]
    parts += [made.closing.heading, *made.closing.items]
    at = 0
    for part in parts:
        assert part in text[at:]
        at = text.index(part, at)


def test_in_the_text_only_what_is_read_out_says_so(spec: Spec) -> None:
    words = shipped("en")
    made = script(spec, words)
    lines = script_text(spec, words).split("\n")
    aloud = [line.strip().removeprefix("Read out: ") for line in lines if "Read out: " in line]
    assert aloud == [
        *(item for part in made.opening for item in part.items),
        *(step.text for step in made.steps),
        *made.closing.items,
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_helper_is_told_of_1930_before_the_steps(spec: Spec, language: str) -> None:
    words = shipped(language)
    text = script_text(spec, words)
    assert text.index("1930") < text.index(script(spec, words).steps[0].text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_needs_nothing_from_elsewhere(spec: Spec, language: str) -> None:
    html = script_page(spec, shipped(language))
    assert html.startswith("<!DOCTYPE html>\n")
    assert [part for part in ("url(", "@import", "http", "src=", "<script") if part in html] == []


def test_a_line_without_a_name_shows_none(spec: Spec) -> None:
    head = msgspec.structs.replace(spec.flow.flow, name=None)
    unnamed = msgspec.structs.replace(spec, flow=msgspec.structs.replace(spec.flow, flow=head))
    assert "ঘরে বসে · " not in script_page(unnamed, shipped("en"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_for_the_helper_alone_stands_on_a_page_of_its_own(
    spec: Spec, language: str
) -> None:
    pages = printer().HTML(string=script_page(spec, shipped(language))).render().pages
    assert set(pages[0].anchors) == {f"helper-{number}" for number in range(1, 6)}
    assert {"opening-1", "opening-2"} <= set(pages[1].anchors)
    assert "closing" in pages[-1].anchors
