"""Takes are looked at as they were recorded: noise, overdrive, and words cut off."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile

from ivr.flow.terms import Pace
from ivr.speech.raw_takes import raw_problem
from ivr.speech.spelling import spoken_sentences
from ivr.speech.telephone import active_level, to_telephone_band

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.speech.espeak import EspeakVoice
    from ivr.speech.lexicon import Lexicon
    from ivr.speech.utterance import Utterance
    from ivr.speech.voice import Samples

RATE = 22050
HALF = RATE // 2


def noise(count: int) -> Samples:
    return np.random.default_rng(3).standard_normal(count).astype(np.float32)


def room(samples: Samples, under_db: float, quiet: int = HALF) -> Samples:
    """Speech at -20 dBFS in a room whose noise, within the band, lies so far under it."""
    padded = np.pad(samples, quiet)
    hiss = noise(len(padded))
    hiss *= np.float32(0.1 * 10 ** (-under_db / 20) / to_telephone_band(hiss, RATE).std())
    return np.asarray(padded + hiss, np.float32)


@pytest.fixture(scope="module")
def spoken(
    espeak: EspeakVoice, lexicons: dict[str, Lexicon], shipped: tuple[Utterance, ...]
) -> list[Samples]:
    """Prompts of both languages, each in one take at -20 dBFS."""
    takes = []
    for prompt in [each for each in shipped if each.pace is Pace.NORMAL][::12]:
        sentences = spoken_sentences(prompt, "espeak", lexicons)
        phrases = espeak.speak(sentences, prompt.language, Pace.NORMAL).takes
        whole = np.concatenate([np.pad(phrase.samples, (0, RATE // 4)) for phrase in phrases])
        whole = whole[: -RATE // 4]
        band = to_telephone_band(whole, RATE)
        gain = 0.1 / active_level(band / np.abs(band).max() * 0.5)
        takes.append(np.asarray(whole / np.abs(band).max() * 0.5 * gain, np.float32))
    assert len(takes) >= 20
    return takes


def through(samples: Samples, form: str, coding: str | None = None) -> Samples:
    file = io.BytesIO()
    soundfile.write(file, np.clip(samples, -1, 1), 24000, format=form, subtype=coding)
    return np.asarray(soundfile.read(io.BytesIO(file.getvalue()), dtype="float32")[0])


def limited(samples: Samples) -> Samples:
    """Through a limiter that takes 12 dB off the loudest moments and gives them back slowly."""
    driven = samples / np.abs(samples).max() * 4
    width = 220
    ahead = np.pad(np.abs(driven), width, mode="edge")
    largest = np.lib.stride_tricks.sliding_window_view(ahead, 2 * width + 1).max(axis=-1)
    gain = np.pad(np.minimum(1, 0.97 / np.maximum(largest, 1e-9)), width, mode="edge")
    smooth = np.hanning(2 * width + 1)
    return np.asarray(driven * np.convolve(gain, smooth / smooth.sum(), "valid"), np.float32)


def overdriven(samples: Samples, decibels: float) -> Samples:
    driven = samples / np.abs(samples).max() * 10 ** (decibels / 20)
    return np.asarray(np.clip(driven, -1, 1), np.float32)


@pytest.mark.parametrize(
    "recorded",
    [
        pytest.param(lambda take: room(take, 60), id="a quiet room"),
        pytest.param(lambda take: room(take, 25), id="room noise"),
        pytest.param(lambda take: room(take, 40) * 0.05, id="far from the microphone"),
        pytest.param(lambda take: overdriven(room(take, 40), 0), id="just at full scale"),
        pytest.param(lambda take: room(take, 40) + 0.05, id="direct current"),
        pytest.param(lambda take: room(take, 40, RATE // 20), id="trimmed to 50 ms"),
        pytest.param(lambda take: limited(room(take, 40)), id="a limiter"),
        pytest.param(lambda take: through(room(take, 30), "MP3"), id="MP3"),
        pytest.param(lambda take: through(room(take, 30), "OGG", "VORBIS"), id="Vorbis"),
        pytest.param(lambda take: through(room(take, 30), "OGG", "OPUS"), id="Opus"),
    ],
)
def test_nothing_is_wrong_with_a_good_take(
    spoken: list[Samples], recorded: Callable[[Samples], Samples]
) -> None:
    assert [raw_problem(recorded(take), RATE) for take in spoken] == [None] * len(spoken)


@pytest.mark.parametrize("under_db", [22, 23, 24])
def test_noise_is_never_taken_for_a_sound_that_is_cut_off(
    spoken: list[Samples], under_db: float
) -> None:
    problems = {raw_problem(room(take, under_db), RATE) for take in spoken}
    assert None in problems
    assert all(problem is None or problem.startswith("it is noisy") for problem in problems)


def test_peaks_that_are_as_high_as_the_highest_are_not_flat(spoken: list[Samples]) -> None:
    for take in spoken:
        recorded = room(take, 40)
        loud = np.flatnonzero(np.abs(recorded) > 0.03)
        recorded[loud[::20]] = np.abs(recorded).max()
        assert raw_problem(recorded, RATE) is None


@pytest.mark.parametrize(
    ("recorded", "told"),
    [
        pytest.param(
            lambda take: room(take, 18),
            "it is noisy (a fan, the street): record it again in a quieter room (speech 1",
            id="noise",
        ),
        pytest.param(
            lambda take: overdriven(room(take, 40), 8),
            "it is too loud for the microphone: record it again, farther away (",
            id="overdriven",
        ),
    ],
)
def test_noise_and_overdrive_are_told_of_every_take(
    spoken: list[Samples], recorded: Callable[[Samples], Samples], told: str
) -> None:
    problems = [raw_problem(recorded(take), RATE) or "" for take in spoken]
    assert [each[: len(told)] for each in problems] == [told] * len(spoken)


@pytest.mark.parametrize("under_db", [60, 40])
@pytest.mark.parametrize(
    ("cut", "told"),
    [
        pytest.param(lambda take, at: take[at:], "it begins in the middle of a sound", id="begin"),
        pytest.param(lambda take, at: take[:at], "it ends in the middle of a sound", id="end"),
    ],
)
def test_a_take_that_was_cut_in_its_loudest_sound_is_told(
    spoken: list[Samples], cut: Callable[[Samples, int], Samples], told: str, under_db: float
) -> None:
    told += ": record it again with a second of silence before and after ("
    for take in spoken:
        middle = slice(HALF + len(take) // 3, HALF + len(take) * 2 // 3)
        recorded = room(take, under_db)
        at = middle.start + int(np.argmax(np.abs(recorded[middle])))
        problem = raw_problem(cut(recorded, at), RATE)
        assert problem is not None
        assert problem.startswith(told)


def test_a_problem_has_its_figures_behind_it(spoken: list[Samples]) -> None:
    recorded = room(max(spoken, key=len), 40)
    first, second = np.split(np.abs(recorded), [len(recorded) // 2])
    cut = recorded[int(np.argmax(first)) : len(first) + int(np.argmax(second))]
    assert raw_problem(cut, RATE) == (
        "it begins and ends in the middle of a sound: record it again with a second of silence"
        " before and after (silence 0.00 s before, 0.00 s after, at least 0.03 s)"
    )


@pytest.mark.parametrize(
    ("samples", "told"),
    [
        pytest.param(np.zeros(0), "nothing is heard in it; record it again", id="no samples"),
        pytest.param(np.zeros(4 * RATE), "nothing is heard in it; record it again", id="zeros"),
        pytest.param(
            1e-4 * noise(4 * RATE), "nothing is heard in it; record it again", id="a quiet room"
        ),
        pytest.param(
            1e-2 * noise(4 * RATE),
            "nothing but an even noise is heard in it; record it again",
            id="a loud room",
        ),
    ],
)
def test_silence_is_told_as_such(samples: Samples, told: str) -> None:
    assert raw_problem(samples.astype(np.float32), RATE) == told
