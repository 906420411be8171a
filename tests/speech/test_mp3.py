"""Walking an MP3: sound as soundfile writes it, and frames put together by hand."""

from __future__ import annotations

import functools
import io
from typing import Any

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from ivr.speech import mp3

RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)
FRAME = bytes.fromhex("fff344c4") + bytes(92)
"""MPEG-2, 32 kbit/s, 24 kHz, mono: 96 bytes, 24 ms. Google's voice comes in such frames."""


@functools.cache
def sound(rate: int, channels: int = 1, mode: str = "CONSTANT", level: float = 0.5) -> bytes:
    """Two seconds of noise; soundfile puts a header first, unless frames are too small for it."""
    samples = 0.1 * np.random.default_rng(1).standard_normal((2 * rate, channels))
    file = io.BytesIO()
    soundfile.write(file, samples, rate, format="MP3", bitrate_mode=mode, compression_level=level)
    return file.getvalue()


def info(frames: int | None = None, size: int | None = None, name: bytes = b"Info") -> bytes:
    """A first frame like FRAME that names numbers; 9 bytes of side information stand before it."""
    flags = (frames is not None) + 2 * (size is not None)
    numbers = b"".join(number.to_bytes(4) for number in (frames, size) if number is not None)
    return (FRAME[:13] + name + flags.to_bytes(4) + numbers).ljust(96, b"\0")


