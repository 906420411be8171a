"""The measures of a finished clip: what a caller's ear would find, in numbers.

Silence is a 20 ms frame under -40 dBFS, and the sound lies from the first frame that is not silence
to the last.
"""

from __future__ import annotations

import io
import unicodedata
from typing import TYPE_CHECKING, Final

import numpy as np
import soundfile
from msgspec import Struct

from ivr.errors import SpeechError
from ivr.speech.norms import FRAMES_A_SECOND, SILENCE_DB

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

FLOOR: Final = 1e-9
"""The power that digital silence counts as, -90 dBFS; µ-law's smallest step lies above it."""

LETTERS: Final = {
    # Consonants and whole vowels only; vowel signs are marks and do not count.
    "bn": "Lo",
    "en": "L",
}
"""Which characters are letters, by the beginning of their Unicode category, in each language.

One that is not here is exempt, since its letters have not been measured.
"""
EXEMPT_LETTERS: Final = 8
"""So few letters say nothing about speed: one long vowel decides."""

HISS_FRAMES: Final = 50
"""A shorter sound, such as one digit, may have no dip at all in which hiss could be measured."""
_EDGE_FRAMES: Final = 2
_BLOCK: Final = 1024


class Measures(Struct, frozen=True, kw_only=True):
    """What was measured on one clip.

    Attributes:
        form: container, sample rate, channels and coding, such as `WAV, 8000 Hz, 1 channel, ULAW`.
        title: the words that the file carries (RIFF INFO INAM).
        seconds: length of the whole file.
        letters_per_second: the title's letters by the seconds of the sound; None when exempt.
        level_db: root mean square in dBFS over the frames that are not silence.
        peak_db: the largest sample in dBFS.
        lead_seconds: silence before the sound.
        tail_seconds: silence after it.
        gap_seconds: the longest silence within it.
        band_share: how much of the energy lies from 150 to 3600 Hz, 0 to 1.
        dc: mean of all samples, -1 to 1.
        spread_db: how far the middle half of the heard frames' levels lie apart.
        over_hiss_db: active level over the quietest hundredth of the sound's frames; None when the
            sound is shorter than `HISS_FRAMES`.
    """

    form: str
    title: str
    seconds: float
    letters_per_second: float | None
    level_db: float
    peak_db: float
    lead_seconds: float
    tail_seconds: float
    gap_seconds: float
    band_share: float
    dc: float
    spread_db: float
    over_hiss_db: float | None

    @property
    def crest_db(self) -> float:
        """The peak over the active level."""
        return self.peak_db - self.level_db


def measure(wav: bytes, language: str) -> Measures:
    """Measure a clip; one that is all silence has measures that fail.

    Args:
        wav: the bytes of the file.
        language: whose letters its title has, an ISO 639 code.

    Raises:
        SpeechError: the bytes are no audio.
    """
    try:
        channels, rate, form, title = _read(wav)
    except soundfile.LibsndfileError as exc:
        raise _no_audio(exc.error_string) from exc
    except (soundfile.SoundFileError, ValueError) as exc:  # the latter where sizes contradict
        raise _no_audio(exc) from exc
    # Only files of floating numbers, which fail by their form, hold what is cut off here.
    samples = np.clip(np.nan_to_num(channels), -1, 1).mean(axis=1)
    return _measured(samples, rate, form, title, language)


def _read(wav: bytes) -> tuple[NDArray[np.float32], int, str, str]:
    with soundfile.SoundFile(io.BytesIO(wav)) as file:
        # A clip has a byte for each sample. A broken header may claim any number, and memory for
        # all of them would be asked for.
        if file.frames > len(wav):
            raise ValueError(f"it has {len(wav)} bytes, and its header says {file.frames} samples")
        plural = "" if file.channels == 1 else "s"
        form = f"{file.format}, {file.samplerate} Hz, {file.channels} channel{plural}"
        samples = file.read(dtype="float32", always_2d=True)
        return samples, file.samplerate, f"{form}, {file.subtype}", file.title


