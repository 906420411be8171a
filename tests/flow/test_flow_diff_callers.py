"""Two versions of a flow compared: settings, facts, words, and places that go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from ivr.flow.diff.change import Gone, Kind, Piece
from ivr.flow.diff.comparison import compare
from ivr.flow.diff.words import mark
from ivr.flow.model import Words
from tests.flow.small_versions import SECOND_SAYS, change_told, version

if TYPE_CHECKING:
    from ivr.flow.model import Spec

OLD = version()


# -- Settings, facts -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "due"),
    [
        pytest.param(
            ("first_key_seconds: 10", "first_key_seconds: 12"),
            "defaults first_key_seconds: 10 → 12",
            id="a default",
        ),
        pytest.param(
            ("giving_up, go: aside", "giving_up, go: menu"),
            "defaults when it gives up leads to: aside → menu",
            id="where a default leads",
        ),
        pytest.param(
            ("helper_hours: [10, 18]", "helper_hours: [9, 18]"),
            "flow helper_hours: 10, 18 → 9, 18",
            id="hours",
        ),
        pytest.param(
            ("pace_days: 180", "pace_days: 90"), "flow kept pace_days: 180 → 90", id="what is kept"
        ),
        pytest.param(
            ("'9': aside", "'9': second"),
            "global_keys key 9 leads to: aside → second",
            id="a global key",
        ),
        pytest.param(
            ("levels: []", "levels: [{at: 8, go: aside}]"),
            "confusion level 1 leads to: None → aside",
            id="a level of confusion",
        ),
    ],
)
def test_what_is_different_about_the_flow_as_a_whole_is_told(
    change: tuple[str, str], due: str
) -> None:
    assert due in [change_told(each) for each in compare(OLD, version(change)).settings]


def test_facts_and_their_day_are_told() -> None:
    facts = replace(OLD.facts, facts={"a.1": "one", "a.2": "two"})
    later = replace(facts, facts_as_of="2021-01-01", facts={"a.2": "zwei", "a.3": "three"})
    found = compare(replace(OLD, facts=facts), replace(OLD, facts=later)).facts
    assert [change_told(each) for each in found] == [
        "a.2: two → zwei",
        "added a.3: None → three",
        "removed a.1: one → None",
        "facts.yaml facts_as_of: 2020-04-18 → 2021-01-01",
    ]


# -- Words -----------------------------------------------------------------------------------------


def test_words_that_differ_are_told_by_language_and_word_by_word() -> None:
    new = version(words={"onward": "go onward now"})
    (found,) = compare(OLD, new).words
    assert (found.kind, found.language, found.prompt) == (Kind.CHANGED, "en", "onward")
    assert found.was == (Piece("onward", is_other=False),)
    assert found.now == (
        Piece("go", is_other=True),
        Piece("onward", is_other=False),
        Piece("now", is_other=True),
    )


def test_words_that_come_go_or_are_called_otherwise_are_told() -> None:
    old = version(words={"spell": "a text of its own"})
    new = version(
        ("prompt: spell", "prompt: spelt"),
        ("prompt: to_code", "prompt: to_the_code"),
        words={"spelt": "a text of its own"},
    )
    found = {each.prompt: each for each in compare(old, new).words}
    assert {name: each.kind for name, each in found.items()} == {
        "spelt": Kind.RENAMED,
        "to_the_code": Kind.ADDED,
        "to_code": Kind.REMOVED,
    }
    assert found["spelt"].was_called == "spell"


def test_words_that_go_are_told_in_the_order_of_the_file() -> None:
    """Not in the order of a set, which is another one in each process."""
    names = [f"word_{number}" for number in range(30)]
    words = replace(OLD.words["en"], prompts={name: f"say {name}" for name in names})
    found = compare(replace(OLD, words={"en": words}), OLD).words
    assert [each.prompt for each in found if each.kind is Kind.REMOVED] == names


def test_two_prompts_with_the_same_words_are_not_taken_for_one_another() -> None:
    texts = dict.fromkeys(("to_code", "to_end", "x", "y"), "the same")
    new = version(("prompt: to_code", "prompt: x"), ("prompt: to_end", "prompt: y"), words=texts)
    found = compare(version(words=texts), new).words
    assert sorted((each.kind, each.prompt) for each in found) == [
        ("added", "x"),
        ("added", "y"),
        ("removed", "to_code"),
        ("removed", "to_end"),
    ]


def test_a_language_that_comes_or_goes_is_told_with_all_its_words() -> None:
    hindi = Words(language="hi", facts_as_of="2020-04-18", prompts={"menu": "words"})
    new = replace(OLD, words={**OLD.words, "hi": hindi})
    assert [(each.kind, each.language) for each in compare(OLD, new).words] == [("added", "hi")]
    assert [(each.kind, each.language) for each in compare(new, OLD).words] == [("removed", "hi")]


@pytest.mark.parametrize(
    ("was", "now", "gone", "come"),
    [
        pytest.param("press one now", "press two now", ["one"], ["two"], id="in the middle"),
        pytest.param("a b", "b", ["a"], [], id="less"),
        pytest.param("b", "b c d", [], ["c d"], id="more"),
        pytest.param("a", "b", ["a"], ["b"], id="all"),
    ],
)
def test_the_words_that_differ_are_marked(
    was: str, now: str, gone: list[str], come: list[str]
) -> None:
    left, right = mark(was, now)
    assert [each.text for each in left if each.is_other] == gone
    assert [each.text for each in right if each.is_other] == come
    assert " ".join(each.text for each in left) == was
    assert " ".join(each.text for each in right) == now


# -- Places that go --------------------------------------------------------------------------------

CALLED_OTHERWISE = (("code:\n    kind", "practice:\n    kind"), ("go: code}", "go: practice}"))
CODE = """
  code:
    kind: practice
    resume: in_code
    prompt: code
    code_prompt: code_is
    code: {length: 4}
    next: asked