def id3v2(content: bytes, flags: int = 0) -> bytes:
    size = bytes((len(content) >> shift) & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\4\0" + bytes([flags]) + size + content


@pytest.mark.parametrize("mode", ["CONSTANT", "VARIABLE"])
@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("rate", RATES)
def test_sound_lasts_what_a_decoder_gives_and_its_padding(
    rate: int, channels: int, mode: str
) -> None:
    whole = sound(rate, channels, mode)
    samples, _rate = soundfile.read(io.BytesIO(whole))
    assert 0 <= mp3.seconds(whole) - len(samples) / rate < 0.2


def test_soundfile_takes_what_is_cut_off_and_the_walk_does_not() -> None:
    whole = sound(24000)
    cut = whole[: len(whole) * 6 // 10]
    samples, _rate = soundfile.read(io.BytesIO(cut))
    assert len(samples) > 24000
    with pytest.raises(ValueError, match=f"cut off at byte {len(cut)}, in the frame at byte"):
        mp3.seconds(cut)


@pytest.mark.parametrize("mode", ["CONSTANT", "VARIABLE"])
@given(rate=st.sampled_from(RATES), channels=st.sampled_from([1, 2]), cut=st.floats(0, 1))
def test_with_its_header_sound_cut_off_anywhere_is_not_whole(
    mode: str, rate: int, channels: int, cut: float
) -> None:
    whole = sound(rate, channels, mode)
    with pytest.raises(ValueError, match="MP3"):
        mp3.seconds(whole[: int(cut * (len(whole) - 1))])


def test_without_a_header_every_cut_but_at_the_edge_of_a_frame_is_seen() -> None:
    frames = sound(24000, level=0.84)[: 10 * 96]  # 32 kbit/s, 96 bytes a frame, no header
    assert b"Info" not in frames
    taken = []
    for cut in range(len(frames) + 1):
        try:
            taken.append((cut, round(mp3.seconds(frames[:cut]), 6)))
        except ValueError:
            continue
    assert taken == [(96 * count, round(0.024 * count, 6)) for count in range(1, 11)]


@given(
    at=st.integers(0, len(FRAME) * 5 - 1).filter(lambda at: at % 96 < 2),
    byte=st.integers(0, 0xDF),
)
def test_a_header_broken_anywhere_is_seen(at: int, byte: int) -> None:
    broken = bytearray(FRAME * 5)
    broken[at] = byte
    with pytest.raises(ValueError, match=f"no MP3 frame at byte {at // 96 * 96}"):
        mp3.seconds(bytes(broken))


@pytest.mark.parametrize(
    ("header", "size", "milliseconds"),
    [
        pytest.param("fffb9064", 417, 26.122, id="MPEG-1"),
        pytest.param("fffb9264", 418, 26.122, id="MPEG-1 with padding"),
        pytest.param("fffa9064", 417, 26.122, id="MPEG-1 with CRC"),
        pytest.param("fffbe864", 1440, 36.0, id="MPEG-1, highest bit rate"),
        pytest.param("fffb14c4", 96, 24.0, id="MPEG-1, lowest bit rate"),
        pytest.param("fff344c4", 96, 24.0, id="MPEG-2"),
        pytest.param("fff3e064", 522, 26.122, id="MPEG-2, highest bit rate"),
        pytest.param("ffe318c4", 72, 72.0, id="MPEG-2.5"),
    ],
)
def test_a_frame_has_the_size_and_the_time_of_the_standard(
    header: str, size: int, milliseconds: float
) -> None:
    frame = bytes.fromhex(header) + bytes(size - 4)
    assert mp3.seconds(frame * 3) == pytest.approx(3 * milliseconds / 1000, abs=1e-5)


@pytest.mark.parametrize(
    "whole",
    [
        pytest.param(FRAME * 5, id="frames alone"),
        pytest.param(info() + FRAME * 5, id="Info that names nothing"),
        pytest.param(info(0, 0) + FRAME * 5, id="Info that names 0"),
        pytest.param(info(5, 576, b"Xing") + FRAME * 5, id="Xing that names both"),
        pytest.param(info(5) + FRAME * 5, id="Info that names frames"),
        pytest.param(info(None, 576) + FRAME * 5, id="Info that names bytes"),
        pytest.param(id3v2(bytes(300)) + FRAME * 5, id="ID3v2"),
        pytest.param(id3v2(bytes(300)) + info(5, 576) + FRAME * 5, id="ID3v2 and Info"),
        pytest.param(id3v2(bytes(300), 0x10) + bytes(10) + FRAME * 5, id="ID3v2 with footer"),
        pytest.param(FRAME * 5 + b"TAG" + bytes(125), id="ID3v1"),
        pytest.param(info(5, 576) + FRAME * 5 + b"TAG" + bytes(125), id="ID3v1 not counted"),
        pytest.param(info(5, 704) + FRAME * 5 + b"TAG" + bytes(125), id="ID3v1 counted"),
    ],
)
def test_tags_and_headers_do_not_count(whole: bytes) -> None:
    assert mp3.seconds(whole) == pytest.approx(5 * 0.024)


def test_a_header_is_found_behind_a_crc() -> None:
    first = bytes.fromhex("fffa9064").ljust(4 + 2 + 32, b"\0") + b"Info" + (1).to_bytes(4)
    with pytest.raises(ValueError, match="names 7 frames in its header and has 1"):
        mp3.seconds((first + (7).to_bytes(4)).ljust(417, b"\0") + first.ljust(417, b"\0"))


class Counted(bytes):
    """Bytes that count how many of them are copied out."""

    copied = 0

    def __getitem__(self, key: Any) -> Any:
        part = super().__getitem__(key)
        if isinstance(part, bytes):
            Counted.copied += len(part)
        return part


@pytest.mark.parametrize("tail", [b"", b"TAG" + bytes(125)], ids=["frames alone", "ID3v1"])
def test_a_file_twice_as_long_takes_twice_the_work(tail: bytes) -> None:
    copied = []
    for count in (500, 1000):
        Counted.copied = 0
        mp3.seconds(Counted(FRAME * count + tail))
        copied.append(Counted.copied)
    assert copied[1] <= 2 * copied[0] < 500 * len(FRAME)


@pytest.mark.parametrize(
    ("broken", "problem"),
    [
        pytest.param(b"", "cut off at byte 0", id="empty"),
        pytest.param(b"<!doctype html><title>Sorry</title>", "no MP3 frame at byte 0", id="HTML"),
        pytest.param(b"RIFF\0\0\0\0WAVEfmt ", "no MP3 frame at byte 0", id="WAV"),
        pytest.param(FRAME + bytes(96), "no MP3 frame at byte 96", id="zeros follow"),
        pytest.param(FRAME + b"TAG" + bytes(124), "no MP3 frame at byte 96", id="ID3v1 cut off"),
        pytest.param(FRAME + bytes(128), "no MP3 frame at byte 96", id="128 bytes without TAG"),
        pytest.param(FRAME + FRAME[:3], "cut off at byte 99, in .* 96", id="cut in a header"),
        pytest.param(FRAME + FRAME[:-1], "cut off at byte 191, in .* 96", id="a byte missing"),
        pytest.param(id3v2(bytes(300))[:200], "cut off at byte 200", id="cut in ID3v2"),
        pytest.param(b"ID3", "cut off at byte 3", id="ID3v2 and no more"),
        pytest.param(b"ID3\4\0\0\0\0\x80\0" + FRAME, "broken size", id="ID3v2 not syncsafe"),
        pytest.param(bytes.fromhex("fffd9064"), "no MP3 frame", id="layer II"),
        pytest.param(bytes.fromhex("ffeb9064"), "no MP3 frame", id="reserved version"),
        pytest.param(bytes.fromhex("fffb0064"), "free or reserved", id="free format"),
        pytest.param(bytes.fromhex("fffbf064"), "free or reserved", id="bit rate 15"),
        pytest.param(bytes.fromhex("fffb9c64"), "free or reserved", id="reserved rate"),
        pytest.param(bytes.fromhex("fffb9066"), "free or reserved", id="reserved emphasis"),
        pytest.param(
            FRAME + bytes.fromhex("fff34004") + bytes(100), "changes .* byte 96", id="other rate"
        ),
        pytest.param(
            FRAME + bytes.fromhex("fff34404") + bytes(92), "changes .* byte 96", id="two channels"
        ),
        pytest.param(info(6) + FRAME * 5, "names 6 frames .* has 5", id="a frame less"),
        pytest.param(info(4) + FRAME * 5, "names 4 frames .* has 5", id="a frame more"),
        pytest.param(info(5, 480) + FRAME * 5, "names 480 bytes .* has 576", id="bytes"),
        pytest.param(info(), "a header and no sound", id="no sound"),
    ],
)
def test_what_is_broken_is_named_with_its_place(broken: bytes, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        mp3.seconds(broken)
