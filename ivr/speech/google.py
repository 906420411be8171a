"""Google's voice through gTTS: one request for each sentence, into memory, verified, tried again.

Its server is not ours and promises nothing; whatever it does becomes a `SpeechError` here.
"""

from __future__ import annotations

import contextlib
import io
import threading
import time
from concurrent.futures import Future
from importlib import metadata
from typing import TYPE_CHECKING, Final

import structlog
from gtts import gTTS, gTTSError
from tenacity import (
    Retrying,
    retry_if_exception_type,
    sleep_using_event,
    stop_after_attempt,
    wait_exponential_jitter,
)

from ivr.errors import SpeechError, VoiceAwayError
from ivr.flow.terms import Pace
from ivr.speech.spelling import split_phrases
from ivr.speech.verification import verified
from ivr.speech.voice import Speech, Take

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from tenacity import RetryCallState

    from ivr.speech.voice import Samples

TIMEOUT_SECONDS = (5.0, 20.0)
"""To connect and to be answered; gTTS by itself waits for ever."""

SECONDS_BETWEEN_REQUESTS = 1.0
"""Faster, and the server answers 429."""

TRIES = 4
"""Of one request; the waits between them are about 1, 2 and 4 seconds."""

JITTER_SECONDS = 0.5
"""A wait is longer by at most this, so that two renders do not come back at the same moment."""

LONGEST_REQUEST = 100
"""Characters; gTTS cuts longer text itself, and in mid-sentence, as it does not know the danda."""

REQUEST_SECONDS = 60.0
"""From sending a request to its last byte.

The time limits of gTTS are for a connection and for a single read: a server that drips holds a
request for ever.
"""

NO_NETWORK = "is this machine on the internet?"
_OFFLINE = "use the offline voice: IVR_TTS=espeak"
_LATER = f"try again later, or {_OFFLINE}"
_TOO_MANY_REQUESTS = 429
_CLIENT_ERROR, _SERVER_ERROR = 400, 500

_LOOK_SECONDS = 0.1
"""So often somebody who waits for an answer looks whether the voice was stopped."""

_log: Final = structlog.get_logger(__name__)


class _PassingError(SpeechError):
    """An answer was bad, and the next one may be good."""


