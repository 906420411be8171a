"""`ivr flow draw` as a person runs it, and the page that it made for the documentation."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import redis
from click.testing import CliRunner, Result
from defusedxml import ElementTree

from ivr.cli.flow import flow
from ivr.errors import FlowError, PaperError, SettingsError, StoreError
from ivr.flow.model import Lesson
from tests.conftest import DAY, ROOT

if TYPE_CHECKING:
    from ivr.flow.model import Spec
    from ivr.store.redis import RedisStore

MADE_BY = ["--format", "markdown", "--picture", "docs/pictures/flow.svg", "--out", "docs/flow.md"]
IVR = Path(sys.executable).parent / "ivr"


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def draw(*arguments: str, **variables: str) -> Result:
    env = {"REDIS_URL": "", "IVR_CONFIG": str(ROOT / "config"), **variables}
    runner = CliRunner(mix_stderr=False, env=env)
    return runner.invoke(flow, ["draw", *arguments])


def test_it_prints_an_svg_with_the_line_s_own_words(spec: Spec) -> None:
    result = draw()
    assert result.exit_code == 0
    assert result.stderr == ""
    root = ElementTree.fromstring(result.stdout)
    assert root.tag.endswith("}svg")
    assert spec.words["bn"].prompts["main_menu"] in result.stdout


def test_another_language_stands_in_it_on_demand(spec: Spec) -> None:
    result = draw("--language", "en", "--format", "mermaid")
    assert result.stdout.startswith("flowchart TD\n")
    assert spec.words["en"].prompts["main_menu"] in result.stdout


def test_it_goes_to_a_file(tmp_path: Path) -> None:
    file = tmp_path / "call.svg"
    result = draw("--out", str(file))
    assert (result.exit_code, result.stdout) == (0, "")
    assert file.read_text(encoding="utf-8") == draw().stdout


def test_a_page_without_a_picture_shows_the_mermaid_at_once() -> None:
    result = draw("--format", "markdown", "--language", "en")
    assert result.stdout.startswith("<!-- Made by `ivr flow draw`")
    assert "```mermaid\nflowchart TD\n" in result.stdout
    assert "<details>" not in result.stdout
    assert "| `greeting` | say | This is Ghore Boshe" in result.stdout
    assert "| `register_lesson.register_15` | step 15 | From the next time" in result.stdout


@pytest.mark.parametrize("more", ["", "--colour docs/rehearsal.json"], ids=["plain", "shaded"])
def test_every_row_of_a_page_stands_in_a_table_of_as_many_cells(spec: Spec, more: str) -> None:
    page = draw("--format", "markdown", *more.split()).stdout
    tables = [block.splitlines() for block in page.split("\n\n") if block.startswith("| place |")]
    rows = [line for table in tables for line in table[2:]]
    steps = sum(len(node.steps) for node in spec.flow.nodes.values() if isinstance(node, Lesson))
    assert len(rows) == len(spec.flow.nodes) + steps
    for table in tables:
        cells = {len(re.findall(r"(?<!\\)\|", line)) for line in table}
        assert cells == {6 if more else 5}


def test_a_page_shows_the_picture_that_is_written_beside_it(tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    picture, page = tmp_path / "pictures/my call.svg", tmp_path / "page.md"
    result = draw("--format", "markdown", "--picture", str(picture), "--out", str(page))
    assert result.exit_code == 0
    assert "](pictures/my%20call.svg)" in page.read_text(encoding="utf-8")
    assert picture.read_text(encoding="utf-8") == draw().stdout


def test_a_page_on_stdout_links_from_where_one_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = draw("--format", "markdown", "--picture", "call.svg")
    assert "](call.svg)" in result.stdout


def test_the_page_of_the_documentation_is_what_the_command_prints(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "config", tmp_path / "config")
    (tmp_path / "docs/pictures").mkdir(parents=True)
    subprocess.run(  # noqa: S603 - our own command
        [IVR, "flow", "draw", *MADE_BY], cwd=tmp_path, check=True, env={"PATH": "/nowhere"}
    )
    for name in ("docs/flow.md", "docs/pictures/flow.svg"):
        made = (tmp_path / name).read_text(encoding="utf-8")
        kept = (ROOT / name).read_text(encoding="utf-8")
        again = f"{name} is not of this flow; run: .venv/bin/ivr flow draw {' '.join(MADE_BY)}"
        assert made == kept, again


def test_a_rehearsal_shades_it() -> None:
    result = draw("--colour", "docs/rehearsal.json", "--language", "en")
    assert result.exit_code == 0
    assert "0.68% leave here" in result.stdout
    assert "10,000 pretend callers" in result.stdout


def test_a_rehearsal_of_another_version_says_so(tmp_path: Path) -> None:
    figures = json.loads((ROOT / "docs/rehearsal.json").read_bytes())
    figures["flow"], figures["dropout"][0]["place"] = "0123456789ab", "gone"
    file = tmp_path / "before.json"
    file.write_text(json.dumps(figures), encoding="utf-8")
    result = draw("--colour", str(file), "--format", "markdown")
    assert "It was of another version of the flow, 0123456789ab." in result.stdout
    assert result.stderr == "Not drawn, since the flow here does not have it: gone\n"


def test_counts_of_the_line_shade_it(
    store: RedisStore, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ivr.cli.clock.now", lambda: datetime(2026, 3, 2, 6, 30, tzinfo=UTC))
    assert str(DAY.date()) == "2026-03-02"
    client = redis.Redis.from_url(redis_url)
    client.hset("ivr:counts:2026-03-02", mapping={"reached.main_menu": 30, "left.main_menu": 3})
    client.hset("ivr:counts:2026-03-01", mapping={"reached.main_menu": 10, "left.main_menu": 7})
    client.close()
    today = draw("--live", "--format", "mermaid", REDIS_URL=redis_url)
    assert "10% leave here: 3 of 30" in today.stdout
    two = draw("--live", "--days", "2", "--format", "markdown", REDIS_URL=redis_url)
    assert "25% leave here: 10 of 40" in two.stdout
    assert "2026-03-01 to 2026-03-02 (UTC)" in two.stdout
    assert store.counts("2026-03-01") == {"reached.main_menu": 10, "left.main_menu": 7}


def test_live_without_a_redis_says_what_to_set() -> None:
    result = draw("--live")
    assert isinstance(result.exception, SettingsError)
    assert "REDIS_URL: it is not set" in str(result.exception)


def test_live_with_a_redis_that_is_away_says_so(tmp_path: Path) -> None:
    result = draw("--live", REDIS_URL=f"unix://{tmp_path}/none.sock")
    assert isinstance(result.exception, StoreError)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param("--colour docs/rehearsal.json --live", "give one of them", id="both"),
        pytest.param("--days 3", "--days says how many days of --live", id="days-of-nothing"),
        pytest.param("--picture a.svg", "--picture is for --format markdown", id="picture"),
        pytest.param("--language fr", "'fr'; use one of bn, en", id="language"),
        pytest.param("--colour README.md", "--colour", id="no-figures"),
        pytest.param("--format png", "'png' is not one of", id="format"),
        pytest.param("--live --days 0", "is not in the range", id="days"),
    ],
)
def test_wrong_usage_is_named(arguments: str, told: str) -> None:
    result = draw(*arguments.split())
    assert result.exit_code == 2
    assert told in result.stderr


def test_figures_that_cannot_be_read_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "figures.json"
    file.touch()

    opened = Path.open

    def refuse(path: Path, *args: Any, **kwargs: Any) -> Any:
        if path == file:  # its rights would not hold for root
            raise PermissionError(13, "Permission denied")
        return opened(path, *args, **kwargs)

    monkeypatch.setattr(Path, "open", refuse)
    result = draw("--colour", str(file))
    assert result.exit_code == 2
    assert "cannot be read: Permission denied; mend its rights" in result.stderr


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    result = draw("--format", "mermaid", "--out", str(tmp_path / "no folder/call.mmd"))
    assert isinstance(result.exception, PaperError)


def test_a_broken_flow_is_not_drawn(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "config", tmp_path / "config")
    file = tmp_path / "config/flow.yaml"
    text = file.read_text(encoding="utf-8").replace("next: rung_again", "next: nowhere")
    file.write_text(text, encoding="utf-8")
    result = draw(IVR_CONFIG=str(tmp_path / "config"))
    assert isinstance(result.exception, FlowError)
