"""`ivr flow export`: leaflet, SMS and script, to stdout or to a file."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ivr.cli.flow.export import export
from ivr.errors import IvrError, PaperError
from tests.paper.papers import printer

CONFIG = Path(__file__).parents[2] / "config"
NUMBER = "+919830012345"


def run(*arguments: str, **environment: str) -> Result:
    variables = {"IVR_CONFIG": str(CONFIG), "TWILIO_NUMBER": ""}
    runner = CliRunner(mix_stderr=False, env={**variables, **environment})
    result = runner.invoke(export, arguments)
    if result.exception is not None and not isinstance(result.exception, SystemExit | IvrError):
        raise result.exception
    return result


def error(result: Result) -> str:
    assert isinstance(result.exception, PaperError)
    return str(result.exception)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A copy of the shipped config, to change."""
    folder = tmp_path / "config"
    shutil.copytree(CONFIG, folder)
    return folder


@pytest.mark.parametrize(
    ("arguments", "first"),
    [
        pytest.param(["leaflet"], '<!DOCTYPE html>\n<html lang="bn">', id="leaflet"),
        pytest.param(["leaflet", "--language", "en"], '<!DOCTYPE html>\n<html lang="en">', id="en"),
        pytest.param(["script"], '<!DOCTYPE html>\n<html lang="bn">', id="script"),
        pytest.param(
            ["script", "--format", "text", "--language", "en"], "Helper's script\n", id="text"
        ),
        pytest.param(["sms"], "# 1 of 20: 68 units, UCS-2, 1 part\n১/২০ ", id="sms"),
        pytest.param(
            ["sms", "--language", "en"], "# 1 of 12: 156 units, GSM 03.38, 1 part\n1/12 ", id="gsm"
        ),
    ],
)
def test_an_export_goes_to_stdout(arguments: list[str], first: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 0
    assert result.stdout.startswith(first)
    assert result.stdout.endswith("\n")
    assert result.stderr == ""


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(
            ["leaflet"], "in a browser and print it on A4, on both sides.\n", id="leaflet"
        ),
        pytest.param(["script"], "in a browser and print it on A4.\n", id="script"),
        pytest.param(["script", "--format", "text"], "", id="text"),
        pytest.param(["sms"], "", id="sms"),
    ],
)
def test_an_export_goes_whole_to_a_file(arguments: list[str], told: str, tmp_path: Path) -> None:
    out = tmp_path / "paper"
    result = run(*arguments, "--out", str(out))
    assert result.exit_code == 0
    assert result.stdout == ""
    assert result.stderr == (told and f"Open {out} {told}")
    assert out.read_text("utf-8") == run(*arguments).stdout


@pytest.mark.parametrize("command", ["leaflet", "script"])
def test_a_page_is_printed_as_pdf(command: str, tmp_path: Path) -> None:
    printer()
    out = tmp_path / "page.pdf"
    result = run(command, "--format", "pdf", "--out", str(out))
    assert (result.exit_code, result.stderr) == (0, "")
    assert out.read_bytes().startswith(b"%PDF-")
    assert run(command, "--format", "pdf").stdout_bytes == out.read_bytes()


@pytest.mark.parametrize("command", ["leaflet", "sms"])
def test_the_number_is_the_settings_or_the_options(command: str) -> None:
    assert "+1 202" not in run(command, "--language", "en").stdout
    ours = run(command, "--language", "en", TWILIO_NUMBER="+12025550100")
    assert "+1 202 555 0100" in ours.stdout
    other = run(command, "--language", "en", "--number", NUMBER, TWILIO_NUMBER="+12025550100")
    assert "+91 98300 12345" in other.stdout
    assert "+1 202" not in other.stdout


@pytest.mark.parametrize(
    "number", ["+913312345678", "+91 33 1234 5678", "+91-33-1234.5678", "+91\u00a033 12345678"]
)
def test_a_number_is_taken_as_people_write_it(number: str) -> None:
    assert "+91 33 1234 5678" in run("leaflet", "--language", "en", "--number", number).stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(["sms", "--number", "98300"], "'--number': '98300'; use + and 7", id="number"),
        pytest.param(
            ["leaflet", "--number", "+44 (0)20 7946 0000"], "use + and 7", id="a digit in brackets"
        ),
        pytest.param(["leaflet", "--language", "xx"], "'xx'; use one of bn, en", id="language"),
    ],
)
def test_wrong_usage_is_told(arguments: list[str], message: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert message in result.stderr


def test_messages_are_given_to_a_program_with_their_measures() -> None:
    told = json.loads(run("sms", "--format", "json", "--number", NUMBER).stdout)
    assert told["language"] == "bn"
    assert [each["parts"] for each in told["messages"]] == [1] * 21
    last = told["messages"][-1]
    assert last["text"].endswith("+91 98300 12345")
    assert last["encoding"] == "UCS-2"
    assert last["units"] == len(last["text"]) <= 70


def test_words_that_are_missing_name_the_file_to_copy(config: Path) -> None:
    (config / "paper.en.yaml").unlink()
    told = error(run("script", "--language", "en", IVR_CONFIG=str(config)))
    assert told == (
        f"{config}/paper.en.yaml is missing; copy {config}/paper.bn.yaml to it, and translate "
        "its sentences"
    )
    (config / "paper.bn.yaml").unlink()
    told = error(run("script", IVR_CONFIG=str(config)))
    assert told == f"{config}/paper.bn.yaml is missing; put back its sentences"


def test_words_that_are_not_utf8_are_told(config: Path) -> None:
    path = config / "paper.bn.yaml"
    path.write_bytes(b"paper: 1\n\xff")
    told = f"{path}:2: it is not UTF-8; save it as UTF-8 in your editor"
    assert error(run("sms", IVR_CONFIG=str(config))) == told


def test_words_that_cannot_be_read_are_told(config: Path) -> None:
    path = config / "paper.bn.yaml"
    path.unlink()
    path.mkdir()
    told = f"{path}:1: it cannot be read: Is a directory; mend or remove it"
    assert error(run("sms", IVR_CONFIG=str(config))) == told


def test_words_that_do_not_fit_the_lesson_are_told_by_line(config: Path) -> None:
    path = config / "paper.en.yaml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("  User Login:", "  Old Login: x\n  User Login:"), "utf-8")
    line = text.split("\n").index("""  User Login: '"User Login"'""") + 1
    told = error(run("leaflet", "--language", "en", IVR_CONFIG=str(config)))
    assert told == (
        f"{path} cannot be read, it has 1 problem:\n"
        f"  {path}:{line}: no step of the lesson says 'Old Login'; "
        "write here what a step says now, or remove the line"
    )


def test_a_step_that_is_long_for_sms_is_exported_all_the_same(config: Path) -> None:
    path = config / "prompts" / "en.yaml"
    text = path.read_text("utf-8")
    long = "register_14: " + "This is one sentence of the step. " * 20
    path.write_text(text.replace("register_14: Now the UMANG site opens.", long), "utf-8")
    result = run("sms", "--language", "en", IVR_CONFIG=str(config))
    assert result.exit_code == 0
    assert result.stdout.startswith("# 1 of 1")
