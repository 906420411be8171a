"""Slips of typing in YAML, and any text at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.errors import FlowError
from ivr.flow.load import load
from tests.flow.small import FILES, broken

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


def test_an_anchor_and_its_alias_are_told_once_each() -> None:
    problems = broken("prompts/en.yaml", "done: Well done.", "done: &a Well done.\n  more2: *a")
    assert len(problems) == 2


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