def _no_audio(reason: object) -> SpeechError:
    told = str(reason).rstrip(".")
    return SpeechError(f"The clip is no audio ({told}); delete its file and run: ivr audio render")


def _measured(
    samples: NDArray[np.float32], rate: int, form: str, title: str, language: str
) -> Measures:
    # A rate that no voice has must not ask for more memory than the file.
    size = max(min(rate // FRAMES_A_SECOND, len(samples)), 1)
    power = _powers(samples, size)
    levels = _decibels(power)
    heard = np.flatnonzero(levels >= SILENCE_DB)
    first, end = (int(heard[0]), int(heard[-1]) + 1) if heard.size else (len(levels),) * 2
    active = float(_decibels(power[heard].mean() if heard.size else FLOOR))
    gap_frames = int(np.max(np.diff(heard), initial=1)) - 1
    sound_seconds = (end - first) * size / rate
    return Measures(
        form=form,
        title=title,
        seconds=len(samples) / rate,
        letters_per_second=_letters_per_second(title, language, sound_seconds),
        level_db=active,
        peak_db=float(_decibels(np.max(np.square(samples), initial=0.0))),
        lead_seconds=min(first * size, len(samples)) / rate,
        tail_seconds=max(len(samples) - end * size, 0) / rate,
        gap_seconds=gap_frames * size / rate,
        band_share=_band_share(samples, rate),
        dc=float(samples.mean()) if samples.size else 0.0,
        spread_db=_spread(levels[heard]),
        over_hiss_db=_over_hiss(levels[first:end], active),
    )


def _powers(samples: NDArray[np.float32], size: int) -> NDArray[np.float64]:
    """The mean square of each frame of so many samples; a shorter rest counts as a whole one."""
    frames = np.pad(samples, (0, -len(samples) % size)).reshape(-1, size)
    return np.asarray(np.mean(frames**2, axis=1, dtype=np.float64))


def _decibels(power: ArrayLike) -> NDArray[np.float64]:
    return np.asarray(10 * np.log10(np.maximum(power, FLOOR)))


def _spread(levels: NDArray[np.float64]) -> float:
    """How far the quartiles lie apart; by them a short sound's half-full ends do not count."""
    return float(np.subtract(*np.percentile(levels, (75, 25)))) if levels.size else 0.0


def _letters_per_second(title: str, language: str, sound_seconds: float) -> float | None:
    category = LETTERS.get(language)
    if category is None:
        return None
    letters = sum(unicodedata.category(each).startswith(category) for each in title)
    if letters <= EXEMPT_LETTERS:
        return None
    return letters / sound_seconds if sound_seconds else 0.0


def _band_share(samples: NDArray[np.float32], rate: int) -> float:
    """The share of the band, over blocks faded in and out so that no edge counts as sound."""
    blocks = np.pad(samples, (0, -len(samples) % _BLOCK)).reshape(-1, _BLOCK)
    spectrum = np.fft.rfft(blocks * np.hanning(_BLOCK).astype(np.float32))
    energy = np.asarray((spectrum.real**2 + spectrum.imag**2).sum(axis=0, dtype=np.float64))
    hertz = np.fft.rfftfreq(_BLOCK, 1 / rate)
    band = energy[(hertz >= 150) & (hertz <= 3600)].sum()  # noqa: PLR2004 (the band's own numbers)
    return float(band / energy.sum()) if energy.sum() else 0.0


def _over_hiss(sound: NDArray[np.float64], active_db: float) -> float | None:
    """The active level over the deepest dips of the sound.

    Noise fills all of them alike, the echo of a room does not. The first and last frames may be
    half full.
    """
    if len(sound) < HISS_FRAMES:
        return None
    return active_db - float(np.percentile(sound[_EDGE_FRAMES:-_EDGE_FRAMES], 1))
