"""Google's voice: gTTS as it is, talking to a server on this machine."""

from __future__ import annotations

import base64
import contextlib
import functools
import http.server
import inspect
import io
import re
import socket
import threading
import time
import urllib.parse
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np
import pytest
import requests
import soundfile

from ivr.errors import SpeechError, VoiceAwayError
from ivr.flow.terms import Pace
from ivr.speech import google
from ivr.speech.google import GoogleVoice, Throttle, request_parts

if TYPE_CHECKING:
    from collections.abc import Iterator

SENTENCE = "আপনার মোবাইল নম্বর লিখুন।"
TRIED = r"\(try 4 of 4\); try again later, or use the offline voice: IVR_TTS=espeak$"


@functools.cache
def sound(
    seconds: float, rate: int = 24000, form: str = "MP3", level: float = 0.1, **options: Any
) -> bytes:
    """Noise, and silence in the last third; without options soundfile writes MP3 as VBR."""
    samples = level * np.random.default_rng(1).standard_normal(round(seconds * rate))
    samples[-len(samples) // 3 :] = 0
    file = io.BytesIO()
    soundfile.write(file, samples, rate, format=form, **options)
    return file.getvalue()


CONSTANT = sound(2.5, bitrate_mode="CONSTANT", compression_level=0.84)
"""32 kbit/s, 96 bytes a frame and no header before them, as Google sends it."""


def line(answer: bytes) -> bytes:
    """Google's answer with audio, in the form that gTTS reads."""
    audio = base64.b64encode(answer).decode()
    return f'[["wrb.fr","jQ1olc","[\\"{audio}\\"]",null]]\n'.encode()


class Answer(NamedTuple):
    status: int
    body: bytes = b""
    location: str = ""
    missing: int = 0
    """Bytes of the body that are announced and do not come."""
    drips: bool = False
    """Whether its bytes come one by one, and no end of them."""


GOOD = Answer(200, line(sound(2.5)))


class Google(http.server.ThreadingHTTPServer):
    """Gives its answers in a row, the last one again and again; None hangs until it is closed."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: list[Answer | None] = [GOOD]
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
        answer = self.server.answers[min(len(self.server.asked), len(self.server.answers) - 1)]
        self.server.asked.append(urllib.parse.unquote(body))
        if answer is None:
            self.server.closing.wait()
        else:
            self._send(answer)

    def do_GET(self) -> None:
        """The page to which Google leads whom it takes for a robot."""
        self._send(Answer(429, b"<html>sorry</html>"))

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Length", str(len(answer.body) + answer.missing))
        if answer.location:
            self.send_header("Location", answer.location)
        self.end_headers()
        if answer.drips:
            self._drip()
        self.wfile.write(answer.body)

    def _drip(self) -> None:
        """Be quicker than any limit on a single read, until nobody listens."""
        with contextlib.suppress(OSError):
            while not self.server.closing.wait(0.02):
                self.wfile.write(b" ")

    def log_message(self, *_args: object) -> None:
        pass


def lead_to(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gtts.tts._translate_url", lambda **_parts: f"http://127.0.0.1:{port}/")
    monkeypatch.setattr("urllib.request.getproxies", dict)  # a proxy cannot reach this server


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Google]:
    with Google() as server:
        lead_to(server.server_port, monkeypatch)
        yield server


@pytest.fixture
def waited() -> list[float]:
    """The seconds that the voice would have waited."""
    return []


@pytest.fixture
def voice(waited: list[float]) -> GoogleVoice:
    return GoogleVoice(Throttle(0), waited.append)


def test_each_sentence_is_asked_for_once_and_becomes_a_take(
    server: Google, voice: GoogleVoice, waited: list[float]
) -> None:
    for pace in Pace:
        speech = voice.speak([SENTENCE, "তারপর নেক্সট টিপুন।"], "bn", pace)
        assert (speech.rate, speech.pace) == (24000, Pace.NORMAL)
        assert [take.ends_sentence for take in speech.takes] == [True, True]
        assert len(speech.takes[0].samples) / 24000 == pytest.approx(2.5, abs=0.1)
    assert len(server.asked) == 2
    assert '\\"bn\\"' in server.asked[0]
    assert waited == []


def test_a_closed_voice_has_forgotten_and_asks_anew(server: Google, voice: GoogleVoice) -> None:
    voice.speak([SENTENCE], "bn", Pace.NORMAL)
    voice.close()
    voice.speak([SENTENCE], "bn", Pace.NORMAL)
    assert len(server.asked) == 2


def test_parts_of_a_long_sentence_end_no_sentence_but_the_last(
    server: Google, voice: GoogleVoice
) -> None:
    server.answers = [Answer(200, line(sound(8.0)))]
    speech = voice.speak(["এটি একটি বেশ লম্বা কথা, " * 6 + "শেষ।"], "bn", Pace.NORMAL)
    assert [take.ends_sentence for take in speech.takes] == [False, True]
    assert len(server.asked) == 2


def test_a_hundred_characters_are_one_request(server: Google, voice: GoogleVoice) -> None:
    server.answers = [Answer(200, line(sound(8.0)))]
    voice.speak(["কখ, " * 24 + "কখগ?"], "bn", Pace.NORMAL)
    assert len(server.asked) == 1


PASSING = [
    pytest.param(Answer(429), "answered 429", id="429"),
    pytest.param(Answer(302, location="/sorry"), "answered 429", id="302 to a page with 429"),
    pytest.param(Answer(302, location="http://[x/"), "cannot be read", id="302 to nowhere"),
    pytest.param(Answer(500), "answered 500", id="500"),
    pytest.param(Answer(503), "answered 503", id="503"),
    pytest.param(Answer(200, b"<html>sorry</html>"), "without sound", id="HTML"),
    pytest.param(Answer(200, b'["wrb.fr","jQ1olc",null]'), "without sound", id="no audio"),
    pytest.param(Answer(200, b"\xff\n"), "cannot be read", id="no UTF-8"),
    pytest.param(Answer(200, rb'["wrb.fr","jQ1olc","[\"A\"]"]'), "cannot be read", id="no base64"),
    pytest.param(Answer(200, GOOD.body, missing=9), "gave no answer", id="closed too early"),
    pytest.param(Answer(200, line(b"<html>" * 30)), "no MP3 frame at byte 0", id="HTML as audio"),
    pytest.param(
        Answer(200, line(sound(2.5, form="WAV"))), "no MP3 frame at byte 0", id="WAV as audio"
    ),
    pytest.param(
        Answer(200, line(CONSTANT[: len(CONSTANT) * 6 // 10])), "is cut off", id="cut at 60 %"
    ),
    pytest.param(Answer(200, line(sound(2.5)[:-96])), r"names \d+ frames", id="cut after a frame"),
    pytest.param(
        Answer(200, line(bytes.fromhex("fff344c4") + bytes(92))), "be decoded", id="one frame"
    ),
    pytest.param(
        Answer(200, line(sound(2.5)[192:])),
        r"only \d\.\d s of its 2\.6 s can be decoded",
        id="VBR without its header",
    ),
    pytest.param(Answer(200, line(sound(2.5, level=0.0))), "answered silence", id="silence"),
    pytest.param(Answer(200, line(sound(1.0))), r"1\.\d s for 15 letters", id="too short"),
    pytest.param(Answer(200, line(sound(30))), r"30\.\d s for 15 letters", id="too long"),
]


@pytest.mark.parametrize(("answer", "problem"), PASSING)
def test_a_bad_answer_is_followed_by_a_new_request(
    server: Google,
    voice: GoogleVoice,
    caplog: pytest.LogCaptureFixture,
    answer: Answer,
    problem: str,
) -> None:
    server.answers = [answer, GOOD]
    assert len(voice.speak([SENTENCE], "bn", Pace.NORMAL).takes) == 1
    assert len(server.asked) == 2
    (told,) = caplog.records
    assert isinstance(told.msg, dict)
    assert re.search(problem, told.msg["why"])
    assert told.msg["tried"] == "1 of 4"
    assert 1 <= told.msg["in_seconds"] < 2
    assert "exception" not in told.msg


@pytest.mark.parametrize(("answer", "problem"), PASSING)
def test_an_answer_that_stays_bad_ends_after_four_requests_and_is_not_remembered(
    server: Google, voice: GoogleVoice, answer: Answer, problem: str
) -> None:
    server.answers = [*[answer] * 4, GOOD]
    with pytest.raises(SpeechError, match=f"{problem}.*{TRIED}") as caught:
        voice.speak([SENTENCE], "bn", Pace.NORMAL)
    assert SENTENCE in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(server.asked) == 4
    voice.speak([SENTENCE], "bn", Pace.NORMAL)
    assert len(server.asked) == 5


def test_429_twice_and_then_good_takes_three_requests_and_two_waits(
    server: Google, voice: GoogleVoice, waited: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    server.answers = [Answer(429), Answer(429), GOOD]
    assert len(voice.speak([SENTENCE], "bn", Pace.NORMAL).takes) == 1
    assert len(server.asked) == 3
    first, second = waited
    assert 1 <= first <= 1.5
    assert 2 <= second <= 2.5
    assert [record.msg for record in caplog.records] == [
        {
            "event": "asking_again",
            "why": "Google's voice answered 429 without sound",
            "tried": f"{number} of 4",
            "in_seconds": round(seconds, 1),
        }
        for number, seconds in enumerate(waited, start=1)
    ]


@pytest.mark.parametrize(
    ("answers", "problem", "tries"),
    [
        pytest.param([Answer(400)], "answered 400", 1, id="400"),
        pytest.param([Answer(403)], "answered 403", 1, id="403"),
        pytest.param([Answer(404)], "answered 404", 1, id="404"),
        pytest.param([Answer(429), Answer(404)], "answered 404", 2, id="404 after 429"),
    ],
)
def test_a_refusal_is_not_asked_again(
    server: Google, voice: GoogleVoice, answers: list[Answer | None], problem: str, tries: int
) -> None:
    server.answers = answers
    with pytest.raises(SpeechError, match=rf"{problem}.*\(try {tries} of 4\).*IVR_TTS=espeak"):
        voice.speak([SENTENCE], "bn", Pace.NORMAL)
    assert len(server.asked) == tries


def test_a_server_that_hangs_is_left_and_asked_again(
    server: Google,
    voice: GoogleVoice,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(google, "TIMEOUT_SECONDS", (1.0, 0.2))
    server.answers = [None, GOOD]
    assert len(voice.speak([SENTENCE], "bn", Pace.NORMAL).takes) == 1
    assert len(server.asked) == 2
    assert "gave no answer (ReadTimeout)" in caplog.text


def test_a_server_that_drips_is_left_when_its_time_is_over(
    server: Google, waited: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    voice = GoogleVoice(Throttle(0), waited.append, limit_seconds=0.3)
    server.answers = [Answer(200, missing=10**6, drips=True), GOOD]
    start = time.monotonic()
    assert len(voice.speak([SENTENCE], "bn", Pace.NORMAL).takes) == 1
    assert 0.3 <= time.monotonic() - start < 5
    assert len(server.asked) == 2
    assert "gave no whole answer in 0.3 s" in caplog.text


def test_a_server_that_always_drips_counts_as_away_and_holds_nobody(
    server: Google, waited: list[float]
) -> None:
    server.answers = [Answer(200, missing=10**6, drips=True)]
    voice = GoogleVoice(Throttle(0), waited.append, limit_seconds=0.1)
    with pytest.raises(VoiceAwayError, match=rf"no whole answer in 0\.1 s for .*{TRIED}"):
        voice.speak([SENTENCE], "bn", Pace.NORMAL)
    others = set(threading.enumerate()) - {threading.main_thread(), server._thread}
    assert {thread.daemon for thread in others} <= {True}, "the process could not end"


def test_by_itself_a_request_has_a_minute() -> None:
    assert google.REQUEST_SECONDS == 60
    assert inspect.signature(GoogleVoice).parameters["limit_seconds"].default == 60


def test_every_request_has_a_time_limit(
    server: Google, voice: GoogleVoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits: list[object] = []
    send = requests.Session.send

    def noting(self: requests.Session, request: Any, **options: Any) -> requests.Response:
        limits.append(options["timeout"])
        return send(self, request, **options)

    monkeypatch.setattr(requests.Session, "send", noting)
    server.answers = [Answer(503), GOOD]
    voice.speak([SENTENCE], "bn", Pace.NORMAL)
    assert limits == [(5.0, 20.0)] * 2


def test_the_waits_double_and_their_jitter_is_bounded(
    waited: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    voice = GoogleVoice(Throttle(0), waited.append)
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # bound and not listening: connections are refused
        lead_to(nobody.getsockname()[1], monkeypatch)
        for _ in range(20):
            with pytest.raises(SpeechError, match=rf"on the internet\?\).*{TRIED}"):
                voice.speak([SENTENCE], "bn", Pace.NORMAL)
    longer = np.array(waited).reshape(20, 3) - (1, 2, 4)
    assert longer.min() >= 0
    assert longer.max() <= 0.5
    assert longer.std() > 0.05


def test_by_itself_the_voice_really_waits(server: Google) -> None:
    server.answers = [Answer(503), GOOD]
    start = time.monotonic()
    GoogleVoice(Throttle(0)).speak([SENTENCE], "bn", Pace.NORMAL)
    assert time.monotonic() - start >= 0.99


@pytest.mark.parametrize(
    ("text", "language", "problem"),
    [
        pytest.param(
            "x", "xx", r"Language not supported: xx; use the offline voice", id="language"
        ),
        pytest.param("", "bn", "nothing to say in ''; mend the words", id="nothing"),
        pytest.param("।?", "bn", r"nothing to say in '।\?'; mend the words", id="marks only"),
    ],
)
def test_what_cannot_be_said_is_not_asked(
    server: Google, voice: GoogleVoice, text: str, language: str, problem: str
) -> None:
    with pytest.raises(SpeechError, match=problem):
        voice.speak([text], language, Pace.NORMAL)
    assert server.asked == []


def test_sounds_of_two_rates_are_not_joined(server: Google, voice: GoogleVoice) -> None:
    server.answers = [GOOD, Answer(200, line(sound(2.5, 22050)))]
    with pytest.raises(SpeechError, match=r"22050 and 24000 samples a second.*IVR_TTS=espeak"):
        voice.speak([SENTENCE, "তারপর নেক্সট টিপুন।"], "bn", Pace.NORMAL)


def test_version_and_settings_are_told(voice: GoogleVoice) -> None:
    assert (voice.version, voice.parameters) == ("gTTS 2.5.4", "tld=com speed=normal")


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


def test_by_itself_the_voice_asks_once_a_second_at_most(server: Google) -> None:
    assert google.SECONDS_BETWEEN_REQUESTS >= 1
    voice = GoogleVoice()
    start = time.monotonic()
    voice.speak([SENTENCE, "তারপর নেক্সট টিপুন।"], "bn", Pace.NORMAL)
    assert len(server.asked) == 2
    assert time.monotonic() - start >= 0.99


def test_repeated_requests_are_a_second_apart_too(server: Google, waited: list[float]) -> None:
    spaced: list[float] = []
    throttle = Throttle(1.0, clock=lambda: 0.0, wait=spaced.append)
    server.answers = [Answer(503), Answer(503), GOOD]
    GoogleVoice(throttle, waited.append).speak([SENTENCE], "bn", Pace.NORMAL)
    assert spaced == [1.0, 1.0]
    assert len(waited) == 2


def test_a_voice_that_is_stopped_gives_up_at_once(server: Google, voice: GoogleVoice) -> None:
    server.answers = [None]
    threading.Timer(0.2, voice.stop).start()
    begun = time.monotonic()
    with pytest.raises(SpeechError, match="was stopped"):
        voice.speak([SENTENCE], "bn", Pace.NORMAL)
    assert time.monotonic() - begun < 5, "not after the 20 s of a request, nor four of them"
    with pytest.raises(SpeechError, match="was stopped"):
        voice.speak(["আর একটি।"], "bn", Pace.NORMAL)
    assert len(server.asked) == 1
    voice.close()
    server.answers = [GOOD]
    assert voice.speak([SENTENCE], "bn", Pace.NORMAL).takes
