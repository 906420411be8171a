"""Sound for tests: files of silence that say in their tags what would be heard."""

from __future__ import annotations

import io
from functools import cache

import numpy as np
import soundfile

RATE = 8000
CODINGS = {"WAV": "ULAW", "AIFF": "PCM_16", "MP3": "MPEG_LAYER_III"}


@cache
def sound(words: str = "", seconds: float = 1, kind: str = "WAV") -> bytes:
    """A file of silence; a WAV says what its words are."""
    buffer = io.BytesIO()
    with soundfile.SoundFile(buffer, "w", RATE, 1, CODINGS[kind], format=kind) as file:
        if words and kind == "WAV":
            file.title = words
        file.write(np.zeros(round(RATE * seconds)))
    return buffer.getvalue()
