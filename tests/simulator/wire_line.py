"""What the tests of requests share: a small application in this process, and its answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Literal

import httpx
from werkzeug.wrappers import Request, Response

from ivr.simulator.events import Requested, Warned
from ivr.simulator.http.in_process import InProcess
from ivr.simulator.http.wire import Answer, Ask, Wire
from ivr.simulator.log import Log

if TYPE_CHECKING:
    from ivr.simulator.events import Purpose
    from ivr.simulator.http.cache import Cache

TOKEN = "secret"
ORIGIN = "http://line.test"
BENGALI = "\u0998\u09b0\u09c7 \u09ac\u09b8\u09c7"
FORM = {"CallSid": "CA1", "From": "+15005550006"}
DIGITS = {"Digits": "1", "msg": "Gather End"}

View = Callable[[Request], Response]


class Line:
    """A small application: what it answers at each path, and every request that it got."""

    def __init__(self, views: Mapping[str, View], cache: Cache | None = None) -> None:
        self.asked: list[Request] = []
        self.log = Log()
        self._views = views
        self._cache = cache
        transport = InProcess(Request.application(self._answer))
        self._client = httpx.Client(transport=transport, trust_env=False)
        self.wire = self.another_call()

    def another_call(self) -> Wire:
        """Of the same phone."""
        return Wire(self._client, TOKEN, self.log, self._cache)

    def _answer(self, request: Request) -> Response:
        request.form  # noqa: B018 - read now, while the body is there
        self.asked.append(request)
        return self._views[request.path](request)

    def fetch(
        self, url: str, method: Literal["GET", "POST"] = "POST", purpose: Purpose = "document"
    ) -> Answer:
        absolute = url if url.startswith("http") else ORIGIN + url
        ask = Ask(method=method, url=absolute, form=FORM, added=DIGITS, purpose=purpose)
        return self.wire.fetch(ask)

    @property
    def paths(self) -> list[str]:
        return [f"{asked.method} {asked.path}" for asked in self.asked]

    @property
    def requests(self) -> list[Requested]:
        return [event for event in self.log.events if isinstance(event, Requested)]

    @property
    def statuses(self) -> list[int | None]:
        return [request.status for request in self.requests]

    @property
    def warned(self) -> list[str]:
        return [event.message for event in self.log.events if isinstance(event, Warned)]

    @property
    def warnings(self) -> list[int | None]:
        return [event.code for event in self.log.events if isinstance(event, Warned)]


def say(text: str = "hello", status: int = 200, **headers: str) -> View:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: Response(text, status=status, headers=named, mimetype="text/xml")


def lead(to: str, status: int = 302, **headers: str) -> View:
    return say("", status, Location=to, **headers)


def each(*views: View) -> View:
    """Answers with one view after another."""
    left = iter(views)

    def view(request: Request) -> Response:
        return next(left)(request)

    return view
