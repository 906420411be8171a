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


def claiming(samples: int) -> bytes:
    """FLAC whose header names so many samples, in the 36 bits before the hash of the sound."""
    file = io.BytesIO()
    noise = 0.1 * np.random.default_rng(1).standard_normal(800)
    soundfile.write(file, noise, 8000, format="FLAC")
    flac = bytearray(file.getvalue())
    flac[21] = flac[21] & 0xF0 | samples >> 32
    flac[22:26] = (samples & 0xFFFFFFFF).to_bytes(4)
    return bytes(flac)


def test_a_broken_header_does_not_ask_for_all_the_memory_that_there_is() -> None:
    broken = claiming(2**36 - 1)
    with pytest.raises(SpeechError, match=rf"has {len(broken)} bytes, .* says 68719476735 samples"):
        measure(broken, "bn")
    assert measure(claiming(800), "bn").form.startswith("FLAC")


def test_a_clip_of_nothing_but_samples_is_measured() -> None:
    """No other file has more samples for its bytes, so the least header counts."""
    assert measure(written(tone(80000), "x"), "bn").seconds == 10


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
    told = r"no audio \(.*[^.]\); delete its file and run: ivr audio render"
    with pytest.raises(SpeechError, match=told) as caught:
        measure(content, "bn")
    assert "BytesIO" not in str(caught.value)


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
