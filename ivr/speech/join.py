"""Clips that are heard one after another, joined into one file.

The name of a joined clip tells how to make it: `p400-<16 hex>-<16 hex>` is the clips whose SHA-256
begin so, with 400 ms of silence between. Any process that has the clips makes the same bytes of
it, so nothing is kept. The letter stands for the layout of the file; another one needs another.

The payloads are put together as they are; the web service reads this, so nothing heavy is imported.
"""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from ivr.errors import SpeechError
from ivr.flow.terms import Pace

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ivr.speech.manifest import Clip

PAUSE_SECONDS: Final = {Pace.NORMAL: 0.40, Pace.SLOW: 0.55}
"""Silence put between two clips of a row.

With the 0.15 s after one clip's sound and the 0.05 s before the next it makes 0.60 and 0.75 s from
sound to sound: ACIXD asks for 500 to 750 ms between the options of a menu.
"""

DIGIT_PAUSE_SECONDS: Final = {Pace.NORMAL: 0.15, Pace.SLOW: 0.45}
"""Silence put between two digits of a code, which makes 0.35 and 0.65 s from sound to sound.

Each digit stands alone, and yet a group of five is still heard as one. Said again, it has longer
pauses before a slower voice, since it is the pauses that give an older listener time.
"""

PAUSES_MS: Final = frozenset(
    round(seconds * 1000)
    for pauses in (PAUSE_SECONDS, DIGIT_PAUSE_SECONDS)
    for seconds in pauses.values()
)
"""The pauses that we make; a name with any other is nobody's."""

LONGEST_TITLE: Final = 2000
"""Bytes; libsndfile does not read back a title that is much longer (measured at 2,640)."""

MAX_PARTS: Final = 12
"""A menu of nine options with its prompt has ten, and a lead may stand before it."""

MAX_JOINED_BYTES: Final = 2 * 1024 * 1024
"""Of the files of its parts and the silence between; more than four minutes of sound."""

PREFIX_LENGTH: Final = 16
"""Hex digits of a clip's SHA-256 in a name: 64 bits, and nobody but us makes clips."""

_RATE: Final = 8000
_FORMAT: Final = (7, 1, _RATE, _RATE, 1, 8)
"""Mu-law, mono: tag, channels, samples and bytes a second, bytes and bits a sample."""
_SILENCE: Final = b"\xff"
"""Zero in mu-law."""
_NAME: Final = re.compile(rf"p([1-9][0-9]{{2}})((?:-[0-9a-f]{{{PREFIX_LENGTH}}}){{2,{MAX_PARTS}}})")
LONGEST_NAME: Final = len("p999") + MAX_PARTS * (1 + PREFIX_LENGTH)


class Joined(Struct, frozen=True):
    """What the name of a joined clip says.

    Sample: `Joined(400, ("0a1b2c3d4e5f6071", "1a1b2c3d4e5f6071"))`.
    """

    pause_ms: int
    prefixes: tuple[str, ...]
    """The first 16 hex digits of each clip's SHA-256, in order; a clip may come twice."""


def names(clips: Sequence[Clip], texts: Sequence[str], pause_seconds: float) -> Iterator[str]:
    """The names under which clips are heard one after another: one, unless that were too long.

    What is beyond a limit goes on in a further clip; one that stays alone has its own SHA-256.

    Args:
        clips: in order.
        texts: what each of them says.
        pause_seconds: between two of them; one of PAUSE_SECONDS or DIGIT_PAUSE_SECONDS.
    """
    pause_ms, start = round(pause_seconds * 1000), 0
    while start < len(clips):
        end = min(start + MAX_PARTS, len(clips))
        while end > start + 1 and not _fits(clips[start:end], texts[start:end], pause_ms):
            end -= 1
        yield _name(clips[start:end], pause_ms)
        start = end


def _fits(clips: Sequence[Clip], texts: Sequence[str], pause_ms: int) -> bool:
    size = sum(clip.size for clip in clips) + silence_bytes(len(clips), pause_ms)
    return len(" ".join(texts).encode()) <= LONGEST_TITLE and size <= MAX_JOINED_BYTES


