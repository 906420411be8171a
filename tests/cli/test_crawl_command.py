"""`ivr crawl`: what it prints, and with what it exits."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
from click.testing import CliRunner, Result
from rich.console import Console
from werkzeug.wrappers import Request, Response

from ivr.cli.crawl import crawl
from ivr.cli.crawl.progress import progress_shown
from ivr.simulator.actions import Speak
from ivr.simulator.crawl.progress import Progress
from ivr.simulator.crawl.report import Report
from ivr.simulator.script import parse
from tests.serving import serving
from tests.simulator.applications import faulty

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serving(faulty.make_app()) as origin:
        yield f"{origin}/voice"


def crawled(*arguments: str, **variables: str) -> Result:
    runner = CliRunner(mix_stderr=False, env={"COLUMNS": "60", **variables})
    return runner.invoke(crawl, ["--token", "T", *arguments], catch_exceptions=False)


def test_places_and_findings_are_told_in_text(url: str) -> None:
    result = crawled(url)
    assert (result.exit_code, result.stderr) == (1, "")
    first, *_ = result.stdout.split("\n\n")
    assert first.splitlines()[:2] == [
        "  1  /voice  waits for 1 key",
        "     Welcome to the shop. Press a key from one to eight.",
    ]
    for heading in ("Errors (3)", "Dead ends", "Loops with no way out (2)", "Never reached"):
        assert f"\n{heading}\n" in result.stdout
    assert f'     ivr call {url} --token T --keys "1"\n' in result.stdout
    assert "     seen after 1 at 1\n" in result.stdout
    last = result.stdout.splitlines()[-1]
    assert last.startswith("14 documents, ")
    assert ", 7 findings, " in last.replace("; ", ", ")


def test_json_is_one_object(url: str) -> None:
    result = crawled(url, "--json")
    assert (result.exit_code, result.stderr) == (1, "")
    told = msgspec.json.decode(result.stdout, type=Report)
    assert told.url == url
    assert len(told.findings) == 8


def test_long_words_are_cut_to_the_width_of_the_terminal(url: str) -> None:
    lines = crawled(url).stdout.splitlines()
    said = [line for line in lines if line.startswith("     Welcome")]
    assert all(len(line) <= 60 for line in said)
    assert said


def test_in_a_terminal_text_is_folded_between_words_and_commands_are_not(url: str) -> None:
    lines = plain(crawled(url, FORCE_COLOR="1").stdout).splitlines()
    commands = [line for line in lines if line.startswith("     ivr call http")]
    assert len(commands) == 7
    assert all(len(line) <= 60 for line in lines if line not in commands)
    assert "  11200: POST " in "\n".join(lines)
    at = lines.index("Dead ends")
    told = " ".join(line.strip() for line in lines[at + 1 : at + 7])
    assert "comes to its end and nothing follows, so that Twilio hangs up on the caller;" in told


def plain(shown: str) -> str:
    return re.sub(r"\x1b\[[0-?]*[a-zA-Z]", "", shown)


@Request.application
def odd(request: Request) -> Response:
    """Speech, a record and a queue; the words are one that no line has room for."""
    content = {
        "/voice": '<Gather input="speech" action="/record" hints="yes, it\'s $5"/><Hangup/>',
        "/record": f'<Say>{"a" * 200}</Say><Record action="/queue"/><Hangup/>',
        "/queue": '<Enqueue waitUrl="/wait">q</Enqueue>',
        "/wait": "<Gather/><Say>Wait.</Say>",
    }[request.path]
    if request.form.get("SpeechResult", "yes") != "yes":
        content = "<Say"
    return Response(f"<Response>{content}</Response>", mimetype="text/xml")


def test_what_a_line_waits_for_is_told() -> None:
    with serving(odd) as origin:
        result = crawled(f"{origin}/voice", "--entry", "12", "--entry", "3#")
    for waits in ("waits for words", "records what the caller says", "the caller waits in a queue"):
        assert f"  {waits}\n" in result.stdout
    assert f"     {'a' * 54}…\n" in result.stdout


def test_the_script_of_a_finding_can_be_pasted_into_a_shell() -> None:
    with serving(odd) as origin:
        told = crawled(f"{origin}/voice?a=1&b=2").stdout.splitlines()
    (command,) = [line for line in told if "ivr call" in line and "$" in line]
    words = shlex.split(command)
    assert words[:-1] == ["ivr", "call", f"{origin}/voice?a=1&b=2", "--token", "T", "--keys"]
    assert parse(words[-1]) == (Speak("it's $5"),)


def test_the_command_of_a_finding_rings_as_the_crawl_did_and_keeps_the_token() -> None:
    given = ["--method", "GET", "--from", "", "--to", "+12025550123", "--param", "Name=A B"]
    with serving(faulty.make_app()) as origin:
        told = crawled(f"{origin}/none", "--token", "secret", *given).stdout
    (command,) = [line for line in told.splitlines() if "ivr call" in line]
    assert shlex.split(command) == [
        *("ivr", "call", f"{origin}/none", "--method", "GET", "--token", "T", "--from", ""),
        *("--to", "+12025550123", "--param", "Name=A B", "--keys", ""),
    ]
    assert "secret" not in told


@pytest.mark.parametrize(
    ("arguments", "rings_again"),
    [
        pytest.param((), False, id="a line at a URL"),
        pytest.param(("--ring-again",), True, id="where it is asked for"),
        pytest.param(("--no-ring-again",), False, id="where it is not wanted"),
    ],
)
def test_who_is_rung_again_is_chosen(
    url: str, arguments: tuple[str, ...], *, rings_again: bool
) -> None:
    result = crawled(url, "--json", "--max-calls", "20", *arguments)
    told = msgspec.json.decode(result.stdout, type=Report)
    tried = {key.input for place in told.places for key in place.keys}
    assert ("ring-again" in tried) is rings_again


def test_a_limit_that_is_reached_is_told(url: str) -> None:
    result = crawled(url, "--max-documents", "2")
    assert result.exit_code == 1
    assert "Not everything was tried\n  stopped at --max-documents 2: " in result.stdout


def test_where_nothing_answers_it_exits_at_once() -> None:
    result = crawled("http://127.0.0.1:9/voice")
    assert result.exit_code == 1
    assert "11205: nothing answers at http://127.0.0.1:9/voice" in result.stdout
    assert result.stdout.splitlines()[-1].endswith("in 1 call, 0 words heard; 1 finding.")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(["nonsense"], "Invalid value for URL", id="URL"),
        pytest.param(["http://h/", "--entry", "12a"], "'12a' cannot be keyed", id="entry"),
        pytest.param(["http://h/", "--say", " "], "it has no words", id="words"),
        pytest.param(["http://h/", "--param", "x"], "write NAME=VALUE", id="param"),
        pytest.param(["http://h/", "--token", ""], "it is empty", id="token"),
        pytest.param(["http://h/", "--timeout", "0"], "--timeout", id="timeout"),
    ],
)
def test_wrong_usage_is_told(arguments: list[str], message: str) -> None:
    result = crawled(*arguments)
    assert result.exit_code == 2
    assert message in result.stderr


def test_the_line_of_this_folder_is_crawled_without_a_url(
    tmp_path: Path, audio: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in list(os.environ):  # noqa: TID251 - what is set outside must not be heard
        if name.startswith(("IVR_", "TWILIO_")) or name in {"REDIS_URL", "PUBLIC_URL"}:
            monkeypatch.delenv(name)
    monkeypatch.setenv("IVR_CONFIG", str(Path(__file__).parents[2] / "config"))
    monkeypatch.setenv("IVR_AUDIO", str(audio))
    monkeypatch.chdir(tmp_path)
    result = crawled("--max-calls", "15")
    assert "stopped at --max-calls 15: " in result.stdout
    assert "  1  /voice  waits for 1 key\n" in result.stdout
    assert "ring-again → " in result.stdout, "it remembers its callers"
    monkeypatch.setenv("IVR_CONFIG", str(tmp_path / "nowhere"))
    with pytest.raises(Exception, match="There is no folder"):
        crawled()


def test_progress_is_shown_where_somebody_looks(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_shown(Console(force_terminal=False)) as nobody:
        assert nobody is None
    with progress_shown(Console(force_terminal=True)) as show:
        assert show is not None
        show(Progress(places=2, tried=5, left=7, calls=1))
    assert "1 call, 2 places" in capsys.readouterr().out
