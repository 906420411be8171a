"""`ivr crawl`: what it prints, and with what it exits."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result
from rich.console import Console

from ivr.cli.crawl import crawl
from ivr.cli.crawl.progress import progress_shown
from ivr.simulator.crawl.walk import Progress
from tests.serving import serving
from tests.simulator.applications import faulty

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serving(faulty.make_app()) as origin:
        yield f"{origin}/voice"


def crawled(*arguments: str) -> Result:
    runner = CliRunner(mix_stderr=False, env={"COLUMNS": "60"})
    return runner.invoke(crawl, ["--token", "T", *arguments], catch_exceptions=False)


def test_places_and_findings_are_told_in_text(url: str) -> None:
    result = crawled(url)
    assert (result.exit_code, result.stderr) == (1, "")
    first, *_ = result.stdout.split("\n\n")
    assert first.splitlines()[:2] == [
        "  1  /voice  waits for 1 key",
        "     Welcome to the shop. Press a key from one to eight.",
    ]
    for heading in ("Errors", "Dead ends", "Loops with no way out", "Never reached"):
        assert f"\n{heading}\n" in result.stdout
    assert f'     ivr call {url} --keys "1"\n' in result.stdout
    assert "     seen after 1 at 1\n" in result.stdout
    last = result.stdout.splitlines()[-1]
    assert last.startswith("14 documents, ")
    assert ", 7 findings, " in last.replace("; ", ", ")


def test_json_is_one_object_whose_fields_the_page_tells(url: str) -> None:
    result = crawled(url, "--json")
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    page = (Path(__file__).parents[2] / "docs/crawl.md").read_text(encoding="utf-8")
    for part, names in fields(told).items():
        for name in names:
            assert f"`{part}.{name}`" in page or f"`{name}`" in page, (part, name)


def fields(told: dict[str, object]) -> dict[str, list[str]]:
    found = {"report": list(told)}
    for part, value in told.items():
        if isinstance(value, dict):
            found[part] = list(value)
        elif isinstance(value, list):
            found[part] = list(value[0])
    assert isinstance(told["places"], list)
    found["keys"] = list(told["places"][0]["keys"][0])
    return found


def test_long_words_are_cut_to_the_width_of_the_terminal(url: str) -> None:
    lines = crawled(url).stdout.splitlines()
    said = [line for line in lines if line.startswith("     Welcome")]
    assert all(len(line) <= 60 for line in said)
    assert said


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
    result = crawled("--max-calls", "1")
    assert "stopped at --max-calls 1: " in result.stdout
    assert "  1  /voice  waits for 1 key\n" in result.stdout
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
