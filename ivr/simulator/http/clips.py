"""The clips of a call: fetched as Twilio does, their words and length read from the file."""

from __future__ import annotations

import io
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import soundfile
from msgspec import Struct

from ivr.errors import TwimlError
from ivr.simulator.http.cache import Shelf
from ivr.simulator.http.cues import read_cues
from ivr.simulator.http.failures import RETRIEVAL, cut, shown
from ivr.simulator.http.sending import MAX_CLIP_BYTES
from ivr.simulator.http.wire import Ask
from ivr.simulator.wav import with_head
from ivr.twiml.rules import MAX_CALL_SECONDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ivr.simulator.http.wire import Answer, Wire

NOT_AUDIO: Final = 13420


class _File(io.BytesIO):
    """A file in memory; the head of a broken one may point to before its beginning."""

    def seek(self, offset: int, whence: int = 0, /) -> int:
        try:
            return super().seek(offset, whence)
        except (ValueError, OverflowError):
            # libsndfile looks where it has come to, so it need not be told in another way.
            return self.tell()


_WAV: Final = frozenset({"WAV", "WAVEX", "RF64"})
_AIFF: Final = frozenset({"AIFF"})
_GSM: Final = frozenset({"GSM610"})
_KINDS: Final[Mapping[str, frozenset[str]]] = {
    "audio/mpeg": frozenset({"MP3"}),
    "audio/wav": _WAV,
    "audio/wave": _WAV,
    "audio/x-wav": _WAV,
    "audio/aiff": _AIFF,
    "audio/x-aifc": _AIFF,
    "audio/x-aiff": _AIFF,
    "audio/x-gsm": _GSM,
    "audio/gsm": _GSM,
    "audio/ulaw": frozenset({"ULAW", "AU"}),
}
"""What is in a file of each type that Twilio plays, by libsndfile's names:
https://www.twilio.com/docs/voice/twiml/play#supported-audio-file-types"""

_PLAYABLE: Final = frozenset[str]().union(*_KINDS.values())


class _Headerless(Struct, frozen=True):
    """Sound without a head: so many bytes in each frame of so many samples, at 8000 a second."""

    kind: str
    frame_bytes: int
    frame_samples: int

    def samples(self, data: bytes) -> int:
        """How many there are in whole frames."""
        return len(data) // self.frame_bytes * self.frame_samples


_ULAW: Final = _Headerless("ULAW", 1, 1)
_GSM_FRAMES: Final = _Headerless("GSM610", 33, 160)
_HEADERLESS: Final[Mapping[str, _Headerless]] = {
    "audio/ulaw": _ULAW,
    "audio/gsm": _GSM_FRAMES,
    "audio/x-gsm": _GSM_FRAMES,
}
_BY_CODING: Final = {each.kind: each for each in _HEADERLESS.values()}
_TELEPHONE_RATE: Final = 8000


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
    kind: str
    """What libsndfile takes it for, such as WAV or MP3; of sound without a head (8000 samples a
    second, one channel) its coding, ULAW or GSM610."""


class _Sound(Struct, frozen=True):
    data: bytes
    kind: str


