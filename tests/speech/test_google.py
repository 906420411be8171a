"""Google's voice: gTTS as it is, talking to a server on this machine."""

from __future__ import annotations

import base64
import http.server
import io
import threading
import urllib.parse
from typing import TYPE_CHECKING, NamedTuple, Self

import numpy as np
import pytest
import soundfile

from ivr.errors import SpeechError
from ivr.flow.model import Pace
from ivr.speech import google
from ivr.speech.google import GoogleVoice, Throttle, request_parts

if TYPE_CHECKING:
    from collections.abc import Iterator

SENTENCE = "আপনার মোবাইল নম্বর লিখুন।"


def mp3(seconds: float) -> bytes:
    samples = 0.3 * np.sin(np.arange(round(seconds * 24000)) / 8)
    file = io.BytesIO()
    soundfile.write(file, samples, 24000, format="MP3")
    return file.getvalue()


def line(sound: bytes) -> bytes:
    """Google's answer with audio, in the form that gTTS reads."""
    audio = base64.b64encode(sound).decode()
    return f'[["wrb.fr","jQ1olc","[\\"{audio}\\"]",null]]\n'.encode()


class Answer(NamedTuple):
    status: int
    body: bytes


class Google(http.server.ThreadingHTTPServer):
    """Answers every request alike; with no answer set, it hangs until it is closed."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answer: Answer | None = None
        self.asked: list[str] = []
        self.closing = threading.Event()
        self._thread = threading.Thread(target=self.serve_forever, args=(0.01,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.closing.set()
        self.shutdown()
        self._thread.join()
        self.server_close()


class Handler(http.server.BaseHTTPRequestHandler):
    server: Google

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.asked.append(urllib.parse.unquote(body))
        if self.server.answer is None:
            self.server.closing.wait()
            return
        self.send_response(self.server.answer.status)
        self.send_header("Content-Length", str(len(self.server.answer.body)))
        self.end_headers()
        self.wfile.write(self.server.answer.body)

    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Google]:
    with Google() as server:
        address = f"http://127.0.0.1:{server.server_port}/"
        monkeypatch.setattr("gtts.tts._translate_url", lambda **_parts: address)
        monkeypatch.setattr("urllib.request.getproxies", dict)  # a proxy cannot reach this server
        yield server


@pytest.fixture
def voice() -> GoogleVoice:
    return GoogleVoice(Throttle(0))


def test_each_sentence_is_asked_for_once_and_becomes_a_take(
    server: Google, voice: GoogleVoice
) -> None:
    server.answer = Answer(200, line(mp3(2.5)))
    for pace in Pace:
        speech = voice.speak([SENTENCE, "তারপর নেক্সট টিপুন।"], "bn", pace)
        assert speech.rate == 24000
        assert [take.ends_sentence for take in speech.takes] == [True, True]
        assert len(speech.takes[0].samples) / 24000 == pytest.approx(2.5, abs=0.1)
    assert len(server.asked) == 2
    assert '\\"bn\\"' in server.asked[0]


@pytest.mark.parametrize(
    ("status", "body", "problem"),
    [
        pytest.param(200, b"<html>sorry</html>", "without sound", id="200 with HTML"),
        pytest.param(200, b'[["wrb.fr","jQ1olc",null]]', "answered 200", id="200 without audio"),
        pytest.param(200, line(b"no MP3 at all" * 30), "no MP3", id="200 with other bytes"),
        pytest.param(200, line(b"\xff")[:40], "", id="200 cut off"),
        pytest.param(200, line(mp3(0.3)), r"0\.\d s for the 15 letters", id="too short"),
        pytest.param(200, line(mp3(30)), r"30\.\d s for the 15 letters", id="too long"),
        pytest.param(429, b"", "answered 429", id="429"),
        pytest.param(404, b"", "answered 404", id="404"),
        pytest.param(503, b"", "answered 503", id="503"),
    ],
)
def test_a_bad_answer_says_what_to_do(
    server: Google, voice: GoogleVoice, status: int, body: bytes, problem: str
) -> None:
    server.answer = Answer(status, body)
    with pytest.raises(SpeechError, match=f"{problem}.*IVR_TTS=espeak"):
        voice.speak([SENTENCE], "bn", Pace.NORMAL)


def test_a_server_that_hangs_is_given_up(
    server: Google, voice: GoogleVoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(google, "TIMEOUT_SECONDS", (1.0, 0.2))
    with pytest.raises(SpeechError, match=r"gave no answer.*IVR_TTS=espeak"):
        voice.speak([SENTENCE], "bn", Pace.NORMAL)
    assert len(server.asked) == 1


def test_an_unknown_language_is_refused(voice: GoogleVoice) -> None:
    with pytest.raises(SpeechError, match="Language not supported"):
        voice.speak(["x"], "xx", Pace.NORMAL)


def test_the_fingerprint_tells_the_version(voice: GoogleVoice) -> None:
    assert voice.fingerprint == "gTTS 2.5.4 tld=com speed=normal"


@pytest.mark.parametrize(
    "sentence",
    [
        pytest.param(SENTENCE, id="short"),
        pytest.param("এটি একটি বেশ লম্বা কথা, " * 9 + "শেষ।", id="commas"),
        pytest.param("এটি একটি বেশ লম্বা কথা " * 9 + "শেষ।", id="spaces only"),
    ],
)
def test_requests_fit_and_lose_no_word(sentence: str) -> None:
    parts = request_parts(sentence)
    assert max(len(part) for part in parts) <= 100
    assert " ".join(parts) == sentence
    assert len(parts) <= 1 + len(sentence) // 50


def test_a_word_longer_than_a_request_is_cut() -> None:
    assert request_parts("ক" * 250) == ("ক" * 100, "ক" * 100, "ক" * 50)


def test_requests_are_a_second_apart() -> None:
    waited: list[float] = []
    now = iter([100.0, 100.0, 100.0, 100.25, 101.0, 105.0, 105.0])
    throttle = Throttle(1.0, clock=lambda: next(now), wait=waited.append)
    for _ in range(3):
        throttle.turn()
    assert waited == [0.75]
