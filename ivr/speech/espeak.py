"""The offline voice: espeak-ng from the espeakng-loader wheel, in worker processes of its own.

The library is GPL and never loaded here; `espeak_worker.py` loads it, and its crash or hang costs
one utterance.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ivr.errors import SpeechError
from ivr.flow.terms import Pace
from ivr.speech.spelling import split_phrases
from ivr.speech.voice import Speech, Take

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

VOICES = {
    "bn": "bn",
    # British English: schools in India teach from it, and espeak's form keeps a full t, th and ng,
    # where American turns 'thirty' into a flap and Caribbean says 'd' for th and 'uman' for UMANG.
    "en": "en",
}
"""Language → voice where one was chosen; any other language is asked for by its own code."""

_NO_VOICE = "has no voice"
"""How `espeak_worker.py` tells that espeak-ng lacks a voice."""

WORDS_PER_MINUTE = {Pace.NORMAL: 135, Pace.SLOW: 105}
"""espeak's own measure.

With the pauses of `ivr.speech.telephone` the shipped prompts come to 104 and 76 Bengali words a
minute (measured); 100 to 110 is what callers are thought to follow by default.
"""

LONGEST_DATA_PATH = 144
"""Bytes; espeak-ng fails to initialise from a longer path (measured)."""

_GRACE_SECONDS = 2.0
"""What a worker may take to start and to leave, beside an utterance's own limit."""

_FULL_SCALE = np.float32(1 / 32768)
_WORKER = Path(__file__).with_name("espeak_worker.py")
_INSTALL = "run: .venv/bin/pip install espeakng-loader (or render with --voice gtts)"


class EspeakVoice:
    """Speaks offline; the same words always give the same samples.

    Processes start at the first words and end with `close`, or with the `with` block.

    Args:
        lanes: how many processes speak at once; None takes one for each core, at most four.
        limit_seconds: how long one utterance may take before its process is killed.
    """

    name = "espeak"

    def __init__(self, *, lanes: int | None = None, limit_seconds: float = 20.0) -> None:
        self.lanes = lanes or min(os.cpu_count() or 1, 4)
        self._limit_seconds = limit_seconds
        self._open = contextlib.ExitStack()
        self._lock = threading.Lock()
        self._paths: tuple[str, str] | None = None
        self._free: queue.LifoQueue[_Worker | None] = queue.LifoQueue()
        for _ in range(self.lanes):
            self._free.put(None)

    @property
    def version(self) -> str:
        """Of the wheel; it fixes the library and its data.

        Raises:
            SpeechError: it is not installed.
        """
        try:
            return f"espeakng-loader {metadata.version('espeakng-loader')}"
        except metadata.PackageNotFoundError as exc:
            raise SpeechError(f"The offline voice is not installed; {_INSTALL}") from exc

    @property
    def parameters(self) -> str:
        """Voices and speeds."""
        voices = " ".join(f"{language}={voice}" for language, voice in VOICES.items())
        speeds = " ".join(f"{pace.value}={rate}" for pace, rate in WORDS_PER_MINUTE.items())
        return f"{voices} {speeds}"

    def speak(self, sentences: Sequence[str], language: str, pace: Pace) -> Speech:
        """Say sentences phrase by phrase; see `Voice.speak`."""
        texts: list[str] = []
        ends: list[bool] = []
        for sentence in sentences:
            phrases = split_phrases(sentence)
            texts.extend(phrases)
            ends.extend([*[False] * (len(phrases) - 1), True])
        rate, parts = self._ask("speak", texts, language, pace)
        takes = tuple(
            Take(np.frombuffer(part, np.int16).astype(np.float32) * _FULL_SCALE, end)
            for part, end in zip(parts, ends, strict=True)
        )
        return Speech(takes, rate, pace)

    def phonemes(self, texts: Sequence[str], language: str) -> list[str]:
        """Give the IPA of each text, already respelt; `(en)` stands where it switches to English.

        All texts go in one request, so that hundreds of words take a fraction of a second.

        Raises:
            SpeechError: as `speak`.
        """
        _, parts = self._ask("phonemes", texts, language, Pace.NORMAL)
        return [ipa.decode() for ipa in parts]

    def stop(self) -> None:
        """See `Voice.stop`; what is under way takes milliseconds, and is let finish."""

    def close(self) -> None:
        """End the processes and remove what they needed."""
        workers = [self._free.get() for _ in range(self.lanes)]  # waits for those that speak
        for worker in workers:
            if worker is not None:
                worker.close()
            self._free.put(None)
        self._open.close()
        self._paths = None

    def _ask(
        self, do: str, texts: Sequence[str], language: str, pace: Pace
    ) -> tuple[int, list[bytes]]:
        request = {
            "do": do,
            "texts": list(texts),
            "voice": VOICES.get(language, language),
            "rate": WORDS_PER_MINUTE[pace],
            "limit_seconds": self._limit_seconds,
        }
        with self._worker() as worker:
            return worker.ask(request, self._limit_seconds + _GRACE_SECONDS)

    @contextlib.contextmanager
    def _worker(self) -> Iterator[_Worker]:
        """Lend a worker; one that failed as a process is not lent again."""
        worker = self._free.get()
        try:
            if worker is None:
                worker = _Worker(*self._installed())
            yield worker
        finally:
            self._free.put(worker if worker is not None and worker.alive else None)

    def _installed(self) -> tuple[str, str]:
        """Find the library and its data, behind a short path where the real one is too long."""
        with self._lock:
            if self._paths is None:
                try:
                    import espeakng_loader  # noqa: PLC0415 (only this voice needs the wheel)

                    library = espeakng_loader.get_library_path()
                    data = espeakng_loader.get_data_path()
                except (ImportError, RuntimeError) as exc:
                    raise SpeechError(f"The offline voice is not installed; {_INSTALL}") from exc
                self._paths = library, self._open.enter_context(short_path(data))
        return self._paths


