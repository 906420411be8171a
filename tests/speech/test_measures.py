"""A clip is measured by what its file holds."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile

from ivr.errors import SpeechError
from ivr.speech.measures import measure

if TYPE_CHECKING:
    from ivr.speech.voice import Samples


def written(samples: Samples, title: str) -> bytes:
    file = io.BytesIO()
    with soundfile.SoundFile(
        file, "w", samplerate=8000, channels=1, format="WAV", subtype="ULAW"
    ) as sound:
        sound.title = title
        sound.write(samples)
    return file.getvalue()


def tone(count: int) -> Samples:
    """At -20 dBFS."""
    turns = np.arange(count) * (2 * np.pi * 440 / 8000)
    return np.asarray(0.1 * np.sqrt(2) * np.sin(turns), np.float32)


def other_coding(samples: Samples) -> bytes:
    """A clip whose header names G.721, the 64th coding, in place of mu-law."""
    wav = bytearray(written(samples, "x"))
    wav[20] = 64
    return bytes(wav)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"<!doctype html><html><body>Sorry</body></html>", id="HTML"),
        pytest.param(b"RIFF\x24\x00\x00\x00WAVE", id="no more than a header"),
        pytest.param(other_coding(tone(800)), id="a coding that cannot be measured"),
    ],
)
def test_what_is_no_audio_is_an_error_that_says_what_to_do(content: bytes) -> None:
    with pytest.raises(SpeechError, match=r"no audio.*delete its file and run: ivr audio render"):
        measure(content, "bn")


@pytest.mark.parametrize(
    ("title", "language", "speed"),
    [
        pytest.param("অভ্যাস শেষ হল এবার যান", "bn", 13.0, id="bn, vowel signs do not count"),
        pytest.param("অভ্যাস শেষ হল", "bn", None, id="bn, eight letters"),
        pytest.param("Press one now", "en", 11.0, id="en"),
        pytest.param("Press on", "en", None, id="en, seven letters"),
        pytest.param("Press one now", "bn", None, id="no letters of this language"),
        pytest.param("अब एक दबाइए और फिर से सुनिए", "hi", None, id="a language without limits"),
    ],
)
def test_letters_are_counted_as_the_language_writes_them(
    title: str, language: str, speed: float | None
) -> None:
    assert measure(written(tone(8000), title), language).letters_per_second == speed
