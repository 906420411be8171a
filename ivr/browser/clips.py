"""The clips of a call, as a browser takes them."""

from __future__ import annotations

import io
from typing import Final

import soundfile
from msgspec import Struct

from ivr.simulator.wav import as_wav

WAV: Final = "audio/wav"
UNKNOWN: Final = "application/octet-stream"
_TYPES: Final = {
    "WAV": WAV,
    "WAVEX": WAV,
    "RF64": WAV,
    "MP3": "audio/mpeg",
    "AIFF": "audio/aiff",
    "AU": "audio/basic",
}
"""By libsndfile's names of what is in a file, whatever the application has called it."""


class Sounding(Struct, frozen=True):
    """A clip and what it is: `Sounding(b"RIFF…", "audio/wav")`."""

    data: bytes
    content_type: str


def as_heard(data: bytes, *, is_wav_wanted: bool) -> Sounding | None:
    """Gives a clip as it was fetched, or as a WAV file that every browser plays.

    Returns:
        None when it cannot be converted.
    """
    if not is_wav_wanted:
        return Sounding(data, _content_type(data))
    wav = as_wav(data)
    return None if wav is None else Sounding(wav, WAV)


def _content_type(data: bytes) -> str:
    try:
        with soundfile.SoundFile(io.BytesIO(data)) as file:
            return _TYPES.get(str(file.format), UNKNOWN)
    except soundfile.SoundFileError:
        return UNKNOWN
