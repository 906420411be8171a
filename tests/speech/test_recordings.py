"""Recordings are found by name, win over voices, and are known to be stale when words change."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile

from ivr.errors import SpeechError
from ivr.flow.terms import Pace
from ivr.speech.inventory import State, inventory
from ivr.speech.library import Keep, Library
from ivr.speech.manifest import Source
from ivr.speech.recording_files import read_take
from ivr.speech.recordings import Recordings, note_take
from ivr.speech.render import render
from ivr.speech.speaker import HumanSpeaker, VoiceSpeaker
from ivr.speech.utterance import Utterance, utterances

if TYPE_CHECKING:
    from pathlib import Path

    from ivr.speech.espeak import EspeakVoice
    from ivr.speech.render import Report
    from ivr.speech.speaker import Speaker

WORDS = {"bn": {"greeting": "নমস্কার।", "goodbye": "আবার ফোন করবেন, নমস্কার।"}}
GREETING = Utterance("bn", "greeting", Pace.NORMAL, WORDS["bn"]["greeting"])


def say(path: Path, hertz: float = 440, seconds: float = 1.0, rate: int = 44100) -> Path:
    """A recording of a hum with a second of near silence around it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    hum = 0.3 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)
    quiet = np.zeros(rate)
    soundfile.write(path, np.concatenate((quiet, hum, quiet)), rate)
    return path


def rendered(
    audio: Path,
    voice: EspeakVoice,
    words: dict[str, dict[str, str]] | None = None,
    keep: Keep = Keep.SAME_RECIPE,
) -> tuple[Library, Report]:
    library = Library.open(audio)
    said = words or WORDS
    recordings = Recordings.open(audio, said)
    recordings.note()
    speakers: list[Speaker] = [HumanSpeaker(recordings), VoiceSpeaker(voice, {})]
    return library, render(utterances(said), library, speakers, keep)


@pytest.mark.parametrize("ending", ["wav", "flac", "mp3", "ogg", "WAV"])
def test_a_recording_wins_over_the_voice_at_both_paces(
    tmp_path: Path, espeak: EspeakVoice, ending: str
) -> None:
    say(tmp_path / "human" / "bn" / f"greeting.{ending}")
    library, report = rendered(tmp_path, espeak)
    assert not report.failed + report.stood_in
    sources = {(c.prompt_id, c.pace.value): c.source for c in report.made}
    assert sources == {
        ("greeting", "normal"): Source.HUMAN,
        ("greeting", "slow"): Source.HUMAN,
        ("goodbye", "normal"): Source.ESPEAK,
        ("goodbye", "slow"): Source.ESPEAK,
    }
    clip = library.find(GREETING)
    assert clip is not None
    assert clip.seconds == pytest.approx(1.2, abs=0.05), "the silence around it is trimmed"
    path = library.file(clip.sha256)
    assert path is not None
    with soundfile.SoundFile(path) as wav:
        assert (wav.samplerate, wav.subtype, wav.title) == (8000, "ULAW", GREETING.text)


def test_a_slow_take_is_played_at_the_slow_pace(tmp_path: Path, espeak: EspeakVoice) -> None:
    folder = tmp_path / "human" / "bn"
    say(folder / "greeting.wav", seconds=1.0)
    say(folder / "greeting.slow.wav", seconds=3.0)
    _, report = rendered(tmp_path, espeak)
    seconds = {c.pace: c.seconds for c in report.made if c.prompt_id == "greeting"}
    assert seconds[Pace.NORMAL] == pytest.approx(1.2, abs=0.05)
    assert seconds[Pace.SLOW] == pytest.approx(3.2, abs=0.05)


def test_a_slow_take_alone_leaves_the_usual_pace_to_the_voice(
    tmp_path: Path, espeak: EspeakVoice
) -> None:
    say(tmp_path / "human" / "bn" / "greeting.slow.wav")
    _, report = rendered(tmp_path, espeak)
    sources = {c.pace: c.source for c in report.made if c.prompt_id == "greeting"}
    assert sources == {Pace.NORMAL: Source.ESPEAK, Pace.SLOW: Source.HUMAN}


