"""A config that the user who runs the command may not read is named, with what to do."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ivr.cli.folder import judge_folder
from ivr.errors import FlowError

if TYPE_CHECKING:
    from collections.abc import Iterator

GOOD = Path(__file__).parents[1] / "flow" / "broken" / "good"
NOBODY = 65534
DENIED = "it cannot be read: Permission denied; let the user who runs the command read it"


@pytest.fixture(autouse=True)
def _config(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A config in a folder that another user may enter, which pytest's own are not."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        shutil.copytree(GOOD, Path(folder, "config"))
        monkeypatch.chdir(folder)
        assert judge_folder(Path("config")).problems == ()
        yield
        for path in (Path("config"), Path("config/prompts")):
            path.chmod(0o755)


@contextlib.contextmanager
def nobody() -> Iterator[None]:
    """As a user to whom modes apply; who is not root is one already."""
    was = os.geteuid()
    if was == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(was)


def told(name: str, mode: int) -> list[str]:
    Path(name).chmod(mode)
    with nobody():
        return [str(problem) for problem in judge_folder(Path("config")).problems]


@pytest.mark.parametrize("mode", [0o000, 0o444, 0o311], ids=["neither", "no entry", "no list"])
def test_a_folder_that_may_not_be_entered_or_listed_is_refused_by_name(mode: int) -> None:
    with pytest.raises(FlowError) as caught:
        told("config", mode)
    assert str(caught.value) == (
        "The folder config cannot be read:\n"
        "  Permission denied; let the user who runs the command read it, with all that is in it"
    )


def test_a_folder_below_one_that_may_not_be_entered_is_refused_too() -> None:
    Path("config").chmod(0)
    with nobody(), pytest.raises(FlowError, match=r"^The folder config/live cannot be read:"):
        judge_folder(Path("config/live"))


@pytest.mark.parametrize("mode", [0o000, 0o311], ids=["neither", "no list"])
def test_words_that_may_not_be_listed_are_not_told_as_missing(mode: int) -> None:
    assert told("config/prompts", mode) == [f"config/prompts/:1: {DENIED}"]


def test_words_that_may_be_listed_and_not_entered_are_each_told() -> None:
    assert told("config/prompts", 0o444) == [
        f"config/prompts/{name}.yaml:1: {DENIED}" for name in ("bn", "en")
    ]


@pytest.mark.parametrize("name", ["flow.yaml", "facts.yaml", "prompts/bn.yaml", "lexicon.bn.yaml"])
def test_a_file_that_may_not_be_read_is_told_alone(name: str) -> None:
    assert told(f"config/{name}", 0) == [f"config/{name}:1: {DENIED}"]


def test_a_folder_of_words_that_is_none_is_told_as_before() -> None:
    shutil.rmtree("config/prompts")
    Path("config/prompts").write_text("", encoding="utf-8")
    problems = [str(problem) for problem in judge_folder(Path("config")).problems]
    assert problems == [
        "config/prompts/:1: there is no file of words; add one for each language, such as bn.yaml"
    ]
