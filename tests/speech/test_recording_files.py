"""A recording is read whole, and never asks for more memory than a recording needs."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile

from ivr.errors import SpeechError
from ivr.flow.terms import Pace
from ivr.speech.recording_files import FORMATS, read_take

if TYPE_CHECKING:
    from pathlib import Path

CODINGS = {".wav": "WAV", ".flac": "FLAC", ".mp3": "MP3", ".ogg": "OGG", ".opus": "OGG"}


@pytest.mark.parametrize("ending", FORMATS)
def test_every_format_that_is_named_is_read(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"greeting{ending}"
    both = 0.2 * np.random.default_rng(1).standard_normal((24000, 2))
    coding = "OPUS" if ending == ".opus" else None
    soundfile.write(path, both, 24000, format=CODINGS[ending], subtype=coding)
    speech = read_take(path, Pace.SLOW)
    assert (speech.rate, speech.pace) == (24000, Pace.SLOW)
    (take,) = speech.takes
    assert take.samples.shape == (24000,)


def flac(rate: int, channels: int, samples: int) -> bytes:
    """A header that names so much sound, and a tenth of a second of it."""
    file = io.BytesIO()
    soundfile.write(file, np.zeros((rate // 10, channels)), rate, format="FLAC")
    whole = bytearray(file.getvalue())
    whole[21] = whole[21] & 0xF0 | samples >> 32
    whole[22:26] = (samples & 0xFFFFFFFF).to_bytes(4)
    return bytes(whole)


def wav(channels: int) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, np.zeros((800, channels)), 8000, format="WAV")
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param(
            flac(192_000, 4, 110 * 192_000),
            "4 channels with 192000 samples a second; record in mono with 16000 to 48000 of them",
            id="many samples",
        ),
        pytest.param(wav(9), "9 channels with 8000 samples a second", id="nine channels"),
        pytest.param(
            flac(48000, 1, 2**36 - 1), "1431656 s long, .* cut it into one file", id="a broken size"
        ),
    ],
)
def test_too_much_sound_is_refused_before_it_is_read(
    tmp_path: Path, content: bytes, told: str
) -> None:
    path = tmp_path / "greeting.flac"
    path.write_bytes(content)
    with pytest.raises(SpeechError, match=rf"greeting\.flac: {told}"):
        read_take(path, Pace.NORMAL)


def test_eight_channels_are_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "greeting.wav"
    path.write_bytes(wav(8))
    assert len(read_take(path, Pace.NORMAL).takes[0].samples) == 800