def test_a_recording_is_rendered_once_and_again_when_the_file_changes(
    tmp_path: Path, espeak: EspeakVoice
) -> None:
    path = say(tmp_path / "human" / "bn" / "greeting.wav")
    rendered(tmp_path, espeak)
    assert rendered(tmp_path, espeak)[1].made == ()
    say(path, hertz=500)
    made = rendered(tmp_path, espeak, keep=Keep.CURRENT_WORDS)[1].made
    assert [(c.prompt_id, c.source) for c in made] == [("greeting", Source.HUMAN)] * 2


def test_a_recording_that_is_taken_away_gives_way_to_the_voice(
    tmp_path: Path, espeak: EspeakVoice
) -> None:
    path = say(tmp_path / "human" / "bn" / "greeting.wav")
    rendered(tmp_path, espeak)
    path.unlink()
    made = rendered(tmp_path, espeak, keep=Keep.CURRENT_WORDS)[1].made
    assert [c.source for c in made] == [Source.ESPEAK] * 2


# -- Words that change -----------------------------------------------------------------------------

CHANGED = {"bn": {**WORDS["bn"], "greeting": "শুভ দিন।"}}


def stale(audio: Path, words: dict[str, dict[str, str]]) -> list[str]:
    return [take.path.name for take in Recordings.open(audio, words) if take.is_stale]


def test_a_recording_is_flagged_when_its_words_change_and_still_wins(
    tmp_path: Path, espeak: EspeakVoice
) -> None:
    say(tmp_path / "human" / "bn" / "greeting.wav")
    rendered(tmp_path, espeak)
    assert stale(tmp_path, WORDS) == []
    assert stale(tmp_path, CHANGED) == ["greeting.wav"]
    library, report = rendered(tmp_path, espeak, CHANGED)
    assert report.made == (), "the same recording makes the same clip"
    now = Utterance("bn", "greeting", Pace.NORMAL, CHANGED["bn"]["greeting"])
    clip = library.find(now)
    assert clip is not None
    assert clip.source is Source.HUMAN
    speakers: list[Speaker] = [
        HumanSpeaker(Recordings.open(tmp_path, CHANGED)),
        VoiceSpeaker(espeak, {}),
    ]
    assert [item.state for item in inventory([now], library, speakers)] == [State.STALE]


def test_a_new_recording_is_of_the_words_of_now(tmp_path: Path) -> None:
    path = say(tmp_path / "human" / "bn" / "greeting.wav")
    assert len(Recordings.open(tmp_path, WORDS).note()) == 1
    assert Recordings.open(tmp_path, WORDS).note() == [], "and it is noted once"
    say(path, hertz=500)
    assert stale(tmp_path, CHANGED) == []
    assert len(Recordings.open(tmp_path, CHANGED).note()) == 1
    assert stale(tmp_path, WORDS) == ["greeting.wav"], "and stale if the old words come back"


def test_a_recording_that_still_says_the_new_words_is_noted_anew(tmp_path: Path) -> None:
    path = say(tmp_path / "human" / "bn" / "greeting.wav")
    Recordings.open(tmp_path, WORDS).note()
    assert stale(tmp_path, CHANGED) == ["greeting.wav"]
    note_take(path, CHANGED["bn"]["greeting"], anew=False)
    assert stale(tmp_path, CHANGED) == ["greeting.wav"], "a note of these bytes stays"
    note_take(path, CHANGED["bn"]["greeting"], anew=True)
    assert stale(tmp_path, CHANGED) == []


def test_what_others_noted_meanwhile_is_not_written_over(tmp_path: Path) -> None:
    """A rendering may have looked long before an import notes what it took in."""
    path = say(tmp_path / "human" / "bn" / "greeting.wav")
    looked = Recordings.open(tmp_path, WORDS)
    say(path, hertz=500)
    note_take(path, "other words", anew=True)
    assert looked.note() == []
    assert stale(tmp_path, WORDS) == ["greeting.wav"]
    Recordings.open(tmp_path, WORDS).note()
    assert stale(tmp_path, WORDS) == ["greeting.wav"]