"""
BRANCH = """
  asked:
    kind: branch
    when: [{condition: night, go: bye}]
    otherwise: second
"""
WITHOUT_CODE = (
    (CODE, "\n"),
    ("go: code}", "go: asked}"),
)


@pytest.mark.parametrize(
    ("changes", "tail", "due"),
    [
        pytest.param(
            CALLED_OTHERWISE,
            "",
            Gone(place="code", to=None, suggestion="practice"),
            id="a node with another name and no map",
        ),
        pytest.param(
            CALLED_OTHERWISE,
            "renamed: {code: practice}\n",
            Gone(place="code", to="practice"),
            id="the same with a map",
        ),
        pytest.param(
            WITHOUT_CODE, "", Gone(place="code", to=None), id="a node that nothing resembles"
        ),
        pytest.param(
            WITHOUT_CODE,
            "renamed: {code: lesson.two}\n",
            Gone(place="code", to="lesson.two"),
            id="a node whose callers are sent to a step",
        ),
        pytest.param(
            (("  lesson:\n", "  row:\n"), ("go: lesson}", "go: row}")),
            "renamed: {lesson: row}\n",
            Gone(place="lesson", to="row"),
            id="a lesson as a whole",
        ),
        pytest.param(
            (("  lesson:\n", "  row:\n"), ("go: lesson}", "go: row}")),
            "",
            Gone(place="lesson", to=None, suggestion="row"),
            id="a lesson that is lost",
        ),
        pytest.param(
            (("      - {prompt: two}\n", ""),),
            "",
            Gone(place="lesson.two", to="lesson.three"),
            id="a step, for which the one that stands there now stands in",
        ),
    ],
)
def test_a_place_that_goes_is_told_with_where_its_callers_go_on(
    changes: tuple[tuple[str, str], ...], tail: str, due: Gone
) -> None:
    difference = compare(OLD, version(*changes, tail=tail))
    assert difference.gone == (due,)
    assert difference.lost == ((due,) if due.to is None else ())


def test_of_a_lesson_that_is_gone_the_steps_that_have_a_place_are_told_one_by_one() -> None:
    new = version(
        ("  lesson:\n", "  row:\n"),
        ("go: lesson}", "go: row}"),
        tail="renamed: {lesson.one: row.one, lesson.two: menu}\n",
    )
    assert compare(OLD, new).gone == (
        Gone(place="lesson.one", to="row.one"),
        Gone(place="lesson.two", to="menu"),
        Gone(place="lesson.three", to=None),
        Gone(place="lesson.four", to=None),
    )


def test_what_is_no_place_to_stand_at_may_go() -> None:
    new = version(
        (BRANCH, "\n"),
        ("next: asked", "next: second"),
    )
    difference = compare(OLD, new)
    assert [each.node for each in difference.nodes if each.kind is Kind.REMOVED] == ["asked"]
    assert difference.gone == ()


def test_a_place_that_a_later_call_goes_on_from_no_more_is_told() -> None:
    new = version(("    resume: in_code\n", ""))
    difference = compare(OLD, new)
    assert difference.no_resume == ("code",)
    assert difference.gone == ()
    assert compare(new, OLD).no_resume == ()


def test_a_place_is_lost_that_is_of_a_kind_at_which_nobody_stands_now() -> None:
    new = version(SECOND_SAYS)
    assert compare(OLD, new).gone == (Gone(place="second", to=None, is_now="say"),)


STEPS = """    kind: lesson
    resume: in_lesson
    steps:
      - {prompt: one}
      - {prompt: two}
      - {prompt: three}
      - {prompt: four, options: [{key: '4', prompt: spell, go: bye}]}
    next: menu
