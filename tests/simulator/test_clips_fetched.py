"""A clip is what its bytes say, when its content type is one that Play plays."""

from __future__ import annotations

import io
import struct
from contextlib import suppress

import httpx
import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.wrappers import Request, Response

from ivr.errors import TwimlError
from ivr.simulator.events import Requested, Warned
from ivr.simulator.http.cache import Cache
from ivr.simulator.http.clips import Clip, Clips, read_clip
from ivr.simulator.http.in_process import InProcess
from ivr.simulator.http.sending import MAX_CLIP_BYTES
from ivr.simulator.http.wire import Answer, Wire
from ivr.simulator.log import Log
from ivr.twiml.rules import MAX_CALL_SECONDS

URL = "http://user:hush@line.test/a"
RATE = 8000


def sound(form: str, coding: str | None = None, *, rate: int = RATE, seconds: int = 2) -> bytes:
    buffer = io.BytesIO()
    wave = np.sin(np.arange(rate * seconds) / 5) / 2
    soundfile.write(buffer, wave, rate, format=form, subtype=coding)
    return buffer.getvalue()


WAV = sound("WAV", "ULAW")
MP3 = sound("MP3", rate=44_100)
AIFF = sound("AIFF", "PCM_16")
AU = sound("AU", "ULAW")
RAW_ULAW = sound("RAW", "ULAW")
RAW_GSM = sound("RAW", "GSM610")


class Line:
    def __init__(self, body: bytes, content_type: str, cache: Cache | None = None) -> None:
        self.log = Log()
        self._answer = (body, content_type)
        client = httpx.Client(transport=InProcess(Request.application(self._serve)))
        self.clips = Clips(Wire(client, "secret", self.log, cache))

    def _serve(self, _: Request) -> Response:
        body, content_type = self._answer
        return Response(body, content_type=content_type)

    @property
    def warnings(self) -> list[Warned]:
        return [event for event in self.log.events if isinstance(event, Warned)]


# Twilio, Play: these are the types of audio that it plays.
@pytest.mark.parametrize(
    ("content_type", "data", "kind"),
    [
        pytest.param("audio/mpeg", MP3, "MP3", id="mpeg"),
        pytest.param("audio/wav", WAV, "WAV", id="wav"),
        pytest.param("audio/wave", sound("WAV", "PCM_16", rate=44_100), "WAV", id="wave"),
        pytest.param("audio/x-wav; charset=binary", WAV, "WAV", id="x-wav with a parameter"),
        pytest.param("audio/wav", sound("WAV", "GSM610"), "WAV", id="GSM in a WAV"),
        pytest.param("audio/aiff", AIFF, "AIFF", id="aiff"),
        pytest.param("audio/x-aiff", AIFF, "AIFF", id="x-aiff"),
        pytest.param("audio/x-aifc", sound("AIFF", "ULAW"), "AIFF", id="x-aifc"),
        pytest.param("audio/gsm", RAW_GSM, "GSM610", id="gsm"),
        pytest.param("audio/x-gsm", RAW_GSM, "GSM610", id="x-gsm"),
        pytest.param("audio/ulaw", RAW_ULAW, "ULAW", id="ulaw"),
        pytest.param("audio/ulaw", b"\xff" * 2 * RATE, "ULAW", id="ulaw that is silent"),
        pytest.param("audio/ulaw", AU, "AU", id="ulaw with a head"),
        pytest.param("Audio/WAV", WAV, "WAV", id="in capitals"),
    ],
)
def test_each_type_that_twilio_plays_is_played(content_type: str, data: bytes, kind: str) -> None:
    line = Line(data, content_type)
    clip = line.clips.fetch(URL)
    assert clip.kind == kind
    assert clip.seconds == pytest.approx(2, abs=0.05)
    assert line.clips.sound(URL) == data or data in {RAW_GSM, RAW_ULAW, b"\xff" * 2 * RATE}
    assert not line.warnings


@pytest.mark.parametrize(
    ("content_type", "data"),
    [("audio/ulaw", RAW_ULAW), ("audio/gsm", RAW_GSM), ("audio/x-gsm", RAW_GSM)],
)
def test_sound_without_a_head_is_given_one(content_type: str, data: bytes) -> None:
    line = Line(data, content_type)
    line.clips.fetch(URL)
    samples, rate = soundfile.read(io.BytesIO(line.clips.sound(URL) or b""))
    assert rate == RATE
    assert len(samples) / rate == pytest.approx(2, abs=0.05)
    assert np.abs(samples).max() > 0.1


