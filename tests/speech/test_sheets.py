"""Printed sheets are kept under their code, whatever becomes of the words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from ivr.errors import SpeechError
from ivr.speech.sheets import KEPT, find_sheet, keep_sheet, sheet_of

if TYPE_CHECKING:
    from pathlib import Path

PROMPTS = {"greeting": "নমস্কার।", "goodbye": "আবার ফোন করবেন।"}


@pytest.mark.parametrize(
    ("language", "prompts"),
    [
        pytest.param("en", PROMPTS, id="another language"),
        pytest.param("bn", dict(reversed(PROMPTS.items())), id="another order"),
        pytest.param("bn", {**PROMPTS, "more": "আরও।"}, id="a prompt more"),
        pytest.param("bn", {**PROMPTS, "greeting": "শুভ দিন।"}, id="other words"),
    ],
)
def test_another_sheet_has_another_code(language: str, prompts: dict[str, str]) -> None:
    code = sheet_of("bn", PROMPTS).code
    assert re.fullmatch("[0-9a-f]{4}", code)
    assert code == sheet_of("bn", dict(PROMPTS)).code
    assert code != sheet_of(language, prompts).code


def test_every_printed_sheet_is_found_again(tmp_path: Path) -> None:
    first, second = sheet_of("bn", PROMPTS), sheet_of("bn", {"greeting": "শুভ দিন।"})
    for printed in (first, second, first):
        keep_sheet(tmp_path, printed)
    english = sheet_of("en", {"greeting": "Hello."})
    keep_sheet(tmp_path, english)
    for printed in (first, second, english):
        found = find_sheet(tmp_path, ["bn", "en"], printed.code)
        assert found == printed
        assert list(found.prompts) == list(printed.prompts), "the numbers are in their order"


def test_an_unknown_code_is_told_with_those_that_are_known(tmp_path: Path) -> None:
    with pytest.raises(SpeechError, match=r"No sheet 0000 .*; none was printed here\."):
        find_sheet(tmp_path, ["bn"], "0000")
    printed = sheet_of("bn", PROMPTS)
    keep_sheet(tmp_path, printed)
    with pytest.raises(SpeechError, match=rf"known are {printed.code} \(bn\)\. Give the code"):
        find_sheet(tmp_path, ["bn"], "0000")


@pytest.mark.parametrize("content", [b"{", b"\xff", b'{"sheets": 2, "printed": {}}'])
def test_what_is_kept_and_cannot_be_read_is_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bn" / KEPT
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(SpeechError, match=r"is damaged: .*Take it from the last good copy"):
        keep_sheet(tmp_path, sheet_of("bn", PROMPTS))
    assert path.read_bytes() == content


def test_a_folder_in_its_place_is_told(tmp_path: Path) -> None:
    (tmp_path / "bn" / KEPT).mkdir(parents=True)
    with pytest.raises(SpeechError, match="cannot be read: Is a directory"):
        find_sheet(tmp_path, ["bn"], "0000")