class Clips:
    """Fetches the clips of one call; what was read out of the same bytes before is taken again."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._log = wire.log
        self._sounds: Shelf[str, _Sound] = Shelf()

    def fetch(self, url: str) -> Clip:
        """Gives the clip at `url` (absolute); warns when it is not what its type says.

        Raises:
            TwimlError: it cannot be fetched (11200 and its kin), or is not audio that Twilio
                plays (13420).
        """
        return self._take(url, self._wire.fetch(Ask(method="GET", url=url, purpose="clip")))

    def read(self, answer: Answer) -> Clip:
        """Gives the clip that an answer is, as `fetch` does.

        Raises:
            TwimlError: it is not audio that Twilio plays (13420), or too long (11200).
        """
        return self._take(answer.url, answer)

    def sound(self, url: str) -> bytes | None:
        """Gives the file of the clip that was fetched from `url`, for whoever plays it.

        Sound without a head is made into a WAV file: nobody could tell what it is. None when there
        was none, or when so much was fetched since that it had to go.
        """
        found = self._sounds.find(url)
        if found is None or found.kind not in _BY_CODING:
            return None if found is None else found.data
        samples = _BY_CODING[found.kind].samples(found.data)
        return with_head(found.data, found.kind, samples, _TELEPHONE_RATE)

    def _take(self, url: str, answer: Answer) -> Clip:
        where, kinds = shown(url), _KINDS.get(answer.content_type)
        if kinds is None:
            message = (
                f"{where} has the content type {cut(answer.content_type)!r}; not one of Play's"
            )
            raise TwimlError(NOT_AUDIO, message)
        if len(answer.body) > MAX_CLIP_BYTES:
            raise TwimlError(RETRIEVAL, f"{where} has over {MAX_CLIP_BYTES} bytes")
        try:
            clip = self._read(answer)
        except soundfile.SoundFileError as error:
            raise TwimlError(NOT_AUDIO, f"{where} is not audio: {_reason(error)}") from error
        if clip.kind not in _PLAYABLE:
            raise TwimlError(NOT_AUDIO, f"{where} is {clip.kind}, which Play cannot play")
        if clip.kind not in kinds:
            message = f"{where} says that it is {answer.content_type}, and is {clip.kind}"
            self._log.warn_of(f"{message}; give it the content type that it has", NOT_AUDIO)
        self._sounds.put(url, _Sound(answer.body, clip.kind), len(answer.body))
        return clip

    def _read(self, answer: Answer) -> Clip:
        cache = self._wire.cache
        key = (answer.body, answer.content_type)
        clip = cache.clips.find(key) if cache is not None else None
        if clip is None:
            clip = read_clip(answer.body, answer.content_type)
            if cache is not None:
                cache.clips.put(key, clip, len(answer.body))
        return clip


def read_clip(data: bytes, content_type: str = "") -> Clip:
    """Gives the words and the length of an audio file.

    Args:
        data: the file; anything.
        content_type: as the answer said it; some types are taken for sound without a head when
            the file has none.

    Raises:
        soundfile.SoundFileError: it is not audio that libsndfile knows.
    """
    headerless = _HEADERLESS.get(content_type)
    if headerless is not None and not data.startswith((b"RIFF", b"FORM", b".snd")):
        return _read_headerless(data, headerless)
    with soundfile.SoundFile(_File(data)) as file:
        title, kind = str(file.title or ""), str(file.format)
        frames, rate = int(file.frames), int(file.samplerate)
    parts = _parts(data, frames, rate)
    labels = " ".join(part.words for part in parts)
    # An editor's markers ("Marker 1") are not what is said; labels that make up the title are.
    if title.split() not in ([], labels.split()) or frames > rate * MAX_CALL_SECONDS:
        parts = ()
    # No call lasts longer, whatever the head of a file says.
    seconds = min(frames / rate, MAX_CALL_SECONDS)
    return Clip(words=title or labels, seconds=seconds, parts=parts, kind=kind)


def _reason(error: soundfile.SoundFileError) -> str:
    """What is wrong, without the name of the object that held the file, another in each run."""
    if isinstance(error, soundfile.LibsndfileError):
        return str(error.error_string)
    return str(error)


def _read_headerless(data: bytes, headerless: _Headerless) -> Clip:
    samples = headerless.samples(data)
    if not samples:
        raise soundfile.SoundFileError(f"{len(data)} bytes are not sound of the kind it says")
    seconds = samples / _TELEPHONE_RATE
    return Clip(words="", seconds=seconds, kind=headerless.kind)


def _parts(data: bytes, frames: int, rate: int) -> tuple[Part, ...]:
    cues = read_cues(data, frames)
    bounds = pairwise([*(cue.sample for cue in cues), frames])
    return tuple(
        Part(words=cue.words, start_seconds=start / rate, seconds=(end - start) / rate)
        for cue, (start, end) in zip(cues, bounds, strict=True)
    )
