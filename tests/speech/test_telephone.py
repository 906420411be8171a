"""Clips are right for a telephone: measured on finished files."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile

from ivr.errors import SpeechError
from ivr.flow.terms import Pace
from ivr.speech.gates import faults
from ivr.speech.measures import measure
from ivr.speech.spelling import spoken_sentences
from ivr.speech.telephone import active_level, clip, to_telephone_band, trimmed
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
    with pytest.raises(SpeechError, match="nothing is heard in it"):
        clip(Speech(takes, 22050), Pace.NORMAL, "চার")


def test_a_text_that_a_title_cannot_hold_is_refused() -> None:
    with pytest.raises(SpeechError, match="make it two prompts"):
        clip(Speech((Take(tone(500), ends_sentence=True),), 22050), Pace.NORMAL, "চার " * 300)


@pytest.mark.parametrize("pace", Pace)
def test_direct_current_in_a_quiet_recording_makes_no_click(
    espeak: EspeakVoice, shipped: tuple[Utterance, ...], pace: Pace
) -> None:
    prompt = next(each for each in shipped if (each.prompt_id, each.pace) == ("goodbye", pace))
    phrases = espeak.speak([prompt.text], "bn", Pace.NORMAL)
    words = np.concatenate([take.samples for take in phrases.takes])
    words *= np.float32(10 ** (-44 / 20) / active_level(words))
    room = 1e-5 * np.random.default_rng(1).standard_normal(len(words) + phrases.rate)
    quiet = (np.pad(words, phrases.rate // 2) + room).astype(np.float32)

    def made(samples: Samples) -> tuple[bytes, float]:
        return clip(Speech((Take(samples, ends_sentence=True),), phrases.rate), pace, prompt.text)

    (pure, pure_seconds), (wav, seconds) = made(quiet), made(quiet + np.float32(0.01))
    assert seconds == pytest.approx(pure_seconds, abs=0.001)
    assert faults(measure(wav, "bn"), prompt, "human") == []
    assert frame_levels(wav) == pytest.approx(frame_levels(pure), abs=0.002)


def test_each_take_stays_as_loud_as_it_was_said() -> None:
    takes = (Take(tone(500), ends_sentence=False), Take(tone(500, size=0.15), ends_sentence=True))
    levels = frame_levels(clip(Speech(takes, 22050), Pace.NORMAL, "চার")[0])
    first, second = (float(np.median(half[half > 0.01])) for half in np.array_split(levels, 2))
    assert decibels(first / second) == pytest.approx(decibels(0.5 / 0.15), abs=0.3)


def test_a_take_begins_and_ends_out_of_nothing_and_into_nothing() -> None:
    """The hum of a room, under the level of silence, would otherwise begin with a click."""
    hum = tone(100, 2, 8000, size=0.008)
    hum[8000 - 2000 : 8000 + 2000] += tone(500, 0.5, 8000, size=0.2)
    cut = trimmed(hum + np.float32(0.004))
    assert len(cut) < len(hum) - 2000
    assert (cut[0], cut[-1]) == (0, 0)
    for edge in (cut[:40], cut[::-1][:40]):
        assert np.all(np.abs(edge) <= np.linspace(0, 1, 40) * 0.0125)
        assert np.abs(edge[20:]).max() > 0.003


@pytest.mark.parametrize("end", ["begin", "end"])
def test_sound_at_one_end_is_not_heard_at_the_other(end: str) -> None:
    """The filter works on a ring, in which the end of a take would touch its beginning."""
    # Of this many samples the ring needs no more than asked for, so that nothing lies between.
    loud = np.concatenate((np.zeros(3200, np.float32), tone(1000, 1, 8000)))[:6398]
    band = to_telephone_band(loud if end == "end" else loud[::-1], 8000)
    far = band[:80] if end == "end" else band[-80:]
    assert decibels(float(np.abs(far).max()) / 0.5) < -50
