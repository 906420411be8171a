"""The clips of a call as the browser gets them: as they came, or made into a WAV file."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile
from werkzeug.wrappers import Request, Response

from ivr.browser.clips import UNKNOWN, Sounding, as_heard
from tests.browser.phone_pages import caller_of
from tests.sounds import RATE, sound

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication


def gsm() -> bytes:
    made = io.BytesIO()
    soundfile.write(made, np.zeros(RATE), RATE, format="WAV", subtype="GSM610")
    return made.getvalue()


def playing(clip: bytes, content_type: str) -> WSGIApplication:
    @Request.application
    def application(request: Request) -> Response:
        if request.path == "/clip":
            return Response(clip, mimetype=content_type)
        play = "<Response><Play>/clip</Play><Play>/clip</Play><Play digits='1'/></Response>"
        return Response(play, mimetype="text/xml")

    return application


@pytest.mark.parametrize(
    ("clip", "told_as", "is_really"),
    [
        (sound("hello"), "audio/wav", "audio/wav"),
        (gsm(), "audio/wav", "audio/wav"),
        (sound(kind="MP3"), "audio/mpeg", "audio/mpeg"),
        (sound(kind="MP3"), "audio/wav", "audio/mpeg"),
        (sound(kind="AIFF"), "audio/aiff", "audio/aiff"),
    ],
    ids=["u-law", "GSM", "mp3", "mp3 that says it is WAV", "AIFF"],
)
def test_a_clip_comes_as_it_is_or_as_a_wav(clip: bytes, told_as: str, is_really: str) -> None:
    with caller_of(playing(clip, told_as)) as caller:
        caller.ring()
        url = f"/phone/{caller.event('Played')['clip']}"
        whole = caller.get(url)
        assert (whole.data, whole.mimetype) == (clip, is_really)
        assert whole.headers["Cache-Control"] == "private, max-age=3600"
        wav = caller.get(f"{url}?form=wav")
        assert wav.mimetype == "audio/wav"
        samples, rate = soundfile.read(io.BytesIO(wav.data), dtype="int16")
        assert soundfile.info(io.BytesIO(wav.data)).subtype == "PCM_16"
        assert (len(samples) / rate) == pytest.approx(1, abs=0.1)
        assert rate == RATE


def test_the_same_clip_has_one_number_and_tones_have_none() -> None:
    with caller_of(playing(sound("hello"), "audio/wav")) as caller:
        caller.ring()
        played = [each["clip"] for each in caller.events if each["kind"] == "Played"]
        assert played == [f"calls/{caller.id}/clips/0"] * 2 + [None]


def test_a_clip_can_be_fetched_before_it_is_due() -> None:
    with caller_of(playing(sound("hello"), "audio/wav")) as caller:
        caller.ring()
        asked = [each for each in caller.events if each["kind"] == "Requested"]
        told = [(each["purpose"], each.get("clip")) for each in asked]
        assert told == [("document", None)] + [("clip", caller.event("Played")["clip"])] * 2


@pytest.mark.parametrize(
    ("clip", "content_type"),
    [(b"\xff" * RATE, "audio/ulaw"), ((b"\xd2" + bytes(32)) * 50, "audio/gsm")],
)
def test_sound_without_a_head_comes_with_one(clip: bytes, content_type: str) -> None:
    """Nobody but the application's content type says what such bytes are."""
    with caller_of(playing(clip, content_type)) as caller:
        caller.ring()
        whole = caller.get(f"/phone/{caller.event('Played')['clip']}")
        assert whole.mimetype == "audio/wav"
        assert soundfile.info(io.BytesIO(whole.data)).duration == pytest.approx(1)


def test_what_is_no_sound_cannot_be_converted() -> None:
    assert as_heard(b"no sound", is_wav_wanted=True) is None
    assert as_heard(b"no sound", is_wav_wanted=False) == Sounding(b"no sound", UNKNOWN)


@pytest.mark.parametrize("number", ["1", "99999999999999999999", "-1", "x"])
def test_a_clip_that_was_not_told_is_not_found(number: str) -> None:
    with caller_of(playing(sound("hello"), "audio/wav")) as caller:
        caller.ring()
        response = caller.get(f"/phone/calls/{caller.id}/clips/{number}")
        assert (response.status_code, list(response.get_json())) == (404, ["error"])
