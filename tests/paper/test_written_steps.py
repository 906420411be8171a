"""The steps as they are written: spelt for the eye, from the flow and the prompts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from ivr.errors import PaperError
from ivr.flow.model import Lesson, Say
from ivr.flow.problem import Level
from ivr.paper.check import paper_findings
from ivr.paper.pages.steps import recap, written_day, written_steps
from tests.paper.papers import saying, shipped

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ivr.flow.model import Node, Spec
    from ivr.paper.pages.words import PaperWords


@pytest.fixture(scope="module")
def words() -> PaperWords:
    return shipped("en")


def having(spec: Spec, nodes: Mapping[str, Node]) -> Spec:
    flow = msgspec.structs.replace(spec.flow, nodes={**nodes})
    return msgspec.structs.replace(spec, flow=flow)


def told(spec: Spec, words: PaperWords, language: str = "en") -> list[tuple[object, ...]]:
    found = list(paper_findings(spec, words, language))
    assert {each.level for each in found} <= {Level.WARNING}
    return [(each.file, each.path, each.what) for each in found]


@pytest.mark.parametrize("language", ["bn", "en"])
def test_the_shipped_words_fit_the_shipped_lesson(spec: Spec, language: str) -> None:
    assert list(paper_findings(spec, shipped(language), language)) == []


@pytest.mark.parametrize("language", ["bn", "en"])
def test_the_fifteen_steps_are_written_with_names_as_the_screen_has_them(
    spec: Spec, language: str
) -> None:
    steps = written_steps(spec, shipped(language))
    assert [step.number for step in steps] == list(range(1, 16))
    assert [step.prompt_id for step in steps] == [f"register_{n}" for n in range(1, 16)]
    assert steps[0].text.endswith(": web.umang.gov.in")
    for number, name in {2: "User Login", 3: "New User", 4: "Next", 7: "Set MPIN"}.items():
        assert name in steps[number - 1].text


@pytest.mark.parametrize(
    ("said", "written"),
    [
        pytest.param("Press Next now.", "Press [Next] now.", id="a word"),
        pytest.param("Next", "[Next]", id="the whole text"),
        pytest.param("Nextly or unNext.", "Nextly or unNext.", id="not within a word"),
        pytest.param("Next\u09be Next\u200d", "Next\u09be Next\u200d", id="not before a mark"),
        pytest.param("Next Page, Next", "<Next Page>, [Next]", id="the longest"),
        pytest.param("a dot dot dot b", "a.. dot b", id="not what was written"),
    ],
)
def test_whole_words_are_written_otherwise(
    spec: Spec, words: PaperWords, said: str, written: str
) -> None:
    spelt = {"Next": "[Next]", "Next Page": "<Next Page>", " dot dot": ".. dot", "..": "!"}
    changed = msgspec.structs.replace(words, written={**spelt, " dot dot dot": ".. dot"})
    assert written_steps(saying(spec, register_2=said), changed)[1].text == written


def test_a_replacement_that_no_step_says_is_a_warning_at_its_line(
    spec: Spec, words: PaperWords
) -> None:
    changed = msgspec.structs.replace(words, written={**words.written, "Old User": "x"})
    path = ("written", "Old User")
    assert told(spec, changed) == [("paper.en.yaml", path, "no step of the lesson says 'Old User'")]


def test_short_messages_have_shorter_words_and_paper_does_not(
    spec: Spec, words: PaperWords
) -> None:
    sms = msgspec.structs.replace(words.sms, written={"Next": "N", "the page": "it"})
    changed = msgspec.structs.replace(words, written={"Next": "[Next]", "Look": "See"}, sms=sms)
    step = saying(spec, register_2="Look at the page. Press Next.")
    assert written_steps(step, changed)[1].text == "See at the page. Press [Next]."
    assert written_steps(step, changed, short=True)[1].text == "See at it. Press N."


def test_shorter_words_that_no_step_says_are_a_warning_at_their_line(
    spec: Spec, words: PaperWords
) -> None:
    sms = msgspec.structs.replace(words.sms, written={"New User": "User", "Old User": "x"})
    found = told(spec, msgspec.structs.replace(words, sms=sms))
    path = ("sms", "written", "Old User")
    assert found == [("paper.en.yaml", path, "no step of the lesson says 'Old User'")]


def test_a_wait_for_what_is_no_step_is_a_warning(spec: Spec, words: PaperWords) -> None:
    waits = {**words.script.waits, "greeting": "x"}
    script = msgspec.structs.replace(words.script, waits=waits)
    found = told(spec, msgspec.structs.replace(words, script=script))
    assert found == [
        ("paper.en.yaml", ("script", "waits", "greeting"), "'greeting' is no step of the lesson")
    ]


@pytest.mark.parametrize("lesson", ["greeting", "nowhere"])
def test_a_lesson_that_is_none_is_told_and_cannot_be_written(
    spec: Spec, words: PaperWords, lesson: str
) -> None:
    changed = msgspec.structs.replace(words, lesson=lesson)
    assert told(spec, changed) == [
        ("paper.en.yaml", ("lesson",), f"'{lesson}' is no lesson of flow.yaml")
    ]
    with pytest.raises(PaperError, match=rf"^paper\.en\.yaml: lesson: '{lesson}' is no lesson"):
        written_steps(spec, changed)


def test_words_of_another_language_are_told_alone(spec: Spec, words: PaperWords) -> None:
    assert told(spec, words, "bn") == [
        ("paper.bn.yaml", ("language",), "the file's name says 'bn', and 'language' says 'en'")
    ]


def test_without_a_name_the_longest_lesson_is_written(spec: Spec, words: PaperWords) -> None:
    unnamed = msgspec.structs.replace(words, lesson=None)
    assert written_steps(spec, unnamed) == written_steps(spec, words)


def test_a_flow_without_lessons_says_so(spec: Spec, words: PaperWords) -> None:
    left = {key: node for key, node in spec.flow.nodes.items() if not isinstance(node, Lesson)}
    unnamed = msgspec.structs.replace(words, lesson=None)
    assert told(having(spec, left), unnamed) == []
    with pytest.raises(PaperError, match="no lesson whose steps could be written; add a node"):
        written_steps(having(spec, left), unnamed)


def test_a_step_without_words_says_which(spec: Spec, words: PaperWords) -> None:
    english = spec.words["en"]
    rest = {key: text for key, text in english.prompts.items() if key != "register_3"}
    lacking = msgspec.structs.replace(english, prompts=rest)
    changed = msgspec.structs.replace(spec, words={"en": lacking})
    with pytest.raises(PaperError, match=r"^prompts/en\.yaml has no words for 'register_3'; add"):
        written_steps(changed, words)
    with pytest.raises(PaperError, match=r"^prompts/hi\.yaml has no words"):
        written_steps(spec, msgspec.structs.replace(words, language="hi"))


def test_the_recap_is_what_is_said_after_the_lesson(spec: Spec, words: PaperWords) -> None:
    said = spec.words["en"].prompts["register_recap"]
    assert recap(spec, words) == said
    nodes = {**spec.flow.nodes}
    lesson = nodes["register_lesson"]
    assert isinstance(lesson, Lesson)
    assert isinstance(nodes["register_recap"], Say)
    nodes["register_lesson"] = msgspec.structs.replace(lesson, next="after_lesson")
    assert recap(having(spec, nodes), words) is None


@pytest.mark.parametrize(
    ("language", "day"), [("en", "18 April 2020"), ("bn", "১৮ এপ্রিল ২০২০")], ids=["en", "bn"]
)
def test_a_day_is_written_in_the_words_of_the_paper(language: str, day: str) -> None:
    assert written_day("2020-04-18", shipped(language)) == day
