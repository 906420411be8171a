"""Speech → a clip for the telephone: 8 kHz mono µ-law WAV that carries its own words.

The chain: direct current taken off, band-limit and 8 kHz at once → one level for all takes → each
take trimmed to 50 ms before and 150 ms after its sound → its own pauses made right, and its speed
where a slow clip is wanted of a voice at normal speed → joined with the pace's pauses → soft cap →
µ-law. Silence is a 20 ms frame under -40 dBFS everywhere.
"""

from __future__ import annotations

import io
import math
from typing import TYPE_CHECKING

import numpy as np
import soundfile

from ivr.errors import SpeechError
from ivr.flow.terms import Pace
from ivr.speech.join import LONGEST_TITLE
from ivr.speech.norms import FRAME, PAUSES, RATE, SILENCE_LEVEL
from ivr.speech.slow import STEP, frame_levels, slower, without_hesitation

if TYPE_CHECKING:
    from ivr.speech.voice import Samples, Speech

PIPELINE = "telephone 2"
"""Enters the key of every clip; a change of the chain that can be heard changes it."""

LOW_HZ, HIGH_HZ = (200.0, 300.0), (3400.0, 3800.0)
"""Where the band 250–3600 Hz begins and ends: silence and full strength, half-way between."""

LEAD_SECONDS, TAIL_SECONDS = 0.05, 0.15

SPEECH_LEVEL = 10 ** (-20 / 20)
_HEARD_LEVEL = SILENCE_LEVEL * 0.98
"""Where trimming hears sound: µ-law rounds a frame just under -40 dBFS to one just over it."""
KNEE, CAP = 10 ** (-7 / 20), 10 ** (-3 / 20)
_NOTHING_HEARD = (
    "nothing is heard in it; of a voice, mend the prompt's words or the lexicon; of a recording,"
    " record it again"
)
_FADE = RATE // 200


def clip(speech: Speech, pace: Pace, title: str) -> tuple[bytes, float]:
    """Make a clip: the bytes of a WAV file, and its seconds. Equal input gives equal bytes.

    Args:
        speech: takes of any sample rate from 8000 up; a voice's phrases and sentences, or one whole
            recording with room noise (under -40 dBFS when levelled) around and between its words.
        pace: decides the pauses between and within the takes, and whether what was spoken at
            normal speed is slowed down.
        title: the utterance's text exactly as given; it becomes the file's INAM.

    Raises:
        SpeechError: there is nothing to hear in it, or the text is too long for one clip.
    """
    bands = [to_telephone_band(take.samples, speech.rate) for take in speech.takes]
    takes = _at_pace([trimmed(band) for band in _levelled(bands)], speech.pace, pace)
    phrase_pause, sentence_pause = PAUSES[pace]
    parts: list[Samples] = []
    for take, samples in zip(speech.takes, takes, strict=True):
        parts.append(samples)
        pause = sentence_pause if take.ends_sentence else phrase_pause
        parts.append(_silence(pause - LEAD_SECONDS - TAIL_SECONDS))
    whole = soft_cap(np.concatenate(parts[:-1]))
    return wav(whole, title), len(whole) / RATE


