"""Recordings by a human voice: files that somebody spoke, and with which words.

    <audio>/human/<language>/<prompt id>.wav          also flac, mp3, ogg
    <audio>/human/<language>/<prompt id>.slow.wav     a take for the slow pace; it need not be there
    <audio>/human/<language>/recorded.json            which words each file was recorded with

A file that nobody has noted yet is taken to say the words as they stand now, and is noted so. When
the words change and the file does not, the recording is stale.
"""

from __future__ import annotations

import difflib
import hashlib
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np
import soundfile
from msgspec import Struct
from msgspec.structs import replace

from ivr.errors import SpeechError
from ivr.flow.model import Pace
from ivr.speech.library import replace_file
from ivr.speech.manifest import Make, Recipe, Source
from ivr.speech.telephone import PIPELINE, RATE
from ivr.speech.voice import Speech, Take

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from ivr.speech.utterance import Utterance

FORMATS: Final = (".wav", ".flac", ".mp3", ".ogg")
FORMATS_TOLD: Final = "wav, flac, mp3 or ogg"
SLOW: Final = ".slow"
NOTES: Final = "recorded.json"
_NO_RECORDINGS: Final = {".json", ".md", ".txt", ".html", ".pdf"}
"""Papers that may lie beside recordings."""

LONGEST_SECONDS: Final = 120
"""No prompt takes half as long; more is the whole session in one file."""


class _Note(Struct, frozen=True, forbid_unknown_fields=True):
    """What is known of one file: its bytes, and the words that were read into it."""

    sha256: str
    text: str


class _Notes(Struct, frozen=True, forbid_unknown_fields=True):
    """`recorded.json`: the file's name without its format → its note."""

    recorded: int
    takes: dict[str, _Note]


class Recording(Struct, frozen=True):
    """One file of a human voice.

    Attributes:
        sha256: hash of its bytes.
        text: the words that were read into it.
        is_stale: whether the words have changed since.
    """

    path: Path
    language: str
    prompt_id: str
    pace: Pace
    sha256: str
    text: str
    is_stale: bool


class Recordings:
    """All recordings of a line. Reading is safe from any thread."""

    def __init__(self, takes: Mapping[tuple[str, str, Pace], Recording]) -> None:
        self._takes = dict(takes)
        self.problems: tuple[str, ...] = ()
        """Files that cannot be taken for a recording, each in a whole sentence."""

    @classmethod
    def open(cls, audio: Path, words: Mapping[str, Mapping[str, str]]) -> Recordings:
        """Look through `<audio>/human`; note files that are new with the words of now.

        Args:
            audio: the folder of recordings and clips.
            words: language → prompt id → text.

        Raises:
            SpeechError: the notes cannot be read or written, or a file cannot be opened.
        """
        human = audio / "human"
        problems: list[str] = []
        takes: dict[tuple[str, str, Pace], Recording] = {}
        for path in _entries(human):
            if path.is_dir() and path.name not in words:
                problems.append(f"{path}/: no language of the line; it has {', '.join(words)}.")
            elif path.is_file() and path.suffix.lower() in FORMATS:
                problems.append(f"{path}: move it into the folder of its language, such as bn/.")
        for language, prompts in words.items():
            found, bad = _files(human / language, prompts)
            problems += bad
            for recording in _noted(human / language, language, found, prompts):
                takes[language, recording.prompt_id, recording.pace] = recording
        recordings = cls(takes)
        recordings.problems = tuple(problems)
        return recordings

    def __iter__(self) -> Iterator[Recording]:
        """Every recording, in order of language, prompt and pace."""
        return (self._takes[key] for key in sorted(self._takes))

    def find(self, language: str, prompt_id: str, pace: Pace) -> Recording | None:
        """Give the recording to be heard there: at the slow pace a slow take before the usual."""
        usual = self._takes.get((language, prompt_id, Pace.NORMAL))
        return self._takes.get((language, prompt_id, pace), usual)

    def recipe(self, utterance: Utterance) -> Recipe | None:
        """Say how its recording becomes a clip, None where nobody has recorded it."""
        recording = self.find(*utterance.place)
        if recording is None:
            return None
        make = Make(Source.HUMAN, recording.sha256, recording.path.name)
        return Recipe(replace(utterance, text=recording.text), (), make, PIPELINE)

    def speak(self, recipe: Recipe) -> Speech:
        """Read the recording of a recipe.

        Raises:
            SpeechError: it cannot be read.
        """
        recording = self.find(*recipe.utterance.place)
        if recording is None:
            raise SpeechError(f"The recording of {recipe.utterance.label} is gone; put it back.")
        return read_take(recording.path, recording.pace)