class _AwayError(_PassingError):
    """There was no answer, or one that lets nobody in."""


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

    It always speaks at `Pace.NORMAL`, and says so in `Speech.pace`: whichever pace is asked for,
    the same sentences are asked for once and then remembered, and the chain makes the slow form.

    A request that is answered 429, 5xx, not at all, or with what is no whole MP3 of its words is
    made again, at most 4 times in all; each of these is told in the log.

    Args:
        throttle: spaces the requests, first and repeated; None takes one a second.
        wait: waits so many seconds before a request is made again; None really waits.
        limit_seconds: how long a request may take in all; then it counts as not answered.
    """

    name = "gtts"
    parameters = "tld=com speed=normal"
    lanes = 1

    def __init__(
        self,
        throttle: Throttle | None = None,
        wait: Callable[[float], None] | None = None,
        limit_seconds: float = REQUEST_SECONDS,
    ) -> None:
        self._throttle = throttle or Throttle(SECONDS_BETWEEN_REQUESTS)
        self._stopped = threading.Event()
        self._wait = wait or sleep_using_event(self._stopped)
        self._limit_seconds = limit_seconds
        self._remembered: dict[tuple[str, str], bytes] = {}

    @property
    def version(self) -> str:
        """Of gTTS; Google does not tell the version of its voice."""
        return f"gTTS {metadata.version('gTTS')}"

    def speak(self, sentences: Sequence[str], language: str, pace: Pace) -> Speech:  # noqa: ARG002 (the chain makes the slow form)
        """Say sentences; see `Voice.speak`.

        Raises:
            SpeechError: an answer did not come or was bad, each time; says which, for which words.
        """
        takes: list[Take] = []
        rates: set[int] = set()
        for sentence in sentences:
            parts = request_parts(sentence)
            for number, part in enumerate(parts, start=1):
                samples, rate = self._say(part, language)
                takes.append(Take(samples, ends_sentence=number == len(parts)))
                rates.add(rate)
        if len(rates) > 1:
            listed = " and ".join(str(rate) for rate in sorted(rates))
            raise SpeechError(
                f"Google's voice answered with {listed} samples a second for parts of"
                f" {' '.join(sentences)!r}; {_LATER}"
            )
        return Speech(tuple(takes), max(rates, default=0), Pace.NORMAL)

    def stop(self) -> None:
        """Give up what is under way, at once; see `Voice.stop`."""
        self._stopped.set()

    def close(self) -> None:
        """Forget what was said."""
        self._remembered.clear()
        self._stopped.clear()

    def _say(self, text: str, language: str) -> tuple[Samples, int]:
        key = language, text
        if key not in self._remembered:
            self._remembered[key] = self._fetch(text, language)
        return verified(self._remembered[key], text, language)

    def _fetch(self, text: str, language: str) -> bytes:
        """Ask until a good answer comes, or none is to be hoped for."""
        request = prepare(text, language)
        retrying = Retrying(
            sleep=self._wait,
            stop=stop_after_attempt(TRIES),
            wait=wait_exponential_jitter(jitter=JITTER_SECONDS),
            retry=retry_if_exception_type(_PassingError),
            before_sleep=_tell,
            reraise=True,
        )
        try:
            return retrying(self._ask, request, language)
        except SpeechError as exc:
            error = VoiceAwayError if isinstance(exc, _AwayError) else SpeechError
            tries = retrying.statistics["attempt_number"]
            raise error(f"{exc} for {text!r} (try {tries} of {TRIES}); {_LATER}") from exc

    def _ask(self, request: gTTS, language: str) -> bytes:
        self._throttle.turn()
        answer = self._within_limit(lambda: fetch(request))
        try:
            verified(answer, request.text, language)
        except ValueError as exc:
            raise _PassingError(f"Google's voice answered {exc}") from exc
        return answer

    def _within_limit(self, ask: Callable[[], bytes]) -> bytes:
        """Wait for an answer; what hangs at the end of it is left to itself and ends with us."""
        answer: Future[bytes] = Future()

        def work() -> None:
            try:
                answer.set_result(ask())
            except Exception as exc:  # noqa: BLE001 (handed on whole to who waits)
                answer.set_exception(exc)

        if not self._stopped.is_set():
            threading.Thread(target=work, daemon=True).start()
        until = time.monotonic() + self._limit_seconds
        while not self._stopped.is_set():
            with contextlib.suppress(TimeoutError):
                return answer.result(min(_LOOK_SECONDS, self._limit_seconds))
            if time.monotonic() >= until:
                raise _AwayError(
                    f"Google's voice gave no whole answer in {self._limit_seconds:g} s"
                )
        raise SpeechError("Google's voice was stopped")


def _tell(state: RetryCallState) -> None:
    outcome = state.outcome.exception() if state.outcome else None
    _log.warning(
        "asking_again",
        why=str(outcome),
        tried=f"{state.attempt_number} of {TRIES}",
        in_seconds=round(state.upcoming_sleep, 1),
    )


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


def prepare(text: str, language: str) -> gTTS:
    """Make the request for at most 100 characters, to be sent as they stand; asks nothing yet.

    gTTS would first put a space after `?` and `!`, which makes a text of 100 characters too long
    for it, and then cut it at every comma into requests that nobody spaces.

    Raises:
        SpeechError: gTTS does not know the language, or there is nothing to say.
    """
    if not any(character.isalnum() for character in text):
        raise SpeechError(f"Google's voice finds nothing to say in {text!r}; mend the words")
    try:
        return gTTS(text, lang=language, timeout=TIMEOUT_SECONDS, pre_processor_funcs=[])
    except ValueError as exc:
        raise SpeechError(f"Google's voice cannot say {text!r}: {exc}; {_OFFLINE}") from exc


def fetch(request: gTTS) -> bytes:
    """Send a request once, and give the answer's sound, which may be anything or nothing.

    Raises:
        SpeechError: it was refused, was not answered, or the answer cannot be read.
    """
    answer = io.BytesIO()
    try:
        request.write_to_fp(answer)
    except gTTSError as exc:
        if exc.rsp is None:
            reason = type(exc.__context__).__name__
            why = NO_NETWORK if reason == "ConnectionError" else reason
            raise _AwayError(f"Google's voice gave no answer ({why})") from exc
        status = exc.rsp.status_code
        raise _kind(status)(f"Google's voice answered {status} without sound") from exc
    except (ValueError, OSError) as exc:
        raise _PassingError(f"Google's voice answered what cannot be read ({exc})") from exc
    return answer.getvalue()


def _kind(status: int) -> type[SpeechError]:
    """What an HTTP status without sound says of the next try."""
    if status == _TOO_MANY_REQUESTS or status >= _SERVER_ERROR:
        return _AwayError
    return SpeechError if status >= _CLIENT_ERROR else _PassingError
