"""Clips are found by place and words, and nothing leaves the folder."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from ivr.errors import SpeechError
from ivr.flow.model import Pace
from ivr.speech.library import Keep, Library, Recipe
from ivr.speech.utterance import Utterance

if TYPE_CHECKING:
    from pathlib import Path

WAV = b"RIFF, as far as a library cares"
GREETING = Utterance("bn", "greeting", Pace.NORMAL, "নমস্কার।")
RECIPE = Recipe(GREETING, ("নমোস্কার।",), "espeak", "espeak 1", "telephone 1")


@pytest.fixture
def library(tmp_path: Path) -> Library:
    library = Library.open(tmp_path)
    library.add(library.write(RECIPE, WAV, 1.23456))
    return library


def test_a_missing_folder_is_an_empty_library(tmp_path: Path) -> None:
    library = Library.open(tmp_path / "nowhere")
    assert len(library) == 0
    assert library.find(GREETING) is None
    assert not (tmp_path / "nowhere").exists()


def test_what_is_saved_is_found_after_opening(library: Library, tmp_path: Path) -> None:
    library.save()
    clip = Library.open(tmp_path).find(GREETING)
    assert clip is not None
    assert (clip.place, clip.seconds, clip.spoken) == (GREETING.place, 1.235, RECIPE.spoken)
    path = library.file(clip.sha256)
    assert path == tmp_path / "clips" / f"{hashlib.sha256(WAV).hexdigest()}.wav"
    assert path.read_bytes() == WAV
    assert sorted(file.suffix for file in path.parent.iterdir()) == [".json", ".wav"]


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(replace(GREETING, text="নমস্কার!"), id="text changed"),
        pytest.param(replace(GREETING, pace=Pace.SLOW), id="other pace"),
        pytest.param(replace(GREETING, language="en"), id="other language"),
        pytest.param(replace(GREETING, prompt_id="goodbye"), id="other prompt"),
    ],
)
def test_other_words_are_not_found(library: Library, asked: Utterance) -> None:
    assert library.find(asked) is None


@pytest.mark.parametrize("content", [None, WAV[:-1]], ids=["gone", "cut short"])
def test_a_clip_without_its_whole_file_is_not_found(
    library: Library, content: bytes | None
) -> None:
    path = library.file(hashlib.sha256(WAV).hexdigest())
    assert path is not None
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    assert library.find(GREETING) is None


@pytest.mark.parametrize(
    "name",
    ["", "0" * 64, "A" * 64, "../" + "0" * 61, "0" * 63 + "\n", "manifest.json", "\u0966" * 64],
)
def test_only_names_of_clips_that_are_there_give_a_file(library: Library, name: str) -> None:
    library.save()
    assert library.file(name) is None


@pytest.mark.parametrize(
    ("change", "keep", "missing"),
    [
        pytest.param({}, Keep.SAME_RECIPE, False, id="same recipe"),
        pytest.param({}, Keep.NOTHING, True, id="forced"),
        pytest.param({"fingerprint": "espeak 2"}, Keep.SAME_RECIPE, True, id="new version"),
        pytest.param({"fingerprint": "espeak 2"}, Keep.CURRENT_WORDS, True, id="new, any voice"),
        pytest.param({"pipeline": "telephone 2"}, Keep.SAME_RECIPE, True, id="new pipeline"),
        pytest.param({"spoken": ("নমস্কার।",)}, Keep.SAME_RECIPE, True, id="new lexicon"),
        pytest.param({"engine": "gtts"}, Keep.SAME_RECIPE, True, id="other voice"),
        pytest.param({"engine": "gtts"}, Keep.CURRENT_WORDS, False, id="other voice kept"),
        pytest.param(
            {"utterance": replace(GREETING, text="নমস্কার!"), "engine": "gtts"},
            Keep.CURRENT_WORDS,
            True,
            id="other voice, other words",
        ),
    ],
)
def test_what_is_missing_depends_on_what_may_stay(
    library: Library, change: dict[str, str], keep: Keep, *, missing: bool
) -> None:
    recipe = replace(RECIPE, **change)
    assert library.missing([recipe], keep) == ([recipe] if missing else [])


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("", id="empty"),
        pytest.param('{"manifest": 1, "clips": [', id="cut short"),
        pytest.param('{"manifest": 2, "clips": []}', id="another version"),
        pytest.param('{"manifest": 1, "clips": [{}]}', id="clip without fields"),
    ],
)
def test_a_broken_manifest_is_not_taken_as_empty(tmp_path: Path, content: str) -> None:
    path = tmp_path / "clips" / "manifest.json"
    path.parent.mkdir()
    path.write_text(content)
    with pytest.raises(SpeechError, match="Delete it and run: ivr audio render"):
        Library.open(tmp_path)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "clips").write_text("a file where the folder should be")
    library = Library(tmp_path / "clips", ())
    with pytest.raises(SpeechError, match=r"clips.*cannot be written.*IVR_AUDIO"):
        library.write(RECIPE, WAV, 1)


def test_finding_clips_needs_nothing_heavy() -> None:
    code = "import json, sys, ivr.speech.library as _; print(json.dumps([*sys.modules]))"
    command = [sys.executable, "-c", code]
    result = subprocess.run(command, capture_output=True, check=True)  # noqa: S603 (our own words)
    loaded = set(json.loads(result.stdout))
    assert loaded.isdisjoint({"numpy", "soundfile", "gtts", "espeakng_loader", "yaml", "requests"})
