"""Clips are found by place and words, and nothing that was good is ever lost."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from ivr.errors import SpeechError
from ivr.flow.terms import Pace
from ivr.speech.files import replace_file
from ivr.speech.library import Keep, Library
from ivr.speech.manifest import Make, Recipe, Source
from ivr.speech.utterance import Utterance

if TYPE_CHECKING:
    from pathlib import Path

WAV = b"RIFF, as far as a library cares"
NAME = f"{hashlib.sha256(WAV).hexdigest()}.wav"
GREETING = Utterance("bn", "greeting", Pace.NORMAL, "নমস্কার।")
OFFLINE = Make(Source.ESPEAK, "espeak 1", "slow=105")
RECIPE = Recipe(GREETING, ("নমোস্কার।",), OFFLINE, "telephone 1")
HUMAN = replace(RECIPE, spoken=(), make=Make(Source.HUMAN, "0" * 64, "greeting.wav"))


def stocked(folder: Path, recipe: Recipe = RECIPE) -> Library:
    library = Library.open(folder)
    library.add(library.write(recipe, WAV, 1.23456))
    return library


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return stocked(tmp_path)


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
    assert (clip.source, clip.version, clip.parameters) == ("espeak", "espeak 1", "slow=105")
    path = library.file(clip.sha256)
    assert path == tmp_path / "clips" / NAME
    assert path.read_bytes() == WAV
    assert sorted(file.name for file in path.parent.iterdir()) == [".lock", NAME, "manifest.json"]


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


def test_a_recording_is_played_though_its_words_have_changed(tmp_path: Path) -> None:
    clip = stocked(tmp_path, HUMAN).find(replace(GREETING, text="নমস্কার!"))
    assert clip is not None
    assert not clip.says(replace(GREETING, text="নমস্কার!"))


@pytest.mark.parametrize("content", [None, WAV[:-1]], ids=["gone", "cut short"])
def test_a_clip_without_its_whole_file_is_not_found(
    library: Library, tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "clips" / NAME
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    assert library.find(GREETING) is None


def test_a_file_with_other_bytes_is_damaged_and_rendered_again(
    library: Library, tmp_path: Path
) -> None:
    clip = library.find(GREETING)
    assert clip is not None
    assert not library.is_damaged(clip)
    (tmp_path / "clips" / NAME).write_bytes(WAV[::-1])
    assert library.is_damaged(clip)
    assert library.missing([RECIPE], Keep.CURRENT_WORDS) == [RECIPE]
    (tmp_path / "clips" / NAME).unlink()
    assert not library.is_damaged(clip), "a file that is gone is missing, not damaged"
    (tmp_path / "clips" / NAME).mkdir()
    assert library.is_damaged(clip), "and what cannot be read is not good"


@pytest.mark.parametrize(
    "name",
    ["", "0" * 64, "A" * 64, "../" + "0" * 61, "0" * 63 + "\n", "manifest.json", "\u0966" * 64],
)
def test_only_names_of_clips_that_are_there_give_a_file(library: Library, name: str) -> None:
    library.save()
    assert library.file(name) is None


@pytest.mark.parametrize(
    ("prefix", "found"),
    [
        pytest.param(NAME[:16], True, id="its beginning"),
        pytest.param(NAME[:15], False, id="too short"),
        pytest.param(NAME[:17], False, id="too long"),
        pytest.param("0" * 16, False, id="another"),
        pytest.param("?" * 16, False, id="a pattern"),
    ],
)
def test_a_file_is_found_by_its_first_16_digits(
    library: Library, prefix: str, *, found: bool
) -> None:
    assert (library.file_beginning(prefix) is not None) == found


def test_a_beginning_of_two_files_is_of_none(library: Library, tmp_path: Path) -> None:
    (tmp_path / "clips" / f"{NAME[:16]}-copy.wav").write_bytes(b"no clip")
    assert library.file_beginning(NAME[:16]) is not None
    (tmp_path / "clips" / f"{NAME[:16]}{'0' * 48}.wav").write_bytes(b"another")
    assert library.file_beginning(NAME[:16]) is None


VOICE = Make(Source.GTTS, "gTTS 2", "")


@pytest.mark.parametrize(
    ("change", "keep", "missing"),
    [
        pytest.param({}, Keep.SAME_RECIPE, False, id="same recipe"),
        pytest.param({}, Keep.NOTHING, True, id="forced"),
        pytest.param(
            {"make": replace(OFFLINE, version="2")}, Keep.SAME_RECIPE, True, id="new version"
        ),
        pytest.param(
            {"make": replace(OFFLINE, version="2")}, Keep.CURRENT_WORDS, True, id="new, any voice"
        ),
        pytest.param(
            {"make": replace(OFFLINE, parameters="slow=90")}, Keep.SAME_RECIPE, True, id="slower"
        ),
        pytest.param({"pipeline": "telephone 2"}, Keep.SAME_RECIPE, True, id="new pipeline"),
        pytest.param({"spoken": ("নমস্কার।",)}, Keep.SAME_RECIPE, True, id="new lexicon"),
        pytest.param({"make": VOICE}, Keep.SAME_RECIPE, True, id="other voice"),
        pytest.param({"make": VOICE}, Keep.CURRENT_WORDS, False, id="other voice kept"),
        pytest.param({"make": HUMAN.make}, Keep.CURRENT_WORDS, True, id="a human voice wins"),
        pytest.param(
            {"utterance": replace(GREETING, text="নমস্কার!"), "make": VOICE},
            Keep.CURRENT_WORDS,
            True,
            id="other voice, other words",
        ),
    ],
)
def test_what_is_missing_depends_on_what_may_stay(
    library: Library, change: dict[str, object], keep: Keep, *, missing: bool
) -> None:
    recipe = replace(RECIPE, **change)
    assert library.missing([recipe], keep) == ([recipe] if missing else [])


def test_a_clip_of_a_recording_that_is_gone_is_not_kept(tmp_path: Path) -> None:
    library = stocked(tmp_path, HUMAN)
    assert library.missing([RECIPE], Keep.CURRENT_WORDS) == [RECIPE]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        pytest.param("", "Delete it and run: ivr audio render", id="empty"),
        pytest.param('{"manifest": 2, "clips": "\xff"}', "Delete it and run", id="no UTF-8"),
        pytest.param('{"manifest": 2, "clips": [', "Delete it and run", id="cut short"),
        pytest.param('{"manifest": 2, "clips": [{}]}', "Delete it and run", id="no fields"),
        pytest.param('{"manifest": 3, "clips": []}', "newer version", id="of a newer program"),
    ],
)
def test_a_broken_manifest_is_not_taken_as_empty(
    tmp_path: Path, content: str, problem: str
) -> None:
    path = tmp_path / "clips" / "manifest.json"
    path.parent.mkdir()
    path.write_bytes(content.encode("latin-1"))
    with pytest.raises(SpeechError, match=problem):
        Library.open(tmp_path)


def test_a_manifest_of_an_older_version_is_rendered_anew(tmp_path: Path) -> None:
    (tmp_path / "clips").mkdir()
    (tmp_path / "clips" / "manifest.json").write_text('{"manifest": 1, "clips": [{"old": 1}]}')
    assert len(Library.open(tmp_path)) == 0


def test_two_who_render_at_once_keep_each_others_clips(tmp_path: Path) -> None:
    one, other = Library.open(tmp_path), Library.open(tmp_path)
    goodbye = replace(RECIPE, utterance=replace(GREETING, prompt_id="goodbye"))
    one.add(one.write(RECIPE, WAV, 1))
    other.add(other.write(goodbye, WAV + b".", 1))
    one.save()
    other.save()
    merged = Library.open(tmp_path)
    assert merged.find(GREETING)
    assert merged.find(goodbye.utterance)
    assert len(other) == 2, "and the one who saved last knows of both"


def test_many_who_save_at_once_lose_nothing(tmp_path: Path) -> None:
    def work(number: int) -> None:
        for turn in range(5):
            library = Library.open(tmp_path)
            place = replace(GREETING, prompt_id=f"prompt_{number}_{turn}")
            library.add(library.write(replace(RECIPE, utterance=place), WAV, 1))
            library.save()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(Library.open(tmp_path)) == 30


# -- Pruning ---------------------------------------------------------------------------------------


def test_pruning_takes_what_nothing_refers_to(library: Library, tmp_path: Path) -> None:
    goodbye = replace(GREETING, prompt_id="goodbye")
    library.add(library.write(replace(RECIPE, utterance=goodbye), b"goodbye", 1))
    library.save()
    folder = tmp_path / "clips"
    (folder / f"{'0' * 64}.wav").write_bytes(b"of other words")
    (folder / f".{'1' * 64}.wav.77.88.part").write_bytes(b"of a rendering that was killed")
    (folder / "notes.txt").write_text("not ours")
    later = (folder / NAME).stat().st_mtime + 60
    (folder / "folder.wav").mkdir()
    assert library.prune({GREETING.place}, later) == (3, len(b"goodbye") + 14 + 30)
    left = {path.name for path in folder.iterdir()} - {".lock", ".rendering"}
    assert left == {NAME, "manifest.json", "notes.txt", "folder.wav"}
    assert Library.open(tmp_path).find(GREETING)
    assert Library.open(tmp_path).find(goodbye) is None


def test_a_file_is_unused_from_when_its_clip_goes_not_from_when_it_was_made(
    library: Library, tmp_path: Path
) -> None:
    """A call that runs may still ask for what was played until a moment ago."""
    library.save()
    old = tmp_path / "clips" / NAME
    os.utime(old, (0, 0))
    library.add(library.write(replace(RECIPE, spoken=("নমস্কার।",)), b"said otherwise", 1))
    library.save()
    assert library.prune({GREETING.place}, unused_since=1_000_000) == (0, 0)
    assert old.exists()
    os.utime(old, (0, 0))
    assert library.prune({GREETING.place}, unused_since=1_000_000) == (1, len(WAV))


def test_nothing_is_pruned_where_no_manifest_tells_what_is_used(
    library: Library, tmp_path: Path
) -> None:
    assert (tmp_path / "clips" / NAME).exists()
    with pytest.raises(SpeechError, match="check IVR_AUDIO, and run first: ivr audio render"):
        Library.open(tmp_path).prune(set(), 1e12)
    assert (tmp_path / "clips" / NAME).exists()
    assert len(library) == 1


def test_nothing_is_pruned_while_clips_are_rendered(library: Library, tmp_path: Path) -> None:
    library.save()
    with (
        library.rendering(),
        Library.open(tmp_path).rendering(),
        pytest.raises(SpeechError, match="being rendered there; prune when that is done"),
    ):
        Library.open(tmp_path).prune(set(), 1e12)
    assert library.prune({GREETING.place}, 0) == (0, 0)


def test_pruning_leaves_files_that_another_rendering_may_just_have_written(
    library: Library, tmp_path: Path
) -> None:
    library.save()
    fresh = tmp_path / "clips" / f"{'0' * 64}.wav"
    fresh.write_bytes(b"not yet in the manifest")
    assert library.prune({GREETING.place}, fresh.stat().st_mtime - 60) == (0, 0)
    assert fresh.exists()


# -- Bad folders -----------------------------------------------------------------------------------


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "clips").write_text("a file where the folder should be")
    library = Library(tmp_path / "clips", {})
    with pytest.raises(SpeechError, match=r"clips.*cannot be written.*IVR_AUDIO"):
        library.write(RECIPE, WAV, 1)
    with pytest.raises(SpeechError, match=r"clips.*cannot be written.*IVR_AUDIO"):
        library.save()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write where nobody may")
def test_a_read_only_folder_keeps_what_it_has(library: Library, tmp_path: Path) -> None:
    library.save()
    (tmp_path / "clips").chmod(0o555)
    with pytest.raises(SpeechError, match="make the folder writable"):
        library.write(RECIPE, WAV + b"!", 1)
    assert Library.open(tmp_path).find(GREETING)


def test_a_full_disk_keeps_what_was_there_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    path.write_bytes(b"the old one")
    part = f".{path.name}.{os.getpid()}.{threading.get_ident()}.part"
    (tmp_path / part).symlink_to("/dev/full")  # the kernel itself answers 'no space left'
    with pytest.raises(SpeechError, match=r"No space left on device; free some space and run"):
        replace_file(path, b"x" * 100_000)
    assert path.read_bytes() == b"the old one"
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_finding_clips_needs_nothing_heavy() -> None:
    code = "import json, sys, ivr.speech.library as _; print(json.dumps([*sys.modules]))"
    command = [sys.executable, "-c", code]
    result = subprocess.run(command, capture_output=True, check=True)  # noqa: S603 (our own words)
    loaded = set(json.loads(result.stdout))
    assert loaded.isdisjoint({"numpy", "soundfile", "gtts", "espeakng_loader", "yaml", "requests"})
