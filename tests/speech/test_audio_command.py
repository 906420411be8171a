"""`ivr audio`: words and settings become clips, and one line says how it went."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console

from ivr.cli.audio import audio, open_voice, problems, read_lexicons, render_missing, summary
from ivr.errors import SpeechError
from ivr.flow.model import Pace, Words
from ivr.settings import Settings
from ivr.speech.library import Library
from ivr.speech.render import Failure, Report
from ivr.speech.utterance import Utterance

CONFIG = Path(__file__).parents[2] / "config"


def words(text: str = "এক") -> Words:
    return Words(language="bn", facts_as_of="2020-04-18", prompts={"digit_1": text})


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "config").mkdir()
    folders = {"IVR_AUDIO": str(tmp_path / "audio"), "IVR_CONFIG": str(tmp_path / "config")}
    return Settings.from_env({**folders, "IVR_TTS": "espeak"})


def console() -> Console:
    return Console(file=io.StringIO())


def test_missing_clips_are_rendered_before_the_line_starts(settings: Settings) -> None:
    (settings.config / "lexicon.bn.yaml").write_text(
        "{lexicon: 1, language: bn, words: [{written: এক, espeak: অ্যাক}]}", "utf-8"
    )
    report = render_missing({"bn": words()}, settings, console())
    assert [clip.spoken for clip in report.made] == [("অ্যাক",), ("অ্যাক",)]
    assert Library.open(settings.audio).find(Utterance("bn", "digit_1", Pace.SLOW, "এক"))
    again = render_missing({"bn": words()}, settings, console(), "espeak")
    assert summary(again) == "clips: 0 made (0 s of speech), 2 kept, 0 failed"


def test_the_command_renders_all_that_the_line_says_and_then_nothing(
    tmp_path: Path, shipped: tuple[Utterance, ...]
) -> None:
    environment = {"IVR_CONFIG": str(CONFIG), "IVR_AUDIO": str(tmp_path), "IVR_TTS": "gtts"}
    runner = CliRunner(mix_stderr=False, env=environment)
    command = ["render", "--voice", "espeak"]
    first = runner.invoke(audio, command, catch_exceptions=False)
    made = rf"clips: {len(shipped)} made \(\d+ s of speech\), 0 kept, 0 failed\n"
    assert re.fullmatch(made, first.stdout)
    second = runner.invoke(audio, command, catch_exceptions=False)
    assert second.stdout == f"clips: 0 made (0 s of speech), {len(shipped)} kept, 0 failed\n"


def test_the_command_stops_at_a_broken_manifest(tmp_path: Path) -> None:
    (tmp_path / "clips").mkdir()
    (tmp_path / "clips" / "manifest.json").write_text("{")
    runner = CliRunner(env={"IVR_CONFIG": str(CONFIG), "IVR_AUDIO": str(tmp_path)})
    result = runner.invoke(audio, ["render", "--force"])
    assert result.exit_code == 1
    assert isinstance(result.exception, SpeechError)


def test_an_unknown_voice_is_refused() -> None:
    with (
        pytest.raises(SpeechError, match="no voice 'festival'; set IVR_TTS"),
        open_voice("festival"),
    ):
        pass


def test_google_is_opened_by_name() -> None:
    with open_voice("gtts") as voice:
        assert voice.name == "gtts"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        pytest.param(b"{lexicon: 1", "cannot be read", id="no YAML"),
        pytest.param(b"{lexicon: 1, language: en}", "write language: bn", id="other language"),
        pytest.param(b"\xff", "utf-8", id="no UTF-8"),
    ],
)
def test_a_broken_lexicon_is_named_by_its_file(
    settings: Settings, content: bytes, problem: str
) -> None:
    (settings.config / "lexicon.bn.yaml").write_bytes(content)
    with pytest.raises(SpeechError, match=rf"lexicon\.bn\.yaml: .*{problem}"):
        read_lexicons(settings.config, ["bn", "en"])


def test_equal_reasons_are_told_once() -> None:
    prompts = [Utterance("bn", key, Pace.NORMAL, "এক") for key in ("a", "b", "c")]
    reasons = ["429", "429", "silence"]
    failed = tuple(Failure(*pair) for pair in zip(prompts, reasons, strict=True))
    assert summary(Report((), (), failed)) == "clips: 0 made (0 s of speech), 0 kept, 3 failed"
    assert problems(failed).splitlines() == [
        "3 clips could not be rendered:",
        "  a (bn, normal) and 1 more: 429",
        "  c (bn, normal): silence",
    ]
