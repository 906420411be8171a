"""Widths and breaks of words in a drawing, and the headings of its parts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.paper.drawing.measure import ELLIPSIS, width_of, wrapped
from ivr.paper.drawing.sections import sections


@pytest.mark.parametrize(
    ("wider", "narrower"),
    [
        pytest.param("ম ম", "মম", id="a-space"),
        pytest.param("কত", "ক্ত", id="a-conjunct-is-narrower-than-two-letters"),
        pytest.param("কা", "ক", id="a-sign-beside"),
        pytest.param("কো", "কা", id="a-sign-on-both-sides"),
        pytest.param("W", "i", id="latin"),
        pytest.param("M", "m", id="capitals-are-no-narrower"),
    ],
)
def test_width_follows_the_letters(wider: str, narrower: str) -> None:
    assert width_of(wider, 10) >= width_of(narrower, 10)


def test_what_stands_above_or_below_takes_no_room() -> None:
    assert width_of("কুঁ", 10) == width_of("ক", 10)
    assert width_of("ক্\u200dত", 10) == width_of("ক্ত", 10)


def test_lines_break_between_words() -> None:
    assert wrapped("one two three", 10, width_of("one two", 10), 9) == ("one two", "three")


def test_what_does_not_fit_ends_with_an_ellipsis_after_a_word() -> None:
    room = width_of("three four", 10)
    assert wrapped("one two three four five", 10, room, 2) == ("one two", f"three{ELLIPSIS}")


def test_a_word_that_is_too_long_is_broken_at_no_conjunct() -> None:
    lines = wrapped("ক্ষ্মক্ষ্মক্ষ্ম", 10, width_of("ক্ষ্ম", 10) * 1.5, 9)
    assert lines == ("ক্ষ্ম", "ক্ষ্ম", "ক্ষ্ম")


def test_an_empty_text_is_one_empty_line() -> None:
    assert wrapped("", 10, 100, 3) == ("",)


@given(st.text(max_size=80), st.integers(1, 4))
def test_no_line_is_wider_than_its_room(text: str, lines: int) -> None:
    found = wrapped(text, 10, 60, lines)
    assert len(found) <= lines
    assert all(width_of(line, 10) <= 60 or len(line) < 4 for line in found)


FLOW = """\
nodes:
  hello: {kind: say}
  # -- Learn to register -----
  one:
    kind: say
  two:
    # -- not a heading of two
    kind: say   # -- nor this
  # -- Help, and - the end
  bye: {kind: end}
"""


def test_a_heading_holds_up_to_the_next() -> None:
    found = sections(
        FLOW.replace("    # -- not a heading of two\n", ""), ["hello", "one", "two", "bye"]
    )
    assert found == {
        "one": "Learn to register",
        "two": "Learn to register",
        "bye": "Help, and - the end",
    }


def test_a_file_without_headings_has_none() -> None:
    assert sections("nodes:\n  hello: {kind: say}\n", ["hello"]) == {}
