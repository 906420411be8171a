"""A folder of takes is taken in: good ones to their place, bad ones named and left alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile

from ivr.errors import SpeechError
from ivr.flow.model import Pace
from ivr.speech.intake import Desk, take_in
from ivr.speech.sheets import sheet_of

if TYPE_CHECKING:
    from pathlib import Path

    from ivr.speech.espeak import EspeakVoice
    from ivr.speech.intake import Intake

PROMPTS = {
    "greeting": "নমস্কার, ঘরে বসে লাইনে ফোন করার জন্য ধন্যবাদ।",
    "warm_up": "আগে বোতাম টিপে দেখা যাক।",
    "goodbye": "আবার ফোন করবেন, নমস্কার।",
}
SHEET = sheet_of("bn", PROMPTS)


@pytest.fixture(scope="module")
def spoken(espeak: EspeakVoice) -> dict[str, np.ndarray]:
    """Each prompt in a real voice, with a second of a quiet room around it."""
    room = np.random.default_rng(1).normal(0, 1e-4, 22050).astype(np.float32)
    takes = {}
    for prompt, text in PROMPTS.items():
        speech = espeak.speak([text], "bn", Pace.NORMAL)
        takes[prompt] = np.concatenate([room, *(take.samples for take in speech.takes), room])
    return takes


@pytest.fixture
def takes(tmp_path: Path) -> Path:
    folder = tmp_path / "takes"
    folder.mkdir()
    return folder


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "human" / "bn", "bn", PROMPTS)


def names(desk: Desk) -> list[str]:
    return sorted(path.name for path in desk.folder.iterdir()) if desk.folder.exists() else []


def counts(intake: Intake) -> tuple[int, int, int]:
    return len(intake.taken), len(intake.known), len(intake.problems)


def test_takes_are_named_after_their_prompts(
    takes: Path, desk: Desk, spoken: dict[str, np.ndarray]
) -> None:
    soundfile.write(takes / "greeting.wav", spoken["greeting"], 22050)
    soundfile.write(takes / "goodbye.slow.FLAC", spoken["goodbye"], 22050, format="FLAC")
    (takes / ".DS_Store").write_bytes(b"")
    (takes / "notes.txt").write_text("said by Mala")
    told: list[tuple[int, int]] = []
    intake = take_in(takes, desk, lambda *count: told.append(count))
    assert intake.problems == ()
    assert counts(intake) == (2, 0, 0)
    assert told == [(1, 2), (2, 2)]
    assert names(desk) == ["goodbye.slow.flac", "greeting.wav"]
    assert (desk.folder / "greeting.wav").read_bytes() == (takes / "greeting.wav").read_bytes()
    assert counts(take_in(takes, desk)) == (0, 2, 0), "the same takes again change nothing"


def test_takes_may_bear_the_numbers_of_the_sheet(
    takes: Path, desk: Desk, spoken: dict[str, np.ndarray]
) -> None:
    soundfile.write(takes / "002.wav", spoken["warm_up"], 22050)
    soundfile.write(takes / "3.slow.wav", spoken["goodbye"], 22050)
    numbered = Desk(desk.folder, "bn", PROMPTS, SHEET)
    assert counts(take_in(takes, numbered)) == (2, 0, 0)
    assert names(desk) == ["goodbye.slow.wav", "warm_up.wav"]


@pytest.mark.parametrize(
    ("sheet", "name", "problem"),
    [
        pytest.param(False, "2.wav", "says nothing without its sheet", id="no sheet named"),
        pytest.param(True, "0.wav", "the sheet has the numbers 1 to 3", id="zero"),
        pytest.param(True, "4.wav", "the sheet has the numbers 1 to 3", id="beyond"),
        pytest.param(True, "warmup.wav", "did you mean warm_up", id="typo"),
        pytest.param(True, "2.m4a", r"\.m4a is not read here; save it as wav, flac", id="m4a"),
        pytest.param(True, "2.wav", "cannot be read as sound", id="no sound file"),
    ],
)
def test_a_take_that_cannot_be_placed_is_named(
    takes: Path, desk: Desk, name: str, problem: str, *, sheet: bool
) -> None:
    (takes / name).write_bytes(b"whatever")
    intake = take_in(takes, Desk(desk.folder, "bn", PROMPTS, SHEET if sheet else None))
    assert counts(intake) == (0, 0, 1)
    assert re.search(rf"{re.escape(name)}.*{problem}", intake.problems[0])
    assert names(desk) == []
    assert (takes / name).exists()


def test_one_bad_take_does_not_keep_the_good_ones_out(
    takes: Path, desk: Desk, spoken: dict[str, np.ndarray]
) -> None:
    soundfile.write(takes / "greeting.wav", spoken["greeting"], 22050)
    soundfile.write(takes / "goodbye.wav", np.zeros(44100), 22050)
    (takes / "warm_up.wav").write_bytes(b"")
    intake = take_in(takes, desk)
    assert counts(intake) == (1, 0, 2)
    assert names(desk) == ["greeting.wav"]


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        pytest.param(lambda s: s[: len(s) // 3], "letters a second", id="cut off"),
        pytest.param(lambda s: np.repeat(s, 3), "letters a second", id="wrong speed"),
        pytest.param(
            lambda s: s + np.random.default_rng(2).normal(0, 0.05, len(s)), "lead|noise", id="noise"
        ),
        pytest.param(lambda s: np.clip(s * 40, -0.5, 0.5), "crest", id="overdriven"),
    ],
)
def test_a_take_that_fails_a_gate_is_not_taken_in(
    takes: Path, desk: Desk, spoken: dict[str, np.ndarray], spoil: object, problem: str
) -> None:
    assert callable(spoil)
    soundfile.write(takes / "greeting.wav", spoil(spoken["greeting"]), 22050)
    intake = take_in(takes, desk)
    assert counts(intake) == (0, 0, 1)
    assert re.search(problem, intake.problems[0])
    assert names(desk) == []


def test_a_recording_that_is_there_is_replaced_only_when_asked(
    takes: Path, desk: Desk, spoken: dict[str, np.ndarray]
) -> None:
    desk.folder.mkdir(parents=True)
    old = desk.folder / "greeting.flac"
    soundfile.write(old, spoken["greeting"], 22050)
    soundfile.write(takes / "greeting.wav", spoken["greeting"] * 0.5, 22050)
    intake = take_in(takes, desk)
    assert counts(intake) == (0, 0, 1)
    assert "is recorded already" in intake.problems[0]
    assert "--replace" in intake.problems[0]
    assert names(desk) == ["greeting.flac"]
    replacing = Desk(desk.folder, "bn", PROMPTS, replace=True)
    assert counts(take_in(takes, replacing)) == (1, 0, 0)
    assert names(desk) == ["greeting.wav"], "one recording a prompt, in whatever format"


def test_two_takes_of_one_prompt_are_told(
    takes: Path, desk: Desk, spoken: dict[str, np.ndarray]
) -> None:
    for name in ("greeting.flac", "greeting.wav", "1.wav"):
        soundfile.write(takes / name, spoken["greeting"], 22050)
    intake = take_in(takes, Desk(desk.folder, "bn", PROMPTS, SHEET))
    assert counts(intake) == (1, 0, 2)
    assert all("is the same prompt; keep one of the two" in each for each in intake.problems)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path, desk: Desk) -> None:
    with pytest.raises(SpeechError, match="nowhere: there is no such folder"):
        take_in(tmp_path / "nowhere", desk)


def test_takes_say_the_words_of_the_sheet_they_were_read_from(
    takes: Path, desk: Desk, spoken: dict[str, np.ndarray]
) -> None:
    """Between printing and recording, a prompt came first, one went, and one changed."""
    soundfile.write(takes / "1.wav", spoken["greeting"], 22050)
    soundfile.write(takes / "2.wav", spoken["warm_up"], 22050)
    now = {"welcome": "আসুন।", "greeting": "অন্য কথা।", "goodbye": PROMPTS["goodbye"]}
    intake = take_in(takes, Desk(desk.folder, "bn", now, SHEET))
    assert [(taken.recording.name, taken.text) for taken in intake.taken] == [
        ("greeting.wav", PROMPTS["greeting"])
    ]
    (problem,) = intake.problems
    assert "2.wav: it says warm_up, and no prompt is named so any more." in problem
