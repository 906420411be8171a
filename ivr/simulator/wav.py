"""Clips in the one form that every program and every browser plays."""

from __future__ import annotations

import io
from typing import Final

import soundfile

MAX_SECONDS: Final = 600
"""Of a clip that is converted; what is longer is cut off."""


def as_wav(data: bytes) -> bytes | None:
    """Gives an audio file as a WAV file of 16-bit samples; None of what cannot be read."""
    made = io.BytesIO()
    try:
        with soundfile.SoundFile(io.BytesIO(data)) as file:
            frames = file.read(frames=MAX_SECONDS * file.samplerate, dtype="int16")
            soundfile.write(made, frames, file.samplerate, format="WAV", subtype="PCM_16")
    except soundfile.SoundFileError:
        return None
    return made.getvalue()
