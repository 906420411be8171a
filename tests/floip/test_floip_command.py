"""`ivr flow export floip`: to stdout or a file, with the addresses of clips if asked for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result
from msgspec.structs import replace

from ivr.cli.flow import flow as command
from ivr.paper.floip.container import container_json
from ivr.speech.library import Library
from tests.conftest import ROOT
from tests.rendering import render

if TYPE_CHECKING:
    from pathlib import Path

    from ivr.flow.model import Spec


def run(*arguments: str, audio: Path | None = None) -> Result:
    variables = {"IVR_CONFIG": str(ROOT / "config"), "IVR_AUDIO": str(audio or "audio")}
    runner = CliRunner(mix_stderr=False, env=variables)
    return runner.invoke(command, ["export", "floip", *arguments])


def test_the_container_goes_to_stdout(spec: Spec) -> None:
    result = run()
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout_bytes == container_json(spec)


def test_with_out_it_goes_to_that_file(spec: Spec, tmp_path: Path) -> None:
    out = tmp_path / "floip.json"
    result = run("--out", str(out), "--modified", "2026-03-02")
    assert (result.exit_code, result.stdout) == (0, "")
    assert out.read_bytes() == container_json(spec, modified="2026-03-02")


def test_clips_are_named_by_their_content(spec: Spec, tmp_path: Path) -> None:
    audio, greeting = tmp_path / "audio", {"greeting": spec.words["bn"].prompts["greeting"]}
    words = {"bn": replace(spec.words["bn"], prompts=greeting)}
    render(words, ROOT / "config", audio)
    result = run("--clips-url", "https://line.example.org/", audio=audio)
    assert result.exit_code == 0
    resources = json.loads(result.stdout_bytes)["resources"]
    values = [value for each in resources for value in each["values"]]
    clips = [value["value"] for value in values if value["content_type"] == "AUDIO"]
    assert len(clips) == 1
    library = Library.open(audio)
    for clip in clips:
        address, _, name = clip.rpartition("/")
        assert address == "https://line.example.org/clips"
        assert library.file(name.removesuffix(".wav")) is not None


def test_prompts_without_a_clip_are_counted(tmp_path: Path) -> None:
    result = run("--clips-url", "https://line.example.org", audio=tmp_path)
    assert result.exit_code == 0
    assert "prompts have no clip and stand in words alone; to make them: ivr audio" in result.stderr
    assert b"AUDIO" not in result.stdout_bytes


@pytest.mark.parametrize("url", ["line.example.org", "ftp://x", "https://", "https://x?a=1"])
def test_what_is_no_address_is_refused(url: str) -> None:
    result = run("--clips-url", url)
    assert result.exit_code == 2
    assert "is no address; give scheme and host, such as https://line.example.org" in result.stderr
