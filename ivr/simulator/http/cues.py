"""The labelled cue points of a WAV file: where in a clip which words begin.

A line may join what it says in a row into one clip, and label each part of it (chunks `cue ` and
`labl` of the RIFF format). Any stranger's file may come here, so whatever is odd counts as none.
"""

from __future__ import annotations

import struct
from itertools import islice
from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_CUES: Final = 64
MAX_CHUNKS: Final = 256
"""Of a file, and of its labels; what comes behind them is not looked at."""

_POINT: Final = struct.Struct("<II4sIII")


class Cue(Struct, frozen=True):
    """A point in a clip: `Cue(sample=16000, words="Press 1 for …")`."""

    sample: int
    words: str


def read_cues(data: bytes, frames: int) -> tuple[Cue, ...]:
    """The labelled cue points of a file in order; none where any is odd or has no label.

    Args:
        data: the file; anything.
        frames: how many samples it has in each channel; a cue beyond them is odd.
    """
    points: list[tuple[int, int]] = []
    labels: dict[int, str] = {}
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        for name, body in islice(_chunks(memoryview(data), 12), MAX_CHUNKS):
            if name == b"cue ":
                points = list(_points(body))
            elif name == b"LIST" and bytes(body[:4]) == b"adtl":
                labels.update(_labels(body))
    cues = tuple(Cue(sample, labels.get(number, "")) for number, sample in sorted(points, key=_at))
    starts = [cue.sample for cue in cues]
    is_sound = (
        len(cues) <= MAX_CUES
        and len(set(starts)) == len({number for number, _ in points}) == len(points)
        and all(start < frames for start in starts)
        and all(cue.words.strip() for cue in cues)
    )
    return cues if is_sound else ()


def _at(point: tuple[int, int]) -> int:
    return point[1]


def _chunks(body: memoryview, start: int) -> Iterator[tuple[bytes, memoryview]]:
    """Name and content of each chunk, the last one as far as it goes."""
    while start + 8 <= len(body):
        name, size = struct.unpack_from("<4sI", body, start)
        start += 8
        yield name, body[start : start + size]
        start += size + size % 2


def _points(body: memoryview) -> Iterator[tuple[int, int]]:
    """The number and the sample of each point."""
    whole = body[4 : 4 + _POINT.size * (MAX_CUES + 1)]
    for point in _POINT.iter_unpack(whole[: len(whole) // _POINT.size * _POINT.size]):
        yield point[0], point[5]


def _labels(body: memoryview) -> Iterator[tuple[int, str]]:
    for name, label in islice(_chunks(body, 4), MAX_CHUNKS):
        if name == b"labl":
            words = bytes(label[4:]).partition(b"\0")[0]
            yield int.from_bytes(label[:4], "little"), words.decode("utf-8", "replace")
