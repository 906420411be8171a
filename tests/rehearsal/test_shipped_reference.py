"""The shipped reference: what it reaches, and that the line of today is no worse."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ivr.rehearsal.comparison import read_figures
from ivr.rehearsal.picture import picture
from tests.cli.terminal import IVR, UNMEASURED

if TYPE_CHECKING:
    from ivr.rehearsal.figures import Figures, Row

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs/rehearsal.json"
PICTURE = ROOT / "docs/pictures/drop-out.svg"
PERSONAS = ROOT / "config/personas.yaml"
STRAIGHT_LINE = (
    "    silence: {after: 1, go: nothing_chosen}\n",
    "    silence: {after: 2, prompt: warm_up_too_many, go: main_menu}\n",
)
MAX_LESSON_SECONDS = 6 * 60


@pytest.fixture(scope="module")
def reference() -> Figures:
    return read_figures(str(REFERENCE), REFERENCE.read_bytes())


def rehearsed(audio: Path, config: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A rehearsal of few callers, held against the reference."""
    variables = {"IVR_AUDIO": str(audio), "IVR_CONFIG": str(config), "COLUMNS": "200"}
    return subprocess.run(  # noqa: S603 - our own command
        [IVR, "rehearse", "--compare", REFERENCE, *arguments],
        env={**os.environ, **UNMEASURED, **variables},  # noqa: TID251 - a child needs PATH
        capture_output=True,
        text=True,
        check=False,
    )


def reaches(row: Row) -> bool:
    """Whether some callers reach what the line is built for, as far as they set out for it."""
    lesson, practice = row.lesson_finished, row.practice_finished
    return (
        (lesson is None or lesson >= 0.99)
        and (practice is None or practice >= 0.95)
        and not (row.secrets_kept or row.same_sentence_three_times or row.stuck)
    )


def test_the_reference_is_of_the_shipped_personas_and_of_many(reference: Figures) -> None:
    digest = hashlib.sha256(PERSONAS.read_bytes()).hexdigest()[:12]
    assert reference.population == digest, "make it anew: docs/rehearsal.md, The reference"
    assert reference.callers == 10_000
    assert min(row.callers for row in reference.personas.values()) >= 50


def test_every_persona_of_the_reference_reaches_what_the_line_is_built_for(
    reference: Figures,
) -> None:
    assert {name for name, row in reference.personas.items() if not reaches(row)} == set()
    assert reaches(reference.overall)
    assert (reference.overall.median_lesson_seconds or 0) < MAX_LESSON_SECONDS


def test_the_picture_in_the_docs_is_of_the_reference(reference: Figures) -> None:
    assert PICTURE.read_text(encoding="utf-8") == picture(reference)


def test_the_line_of_today_is_no_worse_than_the_reference(audio: Path) -> None:
    done = rehearsed(audio, ROOT / "config", "--callers", "300", "--json")
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)["overall"]
    assert found["callers"] == 300
    assert found["lesson_finished"] >= 0.99
    assert found["practice_finished"] >= 0.95
    assert found["median_lesson_seconds"] < MAX_LESSON_SECONDS
    never = ("secrets_kept", "same_sentence_three_times", "stuck")
    assert [found[name] for name in never] == [0, 0, 0]


def test_a_line_without_the_straight_line_is_worse_than_the_reference(
    audio: Path, tmp_path: Path
) -> None:
    config = tmp_path / "config"
    shutil.copytree(ROOT / "config", config)
    flow = config / "flow.yaml"
    text = flow.read_text(encoding="utf-8")
    for silence in STRAIGHT_LINE:
        assert silence in text
        text = text.replace(silence, "")
    # What only silence led to would be refused as unreachable.
    nodes = text.index("  nothing_chosen:")
    text = text[:nodes] + text[text.index("  # -- Learn to register", nodes) :]
    flow.write_text(text, encoding="utf-8")
    done = rehearsed(audio, config, "--callers", "60")
    assert done.returncode == 1, done.stderr
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert "silent lesson_finished 100.0% 0.0% WORSE" in lines
