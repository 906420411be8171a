"""Recordings by a human voice: files that somebody spoke, and with which words.

    <audio>/human/<language>/<prompt id>.wav          also flac, mp3, ogg, opus
    <audio>/human/<language>/<prompt id>.slow.wav     a take for the slow pace; it need not be there
    <audio>/human/<language>/recorded.json            which words each file was recorded with

A file that nobody has noted yet is taken to say the words as they stand now, and is noted so when
clips are rendered or recordings taken in. When the words change and the file does not, the
recording is stale.
"""

from __future__ import annotations

import contextlib
import hashlib
from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from ivr.errors import SpeechError
from ivr.flow.terms import Pace
from ivr.speech.files import locked, read_json, write_json
from ivr.speech.manifest import Make, Recipe, Source
from ivr.speech.recording_files import FORMATS, entries_of, named_files, read_take, split_name
from ivr.speech.telephone import PIPELINE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from ivr.speech.utterance import Utterance
    from ivr.speech.voice import Speech

NOTES: Final = "recorded.json"


class _Note(Struct, frozen=True, forbid_unknown_fields=True):
    """What is known of one file: its bytes, and the words that were read into it."""

    sha256: str
    text: str


class _Notes(Struct, frozen=True, forbid_unknown_fields=True):
    """`recorded.json`: the file's name without its format → its note."""

    recorded: Literal[1]
    takes: dict[str, _Note]


class Recording(Struct, frozen=True):
    """One file of a human voice.

    Attributes:
        sha256: hash of its bytes.
        text: the words that were read into it.
        text_now: the prompt's words as they stand now.
        noted: what was noted under its name when it was looked at, of these bytes or of others.
    """

    path: Path
    language: str
    prompt_id: str
    pace: Pace
    sha256: str
    text: str
    text_now: str
    noted: _Note | None

    @property
    def is_new(self) -> bool:
        """Whether nobody has noted these bytes yet."""
        return self.noted is None or self.noted.sha256 != self.sha256

    @property
    def is_stale(self) -> bool:
        """Whether the words have changed since it was made."""
        return self.text != self.text_now


class Recordings:
    """All recordings of a line. Reading is safe from any thread."""

    def __init__(self, audio: Path, takes: Iterable[Recording], problems: Iterable[str]) -> None:
        self._audio = audio
        self._takes = {(each.language, each.prompt_id, each.pace): each for each in takes}
        self.problems: tuple[str, ...] = tuple(problems)
        """Files that cannot be taken for a recording, each in a whole sentence."""

    @classmethod
    def open(cls, audio: Path, words: Mapping[str, Mapping[str, str]]) -> Recordings:
        """Look through `<audio>/human`; nothing is written.

        Args:
            audio: the folder of recordings and clips.
            words: language → prompt id → text.

        Raises:
            SpeechError: the notes cannot be read.
        """
        human = audio / "human"
        takes: list[Recording] = []
        entries, problems = entries_of(human)
        for path in entries:
            if path.name not in words and any(
                each.suffix.lower() in FORMATS for each in entries_of(path)[0]
            ):
                problems.append(f"{path}/: no language of the line; it has {', '.join(words)}.")
            elif path.suffix.lower() in FORMATS:
                problems.append(f"{path}: move it into the folder of its language, such as bn/.")
        for language, prompts in words.items():
            found, bad = named_files(human / language, prompts)
            problems += bad
            notes = _read_notes(human / language / NOTES)
            for name, path in found.items():
                try:
                    takes.append(_recording(path, name, language, prompts, notes))
                except OSError as exc:
                    problems.append(f"{path}: it cannot be read: {exc.strerror}; make it readable.")
        return cls(audio, takes, problems)

    @property
    def stale(self) -> list[Recording]:
        """Those whose words have changed since."""
        return [recording for recording in self if recording.is_stale]

    def note(self) -> list[Recording]:
        """Note with which words new recordings were made, so that a later change is seen.

        What somebody else has noted since these were looked at stays.

        Returns:
            The recordings of which something was noted.

        Raises:
            SpeechError: the notes cannot be written.
        """
        noted: list[Recording] = []
        for language in sorted({recording.language for recording in self}):
            fresh = [each for each in self if each.language == language and each.is_new]
            if not fresh:
                continue
            with _writing(self._audio / "human" / language) as notes:
                for each in fresh:
                    if notes.get(each.path.stem) == each.noted:
                        notes[each.path.stem] = _Note(each.sha256, each.text)
                        noted.append(each)
        return noted

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


def _recording(
    path: Path,
    name: str,
    language: str,
    prompts: Mapping[str, str],
    notes: Mapping[str, _Note],
) -> Recording:
    """Tell with which words a file was recorded: as noted of these bytes, else those of now."""
    prompt_id, pace = split_name(name)
    sha256 = _sha256(path)
    now = prompts[prompt_id]
    note = notes.get(name)
    text = note.text if note is not None and note.sha256 == sha256 else now
    return Recording(path, language, prompt_id, pace, sha256, text, now, note)


def note_take(path: Path, text: str, *, anew: bool) -> None:
    """Note with which words one recording was made.

    Args:
        path: of the recording, in its place.
        text: the words that were read into it.
        anew: also when a note of these very bytes is there already.

    Raises:
        SpeechError: the file cannot be read, or the notes cannot be read or written.
    """
    try:
        note = _Note(_sha256(path), text)
    except OSError as exc:
        raise SpeechError(f"{path} cannot be read: {exc.strerror}; make it readable.") from exc
    with _writing(path.parent) as notes:
        before = notes.get(path.stem)
        if anew or before is None or before.sha256 != note.sha256:
            notes[path.stem] = note


@contextlib.contextmanager
def _writing(folder: Path) -> Iterator[dict[str, _Note]]:
    """Give the notes of a folder to be changed, alone among processes, and write what changed."""
    with locked(folder / ".lock"):
        notes = _read_notes(folder / NOTES)
        before = dict(notes)
        yield notes
        if notes != before:
            write_json(folder / NOTES, _Notes(1, dict(sorted(notes.items()))))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read_notes(path: Path) -> dict[str, _Note]:
    lost = "without it, every recording counts as made with the words of now"
    notes = read_json(path, _Notes, f"Take it from the last good copy; {lost}.")
    return notes.takes if notes else {}
