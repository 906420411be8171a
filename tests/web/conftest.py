"""A signed caller that shows each answer as read TwiML, with the words of its clips."""

from __future__ import annotations

import http.client
import io
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import httpx
import pytest
import soundfile
from msgspec import Struct, field
from msgspec.structs import replace

from ivr.carriers.number import caller_name
from ivr.engine.memory import caller_key
from ivr.flow.terms import Pace
from ivr.simulator.http.clips import read_clip
from ivr.simulator.setup import OUTCOMES
from ivr.speech.files import replace_file
from ivr.speech.library import Library
from ivr.speech.manifest import manifest_bytes, read_manifest
from ivr.store.keys import CallKey
from ivr.store.visit import Visit
from ivr.twiml.signature import sign
from ivr.twiml.verbs import Dial, Gather, Hangup, Nested, Pause, Play, Say, Verb
from tests.conftest import LINE, SECRET, TOKEN, clean
from tests.serving import serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask

    from ivr.web.parts import Parts

MENU = ("main_menu", "choose_lesson", "choose_practice", "choose_services", "choose_more")
FORM = {"AccountSid": "AC1", "From": "+919876543210", "To": "+12025550100"}


def call_key(sid: str, number: str = FORM["From"]) -> CallKey:
    """How the store names a call from this number."""
    named = caller_name(number)
    return CallKey(sid, named and caller_key(SECRET.encode(), named))


class Watched(Visit):
    """A turn's dealings with Redis, of which a test may change one."""

    def __init__(self, visit: Visit) -> None:
        self.__dict__.update(vars(visit))


class Answer(Struct, frozen=True):
    """One document: its bytes, its verbs, and what a caller hears of it."""

    document: bytes
    verbs: tuple[Verb, ...]
    words: tuple[str, ...]
    """What each clip says in order, prompt by prompt; pauses are left out."""
    spoken: tuple[Say, ...]
    """What has no clip."""

    @property
    def gather(self) -> Gather:
        """What waits for keys; a moment in which none counts may stand before it."""
        (found,) = (verb for verb in self.verbs if isinstance(verb, Gather))
        return found

    @property
    def action(self) -> str | None:
        """Where the next keys go, or the end of a Dial; None when the call ends here."""
        asked = next((verb for verb in self.verbs if isinstance(verb, Gather | Dial)), None)
        return None if asked is None else asked.action

    @property
    def place(self) -> str:
        """The place that the action names; `hangup` when the call ends here."""
        if self.action is None:
            assert isinstance(self.verbs[-1], Hangup)
            return "hangup"
        return self.action.removeprefix("/voice/turn/").partition("?")[0]


