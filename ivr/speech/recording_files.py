"""Files of recordings: how they are named, which can be read, and reading one as a take."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Final

import numpy as np
import soundfile

from ivr.errors import SpeechError
from ivr.flow.terms import Pace
from ivr.speech.norms import RATE
from ivr.speech.voice import Speech, Take

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FORMATS: Final = (".wav", ".flac", ".mp3", ".ogg", ".opus")
FORMATS_TOLD: Final = "wav, flac, mp3, ogg or opus"
SLOW: Final = ".slow"
_NO_RECORDINGS: Final = {".json", ".md", ".txt", ".html", ".pdf", ".db", ".ini"}
"""Papers that may lie beside recordings, and what file managers leave there."""

LONGEST_SECONDS: Final = 120
"""No prompt takes half as long; more is the whole session in one file."""
HIGHEST_RATE: Final = 384_000
"""Samples a second; no recorder has more, and the header of a broken file may claim any."""
MOST_CHANNELS: Final = 8
MOST_SAMPLES: Final = 192_000 * 2 * LONGEST_SECONDS
"""In all channels, which is more than any prompt needs; they take 184 MB of memory."""


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
            _see_size(path, file)
            rate = file.samplerate
            samples = file.read(dtype="float32", always_2d=True).mean(axis=1)
    except (soundfile.SoundFileError, OSError) as exc:
        raise SpeechError(
            f"{path}: it cannot be read as sound; save it again as {FORMATS_TOLD}."
        ) from exc
    if not samples.size or not np.isfinite(samples).all():
        raise SpeechError(f"{path}: there is no sound in it; record it again.")
    return Speech((Take(samples, ends_sentence=True),), rate, pace)


def _see_size(path: Path, file: soundfile.SoundFile) -> None:
    """Refuse what would ask for too much memory, before any of it is read."""
    rate, seconds = file.samplerate, file.frames / file.samplerate
    if not RATE <= rate <= HIGHEST_RATE:
        raise SpeechError(f"{path}: {rate} samples a second; record with 16000 to 48000 of them.")
    if seconds > LONGEST_SECONDS:
        raise SpeechError(
            f"{path}: {seconds:.0f} s long, and a prompt takes at most {LONGEST_SECONDS};"
            " cut it into one file for each prompt."
        )
    if file.channels > MOST_CHANNELS or file.frames * file.channels > MOST_SAMPLES:
        raise SpeechError(
            f"{path}: {file.channels} channels with {rate} samples a second; record in mono with"
            " 16000 to 48000 of them."
        )


def split_name(name: str) -> tuple[str, Pace]:
    """Divide a file's name, without its format, into prompt and pace: `greeting.slow`."""
    return name.removesuffix(SLOW), Pace.SLOW if name.endswith(SLOW) else Pace.NORMAL


def format_problem(path: Path) -> str | None:
    """Say what is wrong with a recording's format, by the file's ending; None when it is right."""
    if path.suffix.lower() in FORMATS:
        return None
    ending = path.suffix or "a file without an ending"
    return (
        f"{path}: {ending} is not read here; save it as {FORMATS_TOLD}, for example in the"
        " recorder's settings or with Audacity."
    )


def name_problem(path: Path, prompts: Mapping[str, str]) -> str | None:
    """Say what is wrong with a recording's name or format, None when it is right."""
    prompt_id = split_name(path.stem)[0]
    if prompt_id in prompts:
        return format_problem(path)
    return format_problem(path) or unknown_name(path, prompt_id, prompts)


def unknown_name(path: Path, name: str, prompts: Mapping[str, str]) -> str:
    """Say that no prompt has the name of a file, and which one may be meant."""
    near = difflib.get_close_matches(name, prompts, n=1)
    advice = f"did you mean {near[0]}?" if near else "`ivr audio sheet` lists the names."
    return f"{path}: no prompt is named {name!r}; {advice}"


def recording_files(folder: Path) -> tuple[list[Path], list[str]]:
    """List the files of a folder, in order, and what is wrong there.

    Hidden files, papers that may lie there, and folders are passed over.

    Raises:
        SpeechError: there is no such folder, or it cannot be read.
    """
    if not folder.is_dir():
        raise SpeechError(f"{folder}: there is no such folder; name the one with the recordings.")
    entries, problems = entries_of(folder)
    files = [path for path in entries if not path.is_dir()]
    odd = [path for path in files if not path.is_file()]
    problems += (f"{path}: it is no file to read; put the file itself there." for path in odd)
    kept = [each for each in files if each not in odd and each.suffix.lower() not in _NO_RECORDINGS]
    return kept, problems


def entries_of(folder: Path) -> tuple[list[Path], list[str]]:
    """What lies in a folder, in order, and what cannot be named; hidden files are none of ours."""
    try:
        every = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except (FileNotFoundError, NotADirectoryError):
        return [], []
    except OSError as exc:
        return [], [f"{folder}/: it cannot be read: {exc.strerror}; make it readable."]
    named = [path for path in every if path.name.isprintable()]
    problems = [
        f"{folder}/: a file's name cannot be read ({path.name!a}); rename it after its prompt."
        for path in every
        if path not in named
    ]
    return named, problems


def named_files(folder: Path, prompts: Mapping[str, str]) -> tuple[dict[str, Path], list[str]]:
    """Find the recordings of one language, by name without format, and what is wrong there."""
    if not folder.is_dir():
        return {}, []
    found: dict[str, Path] = {}
    files, problems = recording_files(folder)
    for path in files:
        problem = name_problem(path, prompts)
        if problem is not None:
            problems.append(problem)
        elif path.stem in found:
            problems.append(f"{path}: {found[path.stem].name} is there too; keep one of the two.")
        else:
            found[path.stem] = path
    return found, problems
