"""`ivr call --save` keeps a call, and `--replay` shows where it differs when it is placed again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from ivr.cli.call import call
from ivr.errors import SettingsError
from tests.cli.pages import pages
from tests.cli.terminal import UNMEASURED, Terminal
from tests.serving import serving
from tests.sounds import sound

if TYPE_CHECKING:
    from collections.abc import Iterator

IVR = Path(sys.executable).parent / "ivr"
ROOT = Path(__file__).parents[2]
CLIPS = {"/menu.wav": sound("Press a key", 2.5)}
DOCUMENTS = {
    "/voice": '<Gather numDigits="1" action="/code"><Play>/menu.wav</Play></Gather>',
    "/code": '<Gather numDigits="4" action="/end"><Say>Your code is 4 7 2 1</Say></Gather>',
    "/end": '<Say>Goodbye</Say><Pause length="1"/>',
    "/broken": "<Play>/missing.wav</Play><Hangup/>",
    "/long": '<Pause length="60"/><Hangup/>',
}
OTHER = {**DOCUMENTS, "/end": '<Say>Good day\x85</Say><Pause length="3"/>'}


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    with serving(pages(DOCUMENTS, CLIPS)) as url:
        yield url


@pytest.fixture(scope="module")
def other() -> Iterator[str]:
    """The same application elsewhere, of which the end has changed."""
    with serving(pages(OTHER, CLIPS)) as url:
        yield url


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "call.yaml"


def run(*arguments: str | Path) -> Result:
    runner = CliRunner(mix_stderr=False)
    given = ["--token", "the-token", *map(str, arguments)]
    return runner.invoke(call, given, catch_exceptions=False)


def test_a_call_that_was_kept_is_as_it_was(origin: str, file: Path) -> None:
    saved = run(f"{origin}/voice", "--keys", "1 heard stay", "--save", file)
    assert saved.exit_code == 0
    assert "turns left" not in saved.stderr
    assert saved.stderr.endswith(f"kept in {file}: 14 events, 7.9 s\n")
    assert "the-token" not in file.read_text()
    again = run("--replay", file)
    assert again.stdout == "The call is as it was: 14 events, 7.9 s.\n"
    assert again.exit_code == 0


def test_where_it_differs_is_shown(origin: str, other: str, file: Path) -> None:
    run(f"{origin}/voice", "--keys", "1 heard stay", "--save", file)
    again = run(f"{other}/voice", "--replay", file)
    assert again.stdout == (
        "   6.4s  turn 3: words\n"
        "         - Goodbye\n"
        "         + Good day\n"
        "   7.1s  turn 3: verbs\n"
        "         - pause seconds 1\n"
        "         + pause seconds 3\n"
        "  10.1s  turn 3: seconds\n"
        "         - 7.9 s in all\n"
        "         + 10.1 s in all\n"
        "3 differences: 1 of words, 1 of verbs, 1 of seconds.\n"
    )
    assert again.exit_code == 1


def test_where_it_differs_is_told_to_programs(origin: str, other: str, file: Path) -> None:
    run(f"{origin}/voice", "--keys", "1 heard stay", "--save", file)
    again = run(f"{other}/voice", "--replay", file, "--json")
    told = [json.loads(line) for line in again.stdout.splitlines()]
    assert [each["difference"] for each in told] == ["words", "verbs", "seconds"]
    assert told[1] | {"at": 0} == {
        "at": 0,
        "difference": "verbs",
        "turn": 3,
        "was": "pause seconds 1",
        "now": "pause seconds 3",
    }
    assert again.exit_code == 1


def test_the_call_itself_is_printed_when_asked_for(origin: str, file: Path) -> None:
    run(f"{origin}/voice", "--keys", "1 hangup", "--save", file)
    again = run("--replay", file, "--verbose")
    assert "   0.0s  line    Press a key\n" in again.stdout
    assert again.stdout.splitlines()[-1].startswith("The call is as it was: ")


def test_what_was_told_before_is_told_in_a_line(file: Path) -> None:
    """A menu that has changed is heard again and again."""
    menu = '<Gather numDigits="1"><Say>{}</Say></Gather>'
    with serving(pages({"/": menu.format("Press 1")})) as url:
        run(url, "--keys", "1 2", "--save", file)
    with serving(pages({"/": menu.format("Press 2")})) as url:
        again = run(url, "--replay", file)
    assert again.stdout == (
        "   0.0s  turn 1: words\n"
        "         - Press 1\n"
        "         + Press 2\n"
        "   1.0s  turn 2: words, as at 0.0s\n"
        "   2.0s  turn 3: words, as at 0.0s\n"
        "3 differences: 3 of words.\n"
    )


def test_verbs_that_nobody_hears_are_compared_as_well(file: Path) -> None:
    was = '<Sms>Hello</Sms><Record maxLength="20" timeout="3"/>'
    now = '<Sms>Good day</Sms><Record maxLength="30" timeout="3"/>'
    with serving(pages({"/": was})) as url:
        run(url, "--keys", "record:4 hangup", "--save", file)
    with serving(pages({"/": now})) as url:
        again = run(url, "--replay", file)
    assert '- sms text "Hello"\n         + sms text "Good day"\n' in again.stdout
    assert "- beep max_length 20\n         + beep max_length 30\n" in again.stdout


def test_turns_and_faults_that_came_to_nothing_are_noted(origin: str, file: Path) -> None:
    run(f"{origin}/voice", "--keys", "1 heard 9", "--fault", "drop@9", "--save", file)
    again = run("--replay", file)
    assert again.stderr == (
        "note: the call ended with 1 of 3 turns left\n"
        "note: fault drop@9 befell nothing: the call had only 3 requests for documents\n"
    )
    assert again.exit_code == 0
    run(f"{origin}/long", "--keys", "", "--save", file)
    assert run("--replay", file).stderr == ""


def test_a_failure_that_was_there_before_is_no_difference(origin: str, file: Path) -> None:
    assert run(f"{origin}/broken", "--keys", "", "--save", file).exit_code == 1
    again = run("--replay", file)
    assert again.stdout.startswith("The call is as it was: ")
    assert again.exit_code == 0


def test_a_kept_call_may_be_kept_anew(origin: str, other: str, file: Path) -> None:
    run(f"{origin}/voice", "--keys", "1 heard stay", "--save", file)
    assert run(f"{other}/voice", "--replay", file, "--save", file).exit_code == 1
    assert run("--replay", file).exit_code == 0
    assert "Good day" in file.read_text()


def test_digits_that_were_not_read_out_cannot_be_keyed(origin: str, file: Path) -> None:
    result = run(f"{origin}/voice", "--keys", "heard", "--save", file)
    assert "keys: 'heard' at 2.5 s: no digits were read out before" in result.stderr
    assert result.stdout.endswith("The caller hung up after 2.5 s.\n")
    assert result.exit_code == 1
    assert "keys: heard\n" in file.read_text()
    assert run("--replay", file).exit_code == 1


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--keys", "1"),
        ("--method", "GET"),
        ("--from", "+1"),
        ("--to", "+1"),
        ("--param", "a=b"),
        ("--dial", "busy"),
        ("--max-turns", "200"),
        ("--fault", "drop"),
    ],
)
def test_what_the_file_says_is_not_said_again(file: Path, option: str, value: str) -> None:
    result = run("--replay", file, option, value)
    assert f"{option} and --replay: the file says what the call is" in result.stderr
    assert result.exit_code == 2


def test_a_broken_file_is_wrong_usage(file: Path) -> None:
    file.write_text("version: 1\nkeys: [\n")
    result = run("--replay", file)
    assert f"Invalid value for --replay: {file}:3: it is not YAML: " in result.stderr
    assert result.exit_code == 2


def test_a_place_that_is_taken_is_told_before_anything_is_rung(origin: str, file: Path) -> None:
    file.write_text("my diary")
    result = run(f"{origin}/voice", "--keys", "1", "--save", file)
    assert "Invalid value for --save:" in result.stderr
    assert (result.stdout, result.exit_code) == ("", 2)
    assert file.read_text() == "my diary"


def test_a_call_that_cannot_be_kept_after_all_is_told(origin: str, tmp_path: Path) -> None:
    """The folder goes while the call goes on."""
    folder = tmp_path / "folder"
    folder.mkdir()

    documents = pages(DOCUMENTS, CLIPS)

    def line(environ: object, start: object) -> object:
        if folder.exists():
            folder.rmdir()
        return documents(environ, start)  # type: ignore[arg-type]

    assert origin
    with serving(line) as url:  # type: ignore[arg-type]
        result = run(f"{url}/voice", "--keys", "1", "--save", folder / "a.yaml")
    assert "there is no folder" in result.stderr
    assert result.exit_code == 1


def test_a_password_must_be_given_again(origin: str, file: Path) -> None:
    host = origin.removeprefix("http://")
    url = f"http://asha:secret@{host}/broken"
    run(url, "--keys", "", "--fallback", f"{url}2", "--save", file)
    assert "secret" not in file.read_text()
    result = run("--replay", file)
    assert f"URL: the password of http://asha:***@{host}/broken was not kept" in result.stderr
    assert result.exit_code == 2
    assert "--fallback: the password of" in run(url, "--replay", file).stderr
    assert run(url, "--replay", file, "--fallback", f"{url}2").exit_code == 0


def test_a_call_that_was_interrupted_is_kept_and_not_compared(origin: str, file: Path) -> None:
    interrupted(f"{origin}/long", "--keys", "stay", "--save", str(file))
    assert "keys: hangup@" in file.read_text()
    run(f"{origin}/long", "--keys", "stay", "--save", file)
    code, err = interrupted("--replay", str(file), "-v")
    assert "note: the call was interrupted, so nothing was compared\n" in err
    assert code == 1


def interrupted(*arguments: str) -> tuple[int, str]:
    """Rings in real time, and interrupts the pause; gives the exit code and stderr."""
    with subprocess.Popen(  # noqa: S603 - our own command
        [IVR, "call", "--token", "T", "--real-time", *arguments],
        env={**os.environ, **UNMEASURED},  # noqa: TID251 - a child needs PATH
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        while "(pause of 60 s)" not in (line := process.stdout.readline()):
            assert line
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    return process.returncode, err


def test_a_live_call_is_kept_as_a_script_with_times(origin: str, file: Path) -> None:
    with Terminal(f"{origin}/voice", "--no-sound", "--save", str(file)) as terminal:
        terminal.wait_for("Press a key")
        terminal.key_in("1")
        terminal.wait_for("Your code is")
        terminal.key_in("h")
        terminal.wait_for("kept in")
        assert terminal.end() == 0
    text = file.read_text()
    assert "\nkeys: 1@" in text
    assert " hangup@" in text
    assert run("--replay", file).exit_code == 0


@pytest.fixture
def checkout(tmp_path: Path, audio: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which the line stands: shipped words, rendered clips, no state."""
    for name in list(os.environ):  # noqa: TID251 - what is set outside must not be heard
        if name.startswith(("IVR_", "TWILIO_")) or name in {"REDIS_URL", "PUBLIC_URL"}:
            monkeypatch.delenv(name)
    monkeypatch.setenv("IVR_CONFIG", str(ROOT / "config"))
    monkeypatch.setenv("IVR_AUDIO", str(audio))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("checkout")
def test_the_own_line_reads_its_codes_out_in_bengali(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Of a known number the line would take the call up when it is placed again.
    saved = run("--keys", "1 2 heard heard hangup", "--from", "anonymous", "--save", file)
    assert saved.exit_code == 0
    assert "\nurl: null\n" in file.read_text()
    again = run("--replay", file)
    assert again.stdout.startswith("The call is as it was: ")
    assert again.exit_code == 0
    # Elsewhere it is asked with the same words; what cannot be read is told.
    monkeypatch.setenv("IVR_CONFIG", "nowhere")
    with pytest.raises(SettingsError, match="There is no folder nowhere"):
        run("--replay", file)
    with serving(pages(DOCUMENTS, CLIPS)) as url:
        result = run(f"{url}/voice", "--replay", file)
    assert "note: nowhere/ cannot be read, so only numerals and English words" in result.stderr
    assert result.exit_code == 1