class Caller(Struct):
    """Sends what Twilio would send, signed, and reads what comes back."""

    client: httpx.Client
    token: str = TOKEN
    number: str = FORM["From"]
    """From which it rings: who breaks off a call is asked about it at the next one."""
    clips: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def post(self, path: str, form: dict[str, str], *, origin: str = LINE) -> httpx.Response:
        url = origin + path
        headers = {
            "X-Twilio-Signature": sign(self.token, url, form),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        return self.client.post(url, content=urlencode(form), headers=headers)

    def ring(self, sid: str) -> Answer:
        ringing = {"From": self.number, "CallSid": sid, "CallStatus": "ringing"}
        return self.read(self.post("/voice", FORM | ringing))

    def key(self, sid: str, action: str, keys: str) -> Answer:
        """Press keys, `silence` or `#` alone, at the action of an answer; or end its Dial so."""
        return self.read(self.turn(sid, action, keys))

    def turn(self, sid: str, action: str, keys: str) -> httpx.Response:
        if keys in OUTCOMES:
            dialled = {"CallSid": sid, "CallStatus": "in-progress", "DialCallStatus": keys}
            return self.post(action, FORM | {"From": self.number} | dialled)
        pressed = {"Digits": "" if keys in {"silence", "#"} else keys, "FinishedOnKey": ""}
        if keys == "#":
            pressed["FinishedOnKey"] = "#"
        status = {"CallSid": sid, "CallStatus": "in-progress", "msg": "Gather End"}
        return self.post(action, FORM | {"From": self.number} | status | pressed)

    def read(self, response: httpx.Response) -> Answer:
        assert response.status_code == 200, response.text
        assert response.headers["Content-Type"].startswith("text/xml")
        verbs = clean(response.content)
        heard = [part for verb in verbs for part in _audible(verb)]
        words = tuple(
            each for part in heard if isinstance(part, Play) for each in self.words(part.url)
        )
        spoken = tuple(part for part in heard if isinstance(part, Say))
        return Answer(response.content, verbs, words, spoken)

    def words(self, url: str) -> tuple[str, ...]:
        """What the clip at this address says, by its own tag, or the labels of its parts."""
        if url not in self.clips:
            clip = self.client.get(LINE + url)
            assert clip.status_code == 200, url
            with soundfile.SoundFile(io.BytesIO(clip.content)) as wav:
                assert (wav.samplerate, wav.channels, wav.subtype) == (8000, 1, "ULAW")
            found = read_clip(clip.content)
            self.clips[url] = tuple(part.words for part in found.parts) or (found.words,)
        return self.clips[url]


def _audible(verb: Verb) -> tuple[Nested, ...]:
    match verb:
        case Gather(nested=nested):
            return nested
        case Play() | Say() | Pause():
            return (verb,)
        case _:
            return ()


@pytest.fixture
def caller(app: Flask) -> Iterator[Caller]:
    with httpx.Client(transport=httpx.WSGITransport(app=app)) as client:
        yield Caller(client)


class Wire(Struct, frozen=True):
    """Sends requests over a real socket with the path byte for byte as it is given."""

    port: int

    def get(self, path: str, *, method: str = "GET", **headers: str) -> Reply:
        """A request without a signature; `_` in the name of a header stands for `-`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._send(method, path, None, named)

    def post(self, path: str, form: dict[str, str]) -> Reply:
        url = f"http://127.0.0.1:{self.port}{path}"
        signature = sign(TOKEN, url, form)
        return self.send("POST", path, urlencode(form).encode(), signature)

    def send(self, method: str, path: str, body: bytes, signature: str) -> Reply:
        headers = {
            "X-Twilio-Signature": signature,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        return self._send(method, path, body, headers)

    def _send(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Reply:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            return Reply(response.status, response.read(), dict(response.getheaders()))
        finally:
            connection.close()


class Reply(Struct, frozen=True):
    """What came back over the wire."""

    status: int
    body: bytes
    headers: dict[str, str]


@pytest.fixture
def wire(app: Flask) -> Iterator[Wire]:
    """The line behind a real HTTP server on loopback."""
    with wired(app) as found:
        yield found


@contextmanager
def wired(app: Flask) -> Iterator[Wire]:
    """A real HTTP server on loopback for as long as the block runs."""
    with serving(app) as url:
        yield Wire(int(url.rpartition(":")[2]))


class Own(Struct, frozen=True):
    """A folder of clips that a test may harm."""

    audio: Path

    @property
    def manifest(self) -> Path:
        return self.audio / "clips/manifest.json"

    def file(self, prompt: str, pace: Pace = Pace.NORMAL) -> Path:
        """Where the Bengali clip of a prompt is."""
        clip = read_manifest(self.manifest)["bn", prompt, pace]
        return self.audio / f"clips/{clip.sha256}.wav"

    def forget(self, *prompts: str, paces: tuple[Pace, ...] = tuple(Pace)) -> None:
        """Take Bengali clips out of the manifest, as if they had never been rendered."""
        gone = {("bn", prompt, pace) for prompt in prompts for pace in paces}
        clips = read_manifest(self.manifest)
        kept = {place: clip for place, clip in clips.items() if place not in gone}
        assert len(kept) < len(clips)
        replace_file(self.manifest, manifest_bytes(kept))
        for sha256 in {clips[place].sha256 for place in gone}:
            (self.audio / f"clips/{sha256}.wav").unlink()


@pytest.fixture
def own(audio: Path, tmp_path: Path) -> Own:
    """Every clip, as links to the shared files: what is changed must be put in their place."""
    (tmp_path / "own/clips").mkdir(parents=True)
    for file in (audio / "clips").iterdir():
        os.link(file, tmp_path / "own/clips" / file.name)
    return Own(tmp_path / "own")


@pytest.fixture
def own_parts(parts: Parts, own: Own) -> Parts:
    return replace(parts, library=Library.open(own.audio))


def damage(file: Path) -> None:
    """Change one sample; the file is as long as before."""
    replace_file(file, file.read_bytes()[:-1] + b"\x00")
