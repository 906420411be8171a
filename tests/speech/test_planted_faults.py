"""Each gate catches the fault that it is for, planted in good clips of the offline voice."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pytest
import soundfile

from ivr.flow.terms import Pace
from ivr.speech.gates import FORM, GATES, faults
from ivr.speech.measures import measure
from ivr.speech.telephone import active_level, clip, to_telephone_band
from ivr.speech.utterance import Utterance
from ivr.speech.voice import Samples, Speech, Take

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.flow.model import Spec
    from ivr.speech.library import Library

    Plant: TypeAlias = Callable[[Samples], Samples]

PROMPT = "register_3"
"""Of middle length, with pauses."""
LEVEL = 0.1
"""-20 dBFS."""


def written(
    samples: Samples,
    title: str,
    *,
    rate: int = 8000,
    coding: str = "ULAW",
    container: str = "WAV",
) -> bytes:
    file = io.BytesIO()
    channels = 1 if samples.ndim == 1 else samples.shape[1]
    with soundfile.SoundFile(
        file, "w", samplerate=rate, channels=channels, format=container, subtype=coding
    ) as sound:
        if title:
            sound.title = title
        sound.write(samples)
    return file.getvalue()


def noise(count: int) -> Samples:
    return np.random.default_rng(20200418).standard_normal(count).astype(np.float32)


def heard(samples: Samples) -> slice:
    """Where the sound lies, to 20 ms."""
    frames = samples[: len(samples) // 160 * 160].reshape(-1, 160)
    loud = np.flatnonzero(np.sqrt(np.mean(frames**2, axis=1)) >= 0.01)
    return slice(int(loud[0]) * 160, int(loud[-1] + 1) * 160)


def levelled(samples: Samples, level: float = LEVEL) -> Samples:
    return np.asarray(samples * (level / active_level(samples)), np.float32)


def in_place(sound: Callable[[int], Samples]) -> Plant:
    """Another sound where the speech was, just as long and loud, lead and tail as they were."""

    def plant(samples: Samples) -> Samples:
        place = heard(samples)
        planted = np.zeros_like(samples)
        planted[place] = levelled(sound(place.stop - place.start))
        return planted

    return plant


def tone(count: int) -> Samples:
    return np.asarray(np.sin(np.arange(count) * (2 * np.pi * 440 / 8000)), np.float32)


def hum(count: int) -> Samples:
    """Mains hum with all its overtones in step, as spiky as speech."""
    turns = np.arange(count) * (2 * np.pi * 50 / 8000)
    overtones = [np.cos(number * turns) for number in range(6, 30)]
    return np.asarray(np.sum(overtones, axis=0), np.float32)


def band_noise(count: int) -> Samples:
    return to_telephone_band(noise(count), 8000)


def chained(samples: Samples) -> Samples:
    """What the chain makes of a recording: trimmed and levelled."""
    wav, _ = clip(Speech((Take(samples, ends_sentence=True),), 8000), Pace.NORMAL, "x")
    return np.asarray(soundfile.read(io.BytesIO(wav), dtype="float32")[0])


def half(samples: Samples) -> Samples:
    return samples[: (heard(samples).start + heard(samples).stop) // 2]


def with_tail(samples: Samples) -> Samples:
    return np.pad(samples[: heard(samples).stop], (0, 1200))


def with_gap(samples: Samples) -> Samples:
    """A second and a half of silence more, in the middle of the longest pause."""
    place = heard(samples)
    loud = np.flatnonzero(np.abs(samples[place]) >= 0.01) + place.start
    longest = int(np.argmax(np.diff(loud)))
    middle = int(loud[longest] + loud[longest + 1]) // 2
    return np.insert(samples, middle, np.zeros(12000, np.float32))


def with_click(samples: Samples) -> Samples:
    clicked = samples.copy()
    clicked[heard(samples).start + 800] = 1.0
    return clicked


def rumbling(samples: Samples) -> Samples:
    """Bass of 80 Hz that swells with the speech."""
    swell = np.convolve(np.abs(samples), np.ones(160, np.float32) / 160, "same")
    bass = 3 * swell * np.sin(np.arange(len(samples)) * (2 * np.pi * 80 / 8000))
    return levelled((samples + bass).astype(np.float32), 0.09)


@pytest.fixture(
    scope="module",
    params=[(language, pace) for language in ("bn", "en") for pace in Pace],
    ids="-".join,
)
def utterance(request: pytest.FixtureRequest, spec: Spec) -> Utterance:
    language, pace = request.param
    return Utterance(language, PROMPT, pace, spec.words[language].prompts[PROMPT])


def clip_bytes(library: Library, utterance: Utterance) -> bytes:
    found = library.find(utterance)
    assert found is not None
    path = library.file(found.sha256)
    assert path is not None
    return path.read_bytes()


@pytest.fixture(scope="module")
def good(library: Library, utterance: Utterance) -> Samples:
    """A clip of the offline voice, as samples."""
    wav = clip_bytes(library, utterance)
    return np.asarray(soundfile.read(io.BytesIO(wav), dtype="float32")[0])


def caught(wav: bytes, utterance: Utterance) -> set[str]:
    found = faults(measure(wav, utterance.language), utterance, "espeak")
    names = {fault.measure for fault in found}
    assert len(names) == len(found)
    return names


SILENCE = {"letters a second", "active level", "crest", "lead", "tail", "band", "spread"}
NOISE = {"spread", "speech over noise"}
PLANTS = [
    # name, what is done to a good clip, the gates that catch it, and those that do so only at the
    # normal pace: slow speech at twice its speed, or half of it, has letters like normal speech.
    ("nothing", lambda good: good, set(), set()),
    ("clipped", lambda good: np.clip(good * 40, -1, 1), {"active level", "peak", "crest"}, set()),
    ("clipped, then levelled", lambda good: levelled(np.clip(good * 40, -1, 1)), {"crest"}, set()),
    ("silent", np.zeros_like, SILENCE, set()),
    ("no samples at all", lambda good: good[:0], SILENCE, set()),
    ("half cut off", half, {"tail"}, {"letters a second"}),
    (
        "half cut off, its tail put right",
        lambda good: with_tail(half(good)),
        set(),
        {"letters a second"},
    ),
    ("at twice the speed", lambda good: good[::2], {"tail"}, {"letters a second"}),
    ("white noise", lambda good: LEVEL * noise(len(good)), {"lead", "tail", "band", *NOISE}, set()),
    ("noise with lead, tail and band", in_place(band_noise), NOISE, set()),
    ("tone", in_place(tone), {"crest", *NOISE}, set()),
    ("hum", in_place(hum), NOISE, set()),
    (
        "hiss over it",
        lambda good: good + 0.03 * noise(len(good)),
        {"lead", "tail", "speech over noise"},
        set(),
    ),
    (
        "hiss in the recording",
        lambda good: chained(good + 0.03 * noise(len(good))),
        {"speech over noise"},
        set(),
    ),
    (
        "soft hiss in the recording, over which no pause is silent",
        lambda good: chained(good + 10 ** (-38 / 20) * noise(len(good))),
        {"speech over noise"},
        set(),
    ),
    ("too quiet", lambda good: good / 4, {"active level"}, set()),
    ("too loud", lambda good: good * 1.6, {"active level", "peak"}, set()),
    (
        "direct current",
        lambda good: good + 0.03,
        {"DC", "lead", "tail", "band", "speech over noise"},
        set(),
    ),
    ("no lead", lambda good: good[heard(good).start :], {"lead"}, set()),
    ("long lead", lambda good: np.pad(good, (1600, 0)), {"lead"}, set()),
    ("long tail", lambda good: np.pad(good, (0, 3200)), {"tail"}, set()),
    ("long gap", with_gap, {"gap"}, set()),
    ("click", with_click, {"peak", "crest"}, set()),
    ("rumbling bass", rumbling, {"band"}, set()),
]


@pytest.mark.parametrize(
    ("plant", "always", "when_normal"),
    [pytest.param(*row, id=name) for name, *row in PLANTS],
)
def test_a_planted_fault_is_caught_by_its_gates_and_no_other(
    good: Samples, utterance: Utterance, plant: Plant, always: set[str], when_normal: set[str]
) -> None:
    expected = always | (when_normal if utterance.pace is Pace.NORMAL else set())
    assert caught(written(plant(good), utterance.text), utterance) == expected


def test_every_gate_has_a_fault_that_it_catches() -> None:
    expected = {name for _, _, always, when_normal in PLANTS for name in always | when_normal}
    assert expected == {gate.name for gate in GATES}


def at_16_khz(good: Samples) -> Samples:
    """The same sound with twice the samples."""
    return np.fft.irfft(np.fft.rfft(good), 2 * len(good)).astype(np.float32) * 2


@pytest.mark.parametrize(
    ("write", "form"),
    [
        pytest.param(
            lambda good, title: written(at_16_khz(good), title, rate=16000),
            "WAV, 16000 Hz, 1 channel, ULAW",
            id="16 kHz",
        ),
        pytest.param(
            lambda good, title: written(np.stack((good, good), axis=1), title),
            "WAV, 8000 Hz, 2 channels, ULAW",
            id="stereo",
        ),
        pytest.param(
            lambda good, title: written(good, title, coding="PCM_16"),
            "WAV, 8000 Hz, 1 channel, PCM_16",
            id="PCM",
        ),
        pytest.param(
            lambda good, title: written(good, title, container="AIFF"),
            "AIFF, 8000 Hz, 1 channel, ULAW",
            id="AIFF",
        ),
    ],
)
def test_a_file_of_another_form_is_caught_by_its_form_alone(
    good: Samples, utterance: Utterance, write: Callable[[Samples, str], bytes], form: str
) -> None:
    measures = measure(write(good, utterance.text), utterance.language)
    (fault,) = faults(measures, utterance, "gtts")
    assert (fault.measure, fault.found, fault.limit) == ("form", form, FORM)


def test_samples_that_are_no_numbers_fail_and_do_not_stop_the_measuring(
    good: Samples, utterance: Utterance
) -> None:
    broken = good.copy()
    broken[4000:4003] = np.nan, np.inf, -np.inf
    wav = written(broken, utterance.text, coding="FLOAT")
    assert caught(wav, utterance) == {"form", "peak", "crest"}


def test_a_clip_with_the_words_of_another_prompt_is_caught(
    good: Samples, utterance: Utterance, spec: Spec
) -> None:
    other = spec.words[utterance.language].prompts["register_2"]
    measures = measure(written(good, other), utterance.language)
    (fault,) = faults(measures, utterance, "human")
    assert (fault.measure, fault.found, fault.limit) == ("words", other, utterance.text)
    assert fault.advice == (
        "it is of other words: record it again; or, if it still says this, import it once more with"
        " --replace"
    )


def test_a_clip_without_words_is_caught(good: Samples, utterance: Utterance) -> None:
    measures = measure(written(good, ""), utterance.language)
    (fault,) = faults(measures, utterance, "gtts")
    assert (fault.measure, fault.found) == ("words", "none")


def test_a_clip_cut_short_on_disk_is_caught(library: Library, utterance: Utterance) -> None:
    wav = clip_bytes(library, utterance)
    assert caught(wav[: len(wav) // 2], utterance) >= {"tail"}
