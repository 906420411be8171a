"""The browser phone's server side with a caller at it, for tests."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ivr.browser.app import browser_phone
from ivr.browser.line import RungLine
from ivr.simulator.digits import Digits
from ivr.simulator.follower import follow
from ivr.simulator.http.in_process import InProcess
from ivr.simulator.phone import Phone
from ivr.simulator.replay.difference import Difference, compare
from ivr.simulator.replay.form import read
from ivr.simulator.replay.kept import keep
from ivr.simulator.script import parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from wsgiref.types import WSGIApplication

    import httpx
    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

HOST = "127.0.0.1:8765"
ORIGIN = f"http://{HOST}"
TOKEN = "token-of-the-browser-phone"
MENU = {
    "/voice": '<Gather numDigits="1" action="/one" timeout="4"><Say>Press 1.</Say></Gather>'
    "<Say>Goodbye.</Say>",
    "/one": "<Say>Thank you.</Say><Hangup/>",
    "/digits": '<Gather action="/one" timeout="4"/><Say>Goodbye.</Say>',
}


class Clock:
    """Real time that passes when a test says so."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


class Caller:
    """Somebody at the page, who rings and does things in virtual time unless told otherwise."""

    def __init__(self, page: Flask) -> None:
        self.page = page
        self.client: FlaskClient = page.test_client()
        self.id = ""
        self.events: list[dict[str, Any]] = []
        self.state: dict[str, Any] = {}
        self.session: list[list[str]] | None = None

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> TestResponse:
        return self.client.get(path, headers={"Host": HOST, **(headers or {})}, buffered=True)

    def post(
        self, path: str, body: object = None, headers: Mapping[str, str] | None = None
    ) -> TestResponse:
        whole = {"Host": HOST, "Origin": ORIGIN, **(headers or {})}
        return self.client.post(path, json=body, headers=whole)

    def ring(self, **start: object) -> Caller:
        return self._told(self.post("/phone/calls", {"virtual": True, **start}), 201)

    def do(self, deed: str, **more: object) -> Caller:
        return self._told(self.post(f"/phone/calls/{self.id}", {"do": deed, **more}), 200)

    def press(self, keys: str, **more: object) -> Caller:
        return self.do("press", keys=keys, virtual=True, **more)

    @property
    def kinds(self) -> list[str]:
        """Of the events of the last answer."""
        return [event["kind"] for event in self.events]

    @property
    def heard(self) -> list[str]:
        """In the last answer."""
        return [event["words"] for event in self.events if event["kind"] == "Heard"]

    def event(self, kind: str) -> dict[str, Any]:
        """The first of a kind in the last answer."""
        return next(event for event in self.events if event["kind"] == kind)

    def _told(self, response: TestResponse, status: int) -> Caller:
        assert response.status_code == status, response.text
        told = response.get_json()
        self.id, self.events, self.state = told["id"], told["events"], told["state"]
        self.session = told["session"]
        return self


@contextmanager
def caller_of(app: WSGIApplication, clock: Clock | None = None, **line: Any) -> Iterator[Caller]:
    """A caller at a page that rings an application in this process."""
    rung = RungLine(
        url="http://line.test/voice", auth_token=TOKEN, transport=InProcess(app), **line
    )
    with browser_phone(rung, clock or Clock()) as page:
        yield Caller(page)


def differences(
    text: str,
    transport: httpx.BaseTransport | None,
    auth_token: str,
    digits: Digits | None = None,
) -> tuple[Difference, ...]:
    """Places a kept call again, as `ivr call --replay` does; gives where it differs.

    Args:
        text: of its file.
        transport: to the application; None: HTTP.
        auth_token: of the application.
        digits: what counts as a digit that is read out; None: numerals and English words.
    """
    kept, known = read(text, "call.yaml"), digits or Digits()
    url = kept.url or "http://line.test/voice"
    with Phone(transport, auth_token, kept.setup) as phone:
        call = phone.call(url)
        assert follow(call, parse(kept.keys), known) == ()
    again = keep(call, url, known, keys=kept.keys, is_own=kept.url is None)
    return compare(kept.moments, again.moments, known)