def test_a_recording_that_is_gone_cannot_be_noted(tmp_path: Path) -> None:
    with pytest.raises(SpeechError, match="cannot be read: No such file"):
        note_take(tmp_path / "greeting.wav", "words", anew=True)


def test_looking_writes_nothing(tmp_path: Path) -> None:
    say(tmp_path / "human" / "bn" / "greeting.wav")
    Recordings.open(tmp_path, WORDS)
    assert [path.name for path in (tmp_path / "human" / "bn").iterdir()] == ["greeting.wav"]


def test_notes_outlive_the_clips(tmp_path: Path, espeak: EspeakVoice) -> None:
    say(tmp_path / "human" / "bn" / "greeting.wav")
    rendered(tmp_path, espeak)
    for path in (tmp_path / "clips").iterdir():
        path.unlink()
    library, _ = rendered(tmp_path, espeak, CHANGED)
    clip = library.find(GREETING)
    assert clip is not None
    file = library.file(clip.sha256)
    assert file is not None
    with soundfile.SoundFile(file) as wav:
        assert wav.title == WORDS["bn"]["greeting"], "a clip is titled with what is said in it"


# -- What can be wrong -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        pytest.param("bn/greeting.m4a", r"\.m4a is not read here; save it as wav, flac", id="m4a"),
        pytest.param("bn/greeting", "without an ending is not read here", id="no format"),
        pytest.param(
            "bn/greetin.wav", "no prompt is named 'greetin'; did you mean greeting", id="typo"
        ),
        pytest.param("bn/xyz.wav", "`ivr audio sheet` lists the names", id="unknown"),
        pytest.param("hi/greeting.wav", "hi/: no language of the line; it has bn", id="language"),
        pytest.param("greeting.wav", "move it into the folder of its language", id="no folder"),
    ],
)
def test_a_file_that_cannot_be_a_recording_is_named(
    tmp_path: Path, name: str, problem: str
) -> None:
    path = tmp_path / "human" / name
    path.parent.mkdir(parents=True)
    path.write_bytes(b"whatever")
    (told,) = Recordings.open(tmp_path, WORDS).problems
    assert str(path.parent if name.startswith("hi") else path) in told
    assert re.search(problem, told)


def test_an_empty_folder_of_another_language_is_no_matter(tmp_path: Path) -> None:
    (tmp_path / "human" / "hi").mkdir(parents=True)
    assert Recordings.open(tmp_path, WORDS).problems == ()


def test_odd_entries_are_told_and_stop_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "human" / "bn"
    say(folder / "goodbye.wav")
    os.mkfifo(folder / "greeting.wav")
    (folder / "warm_up.wav").symlink_to(folder / "nowhere")
    (folder / "old takes").mkdir()
    (folder / "caf\udce9.wav").write_bytes(b"")
    recordings = Recordings.open(tmp_path, WORDS)
    assert [take.prompt_id for take in recordings] == ["goodbye"]
    told = "\n".join(recordings.problems)
    assert "greeting.wav: it is no file to read; put the file itself there." in told
    assert "warm_up.wav: it is no file to read" in told
    assert "a file's name cannot be read ('caf\\udce9.wav'); rename it" in told
    assert "old takes" not in told
    assert told.isprintable() or "\n" in told


def test_papers_and_hidden_files_may_lie_there(tmp_path: Path) -> None:
    folder = tmp_path / "human" / "bn"
    folder.mkdir(parents=True)
    for name in (".gitkeep", "notes.txt", "README.md", "sheet.html", "Thumbs.db", "desktop.ini"):
        (folder / name).write_text("of no concern")
    assert Recordings.open(tmp_path, WORDS).problems == ()


