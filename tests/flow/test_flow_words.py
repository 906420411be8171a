"""Mistakes in the words: missing, not to be spoken, told nowhere."""

from __future__ import annotations

import pytest

from ivr.flow.load import load
from ivr.flow.usage import DIGITS, digit_prompt, prompts_used
from tests.flow.small import FILES, broken, line_of


def test_a_prompt_without_words_is_named_for_each_language_that_lacks_it() -> None:
    found = broken("prompts/en.yaml", "  warm_up_done: Well done.\n", "")
    line = line_of("flow.yaml", "say: warm_up_done")
    due = "node 'warm_up': prompt 'warm_up_done' has no words; add it to prompts/en.yaml"
    assert found == [f"config/flow.yaml:{line}: {due}"]


@pytest.mark.parametrize(
    ("prompt", "line"),
    [
        pytest.param("digit_7", "  digit_7: সাত\n", id="as the last one"),
        pytest.param("digit_7_more", "  digit_7_more: সাত,\n", id="with another to come"),
    ],
)
def test_a_digit_of_a_practice_code_needs_words_in_both_forms(prompt: str, line: str) -> None:
    (problem,) = broken("prompts/bn.yaml", line, "")
    assert f"prompt '{prompt}' has no words; add it to prompts/bn.yaml" in problem


def test_of_a_fixed_code_only_the_forms_that_are_read_are_used() -> None:
    flow = load(FILES).flow
    code = [id_ for path, id_ in prompts_used(flow) if path == ("nodes", "practice_number", "code")]
    more = [f"digit_{digit}_more" for digit in "01234"]
    assert code == [*more, "digit_0", "digit_5"], "each of its two parts has a last digit"


@pytest.mark.parametrize("language", ["bn", "en"])
def test_only_a_last_digit_has_no_comma(language: str) -> None:
    # bengali-speech.md: a comma keeps the pitch up; the last digit of a row has none.
    prompts = load(FILES).words[language].prompts
    for digit in DIGITS:
        last = prompts[digit_prompt(digit, last=True)]
        assert "," not in last
        assert prompts[digit_prompt(digit, last=False)] == f"{last},"


def test_a_fact_that_nobody_tells_is_named() -> None:
    (problem,) = broken("flow.yaml", ", facts: [app.2]", "")
    assert problem.startswith(f"config/facts.yaml:{line_of('facts.yaml', 'app.2')}: ")
    assert "no prompt tells 'app.2'" in problem


def test_facts_of_another_day_are_named() -> None:
    (problem,) = broken("prompts/en.yaml", "2020-04-18", "2020-04-19")
    assert "the facts are of 2020-04-19 here but of 2020-04-18 in flow.yaml" in problem


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param('""', "it is empty; fill it or remove it", id="empty"),
        pytest.param('"   "', "'warm_up_done' says nothing; write its words", id="only spaces"),
        pytest.param("", "an empty value should be text; change it", id="nothing"),
        pytest.param(
            r'"a\u0007b"', "'warm_up_done' holds a sign that cannot be spoken", id="a bell"
        ),
        pytest.param("ক" * 501, "'warm_up_done' is too long to be spoken at once", id="too long"),
        pytest.param("*anchor", "this is not YAML: found undefined alias", id="an alias"),
        pytest.param("Salt &amp; pepper", "holds &amp;, which cannot be read out", id="HTML"),
        pytest.param("Press <b>one</b>", "holds <, which cannot be read out", id="a tag of HTML"),
        pytest.param("Well done \U0001f600", "which cannot be read out", id="a picture"),
        pytest.param("010", "put it in quotes: '010'", id="an octal number"),
        pytest.param("1:30", "put it in quotes: '1:30'", id="a time"),
        pytest.param("[1, 2", "this is not YAML:", id="a list that does not end"),
        pytest.param("!!binary aGk=", "the tag tag:yaml.org,2002:binary is not used", id="a tag"),
    ],
)
def test_words_that_cannot_be_spoken_are_named(text: str, message: str) -> None:
    problems = broken("prompts/en.yaml", "  warm_up_done: Well done.", f"  warm_up_done: {text}")
    assert any(message in problem for problem in problems), problems


def test_a_name_that_stands_twice_is_named_at_its_second_place() -> None:
    once = "  warm_up_done: Well done.\n"
    problems = broken("prompts/en.yaml", once, f"{once}  warm_up_done: Again.\n")
    line = line_of("prompts/en.yaml", once) + 1
    assert problems == [
        f"config/prompts/en.yaml:{line}: 'warm_up_done' stands twice; remove one of the two"
    ]
