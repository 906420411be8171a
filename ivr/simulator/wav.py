"""Clips in the one form that every program and every browser plays."""

from __future__ import annotations

import io
from typing import Final

import soundfile

MAX_SECONDS: Final = 600
"""Of a clip that is converted; what is longer is cut off."""


def as_wav(data: bytes) -> bytes | None:
    """Gives an audio file as a WAV file of 16-bit samples; None of what cannot be read."""
    try:
        with soundfile.SoundFile(io.BytesIO(data)) as file:
            return _written(file, MAX_SECONDS * file.samplerate)
    except soundfile.SoundFileError:
        return None


def with_head(data: bytes, coding: str, samples: int, samples_a_second: int) -> bytes:
    """Gives sound of one channel that has no head as such a WAV file.

    Args:
        data: the sound; anything sounds of some kind.
        coding: libsndfile's name of it: ULAW, GSM610.
        samples: how many there are in it.
        samples_a_second: how fast they follow one another.
    """
    headless = soundfile.SoundFile(io.BytesIO(data), "r", samples_a_second, 1, coding, format="RAW")
    with headless as file:
        return _written(file, min(samples, MAX_SECONDS * samples_a_second))


def _written(file: soundfile.SoundFile, samples: int) -> bytes:
    made = io.BytesIO()
    frames = file.read(frames=samples, dtype="int16")
    soundfile.write(made, frames, file.samplerate, format="WAV", subtype="PCM_16")
    return made.getvalue()