# Twilio's error 13420: the content type of what Play asked for is not audio that it plays.
@pytest.mark.parametrize(
    ("content_type", "data"),
    [
        pytest.param("text/html", b"<html>", id="HTML"),
        pytest.param("text/xml", b"<Response/>", id="TwiML"),
        pytest.param("application/octet-stream", WAV, id="octet-stream"),
        pytest.param("audio/ogg", sound("OGG"), id="ogg"),
        pytest.param("audio/flac", sound("FLAC"), id="flac"),
        pytest.param("audio/mp3", MP3, id="mp3, which is no registered name"),
        pytest.param("audio/mp4", b"", id="mp4"),
        pytest.param("audio/*", WAV, id="any audio"),
        pytest.param("", WAV, id="none"),
        pytest.param("audio/wav", b"<html>", id="HTML that says it is audio"),
        pytest.param("audio/wav", b"", id="nothing"),
        pytest.param("audio/wav", WAV[:20], id="a head cut short"),
        pytest.param("audio/mpeg", b"\0" * 1000, id="zeros"),
        pytest.param("audio/wav", sound("OGG"), id="ogg that says it is wav"),
        pytest.param("audio/ulaw", b"", id="no ulaw"),
        pytest.param("audio/gsm", b"\xd0" * 32, id="less than a frame of gsm"),
    ],
)
def test_what_play_does_not_play_is_13420(content_type: str, data: bytes) -> None:
    line = Line(data, content_type)
    with pytest.raises(TwimlError) as caught:
        line.clips.fetch(URL)
    assert caught.value.code == 13420
    assert "hush" not in str(caught.value)
    assert line.clips.sound(URL) is None


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b"<html>", "Format not recognised.", id="HTML"),
        pytest.param(b"RIFF", "Format not recognised.", id="a head cut short"),
    ],
)
def test_what_is_wrong_with_a_clip_is_told_in_the_same_words_each_time(
    data: bytes, reason: str
) -> None:
    with pytest.raises(TwimlError) as caught:
        Line(data, "audio/wav").clips.fetch("http://line.test/a")
    assert str(caught.value) == f"http://line.test/a is not audio: {reason}"


def test_a_long_content_type_is_not_told_whole() -> None:
    with pytest.raises(TwimlError) as caught:
        Line(WAV, "audio/" + "x" * 10_000).clips.fetch(URL)
    assert len(str(caught.value)) < 1000


@pytest.mark.parametrize(
    ("content_type", "data", "kind"),
    [
        pytest.param("audio/mpeg", WAV, "WAV", id="a WAV that says it is mpeg"),
        pytest.param("audio/wav", MP3, "MP3", id="mpeg that says it is a WAV"),
        pytest.param("audio/gsm", AIFF, "AIFF", id="an AIFF that says it is gsm"),
    ],
)
def test_a_wrong_audio_type_is_warned_of_and_played(
    content_type: str, data: bytes, kind: str
) -> None:
    line = Line(data, content_type)
    assert line.clips.fetch(URL).kind == kind
    (warned,) = line.warnings
    assert warned.code == 13420
    assert content_type in warned.message
    assert kind in warned.message
    assert "hush" not in warned.message


def test_an_answer_that_is_a_clip_is_read_as_one() -> None:
    line = Line(b"", "")
    answer = Answer(url=URL, content_type="audio/wav", body=WAV)
    assert line.clips.read(answer) == Clip(words="", seconds=2, kind="WAV")
    assert line.clips.sound(URL) == WAV
    assert not line.log.events


def test_a_clip_that_is_too_long_to_fetch_is_11200() -> None:
    answer = Answer(url=URL, content_type="audio/wav", body=bytes(MAX_CLIP_BYTES + 1))
    with pytest.raises(TwimlError) as caught:
        Line(b"", "").clips.read(answer)
    assert caught.value.code == 11200


# Twilio: without headers about caching, audio is asked for each time.
def test_a_clip_is_asked_for_each_time_and_read_once() -> None:
    cache = Cache(lambda: 0)
    line = Line(WAV, "audio/wav", cache)
    first = line.clips.fetch(URL)
    assert line.clips.fetch(URL) is first
    assert Line(WAV, "audio/wav", cache).clips.fetch(URL) is first
    assert sum(isinstance(event, Requested) for event in line.log.events) == 2
    # The same bytes mean another sound under another type.
    assert Line(RAW_ULAW, "audio/ulaw", cache).clips.fetch(URL).kind == "ULAW"


def forged(data: bytes, at: int, number: int, order: str) -> bytes:
    changed = bytearray(data)
    struct.pack_into(order + "I", changed, at, number)
    return bytes(changed)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(forged(MP3, MP3.index(b"Xing") + 8, 2**31 - 1, ">"), id="frames of an mp3"),
        pytest.param(forged(WAV, WAV.index(b"fmt ") + 12, 1, "<"), id="the rate of a WAV"),
        pytest.param(forged(WAV, WAV.index(b"data") + 4, 2**32 - 1, "<"), id="bytes of a WAV"),
        pytest.param(forged(WAV, 4, 2**32 - 1, "<"), id="the length of a WAV"),
        pytest.param(forged(AIFF, AIFF.index(b"COMM") + 10, 2**32 - 1, ">"), id="AIFF frames"),
        pytest.param(forged(AU, 8, 2**32 - 1, ">"), id="bytes of an AU"),
    ],
)
def test_a_forged_length_is_held_to_that_of_a_call(data: bytes) -> None:
    clip = read_clip(data)
    assert 0 <= clip.seconds <= MAX_CALL_SECONDS
    assert clip.parts == ()


def test_a_head_that_points_before_the_file_is_refused_quietly(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(soundfile.SoundFileError):
        read_clip(AIFF[:40])
    assert capfd.readouterr().err == ""


@given(
    data=st.sampled_from([WAV, MP3, AIFF, AU, RAW_GSM]),
    changes=st.lists(st.tuples(st.integers(0, 300), st.integers(0, 255)), max_size=20),
    cut=st.integers(0, 3000),
    content_type=st.sampled_from(["", "audio/ulaw", "audio/gsm"]),
)
def test_a_damaged_clip_is_read_or_refused_and_nothing_else(
    data: bytes, changes: list[tuple[int, int]], cut: int, content_type: str
) -> None:
    changed = bytearray(data)
    for at, byte in changes:
        changed[at] = byte
    for damaged in (bytes(changed), bytes(changed[:cut])):
        with suppress(soundfile.SoundFileError):
            assert 0 <= read_clip(damaged, content_type).seconds <= MAX_CALL_SECONDS
