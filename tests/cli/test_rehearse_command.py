"""`ivr rehearse`: figures that follow from the seed, a table, JSON, a picture, a comparison."""

from __future__ import annotations

import io
import json
import multiprocessing
import os
import signal
import subprocess
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result
from rich.console import Console

from ivr.cli.rehearse import rehearse
from ivr.cli.rehearse.progress import progress_shown
from ivr.cli.rehearse.service import Stage
from ivr.cli.rehearse.workers import Plan, _stop, rehearse_all
from ivr.errors import RehearsalError
from ivr.rehearsal.reading import read_personas
from tests.cli.terminal import IVR, UNMEASURED

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

    from ivr.flow.model import Spec

ROOT = Path(__file__).parents[2]
PATIENCE_ROUNDS = 600
SMALL = ("--callers", "12", "--seed", "3", "--jobs", "1")
ROW = {
    *("callers", "lesson_set_out", "lesson_finished", "practice_set_out", "practice_finished"),
    *("median_lesson_seconds", "median_practice_seconds", "median_turns", "between"),
    *("secrets_kept", "same_sentence_three_times", "stuck"),
    *("calls_per_caller", "seconds_per_call", "speech_seconds_per_call"),
}


@pytest.fixture(autouse=True)
def _own(tmp_path: Path, audio: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The shipped line with rendered clips; a Redis of the operator's that must not be used."""
    for name in list(os.environ):  # noqa: TID251 - what is set outside must not be heard
        if name.startswith(("IVR_", "TWILIO_")) or name in {"REDIS_URL", "PUBLIC_URL"}:
            monkeypatch.delenv(name)
    monkeypatch.setenv("IVR_CONFIG", str(ROOT / "config"))
    monkeypatch.setenv("IVR_AUDIO", str(audio))
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    monkeypatch.chdir(tmp_path)


def run(*arguments: str) -> Result:
    return CliRunner(mix_stderr=False).invoke(rehearse, arguments, catch_exceptions=False)


@pytest.fixture(scope="module")
def told() -> dict[str, str]:
    """What was printed before, by its arguments: a rehearsal takes seconds."""
    return {}


def figures(told: dict[str, str]) -> dict[str, Any]:
    if "json" not in told:
        result = run(*SMALL, "--json")
        assert (result.exit_code, result.stderr) == (0, "")
        told["json"] = result.stdout
    found: dict[str, Any] = json.loads(told["json"])
    return found


def test_json_is_one_object_of_a_fixed_shape(told: dict[str, str], spec: Spec) -> None:
    found = figures(told)
    assert set(found) == {
        *("callers", "seed", "flow", "population", "overall", "personas"),
        *("dropout", "lost", "prompts"),
    }
    assert (found["callers"], found["seed"], found["flow"]) == (12, 3, spec.content_hash)
    assert set(found["overall"]) == ROW
    assert len(found["personas"]) == 12
    assert all(set(row) == ROW for row in found["personas"].values())
    assert all(set(each) == {"place", "share"} for each in found["dropout"])
    assert found["personas"]["child_playing"]["lesson_finished"] is None
    assert sum(row["callers"] for row in found["personas"].values()) == 12


def test_the_same_seed_gives_the_same_figures_over_any_number_of_processes(
    told: dict[str, str],
) -> None:
    figures(told)
    result = run("--callers", "12", "--seed", "3", "--jobs", "2", "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == told["json"]


def test_another_seed_gives_other_callers(told: dict[str, str]) -> None:
    result = run("--callers", "12", "--seed", "4", "--jobs", "1", "--json")
    assert json.loads(result.stdout)["personas"] != figures(told)["personas"]


def test_the_table_has_each_persona_and_all(tmp_path: Path) -> None:
    result = run(*SMALL, "--picture", str(tmp_path / "out.svg"))
    assert result.exit_code == 0
    assert "no evidence about people" in result.stdout
    rows = [line.split() for line in result.stdout.splitlines() if line.strip()]
    assert next(row for row in rows if row[0] == "all")[1] == "12"
    assert any(row[0] == "forgets_the_code" for row in rows)
    assert (tmp_path / "out.svg").read_text().startswith("<svg")


def test_figures_that_have_not_changed_are_told_so(told: dict[str, str], tmp_path: Path) -> None:
    figures(told)
    (tmp_path / "ref.json").write_text(told["json"])
    result = run(*SMALL, "--json", "--compare", "ref.json")
    assert result.exit_code == 0
    assert result.stdout == told["json"]
    assert result.stderr == "Nothing has changed beyond chance since the figures that were given.\n"


def test_what_got_worse_is_told_and_the_exit_code_says_so(
    told: dict[str, str], tmp_path: Path
) -> None:
    before = figures(told)
    row = before["overall"]
    row["between"]["median_turns"], row["median_turns"] = [1, 2], 1.5
    row["secrets_kept"] = 12
    before["population"] = "others"
    (tmp_path / "ref.json").write_text(json.dumps(before))
    result = run(*SMALL, "--compare", "ref.json")
    assert result.exit_code == 1
    lines = [" ".join(line.split()) for line in result.stdout.splitlines()]
    assert any(line.startswith("all median_turns 1.5 ") and "WORSE" in line for line in lines)
    assert "all secrets_kept 12 0 better" in lines
    assert any("personas are others" in line for line in lines)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--compare", "gone.json"], "'gone.json' does not exist"),
        (["--compare", "bad.json"], "does not hold the figures of a rehearsal"),
        (["--compare", "long.json"], "long.json is over 1048576 bytes"),
        (["--compare", "."], "'.' is a directory"),
        (["--callers", "0"], "0 is not in the range"),
        (["--callers", "1000001"], "1000001 is not in the range"),
        (["--jobs", "17"], "17 is not in the range"),
        (["--jobs", "0"], "0 is not in the range"),
        (["--seed", "-1"], "-1 is not in the range"),
        (["--personas", "gone.yaml"], "'gone.yaml' does not exist"),
        (["--picture", "gone/out.svg"], "there is no folder gone; make it"),
    ],
)
def test_wrong_usage_is_told(arguments: list[str], said: str, tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text("{}")
    (tmp_path / "long.json").write_text(" " * 1_048_577)
    result = run(*arguments)
    assert result.exit_code == 2
    assert said in result.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"\xff", "it is not UTF-8"),
        (b"rehearsal: 2\n", "2 is not known here; write 1"),
        (b"#" * 262_145, "is over 262144 bytes"),
    ],
)
def test_a_file_of_personas_that_cannot_be_read_is_told(
    text: bytes, said: str, tmp_path: Path
) -> None:
    (tmp_path / "who.yaml").write_bytes(text)
    done = subprocess.run(  # noqa: S603 - our own command
        [IVR, "rehearse", "--personas", "who.yaml"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith("who.yaml")
    assert said in done.stderr


def test_a_picture_of_another_kind_is_refused_before_anybody_rings(tmp_path: Path) -> None:
    result = CliRunner().invoke(rehearse, ["--picture", str(tmp_path / "drop-out.png")])
    assert result.exit_code == 2
    assert "drop-out.png is no name of an SVG; let it end with .svg" in result.output


def test_a_picture_that_cannot_be_written_is_told_and_the_figures_are_not_lost() -> None:
    done = subprocess.run(  # noqa: S603 - our own command
        [IVR, "rehearse", *SMALL, "--callers", "1", "--json", "--picture", "/dev/full"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "/dev/full cannot be written: No space left on device" in done.stderr
    assert json.loads(done.stdout)["callers"] == 1


@pytest.mark.parametrize("is_terminal", [True, False], ids=["a terminal", "a file"])
def test_progress_is_shown_where_somebody_looks(*, is_terminal: bool) -> None:
    shown = io.StringIO()
    console = Console(file=shown, force_terminal=is_terminal, width=80)
    with progress_shown(console, callers=40) as show:
        show(30)
        show(10)
    assert ("40/40" in shown.getvalue()) == is_terminal


def processes_of(session: int, folder: Path) -> list[int]:
    """Who runs in a session, or was started with something of a folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            told = (process / "stat").read_text().rpartition(")")[2].split()
            is_here = str(folder).encode() in (process / "cmdline").read_bytes()
            if told[0] != "Z" and (told[3] == str(session) or is_here):
                found.append(int(process.name))
    return found


def wait_until(holds: Callable[[], bool]) -> None:
    for _ in range(PATIENCE_ROUNDS):
        if holds():
            return
        threading.Event().wait(0.05)
    raise AssertionError("it never came to it")


def test_ctrl_c_leaves_nothing_behind() -> None:
    rooms = Path(tempfile.mkdtemp(prefix="r"))  # sockets have short paths
    variables = {**os.environ, **UNMEASURED, "TMPDIR": str(rooms)}  # noqa: TID251 - a child needs PATH
    with subprocess.Popen(  # noqa: S603 - our own command
        [IVR, "rehearse", "--callers", "100000", "--jobs", "2"],
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as child:
        try:
            # The command, its two workers and what watches over them, and the Redis.
            wait_until(lambda: len(processes_of(child.pid, rooms)) >= 5)
            os.killpg(child.pid, signal.SIGINT)
            out, err = child.communicate(timeout=60)
        except BaseException:
            child.terminate()
            raise
    assert (out, child.returncode) == ("", 1)
    assert "Traceback" not in err
    # What watches over the workers ends by itself, a moment behind the command.
    wait_until(lambda: not processes_of(child.pid, rooms))
    assert list(rooms.iterdir()) == []
    rooms.rmdir()


@pytest.fixture
def stage_of(spec: Spec, audio: Path) -> Callable[[str], Plan]:
    file = ROOT / "config/personas.yaml"
    personas = read_personas(str(file), file.read_text(encoding="utf-8"), spec.flow)
    return lambda url: Plan(Stage(spec, audio, url), personas, seed=1)


def test_what_fails_in_a_worker_is_told_by_the_command(stage_of: Callable[[str], Plan]) -> None:
    with pytest.raises(RehearsalError, match="REDIS_URL cannot be read"):
        rehearse_all(stage_of("nonsense://"), 30, 2, lambda _: None)


def _heed_nothing(pipe: Connection) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    pipe.send("now")
    threading.Event().wait(100)


def test_a_process_that_heeds_no_signal_is_ended_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ivr.cli.rehearse.workers.STOP_SECONDS", 0.1)
    fork = multiprocessing.get_context("fork")
    ours, theirs = fork.Pipe()
    with ours, theirs:
        process = fork.Process(target=_heed_nothing, args=(theirs,), daemon=True)
        process.start()
        assert ours.poll(30)
        _stop(process)
    assert process.exitcode == -signal.SIGKILL