def read_take(path: Path, pace: Pace) -> Speech:
    """Read a recording as one take.

    Args:
        path: a file of any format that soundfile reads.
        pace: at which it was spoken.

    Raises:
        SpeechError: it cannot be opened, is no sound, is empty, too long, or of too low a rate.
    """
    try:
        with soundfile.SoundFile(path) as file:
            rate, seconds = file.samplerate, file.frames / file.samplerate
            if rate < RATE:
                raise SpeechError(f"{path}: {rate} samples a second; record with 16000 or more.")
            if seconds > LONGEST_SECONDS:
                raise SpeechError(
                    f"{path}: {seconds:.0f} s long, and a prompt takes at most {LONGEST_SECONDS};"
                    " cut it into one file for each prompt."
                )
            samples = file.read(dtype="float32", always_2d=True).mean(axis=1)
    except (soundfile.SoundFileError, OSError) as exc:
        raise SpeechError(
            f"{path}: it cannot be read as sound; save it again as {FORMATS_TOLD}."
        ) from exc
    if not samples.size or not np.isfinite(samples).all():
        raise SpeechError(f"{path}: there is no sound in it; record it again.")
    return Speech((Take(samples, ends_sentence=True),), rate, pace)


def split_name(name: str) -> tuple[str, Pace]:
    """Divide a file's name, without its format, into prompt and pace: `greeting.slow`."""
    return name.removesuffix(SLOW), Pace.SLOW if name.endswith(SLOW) else Pace.NORMAL


def name_problem(path: Path, prompts: Mapping[str, str]) -> str | None:
    """Say what is wrong with a recording's name or format, None when it is right."""
    if path.suffix.lower() not in FORMATS:
        ending = path.suffix or "a file without an ending"
        return f"{path}: {ending} is not read here; save it as {FORMATS_TOLD}."
    prompt_id = split_name(path.stem)[0]
    if prompt_id in prompts:
        return None
    near = difflib.get_close_matches(prompt_id, prompts, n=1)
    advice = f"did you mean {near[0]}?" if near else "`ivr audio sheet` lists the names."
    return f"{path}: no prompt is named {prompt_id!r}; {advice}"


def recording_files(folder: Path) -> list[Path]:
    """List the files of a folder, in order, but for hidden ones and papers that may lie there.

    Raises:
        SpeechError: there is no such folder.
    """
    if not folder.is_dir():
        raise SpeechError(f"{folder}: there is no such folder; name the one with the recordings.")
    return [
        path
        for path in _entries(folder)
        if path.is_file() and path.suffix.lower() not in _NO_RECORDINGS
    ]


def _entries(folder: Path) -> list[Path]:
    """What lies in a folder, in order; hidden files are none of ours."""
    try:
        return sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except (FileNotFoundError, NotADirectoryError):
        return []


def _files(folder: Path, prompts: Mapping[str, str]) -> tuple[dict[str, Path], list[str]]:
    """Find the recordings of one language, by name without format, and what is wrong there."""
    found: dict[str, Path] = {}
    problems: list[str] = []
    for path in _entries(folder):
        if path.suffix.lower() in _NO_RECORDINGS:
            continue
        problem = name_problem(path, prompts)
        if problem is not None:
            problems.append(problem)
        elif path.stem in found:
            problems.append(f"{path}: {found[path.stem].name} is there too; keep one of the two.")
        else:
            found[path.stem] = path
    return found, problems


def _noted(
    folder: Path, language: str, found: Mapping[str, Path], prompts: Mapping[str, str]
) -> Iterator[Recording]:
    """Tell of each file which words it was recorded with, and note those of new files."""
    notes = _read_notes(folder / NOTES)
    fresh = dict(notes)
    for name, path in found.items():
        prompt_id, pace = split_name(name)
        sha256 = _sha256(path)
        if name not in notes or notes[name].sha256 != sha256:
            fresh[name] = _Note(sha256, prompts[prompt_id])
        text = fresh[name].text
        yield Recording(path, language, prompt_id, pace, sha256, text, text != prompts[prompt_id])
    if fresh != notes:
        content = msgspec.json.encode(_Notes(1, dict(sorted(fresh.items()))))
        replace_file(folder / NOTES, msgspec.json.format(content, indent=1) + b"\n", durable=True)


def _read_notes(path: Path) -> dict[str, _Note]:
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Notes).takes
    except FileNotFoundError:
        return {}
    except (OSError, msgspec.DecodeError) as exc:
        raise SpeechError(
            f"{path} cannot be read: {exc}. Take it from the last good copy; without it, every"
            " recording counts as made with the words of now."
        ) from exc


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as exc:
        raise SpeechError(f"{path} cannot be read: {exc.strerror}; make it readable.") from exc