def to_telephone_band(samples: Samples, rate: int) -> Samples:
    """Free from direct current, band-limit to 250–3600 Hz and bring to 8 kHz, over the spectrum.

    Direct current would be a step where the samples begin and end, and of a step the filter makes a
    click that is louder than quiet speech.
    """
    step = rate // math.gcd(rate, RATE)  # so many samples become a whole number at 8 kHz
    margin = rate // 50  # the spectrum is that of a ring; its ends must not touch
    blocks = _fast_length(math.ceil((len(samples) + 2 * margin) / step))
    padded = np.zeros(blocks * step, np.float32)
    if samples.size:
        offset = np.mean(samples, dtype=np.float64)
        padded[margin : margin + len(samples)] = samples - np.float32(offset)
    short = len(padded) * RATE // rate
    spectrum = np.fft.rfft(padded)
    kept = np.zeros(short // 2 + 1, np.complex128)
    bins = min(len(kept), len(spectrum))
    hertz = np.arange(bins) * (rate / len(padded))
    kept[:bins] = spectrum[:bins] * _rise(hertz, *LOW_HZ) * (1 - _rise(hertz, *HIGH_HZ))
    out = np.fft.irfft(kept, short) * (short / len(padded))
    start = margin * RATE // rate
    return out[start : start + math.ceil(len(samples) * RATE / rate)].astype(np.float32)


def trimmed(samples: Samples) -> Samples:
    """Keep the sound, 50 ms before it and 150 ms after, of levelled samples at 8 kHz."""
    heard = np.flatnonzero(frame_levels(samples) >= _HEARD_LEVEL) * STEP
    if not heard.size:
        raise SpeechError(_NOTHING_HEARD)
    lead, tail = round(LEAD_SECONDS * RATE), round(TAIL_SECONDS * RATE)
    padded = np.pad(samples, (lead, tail + 2 * FRAME))
    first, end = heard.min(), heard.max() + FRAME
    cut = padded[first : end + lead + tail].copy()
    fade = np.linspace(0, 1, _FADE, dtype=np.float32)
    cut[:_FADE] *= fade
    cut[-_FADE:] *= fade[::-1]
    return cut


def soft_cap(samples: Samples) -> Samples:
    """Bend what is above -7 dBFS so that nothing goes over -3 dBFS; leave the rest as it is."""
    size = np.abs(samples)
    room = CAP - KNEE
    bent = KNEE + room * np.tanh((size - KNEE) / room)
    return np.where(size > KNEE, np.sign(samples) * bent, samples).astype(np.float32)


def active_level(samples: Samples) -> float:
    """Root mean square over the frames that are not silence, 0.0 when all are."""
    levels = frame_levels(samples)[::2]  # each sample once
    heard = levels[levels >= SILENCE_LEVEL]
    return float(np.sqrt(np.mean(heard**2))) if heard.size else 0.0


def wav(samples: Samples, title: str) -> bytes:
    """Write samples at 8 kHz as a µ-law WAV file with a title (RIFF INFO INAM)."""
    if len(title.encode()) > LONGEST_TITLE:
        raise SpeechError(
            f"The prompt that begins {title[:40]!r} is too long for one clip"
            f" (over {LONGEST_TITLE} bytes); make it two prompts."
        )
    file = io.BytesIO()
    with soundfile.SoundFile(
        file, "w", samplerate=RATE, channels=1, format="WAV", subtype="ULAW"
    ) as clip_file:
        clip_file.title = title
        clip_file.write(samples)
    return file.getvalue()


def _at_pace(takes: list[Samples], spoken: Pace, pace: Pace) -> list[Samples]:
    """Bring trimmed takes from the pace at which they were spoken to that of the clip."""
    if pace is Pace.SLOW and spoken is Pace.NORMAL:
        # Slowing stretches lead and tail too, and a word whose weak parts are repeated more often
        # than its loud ones loses up to 0.7 dB (measured); so this is done again.
        return [trimmed(take) for take in _levelled([slower(take) for take in takes])]
    return [without_hesitation(take, pace) for take in takes]


def _levelled(takes: list[Samples]) -> list[Samples]:
    """Bring takes to the level of speech by one gain, so that each stays as loud as it was said."""
    gain = _gain(np.concatenate(takes) if takes else np.zeros(0, np.float32))
    return [take * np.float32(gain) for take in takes]


def _gain(samples: Samples) -> float:
    """Find the factor after which the active level, soft cap included, is -20 dBFS."""
    peak = float(np.max(np.abs(samples), initial=0.0))
    if peak < SILENCE_LEVEL / 10:
        raise SpeechError(_NOTHING_HEARD)
    gain = 0.5 / peak
    for _ in range(6):  # which frames count, and what the cap takes, depend on the gain itself
        level = active_level(soft_cap(samples * gain))
        gain *= SPEECH_LEVEL / level if level else 2.0
    return gain


def _rise(hertz: Samples, low: float, high: float) -> Samples:
    """Half a cosine from 0 at `low` to 1 at `high`."""
    position = np.clip((hertz - low) / (high - low), 0, 1)
    rise: Samples = 0.5 - 0.5 * np.cos(np.pi * position)
    return rise


def _fast_length(blocks: int) -> int:
    """Give the next length that the FFT does quickly: no prime factor over 5."""
    while True:
        rest = blocks
        for prime in (2, 3, 5):
            while rest % prime == 0:
                rest //= prime
        if rest == 1:
            return blocks
        blocks += 1


def _silence(seconds: float) -> Samples:
    return np.zeros(round(seconds * RATE), np.float32)
