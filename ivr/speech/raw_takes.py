"""What a recording's own samples tell, before the chain trims and levels it and so hides it.

Levels are taken within the telephone's band, where rumble and direct current do not count, and are
compared with the take's own speech: how near the microphone stood is not asked here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from ivr.speech.norms import FRAME, RATE, SILENCE_LEVEL
from ivr.speech.slow import STEP, frame_levels
from ivr.speech.telephone import to_telephone_band

if TYPE_CHECKING:
    from ivr.speech.voice import Samples

OVER_NOISE_DB: Final = 22.5
"""The least that speech must lie over the quietest twentieth of the take.

From 20 dB down the noise of a levelled take is over -40 dBFS, and counts as sound everywhere; up to
22 dB it still does here and there, and is then told as a silence too long before or after the words
(measured with white noise on the offline voice).
"""

EVEN_DB: Final = 6.0
"""What lies less than this over its quietest twentieth is noise or hum alone; noise has 1 dB."""

SHORTEST_QUIET_SECONDS: Final = 0.03
"""A take that begins or ends with less quiet was cut off.

Of takes cut at any moment of their speech six in seven have less, the others fell into a pause.
Those that were trimmed by hand as closely as a clip, to 50 ms, have 40 ms and more (measured on the
offline voice, also through MP3).
"""

QUIET_DB: Final = 20.0
"""Quiet is so far under the take's speech, as in the chain; noise that is let pass lies lower."""

MOST_FLAT: Final = 0.005
"""The share of the speech that may lie flat at the take's own maximum.

Takes of the offline voice have at most 0.0008, with a limiter that takes 12 dB off at most 0.0033;
clipped by 3 dB they have 0.005 in the middle, clipped by 6 dB 0.02 (measured at 16 and 44.1 kHz).
What was clipped and then saved as MP3 is flat no more, and left to the gates.
"""

_FLAT_FROM, _FLAT_LEVEL = 3, 10 ** (-0.1 / 20)
"""Flat is a row of so many samples within 0.1 dB of the largest."""

_LOUD_FRAMES: Final = 10
"""So many frames together are no click but speech."""


def raw_problem(samples: Samples, rate: int) -> str | None:
    """Say what keeps a raw take from becoming a clip, with what to do; None of a good one.

    Args:
        samples: the whole take in one channel, as it was recorded.
        rate: samples a second, 8000 or more.
    """
    levels = frame_levels(to_telephone_band(samples, rate))
    if float(np.max(levels, initial=0.0)) < SILENCE_LEVEL / 10:
        return "nothing is heard in it; record it again"
    speech = _speech_level(levels)
    noise = max(float(np.percentile(levels, 5)), SILENCE_LEVEL / 1000)
    over_noise_db = 20 * float(np.log10(speech / noise))
    if over_noise_db < EVEN_DB:
        return "nothing but an even noise is heard in it; record it again"
    if over_noise_db < OVER_NOISE_DB:
        return (
            "it is noisy (a fan, the street): record it again in a quieter room"
            f" (speech {over_noise_db:.1f} dB over the noise, at least {OVER_NOISE_DB:g} dB)"
        )
    flat = _flat_share(samples, int(np.count_nonzero(levels >= speech / 10)) * STEP * rate / RATE)
    if flat > MOST_FLAT:
        return (
            "it is too loud for the microphone: record it again, farther away"
            f" ({100 * flat:.1f} % of the speech is cut flat, at most {100 * MOST_FLAT:g} %)"
        )
    heard = np.flatnonzero(levels >= speech * 10 ** (-QUIET_DB / 20)) * STEP / RATE
    return _cut(float(heard[0]), len(samples) / rate - float(heard[-1]) - FRAME / RATE)


def _cut(lead_seconds: float, tail_seconds: float) -> str | None:
    """Say where a take begins or ends in the middle of a sound."""
    cut = {"begins": lead_seconds, "ends": tail_seconds}
    where = " and ".join(each for each, quiet in cut.items() if quiet < SHORTEST_QUIET_SECONDS)
    if not where:
        return None
    return (
        f"it {where} in the middle of a sound: record it again with a second of silence before and"
        f" after (silence {max(lead_seconds, 0):.2f} s before, {max(tail_seconds, 0):.2f} s after,"
        f" at least {SHORTEST_QUIET_SECONDS:g} s)"
    )


def _speech_level(levels: Samples) -> float:
    """Root mean square over the frames of speech: those less than 20 dB under that level itself."""
    level = float(np.sort(levels)[-_LOUD_FRAMES:][0])
    for _ in range(6):  # from above, so that a quiet room never counts as speech
        level = float(np.sqrt(np.mean(levels[levels >= level / 10] ** 2)))
    return level


def _flat_share(samples: Samples, of_samples: float) -> float:
    """Give which part of so many samples lies in flat rows."""
    size = np.abs(samples)
    top = size >= np.max(size) * _FLAT_LEVEL
    edges = np.flatnonzero(np.diff(np.pad(top, 1).astype(np.int8)))
    runs = edges[1::2] - edges[::2]
    return float(runs[runs >= _FLAT_FROM].sum() / of_samples)
