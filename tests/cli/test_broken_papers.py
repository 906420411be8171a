"""`ivr flow check` tells what leaflet, SMS and script would say wrongly, as warnings.

Each case breaks the shipped config at one place.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ivr.cli.beside import problems_beside
from ivr.cli.flow.check import problems_of
from ivr.cli.folder import judge_folder
from ivr.flow.problem import Level
from ivr.settings import Settings
from tests.cli.changed_config import change, line_of

ROOT = Path(__file__).parents[2]
LONG = "This is one sentence of the step. " * 20


@pytest.fixture(autouse=True)
def _config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "config", tmp_path / "config")
    monkeypatch.chdir(tmp_path)


def told() -> list[str]:
    problems = problems_of(Path("config"), Settings.from_env({}))
    return [str(problem) for problem in problems if problem.level is not Level.HINT]


def test_the_shipped_papers_have_nothing_wrong() -> None:
    assert told() == []


CASES = {
    "a replacement that no step says": (
        ("  User Login:", "  Old Login: x\n  User Login:"),
        "  Old Login",
        (
            "no step of the lesson says 'Old Login'; write here what a step says now, or remove "
            "the line"
        ),
    ),
    "a wait for what is no step": (
        ("    register_2: Wait", "    greeting: Wait\n    register_2: Wait"),
        "    greeting",
        (
            "'greeting' is no step of the lesson; name a prompt of one of its steps, or remove the "
            "line"
        ),
    ),
    "a lesson that is none": (
        ("lesson: register_lesson", "lesson: greeting"),
        "lesson: greeting",
        "'greeting' is no lesson of flow.yaml; name a node of kind lesson, or leave 'lesson' out",
    ),
    "words of another language": (
        ("language: en", "language: bn"),
        "language: bn",
        "the file's name says 'en', and 'language' says 'bn'; make the two the same",
    ),
    "a part that is not known": (
        ("\nwho: We", "\nwhom: x\nwho: We"),
        "whom",
        "'whom' is not known here; did you mean 'who'?",
    ),
}


@pytest.mark.parametrize(("changed", "at", "says"), CASES.values(), ids=CASES)
def test_each_mistake_in_the_words_of_paper_is_told_at_its_line(
    changed: tuple[str, str], at: str, says: str
) -> None:
    change("paper.en.yaml", *changed)
    line = line_of("paper.en.yaml", f"\n{at}") + 1
    assert told() == [f"config/paper.en.yaml:{line}: warning: {says}"]


def test_a_step_that_takes_too_many_messages_is_told_at_its_prompt() -> None:
    step = "  register_14: Now the UMANG site opens."
    change("prompts/en.yaml", step, f"  register_14: {LONG}")
    line = line_of("prompts/en.yaml", f"  register_14: {LONG}")
    assert told() == [
        (
            f"config/prompts/en.yaml:{line}: warning: as SMS, step 14 of the lesson takes 5 "
            "messages, 3 are the most; say it in fewer words, or make two steps of it"
        )
    ]


def test_papers_of_a_language_that_the_line_does_not_speak_are_told() -> None:
    text = Path("config/paper.en.yaml").read_text(encoding="utf-8")
    Path("config/paper.hi.yaml").write_text(text, encoding="utf-8")
    assert told() == [
        (
            "config/paper.hi.yaml:1: warning: the line does not speak 'hi', so nobody can be given "
            "these words; add that language to 'languages' in flow.yaml, or take the file away"
        )
    ]


def test_a_recording_sheet_of_another_language_than_its_name_is_told() -> None:
    change("sheet.en.yaml", "language: en", "language: bn")
    line = line_of("sheet.en.yaml", "language: bn")
    assert told() == [
        (
            f"config/sheet.en.yaml:{line}: warning: the file's name says 'en', and 'language' says "
            "'bn'; make the two the same"
        )
    ]


def test_a_language_without_papers_is_not_judged_by_them() -> None:
    Path("config/paper.en.yaml").unlink()
    change("prompts/en.yaml", "  register_14: Now the UMANG site opens.", f"  register_14: {LONG}")
    assert told() == []


def test_what_stands_on_paper_does_not_change_the_content_hash() -> None:
    before = judge_folder(Path("config")).checked()
    change("paper.en.yaml", "lesson: register_lesson", "lesson: greeting")
    judged = judge_folder(Path("config"))
    assert judged.checked().content_hash == before.content_hash
    assert len(list(problems_beside(Path("config"), judged, judged.checked()))) == 1
