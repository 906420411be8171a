"""Clips are right for a telephone: measured on finished files."""

from __future__ import annotations

import io
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile

from ivr.errors import SpeechError
from ivr.flow.model import Pace
from ivr.speech.spelling import spoken_sentences
from ivr.speech.telephone import clip, to_telephone_band
from ivr.speech.voice import Samples, Speech, Take

if TYPE_CHECKING:
    from ivr.speech.espeak import EspeakVoice
    from ivr.speech.lexicon import Lexicon
    from ivr.speech.utterance import Utterance

EXEMPT_LETTERS = 8


def tone(hertz: float, seconds: float = 1.0, rate: int = 22050, size: float = 0.5) -> Samples:
    turns = hertz * np.arange(round(seconds * rate)) / rate
    return (size * np.sin(2 * np.pi * turns)).astype(np.float32)


def decibels(ratio: float) -> float:
    return float(20 * np.log10(max(ratio, 1e-9)))


@dataclass
class Measured:
    """A finished clip; silence is a 20 ms frame under -40 dBFS."""

    title: str
    form: tuple[int, int, str]
    samples: Samples

    def __post_init__(self) -> None:
        whole = self.samples[: len(self.samples) // 160 * 160].reshape(-1, 160)
        self.levels = np.sqrt(np.mean(whole**2, axis=1))
        heard = np.flatnonzero(self.levels >= 0.01)
        self.lead = heard[0] * 0.02
        self.tail = len(self.samples) / 8000 - (heard[-1] + 1) * 0.02
        self.speaking = (heard[-1] + 1 - heard[0]) * 0.02
        self.gap = (np.max(np.diff(heard), initial=1) - 1) * 0.02
        self.level = decibels(np.sqrt(np.mean(self.levels[heard] ** 2)))
        self.peak = decibels(np.abs(self.samples).max())
        energy = np.abs(np.fft.rfft(self.samples)) ** 2
        hertz = np.fft.rfftfreq(len(self.samples), 1 / 8000)
        self.band = energy[(hertz >= 150) & (hertz <= 3600)].sum() / energy.sum()

    @property
    def letters(self) -> int:
        return sum(unicodedata.category(character) == "Lo" for character in self.title)


def measured(wav: bytes) -> Measured:
    with soundfile.SoundFile(io.BytesIO(wav)) as file:
        form = (file.samplerate, file.channels, file.subtype)
        return Measured(file.title, form, file.read(dtype="float32"))


def broken_gates(clip: Measured, pace: Pace) -> list[str]:
    """The table of gates; names those that the clip breaks."""
    slow = pace is Pace.SLOW
    speed = clip.letters / clip.speaking
    gates = {
        "form": clip.form == (8000, 1, "ULAW"),
        "letters a second": clip.letters <= EXEMPT_LETTERS or (2 if slow else 3) <= speed <= 8,
        "active level": abs(clip.level + 20) <= 1,
        "peak": clip.peak <= -2.5,
        "crest": 10 <= clip.peak - clip.level <= 19,
        "lead": 0.02 <= clip.lead <= 0.15,
        "tail": 0.10 <= clip.tail <= 0.35,
        "gap": clip.gap <= (1.3 if slow else 0.9),
        "band": clip.band >= 0.9,
        "DC": abs(clip.samples.mean()) < 0.01,
    }
    return [name for name, passed in gates.items() if not passed]


def test_clips_of_shipped_prompts_pass_every_gate(
    espeak: EspeakVoice, lexicons: dict[str, Lexicon], shipped: tuple[Utterance, ...]
) -> None:
    digits = [prompt for prompt in shipped if prompt.prompt_id.startswith("digit_")]
    broken = {}
    for prompt in (*shipped[::7], *digits):
        spoken = spoken_sentences(prompt, "espeak", lexicons)
        speech = espeak.speak(spoken, prompt.language, prompt.pace)
        wav, seconds = clip(speech, prompt.pace, prompt.text)
        result = measured(wav)
        assert result.title == prompt.text
        assert len(result.samples) == round(seconds * 8000)
        if gates := broken_gates(result, prompt.pace):
            broken[prompt.label] = gates
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
    heard = np.flatnonzero(measured(wav).levels >= 0.01)
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
