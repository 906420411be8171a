"""Google's voice through gTTS: one request for each sentence, into memory, verified.

Its server is not ours and promises nothing; whatever it does becomes a `SpeechError` here.
"""

from __future__ import annotations

import io
import threading
import time
from importlib import metadata
from typing import TYPE_CHECKING

import soundfile
from gtts import gTTS, gTTSError

from ivr.errors import SpeechError
from ivr.speech.spelling import split_phrases
from ivr.speech.voice import Speech, Take

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ivr.flow.model import Pace
    from ivr.speech.voice import Samples

TIMEOUT_SECONDS = (5.0, 20.0)
"""To connect and to be answered; gTTS by itself waits for ever."""

SECONDS_BETWEEN_REQUESTS = 1.0
"""Faster, and the server answers 429."""

LONGEST_REQUEST = 100
"""Characters; gTTS cuts longer text itself, and in mid-sentence, as it does not know the danda."""

FASTEST = {"bn": 12.0, "en": 22.0}
SLOWEST = 2.0
"""Letters a second that speech can have; outside, an answer is cut short or of other words.

Bengali vowel signs are no letters here, so Bengali has fewer of them.
"""

SLACK_SECONDS = 2.0
"""Silence around a sentence, which the slowest speed does not count."""

_OFFLINE = "try again later, or use the offline voice: IVR_TTS=espeak"


class Throttle:
    """Lets one caller through at a time, and none sooner than `seconds` after the one before.

    Args:
        seconds: the distance.
        clock: seconds from any start, never going back.
        wait: waits so many seconds; None really waits.
    """

    def __init__(
        self,
        seconds: float,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[float], object] | None = None,
    ) -> None:
        self._seconds = seconds
        self._clock = clock
        self._wait = wait or threading.Event().wait
        self._lock = threading.Lock()
        self._next = clock()

    def turn(self) -> None:
        """Wait for one's turn."""
        with self._lock:
            early = self._next - self._clock()
            if early > 0:
                self._wait(early)
            self._next = self._clock() + self._seconds


class GoogleVoice:
    """Speaks by way of translate.google.com, a sentence at a time.

    Both paces use the same sentences at Google's normal speed (asked for once, then remembered);
    the slow pace has longer pauses only, which is what helps older callers.

    Args:
        throttle: spaces the requests; None takes one a second.
    """

    name = "gtts"
    lanes = 1

    def __init__(self, throttle: Throttle | None = None) -> None:
        self._throttle = throttle or Throttle(SECONDS_BETWEEN_REQUESTS)
        self._remembered: dict[tuple[str, str], bytes] = {}

    @property
    def fingerprint(self) -> str:
        """Version of gTTS; Google does not tell the version of its voice."""
        return f"gTTS {metadata.version('gTTS')} tld=com speed=normal"

    def speak(self, sentences: Sequence[str], language: str, pace: Pace) -> Speech:  # noqa: ARG002 (the pace is in the pauses)
        """Say sentences; see `Voice.speak`."""
        takes: list[Take] = []
        rate = 0
        for sentence in sentences:
            *parts, last = request_parts(sentence)
            for part in parts:
                samples, rate = self._say(part, language)
                takes.append(Take(samples, ends_sentence=False))
            samples, rate = self._say(last, language)
            takes.append(Take(samples, ends_sentence=True))
        return Speech(tuple(takes), rate)

    def close(self) -> None:
        """Forget what was said."""
        self._remembered.clear()

    def _say(self, text: str, language: str) -> tuple[Samples, int]:
        key = language, text
        if key in self._remembered:
            return decode(self._remembered[key], text, language)
        self._throttle.turn()
        mp3 = fetch(text, language)
        answer = decode(mp3, text, language)
        self._remembered[key] = mp3
        return answer


def request_parts(sentence: str) -> tuple[str, ...]:
    """Cut a sentence at its commas, and at spaces where that is not enough, to fit requests."""
    if len(sentence) <= LONGEST_REQUEST:
        return (sentence,)
    words = (word for phrase in split_phrases(sentence) for word in _fitting(phrase))
    return tuple(_packed(words))


def _fitting(phrase: str) -> Iterable[str]:
    if len(phrase) <= LONGEST_REQUEST:
        return (phrase,)
    pieces = (
        word[start : start + LONGEST_REQUEST]
        for word in phrase.split()
        for start in range(0, len(word), LONGEST_REQUEST)
    )
    return _packed(pieces)


def _packed(pieces: Iterable[str]) -> list[str]:
    """Join neighbours as long as they fit one request."""
    parts: list[str] = []
    for piece in pieces:
        if parts and len(parts[-1]) + 1 + len(piece) <= LONGEST_REQUEST:
            parts[-1] += f" {piece}"
        else:
            parts.append(piece)
    return parts


def fetch(text: str, language: str) -> bytes:
    """Ask Google for one sentence of at most 100 characters, as MP3.

    Raises:
        SpeechError: it refused, did not answer, or does not speak the language.
    """
    answer = io.BytesIO()
    try:
        gTTS(text, lang=language, timeout=TIMEOUT_SECONDS).write_to_fp(answer)
    except gTTSError as exc:
        status = "gave no answer" if exc.rsp is None else f"answered {exc.rsp.status_code}"
        raise SpeechError(f"Google's voice {status} for {text!r}; {_OFFLINE}") from exc
    except (ValueError, AssertionError, OSError) as exc:
        raise SpeechError(f"Google's voice cannot say {text!r}: {exc}; {_OFFLINE}") from exc
    return answer.getvalue()


def decode(mp3: bytes, text: str, language: str) -> tuple[Samples, int]:
    """Decode an answer and check that it can be those words: mono samples, samples a second.

    Raises:
        SpeechError: it is empty, is no MP3, or is too short or too long for the letters.
    """
    if not mp3:
        raise SpeechError(f"Google's voice answered without sound for {text!r}; {_OFFLINE}")
    try:
        samples, rate = soundfile.read(io.BytesIO(mp3), dtype="float32", always_2d=True)
    except soundfile.SoundFileError as exc:
        raise SpeechError(f"Google's voice answered no MP3 for {text!r}; {_OFFLINE}") from exc
    seconds = len(samples) / rate
    letters = sum(character.isalnum() for character in text)
    shortest = letters / FASTEST.get(language, max(FASTEST.values()))
    if not shortest <= seconds <= letters / SLOWEST + SLACK_SECONDS:
        raise SpeechError(
            f"Google's voice answered {seconds:.1f} s for the {letters} letters of {text!r};"
            f" {_OFFLINE}"
        )
    return samples.mean(axis=1), int(rate)