def _name(clips: Sequence[Clip], pause_ms: int) -> str:
    if len(clips) == 1:
        return clips[0].sha256
    return "-".join((f"p{pause_ms}", *(clip.sha256[:PREFIX_LENGTH] for clip in clips)))


def silence_bytes(parts: int, pause_ms: int) -> int:
    """How many bytes of a joined clip are silence."""
    return (parts - 1) * (pause_ms * _RATE // 1000)


def read_name(name: str) -> Joined | None:
    """What a name says, or None when it is not that of a joined clip of ours."""
    found = _NAME.fullmatch(name) if len(name) <= LONGEST_NAME else None
    if found is None or int(found[1]) not in PAUSES_MS:
        return None
    return Joined(int(found[1]), tuple(found[2][1:].split("-")))


def join(clips: Sequence[bytes], pause_ms: int) -> bytes:
    """One WAV file of several, with silence between. Equal clips give equal bytes.

    Its title (INAM) holds the words of all of them, unless they are more than players read; a cue
    point at the beginning of each is labelled with its own words.

    Args:
        clips: WAV files in mu-law, 8 kHz, mono.
        pause_ms: silence between two of them, in milliseconds.

    Raises:
        SpeechError: one of them is no such file or is cut short.
    """
    parts = [_read(clip) for clip in clips]
    silence = _SILENCE * (pause_ms * _RATE // 1000)
    starts, samples = [], 0
    for part in parts:
        starts.append(samples)
        samples += len(part.payload) + len(silence)
    body = b"".join(
        (
            _chunk(b"fmt ", struct.pack("<HHIIHHH", *_FORMAT, 0)),
            _chunk(b"fact", struct.pack("<I", samples - len(silence))),
            _title(b" ".join(part.words for part in parts)),
            _chunk(b"cue ", _cues(starts)),
            _chunk(b"LIST", b"adtl" + _labels([part.words for part in parts])),
            _chunk(b"data", silence.join(part.payload for part in parts)),
        )
    )
    return _chunk(b"RIFF", b"WAVE" + body)


class _Part(Struct, frozen=True):
    payload: bytes
    words: bytes


def _read(wav: bytes) -> _Part:
    if wav[:4] != b"RIFF" or wav[8:12] != b"WAVE":
        raise SpeechError("A clip is no WAV file; run: ivr audio render")
    form, payload, words = None, None, b""
    for name, body in _chunks(wav):
        match name:
            case b"fmt ":
                form = body[:16]
            case b"data":
                payload = body
            case b"LIST" if body[:4] == b"INFO":
                words = dict(_chunks(body, 4)).get(b"INAM", b"").rstrip(b"\0")
            case _:  # of no use here, such as the number of samples
                pass
    if form != struct.pack("<HHIIHH", *_FORMAT) or payload is None:
        raise SpeechError("A clip is not mu-law at 8 kHz in mono; run: ivr audio render")
    return _Part(payload, words)


def _chunks(body: bytes, start: int = 12) -> Iterator[tuple[bytes, bytes]]:
    """Name and content of each chunk; those of a file begin behind `RIFF`, size and `WAVE`."""
    while start < len(body):
        name, size = body[start : start + 4], body[start + 4 : start + 8]
        start += 8
        end = start + int.from_bytes(size, "little")
        if end > len(body):
            raise SpeechError("A clip is cut short; run: ivr audio render")
        yield name, body[start:end]
        start = end + end % 2  # each chunk begins at an even place


def _chunk(name: bytes, content: bytes) -> bytes:
    pad = b"\0" * (len(content) % 2)
    return name + struct.pack("<I", len(content)) + content + pad


def _title(words: bytes) -> bytes:
    # A recording may still say longer words than those that the name was measured by.
    if len(words) > LONGEST_TITLE:
        return b""
    return _chunk(b"LIST", b"INFO" + _chunk(b"INAM", words + b"\0"))


def _cues(starts: Sequence[int]) -> bytes:
    points = (
        struct.pack("<II4sIII", number, start, b"data", 0, 0, start)
        for number, start in enumerate(starts, 1)
    )
    return struct.pack("<I", len(starts)) + b"".join(points)


def _labels(words: Sequence[bytes]) -> bytes:
    return b"".join(
        _chunk(b"labl", struct.pack("<I", number) + each + b"\0")
        for number, each in enumerate(words, 1)
    )
