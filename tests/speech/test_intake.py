"""A folder of takes is taken in: good ones to their place, bad ones named and left alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile

from ivr.errors import SpeechError
from ivr.flow.terms import Pace
from ivr.speech.intake import Desk, take_in
from ivr.speech.recordings import Recordings
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
    """The recordings that are there, without their notes."""
    if not desk.folder.exists():
        return []
    every = {path.name for path in desk.folder.iterdir()}
    return sorted(every - {"recorded.json", ".lock"})


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
        pytest.param(
            True,
            "2.m4a",
            r"\.m4a is not read here; save it as wav, flac, mp3, ogg or opus, for example in the"
            r" recorder's settings or with Audacity\.$",
            id="m4a",
        ),
        pytest.param(True, "Recording 002.wav", r"did you mean 002\?$", id="a number within"),
        pytest.param(True, "০০৩-final.wav", r"did you mean 003\?$", id="a number before"),
        pytest.param(True, "2 of 3.wav", "lists the names", id="two numbers"),
        pytest.param(True, "Recording 017.wav", "sheet` lists the names", id="not on the sheet"),
        pytest.param(True, "warm_up2.wav", r"did you mean warm_up\?$", id="a figure too many"),
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


def noisy(take: np.ndarray, level_db: float) -> np.ndarray:
    return take + np.random.default_rng(2).normal(0, 10 ** (level_db / 20), len(take))


QUIETER = (
    r"greeting\.wav: it is noisy \(a fan, the street\): record it again in a quieter room \(sp"
)


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        pytest.param(
            lambda s: s[: len(s) // 2],
            r"greeting\.wav: it ends in the middle of a sound: record it again with a second of"
            r" silence before and after \(silence \d\.\d\d s before, 0\.00 s after, at least ",
            id="cut off",
        ),
        pytest.param(
            lambda s: np.repeat(s, 3),
            r"greeting\.wav: the pauses are long, or more is heard than the words: record it again"
            r" with nothing but the words \(letters a second 1\.\d, 3 to 8\)",
            id="wrong speed",
        ),
        pytest.param(
            lambda s: np.concatenate((s[: len(s) // 2], np.zeros(2000), s[len(s) // 2 :]))[::2],
            r"greeting\.wav: words are cut off or too fast: record it again, whole and slower"
            r" \(letters a second \d+, 3 to 8\)",
            id="too fast",
        ),
        pytest.param(lambda s: noisy(s, -32), QUIETER, id="noise"),
        pytest.param(lambda s: noisy(s * 0.6, -36), QUIETER, id="less noise"),
        pytest.param(
            lambda s: np.clip(s * 40, -0.5, 0.5),
            r"greeting\.wav: it is too loud for the microphone: record it again, farther away"
            r" \(\d\d\.\d % of the speech is cut flat, at most 0\.5 %\)$",
            id="overdriven",
        ),
        pytest.param(
            lambda s: 0 * s,
            r"greeting\.wav: nothing is heard in it; record it again$",
            id="silence",
        ),
    ],
)
def test_a_take_that_is_not_good_stays_and_is_told_in_a_sentence_with_its_figures_behind(
    takes: Path, desk: Desk, spoken: dict[str, np.ndarray], spoil: object, problem: str
) -> None:
    assert callable(spoil)
    soundfile.write(takes / "greeting.wav", spoil(spoken["greeting"]), 22050)
    intake = take_in(takes, desk)
    assert counts(intake) == (0, 0, 1)
    assert re.search(problem, intake.problems[0])
    assert names(desk) == []


def test_what_is_wrong_in_the_slow_form_alone_is_told_as_such(
    takes: Path, desk: Desk, spoken: dict[str, np.ndarray]
) -> None:
    """Word by word, with a pause after each: slowed down, the longer pauses are too many."""
    words = np.array_split(spoken["greeting"][22050:-22050], 16)
    quiet = np.zeros(round(22050 * 0.235))
    slowly = np.concatenate([quiet, *(part for word in words for part in (word, quiet))])
    soundfile.write(takes / "greeting.wav", slowly, 22050)
    (problem,) = take_in(takes, desk).problems
    assert re.search(r"greeting\.wav: when it is slowed down, the pauses are long, or", problem)


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


def test_of_two_takes_of_one_prompt_neither_is_taken_and_each_names_the_other(
    takes: Path, desk: Desk, spoken: dict[str, np.ndarray]
) -> None:
    for name in ("greeting.flac", "greeting.wav", "1.wav", "1.slow.wav", "2.wav"):
        prompt = "warm_up" if name.startswith("2") else "greeting"
        soundfile.write(takes / name, spoken[prompt], 22050)
    intake = take_in(takes, Desk(desk.folder, "bn", PROMPTS, SHEET))
    assert counts(intake) == (2, 0, 3)
    assert names(desk) == ["greeting.slow.wav", "warm_up.wav"]
    assert intake.problems[0] == (
        f"{takes / '1.wav'}: it is the same prompt (greeting) as greeting.flac and greeting.wav;"
        " none of them is taken in: keep one."
    )
    assert (
        f"{takes / 'greeting.wav'}: it is the same prompt (greeting) as 1.wav and"
        in (intake.problems[2])
    )


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        pytest.param("WARM_UP.WAV", "warm_up.wav", id="capitals"),
        pytest.param(" warm_up .wav", "warm_up.wav", id="blanks"),
        pytest.param("Warm_Up.SLOW.wav", "warm_up.slow.wav", id="slow"),
        pytest.param("warm_up .slow.wav", "warm_up.slow.wav", id="a blank before slow"),
        pytest.param(" 002.wav", "warm_up.wav", id="a blank and a number"),
        pytest.param("০০২.wav", "warm_up.wav", id="Bengali figures"),
        pytest.param("২.slow.wav", "warm_up.slow.wav", id="Bengali figures, slow"),
    ],
)
def test_a_name_may_be_written_as_people_and_recorders_write(
    takes: Path, desk: Desk, spoken: dict[str, np.ndarray], name: str, kept: str
) -> None:
    soundfile.write(takes / name, spoken["warm_up"], 22050)
    intake = take_in(takes, Desk(desk.folder, "bn", PROMPTS, SHEET))
    assert (intake.problems, names(desk)) == ((), [kept])


def test_a_prompt_with_capitals_of_its_own_is_found_too(
    takes: Path, desk: Desk, spoken: dict[str, np.ndarray]
) -> None:
    soundfile.write(takes / "warm_up.wav", spoken["warm_up"], 22050)
    assert take_in(takes, Desk(desk.folder, "bn", {"Warm_Up": PROMPTS["warm_up"]})).problems == ()
    assert names(desk) == ["Warm_Up.wav"]


def test_a_voice_note_of_a_messenger_is_taken_in(
    takes: Path, desk: Desk, spoken: dict[str, np.ndarray]
) -> None:
    soundfile.write(
        takes / "greeting.opus", spoken["greeting"], 24000, format="OGG", subtype="OPUS"
    )
    assert take_in(takes, desk).problems == ()
    assert names(desk) == ["greeting.opus"]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path, desk: Desk) -> None:
    with pytest.raises(SpeechError, match="nowhere: there is no such folder"):
        take_in(tmp_path / "nowhere", desk)


def test_a_folder_without_recordings_is_told(takes: Path, desk: Desk) -> None:
    (takes / "inner").mkdir()
    (problem,) = take_in(takes, desk).problems
    assert problem == f"{takes}: there are no recordings in it; folders within are not read."


def test_a_take_that_cannot_be_read_stops_no_other(
    takes: Path, desk: Desk, spoken: dict[str, np.ndarray]
) -> None:
    desk.folder.mkdir(parents=True)
    soundfile.write(desk.folder / "greeting.wav", spoken["greeting"], 22050)
    (takes / "greeting.wav").symlink_to("/proc/self/mem")  # its first byte cannot be read
    soundfile.write(takes / "warm_up.wav", spoken["warm_up"], 22050)
    intake = take_in(takes, desk)
    assert counts(intake) == (1, 0, 1)
    assert re.search(r"greeting\.wav: it cannot be read: .+; make it read", intake.problems[0])


def test_words_that_no_clip_can_carry_are_told_with_the_file(
    takes: Path, desk: Desk, spoken: dict[str, np.ndarray]
) -> None:
    soundfile.write(takes / "greeting.wav", spoken["greeting"], 22050)
    wordy = Desk(desk.folder, "bn", {"greeting": "কথা " * 300})
    (problem,) = take_in(takes, wordy).problems
    assert problem.startswith(f"{takes / 'greeting.wav'}: The prompt that begins 'কথা")


def test_takes_say_the_words_of_the_sheet_they_were_read_from(
    takes: Path, desk: Desk, spoken: dict[str, np.ndarray]
) -> None:
    """Between printing and recording, a prompt came first, one went, and one changed."""
    soundfile.write(takes / "1.wav", spoken["greeting"], 22050)
    soundfile.write(takes / "2.wav", spoken["warm_up"], 22050)
    now = {"welcome": "আসুন।", "greeting": "অন্য কথা।", "goodbye": PROMPTS["goodbye"]}
    intake = take_in(takes, Desk(desk.folder, "bn", now, SHEET))
    assert [taken.recording.name for taken in intake.taken] == ["greeting.wav"]
    (recording,) = Recordings.open(desk.folder.parents[1], {"bn": now})
    assert recording.text == PROMPTS["greeting"]
    assert recording.is_stale
    (problem,) = intake.problems
    assert "2.wav: it says warm_up, and no prompt is named so any more." in problem


def test_an_import_that_was_interrupted_notes_the_words_of_the_sheet_when_it_goes_on(
    takes: Path, desk: Desk, spoken: dict[str, np.ndarray]
) -> None:
    """The file is in its place, and the machine went down before its note was written."""
    soundfile.write(takes / "1.wav", spoken["greeting"], 22050)
    now = {**PROMPTS, "greeting": "অন্য কথা।"}
    numbered = Desk(desk.folder, "bn", now, SHEET)
    take_in(takes, numbered)
    (desk.folder / "recorded.json").unlink()
    assert counts(take_in(takes, numbered)) == (0, 1, 0)
    assert [each.is_stale for each in Recordings.open(desk.folder.parents[1], {"bn": now})] == [
        True
    ]
