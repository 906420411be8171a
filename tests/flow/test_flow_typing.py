"""Slips of typing in YAML, and any text at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.errors import FlowError
from ivr.flow.load import load
from tests.flow.small import FILES, broken, line_of

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize("name", ["flow.yaml", "facts.yaml", "prompts/bn.yaml"])
@pytest.mark.parametrize(
    "text",
    [
        *("~", "null", "", "[]", "- a", "text", "1", "{", "\t", "? [a]\n: b", "&a [*a]"),
        '!!int "["',
        '!!float "a: b: c"',
        "1" * 5000,
        "[" * 3000,
        "[" * 900 + "]" * 900,
        "{spec: 2, nodes: {a: {kind: sy}}}",
        "{flow: {night_hours: [21.0, 6.0]}, spec: 1.0}",
    ],
)
def test_any_text_is_a_spec_or_problems_in_words(name: str, text: str) -> None:
    with pytest.raises(FlowError) as caught:
        load({**FILES, name: text})
    assert caught.value.problems
    assert not any(
        "Traceback" in problem or "yaml." in problem for problem in caught.value.problems
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("first_key_seconds: 10", "first_key_seconds: 10.0", "10.0 should be a whole number"),
        ("spec: 1\n", "spec: 1.0\n", "change it"),
        ("night_hours: [21, 6]", "night_hours: [21]", "it has 1 parts, 2 are needed"),
        ("{key: '1', prompt: warm", '{key: "1\\n", prompt: warm', "cannot stand here"),
        ("  main_menu:\n", '  "main_menu\\n":\n', "cannot stand here"),
        ("code: {length: 4}", "code: {length: 10}", "10 is greater than the maximum of 9"),
        (
            "prompt: nobody_there, go: goodbye_by_hour}",
            "prompt: nobody_there, go: main_menu}",
            "a caller who never presses a key never comes to an end; mend a too_many",
        ),
    ],
)
def test_what_would_fail_in_a_call_is_found_before(old: str, new: str, message: str) -> None:
    problems = broken("flow.yaml", old, new)
    assert any(message in problem for problem in problems), problems


def test_a_row_of_too_many_words_without_a_key_is_found() -> None:
    row = "".join(
        f"  s{number}: {{kind: say, prompt: greeting, next: s{number + 1}}}\n"
        for number in range(10)
    )
    row += "  s10: {kind: say, prompt: greeting, next: greeting}\n"
    problems = broken("flow.yaml", "nodes:\n", f"nodes:\n{row}")
    due = "node 's0': more than 10 places follow with no key to press; put a menu between"
    assert any(due in problem for problem in problems), problems


def test_a_day_that_cannot_be_is_named() -> None:
    text = {name: text.replace("2020-04-18", "2020-13-45") for name, text in FILES.items()}
    with pytest.raises(FlowError, match="2020-13-45 is no day; write it as 2020-04-18"):
        load(text)


def test_an_anchor_and_its_alias_are_told_once_each() -> None:
    problems = broken("prompts/en.yaml", "done: Well done.", "done: &a Well done.\n  more2: *a")
    assert len(problems) == 2


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("flow.yaml", "    kind: menu\n", "\tkind: menu\n", "use spaces, not tabs"),
        ("prompts/en.yaml", "Well done.", "Well: done.", "a text with a colon needs quotes"),
        ("prompts/en.yaml", "Well done.", '"Well done.', "close the quote or bracket"),
        ("prompts/en.yaml", "Well done.", '"Well" done.', "must end with it"),
        ("prompts/en.yaml", "Well done.", "*Well done.", "begins with * needs quotes"),
        ("prompts/en.yaml", "Well done.", "&Well done.", "begins with & needs quotes"),
        ("prompts/en.yaml", "Well done.", "Well # done.", "all after # would be left out"),
        ("prompts/en.yaml", "Well done.", "yes", "put it in quotes: 'yes'"),
        ("prompts/en.yaml", "Well done.", "1930", "put it in quotes: '1930'"),
        ("flow.yaml", "    kind: menu\n", "      kind: menu\n", "begin under one another"),
    ],
)
def test_a_slip_of_typing_is_told_with_its_line_and_what_to_do(
    name: str, old: str, new: str, message: str
) -> None:
    line = line_of(name, old)
    (problem,) = broken(name, old, new)
    assert message in problem
    assert abs(int(problem.split(":")[1]) - line) <= 1, problem


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda text: text.replace("\n", "\r\n"), id="Windows line ends"),
        pytest.param(lambda text: f"\ufeff{text}", id="a byte order mark"),
        pytest.param(lambda text: text.replace("Well", "We\u200dll"), id="a joiner"),
        pytest.param(lambda text: text.replace("Well done.", "'Well # done: yes.'"), id="quoted"),
    ],
)
def test_what_editors_do_to_files_does_no_harm(change: Callable[[str], str]) -> None:
    spec = load({name: change(text) for name, text in FILES.items()})
    assert set(spec.words["en"].prompts) == set(load(FILES).words["en"].prompts)