"""
OTHER_STEPS = "    kind: lesson\n    steps: [{prompt: eins}, {prompt: zwei}]\n    next: menu\n"
OPTIONS = "    kind: menu\n    prompt: one\n    options: [{key: '1', prompt: two, go: menu}]\n"


@pytest.mark.parametrize(
    ("there_now", "due"),
    [
        pytest.param(OTHER_STEPS, ["eins", "zwei", "zwei", "zwei"], id="other steps"),
        pytest.param(OPTIONS, [None] * 4, id="a menu"),
    ],
)
def test_a_lesson_whose_name_is_there_is_not_told_as_gone(
    there_now: str, due: list[str | None]
) -> None:
    steps = ("one", "two", "three", "four")
    assert compare(OLD, version((STEPS, there_now))).gone == tuple(
        Gone(place=f"lesson.{step}", to=f"lesson.{to}" if to else "lesson")
        for step, to in zip(steps, due, strict=True)
    )


def test_a_menu_that_is_a_lesson_now_is_gone_on_from_at_its_first_step() -> None:
    second = SECOND_SAYS[0]
    new = version((second, "  second: {kind: lesson, steps: [{prompt: eins}], next: menu}"))
    assert compare(OLD, new).gone == (Gone(place="second", to="second.eins"),)
    assert compare(new, OLD).gone == (Gone(place="second.eins", to="second"),)


def test_an_old_version_that_lacks_words_or_its_own_language_is_compared() -> None:
    new = version(*CALLED_OTHERWISE)
    for words in ({}, {"en": replace(OLD.words["en"], prompts={"code": "code"})}):
        (gone,) = compare(replace(OLD, words=words), new).gone
        assert (gone.place, gone.to) == ("code", None)


def test_a_chain_of_names_is_followed_to_the_node_of_now(spec: Spec) -> None:
    renamed = {"practice_otp": "gone_too", "gone_too": "practice_code"}
    nodes = {
        {"practice_otp": "practice_code"}.get(node_id, node_id): node
        for node_id, node in spec.flow.nodes.items()
    }
    new = replace(spec, flow=replace(spec.flow, nodes=nodes, renamed=renamed))
    assert compare(spec, new).gone == (Gone(place="practice_otp", to="practice_code"),)