def test_two_recordings_of_one_prompt_are_told(tmp_path: Path) -> None:
    for ending in ("wav", "flac"):
        say(tmp_path / "human" / "bn" / f"greeting.{ending}")
    recordings = Recordings.open(tmp_path, WORDS)
    assert len(list(recordings)) == 1
    assert "greeting.wav: greeting.flac is there too; keep one" in recordings.problems[0]


def test_without_a_folder_there_are_no_recordings(tmp_path: Path) -> None:
    recordings = Recordings.open(tmp_path, WORDS)
    assert list(recordings) == []
    assert recordings.problems == ()
    assert list(tmp_path.iterdir()) == []


def test_broken_notes_are_not_taken_as_empty(tmp_path: Path) -> None:
    say(tmp_path / "human" / "bn" / "greeting.wav")
    notes = tmp_path / "human" / "bn" / "recorded.json"
    notes.write_text("{")
    with pytest.raises(SpeechError, match=r"recorded\.json is damaged: .*last good copy"):
        Recordings.open(tmp_path, WORDS)
    assert notes.read_text() == "{"


def test_notes_can_be_read_by_people(tmp_path: Path) -> None:
    say(tmp_path / "human" / "bn" / "greeting.wav")
    Recordings.open(tmp_path, WORDS).note()
    notes = json.loads((tmp_path / "human" / "bn" / "recorded.json").read_text("utf-8"))
    assert notes["takes"]["greeting"]["text"] == WORDS["bn"]["greeting"]


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def test_a_take_that_cannot_be_used_says_why(tmp_path: Path) -> None:
    long = tmp_path / "long.wav"
    soundfile.write(long, np.zeros(8000 * 121), 8000)
    empty = tmp_path / "empty.wav"
    soundfile.write(empty, np.zeros(0), 44100)
    low = tmp_path / "low.wav"
    soundfile.write(low, np.zeros(100), 6000)
    wild = tmp_path / "wild.wav"
    soundfile.write(wild, np.full(9000, np.nan), 44100, subtype="FLOAT")
    table = {
        write(
            tmp_path / "page.mp3", b"<html>" * 100
        ): "cannot be read as sound; save it again as wav",
        write(tmp_path / "none.wav", b""): "cannot be read as sound",
        tmp_path / "gone.wav": "cannot be read as sound",
        empty: "there is no sound in it; record it again",
        wild: "there is no sound in it",
        low: "6000 samples a second; record with 16000 to 48000",
        long: "121 s long, and a prompt takes at most 120; cut it",
    }
    for path, problem in table.items():
        with pytest.raises(SpeechError, match=problem) as caught:
            read_take(path, Pace.NORMAL)
        assert str(path) in str(caught.value)


def test_for_a_bad_recording_the_voice_stands_in(tmp_path: Path, espeak: EspeakVoice) -> None:
    folder = tmp_path / "human" / "bn"
    folder.mkdir(parents=True)
    (folder / "greeting.wav").write_bytes(b"")
    for name in ("goodbye.wav",):
        soundfile.write(folder / name, np.zeros(9000), 44100)
    library, report = rendered(tmp_path, espeak)
    assert {failure.source for failure in report.stood_in} == {Source.HUMAN}
    assert len(report.stood_in) == 4
    assert not report.failed
    found = [library.find(utterance) for utterance in utterances(WORDS)]
    assert [clip and clip.source for clip in found] == [Source.ESPEAK] * 4


def test_a_bad_recording_does_not_take_the_good_clip_away(
    tmp_path: Path, espeak: EspeakVoice
) -> None:
    path = say(tmp_path / "human" / "bn" / "greeting.wav")
    rendered(tmp_path, espeak)
    path.write_bytes(b"")
    library, report = rendered(tmp_path, espeak)
    assert len(report.stood_in) == 2
    clip = library.find(GREETING)
    assert clip is not None
    assert clip.source is Source.HUMAN, "the clip of the good recording stays"
    changed, _ = rendered(tmp_path, espeak, CHANGED)
    now = changed.find(Utterance("bn", "greeting", Pace.NORMAL, CHANGED["bn"]["greeting"]))
    assert now is not None
    assert now.source is Source.ESPEAK, "but it says nothing else"
