"""A script is a line of words."""

from __future__ import annotations

import pytest

from ivr.errors import CallError
from ivr.simulator.script import Entry, HangUp, Press, Wait, parse

SCRIPTS: dict[str, tuple[Entry, ...]] = {
    "": (),
    "  ": (),
    "1": (Press("1"),),
    "1 1 2 silence 0000012345": (
        Press("1"),
        Press("1"),
        Press("2"),
        Wait(),
        Press("0000012345"),
    ),
    "*9# # 0": (Press("*9#"), Press("#"), Press("0")),
    " 1\t2\nhangup ": (Press("1"), Press("2"), HangUp()),
}


@pytest.mark.parametrize(("text", "turns"), SCRIPTS.items(), ids=map(repr, SCRIPTS))
def test_each_word_is_a_turn(text: str, turns: tuple[Entry, ...]) -> None:
    assert parse(text) == turns


@pytest.mark.parametrize(
    ("text", "bad_word"),
    [
        pytest.param("1 two 3", "two", id="a word"),
        pytest.param("1,2", "1,2", id="a comma"),
        pytest.param("Silence", "Silence", id="a capital letter"),
        pytest.param("1 \u09e7", "\u09e7", id="a Bengali digit"),
        pytest.param("1 hangup 2", "2", id="a turn after hanging up"),
        pytest.param("hangup hangup", "hangup", id="hanging up twice"),
    ],
)
def test_a_bad_word_is_named(text: str, bad_word: str) -> None:
    with pytest.raises(CallError, match=f"^keys: {bad_word!r}"):
        parse(text)
