"""The clips of a call: fetched once a URL, their words and length read from the file."""

from __future__ import annotations

import io
from itertools import pairwise
from typing import TYPE_CHECKING

import soundfile
from msgspec import Struct

from ivr.errors import TwimlError
from ivr.simulator.cues import read_cues
from ivr.simulator.wire import MAX_CLIP_BYTES, RETRIEVAL

if TYPE_CHECKING:
    from ivr.simulator.wire import Wire

CONTENT_TYPE = 13420

_AUDIO = frozenset(
    f"audio/{kind}"
    for kind in (
        *("mpeg", "mp3", "wav", "wave", "x-wav", "aiff", "x-aifc", "x-aiff"),
        *("x-gsm", "gsm", "ulaw", "basic"),
    )
)
"""https://www.twilio.com/docs/voice/twiml/play#supported-audio-file-types"""


class Part(Struct, frozen=True, kw_only=True):
    """A labelled part of a clip, up to the next one or the end."""

    words: str
    start_seconds: float
    seconds: float


class Clip(Struct, frozen=True, kw_only=True):
    """What a caller hears of an audio file."""

    words: str
    """Of its title (INAM in a WAV), or of its labels; empty when it has neither."""
    seconds: float
    parts: tuple[Part, ...] = ()
    """What is heard one after another, when cue points say so; else nothing."""


class Clips:
    """Fetches clips, each URL once in a call."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._heard: dict[str, Clip] = {}

    def fetch(self, url: str) -> Clip:
        """Gives the clip at `url` (absolute).

        Raises:
            TwimlError: it cannot be fetched (11200 and its kin), or is not audio that Twilio
                plays (13420).
        """
        if url not in self._heard:
            self._heard[url] = self._fetch(url)
        return self._heard[url]

    def _fetch(self, url: str) -> Clip:
        answer = self._wire.fetch("GET", url, {}, "clip")
        if answer.content_type not in _AUDIO:
            raise TwimlError(
                CONTENT_TYPE,
                f"{url} has the content type {answer.content_type!r}; not one of Play's",
            )
        if len(answer.body) > MAX_CLIP_BYTES:
            raise TwimlError(RETRIEVAL, f"{url} has over {MAX_CLIP_BYTES} bytes")
        try:
            return read_clip(answer.body)
        except soundfile.SoundFileError as error:
            raise TwimlError(CONTENT_TYPE, f"{url} is not audio: {error}") from error


def read_clip(data: bytes) -> Clip:
    """Gives the words and the length of an audio file.

    Raises:
        soundfile.SoundFileError: it is not audio that libsndfile knows.
    """
    with soundfile.SoundFile(io.BytesIO(data)) as file:
        title, frames, rate = str(file.title or ""), int(file.frames), int(file.samplerate)
    parts = _parts(data, frames, rate)
    labels = " ".join(part.words for part in parts)
    # An editor's markers ("Marker 1") are not what is said; labels that make up the title are.
    if title.split() not in ([], labels.split()):
        return Clip(words=title, seconds=frames / rate)
    return Clip(words=title or labels, seconds=frames / rate, parts=parts)


def _parts(data: bytes, frames: int, rate: int) -> tuple[Part, ...]:
    cues = read_cues(data, frames)
    bounds = pairwise([*(cue.sample for cue in cues), frames])
    return tuple(
        Part(words=cue.words, start_seconds=start / rate, seconds=(end - start) / rate)
        for cue, (start, end) in zip(cues, bounds, strict=True)
    )
