"""The proof that an answer of Google's voice is speech, whole, and as long as its words."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

import numpy as np
import soundfile

from ivr.speech import mp3
from ivr.speech.gates import SPEEDS
from ivr.speech.measures import EXEMPT_LETTERS
from ivr.speech.norms import SILENCE_LEVEL

if TYPE_CHECKING:
    from ivr.speech.voice import Samples

FASTEST: Final = {
    language: normal.upper for language, (normal, _slow) in SPEEDS.items() if normal.upper
}
SLOWEST: Final = 2.0
"""Letters a second that speech can have; outside, an answer is cut short or of other words.

What is said faster than this would not pass the gate, and an answer that lost its second half is
so fast. Bengali vowel signs are no letters here, so Bengali has fewer of them.
"""

SHORTEST_SECONDS: Final = 0.2
"""Of so few letters that speed says nothing; a digit takes more."""

SLACK_SECONDS: Final = 2.0
"""Silence around a sentence, which the slowest speed does not count."""

PADDING_SECONDS: Final = 0.2
"""What a decoder may leave out of the frames: the encoder's padding (0.16 s measured at 8 kHz)."""


def verified(answer: bytes, text: str, language: str) -> tuple[Samples, int]:
    """Decode a whole MP3 that can be those words: mono samples, samples a second.

    Letters are Unicode's (of Bengali those of category Lo), and a figure counts as one.

    Raises:
        ValueError: it is empty, no MP3, not whole, silent, or too short or too long for the
            letters; the message goes on from 'it answered'.
    """
    if not answer:
        raise ValueError("without sound")
    try:
        samples, rate = _decode_whole(answer)
    except ValueError as exc:
        raise ValueError(f"no whole MP3 ({exc})") from exc
    if np.max(np.abs(samples), initial=0.0) < SILENCE_LEVEL:
        raise ValueError("silence")
    seconds = len(samples) / rate
    letters = sum(character.isalnum() for character in text)
    shortest, longest = seconds_of(letters, language)
    if not shortest <= seconds <= longest:
        raise ValueError(f"{seconds:.1f} s for {letters} letters")
    return samples, rate


def seconds_of(letters: int, language: str) -> tuple[float, float]:
    """Give the least and the most seconds that so many letters can take in a language."""
    fastest = FASTEST.get(language, max(FASTEST.values()))
    shortest = SHORTEST_SECONDS if letters <= EXEMPT_LETTERS else letters / fastest
    return shortest, letters / SLOWEST + SLACK_SECONDS


def _decode_whole(answer: bytes) -> tuple[Samples, int]:
    walked = mp3.seconds(answer)
    try:
        samples, rate = soundfile.read(io.BytesIO(answer), dtype="float32", always_2d=True)
    except soundfile.SoundFileError as exc:
        raise ValueError("it cannot be decoded") from exc
    seconds = len(samples) / rate
    if abs(walked - seconds) > PADDING_SECONDS:
        raise ValueError(f"only {seconds:.1f} s of its {walked:.1f} s can be decoded")
    return samples.mean(axis=1), int(rate)
