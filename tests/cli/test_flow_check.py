"""`ivr flow check` names what is wrong, where, and what to do, to people and to programs."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner, Result

from ivr.cli.flow import flow
from ivr.cli.flow.problem_lists import github_text, json_text, table_text
from ivr.cli.project import read_spec
from ivr.errors import FlowError
from ivr.flow.problem import Level, Problem
from tests.cli.changed_config import change

ROOT = Path(__file__).parents[2]


def line_of(name: str, text: str) -> int:
    """The line of a shipped file in which a text stands first, from 1."""
    held = (ROOT / "config" / name).read_text(encoding="utf-8")
    return held[: held.index(text)].count("\n") + 1


OPTION = line_of("flow.yaml", "prompt: choose_more")
PROMPTS = line_of("prompts/bn.yaml", "\nprompts:\n") + 1


@pytest.fixture(autouse=True)
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "config", tmp_path / "config")
    monkeypatch.chdir(tmp_path)
    for name in ("IVR_CONFIG", "IVR_AUDIO", "REDIS_URL", "TWILIO_AUTH_TOKEN", "IVR_SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)


def run(*arguments: str) -> Result:
    return CliRunner(mix_stderr=False).invoke(flow, ["check", *arguments], catch_exceptions=False)


def found(*arguments: str) -> list[dict[str, str]]:
    problems: list[dict[str, str]] = json.loads(run("--format", "json", *arguments).stdout)[
        "problems"
    ]
    return [each for each in problems if each["level"] != "hint"]


def test_the_shipped_config_has_no_errors_and_no_warnings() -> None:
    result = run("--strict")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1] == "0 errors, 0 warnings, 2 hints"
    assert "run: ivr audio render" in result.stdout
    assert result.stderr == ""


def test_the_shipped_clips_have_nothing_wrong_either(
    audio: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IVR_AUDIO", str(audio))
    result = run("--strict")
    assert (result.exit_code, result.stdout) == (0, "0 errors, 0 warnings, 0 hints\n")
    assert run("--format", "github").stdout == ""


def test_a_table_names_all_by_file_with_what_to_do() -> None:
    change("prompts/en.yaml", "choose_more: For more, press four.", "choose_more: For more.")
    change("prompts/en.yaml", "practice_right: That is right.", "practice_right: That is বেশ.")
    change("flow.yaml", "too_many: {go: help_menu}", "too_many: {go: help_menus}")
    result = run()
    assert result.exit_code == 1
    assert result.stdout.startswith(
        f"""\
config/flow.yaml
{OPTION:>6}  error    node 'main_menu': no prompt names key 4 (en)
                 -> say 'four' in 'choose_more' in prompts/en.yaml
