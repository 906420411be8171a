"""An answer of Google's voice is taken when it can be its words, and no sooner."""

from __future__ import annotations

import functools
import io

import numpy as np
import pytest
import soundfile

from ivr.speech import mp3
from ivr.speech.gates import SPEEDS
from ivr.speech.verification import seconds_of, verified

FRAME_BYTES, FRAME_SECONDS = 96, 0.024


@functools.cache
def sound(seconds: float, rate: int = 24000, level: float = 0.1) -> bytes:
    samples = level * np.random.default_rng(1).standard_normal(round(seconds * rate))
    file = io.BytesIO()
    soundfile.write(file, samples, rate, format="MP3")
    return file.getvalue()


@functools.cache
def frames(count: int) -> bytes:
    """As Google sends it: frames of one size without a header, so any number of them is whole."""
    samples = 0.1 * np.random.default_rng(1).standard_normal(24000 * 4)
    file = io.BytesIO()
    soundfile.write(
        file, samples, 24000, format="MP3", bitrate_mode="CONSTANT", compression_level=0.84
    )
    return file.getvalue()[: count * FRAME_BYTES]


@pytest.mark.parametrize(
    ("language", "letters", "shortest", "longest"),
    [
        pytest.param("bn", 16, 2.0, 10.0, id="bn"),
        pytest.param("en", 34, 2.0, 19.0, id="en"),
        pytest.param("hi", 34, 2.0, 19.0, id="another language is as fast as the fastest"),
        pytest.param("bn", 9, 1.125, 6.5, id="bn, nine letters"),
        pytest.param("bn", 8, 0.2, 6.0, id="bn, eight letters"),
        pytest.param("en", 1, 0.2, 2.5, id="a digit"),
    ],
)
def test_letters_take_a_least_and_a_most_of_seconds(
    language: str, letters: int, shortest: float, longest: float
) -> None:
    assert seconds_of(letters, language) == pytest.approx((shortest, longest))


def test_nothing_is_taken_that_would_be_too_fast_for_the_gate() -> None:
    for language, (normal, _slow) in SPEEDS.items():
        assert 100 / seconds_of(100, language)[0] == normal.upper


@pytest.mark.parametrize(
    ("text", "language", "seconds", "is_taken"),
    [
        pytest.param("ক" * 16, "bn", 1.99, False, id="bn, just too fast"),
        pytest.param("ক" * 16, "bn", 2.01, True, id="bn, just not too fast"),
        pytest.param("a" * 34, "en", 1.99, False, id="en, just too fast"),
        pytest.param("a" * 34, "en", 2.01, True, id="en, just not too fast"),
        pytest.param("কি কি ২২!", "bn", 4.02, False, id="vowel signs and marks are no letters"),
        pytest.param("কি কি ২২!", "bn", 3.98, True, id="figures are"),
        pytest.param("ক", "bn", 2.49, True, id="just not too long"),
        pytest.param("ক", "bn", 2.51, False, id="just too long"),
        pytest.param("ক", "bn", 0.21, True, id="a short digit"),
        pytest.param("ক", "bn", 0.19, False, id="no digit is so short"),
    ],
)
def test_an_answer_has_the_length_of_its_words(
    text: str, language: str, seconds: float, *, is_taken: bool
) -> None:
    if is_taken:
        samples, rate = verified(sound(seconds), text, language)
        assert len(samples) / rate == pytest.approx(seconds, abs=0.001)
    else:
        with pytest.raises(ValueError, match=r"^\d\.\d s for \d+ letters$"):
            verified(sound(seconds), text, language)


@pytest.mark.parametrize(
    ("language", "speed"), [pytest.param("bn", 6.5, id="bn"), pytest.param("en", 12.0, id="en")]
)
def test_half_an_answer_cut_between_frames_is_too_short(language: str, speed: float) -> None:
    count = 120
    text = "ক" * round(count * FRAME_SECONDS * speed)
    verified(frames(count), text, language)
    assert mp3.seconds(frames(count // 2)) == pytest.approx(count // 2 * FRAME_SECONDS)
    with pytest.raises(ValueError, match="1\\.4 s for"):
        verified(frames(count // 2), text, language)


def test_what_a_decoder_leaves_out_is_no_more_than_the_encoders_padding() -> None:
    padded = sound(2.5, 8000)
    assert mp3.seconds(padded) - 2.5 == pytest.approx(0.16, abs=0.005)
    verified(padded, "ক", "en")
    torn = sound(2.5, 11025)
    # Without its first frames, what the next ones borrow from them is lost to the decoder.
    cut = torn[[frame.start for frame in mp3._frames(torn)][7] :]
    with pytest.raises(ValueError, match=r"only 2\.1 s of its 2\.3 s can be decoded"):
        verified(cut, "ক", "en")


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        pytest.param(b"", "^without sound$", id="nothing"),
        pytest.param(b"<html>" * 99, r"^no whole MP3 \(there is no MP3 frame", id="HTML"),
        pytest.param(frames(9)[:-1], r"^no whole MP3 \(the MP3 is cut off", id="cut off"),
        pytest.param(sound(2.5, level=0.0), "^silence$", id="zeros"),
        pytest.param(sound(2.5, level=0.001), "^silence$", id="hiss that nobody hears"),
    ],
)
def test_what_is_no_speech_is_told(answer: bytes, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        verified(answer, "ক", "bn")
