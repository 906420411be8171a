"""`ivr call` without a URL rings this checkout's line inside of its own process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import redis
from click.testing import CliRunner, Result

from ivr.cli.call import call
from ivr.errors import SettingsError
from ivr.flow.terms import Pace
from ivr.speech.manifest import read_manifest
from ivr.store.embedded import embedded_redis

if TYPE_CHECKING:
    from ivr.flow.model import Spec

ROOT = Path(__file__).parents[2]
IVR = Path(sys.executable).parent / "ivr"


@pytest.fixture
def own(tmp_path: Path, audio: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which the line stands: shipped words, rendered clips, no state."""
    for name in list(os.environ):  # noqa: TID251 - what is set outside must not be heard
        if name.startswith(("IVR_", "TWILIO_")) or name in {"REDIS_URL", "PUBLIC_URL"}:
            monkeypatch.delenv(name)
    monkeypatch.setenv("IVR_CONFIG", str(ROOT / "config"))
    monkeypatch.setenv("IVR_AUDIO", str(audio))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def ring(*arguments: str) -> Result:
    return CliRunner(mix_stderr=False).invoke(call, arguments, catch_exceptions=False)


def told(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_the_line_of_this_folder_answers_with_nothing_else_running(own: Path, spec: Spec) -> None:
    result = ring("--json", "--keys", "1 3 hangup")
    assert result.stderr == ""
    assert result.exit_code == 0
    urls = {each["url"] for each in told(result) if each["event"] == "request"}
    assert all(url.startswith("http://line.test/") for url in urls)
    words = " ".join(each["words"] for each in told(result) if each["event"] == "play")
    assert spec.words["bn"].prompts["greeting"] in words
    assert [each["digits"] for each in told(result) if each["event"] == "pressed"] == ["1", "3"]
    assert is_stopped(own), "the embedded Redis goes with the last who uses it"


def is_stopped(folder: Path) -> bool:
    """Whether whoever comes next would start the embedded Redis."""
    log = (folder / ".ivr/redis.log").read_text()
    return "bye bye" in log


def test_its_redis_is_shared_with_a_line_that_runs(own: Path) -> None:
    with embedded_redis(own / ".ivr") as url:
        assert ring("--keys", "1").exit_code == 0
        client = redis.Redis.from_url(url)
        assert client.ping()
        client.close()


def test_a_redis_that_is_named_is_used(
    own: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDIS_URL", redis_url)
    assert ring("--keys", "1").exit_code == 0
    assert not (own / ".ivr/redis.log").exists()


@pytest.mark.usefixtures("own")
def test_it_is_signed_for_under_its_public_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBLIC_URL", "https://line.example")
    result = ring("--json", "--keys", "1")
    first = told(result)[0]
    assert (first["url"], first["status"]) == ("https://line.example/voice", 200)
    assert result.exit_code == 0


@pytest.mark.usefixtures("own")
def test_clips_that_cannot_be_made_are_spoken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IVR_AUDIO", "/proc/self/audio")
    result = ring("--json", "--keys", "1")
    assert "The line starts without the clips that are missing." in result.stderr
    assert {"say"} <= {each["event"] for each in told(result)}


@pytest.mark.usefixtures("own")
def test_a_setting_or_a_flow_that_is_not_right_is_told_before_it_rings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORT", "eighty")
    with pytest.raises(SettingsError, match="PORT is 'eighty'"):
        ring()
    monkeypatch.delenv("PORT")
    monkeypatch.setenv("IVR_CONFIG", str(tmp_path / "nowhere"))
    with pytest.raises(SettingsError, match=r"There is no folder .*\n  give the URL of one, run"):
        ring("--keys", "1")


def test_what_is_rendered_first_is_told_on_stderr(own: Path, audio: Path) -> None:
    """Nothing but the call is on stdout; without the first clip there is something to render."""
    (own / "audio/clips").mkdir(parents=True)
    for file in (audio / "clips").iterdir():
        os.link(file, own / "audio/clips" / file.name)
    clip = read_manifest(audio / "clips/manifest.json")["bn", "greeting", Pace.NORMAL]
    (own / f"audio/clips/{clip.sha256}.wav").unlink()
    ran = subprocess.run(  # noqa: S603 - our own command
        [IVR, "call", "--json", "--keys", "1"],
        env={**os.environ, "IVR_AUDIO": str(own / "audio")},  # noqa: TID251 - a child needs PATH
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert ran.stderr.startswith("clips: 1 made")
    assert [json.loads(line)["event"] for line in ran.stdout.splitlines()][-1] == "ended"
