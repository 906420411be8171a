"""Clips are right for a telephone: measured on finished files."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile

from ivr.errors import SpeechError
from ivr.flow.model import Pace
from ivr.speech.gates import faults
from ivr.speech.measures import measure
from ivr.speech.spelling import spoken_sentences
from ivr.speech.telephone import clip, to_telephone_band
from ivr.speech.voice import Samples, Speech, Take

if TYPE_CHECKING:
    from ivr.speech.espeak import EspeakVoice
    from ivr.speech.lexicon import Lexicon
    from ivr.speech.utterance import Utterance


def tone(hertz: float, seconds: float = 1.0, rate: int = 22050, size: float = 0.5) -> Samples:
    turns = hertz * np.arange(round(seconds * rate)) / rate
    return (size * np.sin(2 * np.pi * turns)).astype(np.float32)


def decibels(ratio: float) -> float:
    return float(20 * np.log10(max(ratio, 1e-9)))


def frame_levels(wav: bytes) -> Samples:
    samples, _ = soundfile.read(io.BytesIO(wav), dtype="float32")
    frames = samples[: len(samples) // 160 * 160].reshape(-1, 160)
    return np.asarray(np.sqrt(np.mean(frames**2, axis=1)))


def test_clips_of_shipped_prompts_pass_every_gate(
    espeak: EspeakVoice, lexicons: dict[str, Lexicon], shipped: tuple[Utterance, ...]
) -> None:
    digits = [prompt for prompt in shipped if prompt.prompt_id.startswith("digit_")]
    broken = {}
    for prompt in (*shipped[::7], *digits):
        spoken = spoken_sentences(prompt, "espeak", lexicons)
        speech = espeak.speak(spoken, prompt.language, prompt.pace)
        wav, seconds = clip(speech, prompt.pace, prompt.text)
        measures = measure(wav, prompt.language)
        assert measures.seconds == pytest.approx(seconds)
        if found := faults(measures, prompt, espeak.name):
            broken[prompt.label] = found
    assert broken == {}


@pytest.mark.parametrize("rate", [22050, 24000, 44100, 48000])
def test_the_band_is_kept_and_the_rest_is_not(rate: int) -> None:
    def through(hertz: float) -> float:
        middle = to_telephone_band(tone(hertz, rate=rate), rate)[1000:-1000]
        return decibels(float(np.abs(middle).max()) / 0.5)

    assert abs(through(400)) < 0.1
    assert abs(through(3300)) < 0.1
    assert max(through(hertz) for hertz in (50, 150, 3850, 5000, 9000)) < -60


def test_a_pause_follows_each_phrase_and_a_longer_one_each_sentence() -> None:
    takes = tuple(Take(tone(500), ends) for ends in (False, True, True))
    wav, _ = clip(Speech(takes, 22050), Pace.SLOW, "তিন")
    heard = np.flatnonzero(frame_levels(wav) >= 0.01)
    gaps = [gap * 0.02 for gap in np.diff(heard) if gap > 1]
    assert gaps == pytest.approx([0.50, 0.90], abs=0.05)


def test_equal_takes_give_equal_bytes() -> None:
    speech = Speech((Take(tone(500), ends_sentence=True),), 22050)
    assert clip(speech, Pace.NORMAL, "চার") == clip(speech, Pace.NORMAL, "চার")


@pytest.mark.parametrize(
    "takes",
    [
        pytest.param((), id="nothing"),
        pytest.param((Take(np.zeros(0, np.float32), ends_sentence=True),), id="no samples"),
        pytest.param((Take(np.zeros(9000, np.float32), ends_sentence=True),), id="silence"),
        pytest.param(
            (Take(tone(500), ends_sentence=True), Take(tone(500, size=1e-4), ends_sentence=True)),
            id="one silent take",
        ),
    ],
)
def test_silence_is_no_clip(takes: tuple[Take, ...]) -> None:
    with pytest.raises(SpeechError, match="gave silence"):
        clip(Speech(takes, 22050), Pace.NORMAL, "চার")


def test_a_text_that_a_title_cannot_hold_is_refused() -> None:
    with pytest.raises(SpeechError, match="make it two prompts"):
        clip(Speech((Take(tone(500), ends_sentence=True),), 22050), Pace.NORMAL, "চার " * 300)
