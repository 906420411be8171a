"""The frames of an MP3, walked from the first to the last: is it whole, and how long does it last?

A decoder forgives: given the first 60 % of a file, it decodes those and says nothing. A walk does
not, since each frame's header says where the next frame begins (ISO/IEC 11172-3, 2.4).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator


class _Version(NamedTuple):
    """What the numbers in a header of layer III mean in one version of MPEG.

    `side` is the bytes between a frame's header and its sound: with two channels, with one.
    """

    rates: tuple[int, int, int]
    kbits: tuple[int, ...]
    samples: int
    side: tuple[int, int]


_KBITS_1 = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_KBITS_2 = (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_VERSIONS = {
    3: _Version((44100, 48000, 32000), _KBITS_1, 1152, (32, 17)),  # MPEG-1
    2: _Version((22050, 24000, 16000), _KBITS_2, 576, (17, 9)),  # MPEG-2
    0: _Version((11025, 12000, 8000), _KBITS_2, 576, (17, 9)),  # MPEG-2.5
}
_SYNC = 0x7FF
_LAYER_III = 1
_FREE, _BAD = 0, 15
_RESERVED_RATE = 3
_RESERVED_EMPHASIS = 2
_MONO = 3
_HEADER_BYTES = 4
_CRC_BYTES = 2

_ID3V2_BYTES = 10
_ID3V2_HAS_FOOTER = 0x10
_HIGHEST_SYNCSAFE = 0x7F
_ID3V1_BYTES = 128

_NAMES_FRAMES, _NAMES_BYTES = 1, 2


@dataclass(frozen=True, slots=True)
class _Frame:
    """One frame: from which byte to which, and where a Xing header would stand in it."""

    start: int
    end: int
    xing: int
    samples: int
    rate: int
    channels: int

    def is_like(self, other: _Frame) -> bool:
        """Whether both can be of one file; the bit rate may differ."""
        own, others = self.samples, other.samples
        return (own, self.rate, self.channels) == (others, other.rate, other.channels)


def seconds(mp3: bytes) -> float:
    """Give how long the frames of a whole MP3 last, in seconds, more than 0.

    Whole is: an ID3v2 tag or none, frames of layer III of one sort, each directly after the one
    before, an ID3v1 tag or none, and nothing else. A first frame that is a Xing or Info header has
    no sound and does not count; the numbers of frames and of bytes that it names must be right.
    What the encoder put before and after the sound counts, so a decoder may give a little less.

    Args:
        mp3: a file, held in bytes.

    Raises:
        ValueError: it is no MP3, or is cut off, or is broken in the middle; the message says which
            and at which byte.
    """
    frames = list(_frames(mp3))
    start = frames[0].start
    named = _named(mp3, frames[0])
    if named is not None:
        walked_bytes = frames[-1].end - start
        del frames[0]
        _compare("frames", named[0], {len(frames)})
        # An encoder that wrote an ID3v1 tag may have counted it among the bytes.
        _compare("bytes", named[1], {walked_bytes, len(mp3) - start})
    if not frames:
        raise ValueError("the MP3 has a header and no sound")
    return sum(frame.samples for frame in frames) / frames[0].rate


def _frames(mp3: bytes) -> Iterator[_Frame]:
    """Give one frame or more, of one sort, up to the end of the file."""
    first = frame = _frame(mp3, _after_id3v2(mp3))
    while True:
        if not frame.is_like(first):
            raise ValueError(f"the MP3 changes its rate or its channels at byte {frame.start}")
        yield frame
        if frame.end == len(mp3) or _is_id3v1(mp3, frame.end):
            return
        frame = _frame(mp3, frame.end)


def _after_id3v2(mp3: bytes) -> int:
    """Give the byte after an ID3v2 tag, 0 when there is none (ID3v2.4 structure, 3.1)."""
    if not mp3.startswith(b"ID3"):
        return 0
    size = 0
    for seven_bits in mp3[6:_ID3V2_BYTES]:
        if seven_bits > _HIGHEST_SYNCSAFE:
            raise ValueError("the ID3v2 tag at the start of the MP3 has a broken size")
        size = size << 7 | seven_bits
    has_footer = bool(int.from_bytes(mp3[5:6]) & _ID3V2_HAS_FOOTER)
    return size + _ID3V2_BYTES * (1 + has_footer)


def _is_id3v1(mp3: bytes, start: int) -> bool:
    return len(mp3) - start == _ID3V1_BYTES and mp3.startswith(b"TAG", start)


def _frame(mp3: bytes, start: int) -> _Frame:
    """Read the header at byte `start`, and see that its frame is all there."""
    header = mp3[start : start + _HEADER_BYTES]
    word = int.from_bytes(header)
    if len(header) == _HEADER_BYTES:
        frame = _read(word, start)
        if frame.end <= len(mp3):
            return frame
    raise ValueError(f"the MP3 is cut off at byte {len(mp3)}, in the frame at byte {start}")


def _read(word: int, start: int) -> _Frame:
    version = _VERSIONS.get(word >> 19 & 3)
    if word >> 21 != _SYNC or version is None or word >> 17 & 3 != _LAYER_III:
        raise ValueError(f"there is no MP3 frame at byte {start}")
    kbits, rate = word >> 12 & 15, word >> 10 & 3
    if kbits in {_FREE, _BAD} or rate == _RESERVED_RATE or word & 3 == _RESERVED_EMPHASIS:
        raise ValueError(f"the MP3 frame at byte {start} is of free or reserved format")
    is_mono = word >> 6 & 3 == _MONO
    has_crc = not word >> 16 & 1
    padding = word >> 9 & 1
    a_second = version.rates[rate]
    length = version.samples // 8 * version.kbits[kbits - 1] * 1000 // a_second + padding
    return _Frame(
        start=start,
        end=start + length,
        xing=start + _HEADER_BYTES + _CRC_BYTES * has_crc + version.side[is_mono],
        samples=version.samples,
        rate=a_second,
        channels=1 if is_mono else 2,
    )


def _named(mp3: bytes, first: _Frame) -> tuple[int, int] | None:
    """Give the frames and bytes that a Xing or Info header names, 0 for what it does not name.

    None means that the first frame is no such header. It counts its own bytes and not its own
    frame, as LAME and libavformat write it.
    """
    name, flags, *numbers = (mp3[at : at + 4] for at in range(first.xing, first.xing + 16, 4))
    if name not in {b"Xing", b"Info"}:
        return None
    names_frames = bool(int.from_bytes(flags) & _NAMES_FRAMES)
    names_bytes = bool(int.from_bytes(flags) & _NAMES_BYTES)
    frames = int.from_bytes(numbers[0]) if names_frames else 0
    return frames, int.from_bytes(numbers[names_frames]) if names_bytes else 0


def _compare(what: str, named: int, walked: set[int]) -> None:
    if named and named not in walked:
        raise ValueError(f"the MP3 names {named} {what} in its header and has {min(walked)}")