"""
    )
    assert "  error    node 'help_person': it goes to 'help_menus', which is no node\n" in (
        result.stdout
    )
    assert "  warning  'practice_right' has Bengali letters: বেশ\n" in result.stdout
    assert result.stdout.splitlines()[-1] == "2 errors, 1 warning, 2 hints"
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_a_terminal_shows_levels_in_colours() -> None:
    change("prompts/en.yaml", "practice_right: That is right.", "practice_right: That is বেশ.")
    told = CliRunner().invoke(flow, ["check"], color=True).stdout
    assert "\x1b[33mwarning\x1b[0m  'practice_right'" in told
    assert "\x1b" not in run().stdout


def test_warnings_alone_are_exit_0_and_strictly_1() -> None:
    change("prompts/en.yaml", "practice_right: That is right.", "practice_right: That is বেশ.")
    assert run().exit_code == 0
    assert run("--strict").exit_code == 1


def test_json_is_one_object_with_all_of_it() -> None:
    change("prompts/bn.yaml", "choose_more: আরও কথা শুনতে, চার টিপুন।", "choose_more: আরও কথা শুনুন।")
    result = run("--format", "json")
    told = json.loads(result.stdout)
    assert result.exit_code == 1
    assert {key: told[key] for key in ("errors", "warnings", "hints")} == {
        "errors": 1,
        "warnings": 0,
        "hints": 2,
    }
    assert told["problems"][0] == {
        "level": "error",
        "file": "config/flow.yaml",
        "line": OPTION,
        "node": "main_menu",
        "what": "no prompt names key 4 (bn)",
        "to_do": "say 'চার' in 'choose_more' in prompts/bn.yaml",
    }
    assert [each["node"] for each in told["problems"][1:]] == [None, None]


def test_annotations_stand_at_file_and_line() -> None:
    change("prompts/en.yaml", "choose_more: For more, press four.", "choose_more: For more.")
    lines = run("--format", "github").stdout.splitlines()
    assert lines[0] == (
        f"::error file=config/flow.yaml,line={OPTION},title=node 'main_menu'::"
        "no prompt names key 4 (en); say 'four' in 'choose_more' in prompts/en.yaml"
    )
    assert lines[1].startswith(
        f"::notice file=config/prompts/bn.yaml,line={PROMPTS},title=ivr flow check::"
    )


def test_what_annotations_reserve_is_escaped() -> None:
    problem = Problem("a,b:c%.yaml", 3, None, "50% is\nhalf\r: so", "do, it", Level.WARNING)
    assert github_text([problem]) == (
        "::warning file=a%2Cb%3Ac%25.yaml,line=3,title=ivr flow check::"
        "50%25 is%0Ahalf%0D: so; do, it"
    )


def test_a_table_cuts_nothing_off() -> None:
    word = "x" * 120
    told = table_text([Problem("flow.yaml", 12345, None, word, f"write {word} anew")])
    assert told.count(word) == 2
    assert told.endswith("\n\n1 error, 0 warnings, 0 hints")


def test_without_problems_json_is_whole() -> None:
    assert json.loads(json_text([])) == {"errors": 0, "warnings": 0, "hints": 0, "problems": []}


def test_another_folder_may_be_named() -> None:
    Path("config").rename("draft")
    result = run("draft")
    assert result.exit_code == 0
    assert result.stdout.startswith("draft/prompts/bn.yaml\n")


@pytest.mark.parametrize("arguments", [("nowhere",), ()], ids=["named", "of the settings"])
def test_a_folder_that_is_not_there_is_wrong_usage(arguments: tuple[str, ...]) -> None:
    shutil.rmtree("config")
    result = run(*arguments)
    name = arguments[0] if arguments else "config"
    assert result.exit_code == 2
    assert f"There is no folder {name}:" in result.stderr
    assert "set IVR_CONFIG" in result.stderr
    assert result.stdout == ""


def test_a_flow_that_cannot_be_read_is_told_by_its_own_faults_alone() -> None:
    Path("config/flow.yaml").write_text("spec: 1\nflow: [", encoding="utf-8")
    Path("config/personas.yaml").write_text("rehearsal: 2", encoding="utf-8")
    result = run("--format", "json")
    assert result.exit_code == 1
    assert {each["file"] for each in json.loads(result.stdout)["problems"]} == {"config/flow.yaml"}


def test_every_file_beside_is_told_in_one_run() -> None:
    change("personas.yaml", "rehearsal: 1", "rehearsal: 2")
    change("sheet.bn.yaml", "sheet: 1", "shete: 1")
    Path("config/sheet.en.yaml").write_bytes(b"\xff")
    change("lexicon.en.yaml", "lexicon: 1", "lexicon: 2")
    told = {(each["level"], each["file"], each["what"]) for each in found()}
    assert told == {
        ("error", "config/lexicon.en.yaml", "2 is not known here"),
        ("warning", "config/personas.yaml", "2 is not known here"),
        ("warning", "config/sheet.bn.yaml", "'shete' is not known here"),
        ("warning", "config/sheet.en.yaml", "it is not UTF-8"),
    }
    assert run("--strict").exit_code == 1


def test_a_file_beside_that_is_too_long_is_told() -> None:
    Path("config/personas.yaml").write_text("#" * 300_000, encoding="utf-8")
    (problem,) = found()
    assert (problem["level"], problem["file"]) == ("warning", "config/personas.yaml")
    assert problem["what"] == "it is over 262144 bytes, so it holds no personas"
    assert problem["to_do"] == "give another file"


def test_clips_that_cannot_be_judged_are_told() -> None:
    Path("audio/clips").mkdir(parents=True)
    Path("audio/clips/manifest.json").write_text("{", encoding="utf-8")
    (problem,) = found()
    assert problem["file"] == "audio"
    assert problem["what"].startswith("the clips cannot be judged: audio/clips/manifest.json is")
    assert problem["to_do"] == "mend that, and check again"


def test_a_recording_of_other_words_is_told_at_its_prompt() -> None:
    folder = Path("audio/human/en")
    folder.mkdir(parents=True)
    soundfile.write(folder / "goodbye.wav", 0.3 * np.sin(np.arange(16000) / 6), 16000)
    notes = '{"recorded": 1, "takes": {"goodbye": {"sha256": "%s", "text": "Farewell."}}}'
    sha256 = hashlib.sha256((folder / "goodbye.wav").read_bytes()).hexdigest()
    (folder / "recorded.json").write_text(notes % sha256, encoding="utf-8")
    (problem,) = found()
    assert problem["file"] == "config/prompts/en.yaml"
    assert problem["what"] == "the recording of 'goodbye' says other words than stand here"


def test_a_line_does_not_start_with_an_option_that_nobody_can_learn_of() -> None:
    change("prompts/en.yaml", "choose_more: For more, press four.", "choose_more: For more.")
    with pytest.raises(FlowError) as caught:
        read_spec(Path("config"))
    assert caught.value.headline == "config/ has 1 problem:"
    (told,) = caught.value.problems
    assert told == (
        f"config/flow.yaml:{OPTION}: node 'main_menu': no prompt names key 4 (en); "
        "say 'four' in 'choose_more' in prompts/en.yaml"
    )


def test_a_line_starts_with_warnings() -> None:
    change("prompts/en.yaml", "practice_right: That is right.", "practice_right: That is বেশ.")
    assert read_spec(Path("config")).flow.flow.id == "umang"
