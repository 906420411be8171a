"""The offline voice's own process: loads espeak-ng once and forks a child for each request.

This file is run as a script, never imported by the web service: espeak-ng is a GPL library, four
threads on it abort the process, and only the first synthesis after loading gives the same bytes
every time. So the parent process loads and never speaks; each child speaks once, in a fresh state.
It needs nothing but the standard library.

Requests come on stdin, one JSON object a line. Each answer on stdout is one JSON line,
`{"error": null, "rate": 22050, "sizes": [bytes, …]}`, and then so many bytes for each text: 16-bit
PCM in this machine's byte order for `speak`, IPA in UTF-8 for `phonemes`.

    python -I -S espeak_worker.py LIBRARY DATA_FOLDER
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
from typing import Any

# Names and numbers of espeak-ng's speak_lib.h.
AUDIO_OUTPUT_SYNCHRONOUS = 2
INITIALIZE_DONT_EXIT = 0x8000
CHARS_UTF8 = 1
PARAMETER_RATE = 1
PHONEMES_IPA = 2
POSITION_CHARACTER = 1

_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)


class Engine:
    """espeak-ng, loaded and initialised, and not yet used."""

    def __init__(self, library: str, data: str) -> None:
        self._library = ctypes.CDLL(library)
        self._library.espeak_TextToPhonemes.restype = ctypes.c_char_p
        self.rate = int(
            self._library.espeak_Initialize(
                AUDIO_OUTPUT_SYNCHRONOUS, 0, os.fsencode(data), INITIALIZE_DONT_EXIT
            )
        )
        if self.rate <= 0:
            raise OSError(f"espeak-ng cannot use its data in {data}")
        self._chunks: list[bytes] = []
        self._callback = _CALLBACK(self._heard)  # kept here, or it would be freed while in use
        self._library.espeak_SetSynthCallback(self._callback)

    def _heard(self, samples: int | None, count: int, _events: int | None) -> int:
        if samples and count:
            self._chunks.append(ctypes.string_at(samples, 2 * count))
        return 0

    def answer(self, request: dict[str, Any]) -> list[bytes]:
        """Do what a request asks, for each of its texts in order."""
        if self._library.espeak_SetVoiceByName(request["voice"].encode()):
            raise OSError(f"espeak-ng has no voice {request['voice']!r}")
        self._library.espeak_SetParameter(PARAMETER_RATE, request["rate"], 0)
        do = self._speak if request["do"] == "speak" else self._phonemes
        return [do(text.encode()) for text in request["texts"]]

    def _speak(self, text: bytes) -> bytes:
        self._chunks.clear()
        status = self._library.espeak_Synth(
            text, len(text) + 1, 0, POSITION_CHARACTER, 0, CHARS_UTF8, None, None
        )
        if status:
            raise OSError(f"espeak_Synth answered {status}")
        return b"".join(self._chunks)

    def _phonemes(self, text: bytes) -> bytes:
        memory = ctypes.create_string_buffer(text)
        rest = ctypes.c_void_p(ctypes.addressof(memory))
        clauses = []
        while rest.value:  # the library moves it on by a clause, and clears it at the end
            clause = self._library.espeak_TextToPhonemes(
                ctypes.byref(rest), CHARS_UTF8, PHONEMES_IPA
            )
            clauses.append(clause or b"")
        return b" ".join(clauses)


def reply(error: str | None, rate: int = 0, parts: list[bytes] | None = None) -> None:
    """Write one answer."""
    header = {"error": error, "rate": rate, "sizes": [len(part) for part in parts or ()]}
    sys.stdout.buffer.write(json.dumps(header).encode() + b"\n" + b"".join(parts or ()))
    sys.stdout.buffer.flush()


def serve(engine: Engine, line: bytes) -> None:
    """Answer one request in a child of its own, and answer for the child if it dies."""
    request = json.loads(line)
    child = os.fork()
    if child == 0:
        try:
            # Unhandled, the alarm ends the child even inside the library.
            signal.setitimer(signal.ITIMER_REAL, request["limit_seconds"])
            parts = engine.answer(request)
            signal.setitimer(signal.ITIMER_REAL, 0)
            reply(None, engine.rate, parts)
        except Exception as exc:  # noqa: BLE001 (the caller's process names it in a SpeechError)
            reply(str(exc))
        finally:
            os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status == -signal.SIGALRM:
        reply(f"it said nothing within {request['limit_seconds']:g} s")
    elif status:
        reply(f"it died with status {status}")


def main(library: str, data: str) -> None:
    """Load the library, then answer until stdin ends."""
    try:
        engine = Engine(library, data)
    except OSError as exc:
        reply(str(exc))
        return
    for line in sys.stdin.buffer:
        serve(engine, line)


if __name__ == "__main__":
    main(*sys.argv[1:])
