"""`ivr rehearse --load`: what it prints, and how it ends."""

from __future__ import annotations

import io
import json
import os
import resource
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from rich.console import Console

from ivr.cli.project import Project
from ivr.cli.rehearse import rehearse
from ivr.cli.rehearse.load import Given, loaded, raise_file_limit
from ivr.cli.rehearse.load_text import load_shown, show_load
from ivr.errors import SettingsError
from ivr.rehearsal.load.crowd import Progress
from ivr.rehearsal.load.tally import Tally
from ivr.rehearsal.reading import read_personas
from tests.conftest import TOKEN
from tests.serving import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from click.testing import Result
    from flask import Flask

    from ivr.flow.model import Spec


ROOT = Path(__file__).parents[2]
PERSONAS = ROOT / "config/personas.yaml"


@pytest.fixture(autouse=True)
def _own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The shipped flow and callers, and no setting of whoever runs the tests."""
    for name in list(os.environ):  # noqa: TID251 - what is set outside must not be heard
        if name.startswith(("IVR_", "TWILIO_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("IVR_CONFIG", str(ROOT / "config"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def url(app: Flask) -> Iterator[str]:
    with serving(app) as origin:
        yield f"{origin}/voice"


def run(*arguments: str) -> Result:
    return CliRunner(mix_stderr=False).invoke(rehearse, arguments)


def test_a_load_prints_one_object_for_programs(url: str) -> None:
    result = run(*("--load", url, "--calls", "2", "--seconds", "10", "--token", TOKEN, "--json"))
    assert (result.exit_code, result.stderr) == (0, "")
    figures = json.loads(result.stdout)
    assert figures["calls"] == 2
    assert figures["concurrent_calls"] >= 2
    assert figures["errors"] == 0
    assert figures["seconds"] == pytest.approx(10.0, abs=1.0)
    assert {
        *("concurrent_max", "turns", "turns_per_second", "p50_ms", "p95_ms", "p99_ms"),
        *("slowest_ms", "errors_by_kind", "late_p99_ms", "is_valid"),
    } <= figures.keys()


def test_a_load_in_which_something_fails_ends_with_1(
    url: str, spec: Spec, capsys: pytest.CaptureFixture[str]
) -> None:
    personas = read_personas("personas.yaml", PERSONAS.read_text(encoding="utf-8"), spec.flow)
    given = Given(
        url=url,
        calls=1,
        seconds=2,
        token=TOKEN,
        status_callback="/nowhere",
        seed=1,
        is_json=False,
    )
    assert loaded(Project.load(), personas, given) == 1
    told = capsys.readouterr().out
    assert "Calls at the same time, with human timing" in told
    assert "status_404: " in told


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--calls", "5"], "--calls needs --load URL"),
        (["--seconds", "50"], "--seconds needs --load URL"),
        (["--token", "T"], "--token needs --load URL"),
        (["--status-callback", "/s"], "--status-callback needs --load URL"),
        (["--load", "http://x/", "--callers", "5"], "--callers does not go together with --load"),
        (["--load", "http://x/", "--jobs", "1"], "--jobs does not go together with --load"),
        (["--load", "http://x/", "--picture", "a.svg"], "--picture does not go together"),
        (["--load", "http://x/", "--calls", "0"], "0 is not in the range"),
        (["--load", "http://x/", "--calls", "20001"], "20001 is not in the range"),
        (["--load", "http://x/", "--seconds", "9"], "9 is not in the range"),
        (["--load", "http://x/", "--seconds", "3601"], "3601 is not in the range"),
        (["--load", "ftp://x/"], "is not an http:// or https:// URL"),
        (["--load", "http://x/", "--token", ""], "it is empty"),
        (["--load", "http://x/", "--status-callback", "ftp://x/"], "--status-callback"),
    ],
)
def test_options_that_do_not_fit_are_told(arguments: list[str], message: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert message in result.stderr


def test_a_wrong_token_is_told_after_one_call(url: str) -> None:
    result = run("--load", url, "--token", "wrong", "--calls", "9")
    assert isinstance(result.exception, SettingsError)
    assert "A trial call was not answered as it should be:" in str(result.exception)
    assert "answered 403 Forbidden; is this the auth token" in str(result.exception)


def test_a_url_at_which_nobody_answers_is_told() -> None:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    result = run("--load", f"http://127.0.0.1:{port}/voice", "--token", "T")
    assert isinstance(result.exception, SettingsError)
    assert "takes no connection (Connection refused); is the line" in str(result.exception)


# -- As text -----------------------------------------------------------------------------------


def shown(tally: Tally, *, is_whole: bool = True) -> str:
    out = io.StringIO()
    show_load(tally.figures(20.0, 2.0, is_whole=is_whole), Console(file=out, width=100))
    return out.getvalue()


def test_a_table_tells_what_was_carried() -> None:
    tally = Tally(2)
    tally.answered()
    tally.answered()
    tally.begin_plateau(10.0)
    for _ in range(40):
        tally.turns += 1
        tally.asked(0.0, 0.004)
    tally.end_plateau()
    rows = dict(
        row.rsplit("  ", 1) for row in map(str.strip, shown(tally).splitlines()) if "  " in row
    )
    told = {name.strip(): value for name, value in rows.items()}
    assert told["calls carried all the time"] == "2 of 2"
    assert told["turns a second"] == "4"
    assert told["answer, 99 of 100 below"] == "4 ms"
    assert told["load's share of a core"] == "10%"
    assert told["errors"] == "0"
    assert "too busy" not in shown(tally)


def test_errors_are_told_with_the_first_of_each_kind() -> None:
    tally = Tally(1)
    tally.fail("status_503", "POST http://line.test/voice answered 503")
    tally.fail("status_503", "another")
    assert "status_503: 2, first: POST http://line.test/voice answered 503\n" in shown(tally)


def test_a_machine_that_is_too_busy_for_the_load_is_told() -> None:
    tally = Tally(1)
    tally.asked(0.5, 0.6)
    assert "over 500 ms late through the load itself: this machine is too busy" in shown(tally)


@pytest.mark.parametrize("is_terminal", [True, False])
def test_a_bar_is_shown_where_somebody_looks(*, is_terminal: bool) -> None:
    out = io.StringIO()
    console = Console(file=out, force_terminal=is_terminal, width=100)
    with load_shown(console, 9, 60.0) as show:
        if show is not None:
            show(Progress(seconds=5.0, in_progress=8, turns=21, errors=1))
    assert ("8 of 9 calls, 21 turns, 1 errors" in out.getvalue()) is is_terminal


# -- Open files --------------------------------------------------------------------------------


def test_that_all_hang_up_is_shown_too() -> None:
    out = io.StringIO()
    with load_shown(Console(file=out, force_terminal=True, width=100), 9, 60.0) as show:
        assert show is not None
        show(Progress(seconds=60.0, in_progress=8, turns=21, errors=1, is_leaving=True))
    assert "8 callers hang up, 21 turns, 1 errors" in out.getvalue()


def test_of_an_interrupted_load_the_table_says_so() -> None:
    told = shown(Tally(2), is_whole=False)
    assert "not all begun" in told
    assert "Interrupted after 20 s; these are the figures so far." in told


@pytest.fixture
def _limits() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.usefixtures("_limits")
def test_the_limit_of_open_files_is_raised_as_far_as_is_needed() -> None:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (200, hard))
    raise_file_limit(150)
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == (200, hard)
    raise_file_limit(256)
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == (256, hard)


@pytest.mark.usefixtures("_limits")
def test_a_limit_that_cannot_be_raised_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (64, 128))  # root may raise any
    with pytest.raises(SettingsError, match=r"may open 128 files, and needs 256.*ulimit -n 256"):
        raise_file_limit()