@contextlib.contextmanager
def short_path(folder: str) -> Iterator[str]:
    """Give a path of a folder that espeak-ng can use: its own, or a link in a temporary folder."""
    if len(os.fsencode(folder)) <= LONGEST_DATA_PATH:
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="ivr-") as short:
        link = Path(short, "espeak-ng-data")
        link.symlink_to(folder, target_is_directory=True)
        yield str(link)


class _Worker:
    """One running `espeak_worker.py`."""

    def __init__(self, library: str, data: str) -> None:
        # `-I`: nothing of the caller's folder or environment is imported there; `-S`: nor what is
        # installed, which it does not need. A session of its own: Ctrl-C is for us, who then close
        # the worker's stdin.
        self._process = subprocess.Popen(  # noqa: S603 (our own script, no shell)
            [sys.executable, "-I", "-S", str(_WORKER), library, data],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.alive = True

    @property
    def pid(self) -> int:
        return self._process.pid

    def ask(self, request: dict[str, Any], limit_seconds: float) -> tuple[int, list[bytes]]:
        """Send a request and wait for its answer: samples a second, and bytes for each text."""
        watchdog = threading.Timer(limit_seconds, self._process.kill)
        watchdog.start()
        try:
            answer = self._exchange(request)
        except (OSError, ValueError) as exc:
            self._process.kill()
            self.close()
            status = self._process.returncode
            raise SpeechError(
                f"The offline voice's process {self.pid} ended with status {status} before it"
                f" answered (limit {limit_seconds:g} s); try again, and if it stays so, {_INSTALL}"
            ) from exc
        finally:
            watchdog.cancel()
        return answer

    def _exchange(self, request: dict[str, Any]) -> tuple[int, list[bytes]]:
        asks, answers = self._process.stdin, self._process.stdout
        if asks is None or answers is None:
            raise ValueError("the process has no pipes")
        asks.write(json.dumps(request).encode() + b"\n")
        asks.flush()
        header = json.loads(answers.readline())
        if header["error"] is not None:
            raise _refusal(request, header["error"])
        parts = [answers.read(size) for size in header["sizes"]]
        if [len(part) for part in parts] != header["sizes"]:
            raise ValueError("the answer was cut off")
        return header["rate"], parts

    def close(self) -> None:
        """End the process: it leaves when its stdin ends, and is killed when it does not."""
        self.alive = False
        asks, answers = self._process.stdin, self._process.stdout
        for pipe in (asks, answers):
            # What a dead process did not read is lost on purpose.
            with contextlib.suppress(OSError):
                if pipe is not None:
                    pipe.close()
        try:
            self._process.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _refusal(request: dict[str, Any], error: str) -> SpeechError:
    """What to tell of a request that the worker answered with an error."""
    if _NO_VOICE in error:
        return SpeechError(
            f"The offline voice does not speak the language {request['voice']!r};"
            " use Google's voice for it (ivr audio render --voice gtts), or record it."
        )
    first = next(iter(request["texts"]), "")
    return SpeechError(f"The offline voice cannot say {first!r}: {error}.")
