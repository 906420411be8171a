"""Clips of a line's words, for tests: by the offline voice, and quietly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console

from ivr.cli.audio.studio import render_missing
from ivr.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ivr.flow.model import Words


def render(words: Mapping[str, Words], config: Path, audio: Path) -> None:
    """Render what is missing in a folder, beside the clips that are there."""
    settings = Settings.from_env({"IVR_AUDIO": str(audio), "IVR_CONFIG": str(config)})
    report, _ = render_missing(words, settings, Console(quiet=True), voice_name="espeak")
    assert not report.failed
