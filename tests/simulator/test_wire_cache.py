"""What may be used again is not asked for again, and nothing else is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import httpx
import pytest
from werkzeug.wrappers import Request, Response

from ivr.errors import TwimlError
from ivr.simulator.events import Requested
from ivr.simulator.http.cache import Cache, Shelf
from ivr.simulator.http.in_process import InProcess
from ivr.simulator.http.wire import Answer, Ask, Wire
from ivr.simulator.log import Log

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.simulator.events import Purpose

URL = "http://line.test/a.wav"
MINUTE = "max-age=60"


class Line:
    """One clip with headers that can be changed, a clock, and what was asked."""

    def __init__(self, **headers: str) -> None:
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}
        self.body = "one"
        self.status = 200
        self.content_type = "audio/wav"
        self.seconds = 1000.0
        self.asked: list[Request] = []
        self.log = Log()
        self._client = httpx.Client(transport=InProcess(Request.application(self._answer)))
        self._cache = Cache(lambda: self.seconds)

    def _answer(self, request: Request) -> Response:
        self.asked.append(request)
        response = Response(self.body, self.status, self.headers, mimetype=self.content_type)
        return response.make_conditional(request) if self.status == 200 else response

    def fetch(
        self, purpose: Purpose = "clip", method: Literal["GET", "POST"] = "GET", url: str = URL
    ) -> Answer:
        """With another call each time: the cache is the phone's."""
        wire = Wire(self._client, "secret", self.log, self._cache)
        return wire.fetch(Ask(method=method, url=url, purpose=purpose))

    @property
    def statuses(self) -> list[int | None]:
        return [event.status for event in self.log.events if isinstance(event, Requested)]


# Twilio: Cache-Control with max-age is honoured; the copy is used until it is that old.
def test_a_fresh_answer_is_used_without_asking() -> None:
    line = Line(Cache_Control="public, max-age=60")
    first = line.fetch()
    line.seconds += 59.9
    line.body = "two"
    assert line.fetch() == first == Answer(url=URL, content_type="audio/wav", body=b"one")
    assert line.statuses == [200]
    line.seconds += 0.1
    assert line.fetch().body == b"two"
    assert line.statuses == [200, 200]


def test_documents_asked_for_by_get_are_kept_too() -> None:
    line = Line(Cache_Control=MINUTE)
    assert line.fetch("document") == line.fetch("document")
    assert line.statuses == [200]


@pytest.mark.parametrize(
    ("headers", "asked_twice"),
    [
        pytest.param({}, True, id="nothing said"),
        pytest.param({"Cache_Control": "no-store, max-age=60"}, True, id="no-store"),
        pytest.param({"Cache_Control": "no-cache, max-age=60"}, True, id="no-cache"),
        pytest.param({"Cache_Control": "max-age=0"}, True, id="max-age=0"),
        pytest.param({"Cache_Control": "max-age=soon"}, True, id="max-age that is no number"),
        pytest.param({"Cache_Control": "max-age=" + "9" * 5000}, False, id="a very long max-age"),
        pytest.param({"Cache_Control": 'Max-Age="60"'}, False, id="in quotes"),
        pytest.param({"Cache_Control": MINUTE, "Age": "60"}, True, id="old when it comes"),
        pytest.param({"Cache_Control": MINUTE, "Age": "59"}, False, id="nearly old"),
        pytest.param({"Cache_Control": MINUTE, "Age": "-"}, False, id="an odd age"),
        pytest.param({"ETag": '"1"', "Cache_Control": "no-store"}, True, id="ETag and no-store"),
    ],
)
def test_an_answer_is_kept_as_its_headers_allow(
    headers: dict[str, str], *, asked_twice: bool
) -> None:
    line = Line(**headers)
    line.fetch()
    line.fetch()
    assert line.statuses == ([200, 200] if asked_twice else [200])
    assert all("If-None-Match" not in asked.headers for asked in line.asked)


# Twilio: Cache-Control: no-cache makes it ask each time; a 304 lets it use its copy.
@pytest.mark.parametrize(
    ("headers", "condition"),
    [
        pytest.param({"ETag": '"1"'}, "If-None-Match", id="ETag"),
        pytest.param({"ETag": '"1"', "Cache_Control": "no-cache"}, "If-None-Match", id="no-cache"),
        pytest.param(
            {"Last_Modified": "Wed, 01 Jan 2025 00:00:00 GMT"},
            "If-Modified-Since",
            id="Last-Modified",
        ),
    ],
)
def test_a_304_makes_the_kept_answer_good(headers: dict[str, str], condition: str) -> None:
    line = Line(**headers)
    answers = [line.fetch() for _ in range(3)]
    assert answers == [Answer(url=URL, content_type="audio/wav", body=b"one")] * 3
    assert line.statuses == [200, 304, 304]
    assert [condition in asked.headers for asked in line.asked] == [False, True, True]


def test_a_304_makes_it_fresh_again() -> None:
    line = Line(ETag='"1"', Cache_Control=MINUTE)
    line.fetch()
    line.seconds += 60
    line.fetch()
    line.seconds += 59
    line.fetch()
    assert line.statuses == [200, 304]


def test_a_changed_answer_takes_the_place_of_the_kept_one() -> None:
    line = Line(ETag='"1"')
    line.fetch()
    line.headers["ETag"], line.body = '"2"', "two"
    assert [line.fetch().body, line.fetch().body] == [b"two", b"two"]
    assert line.statuses == [200, 200, 304]


def test_a_304_that_nobody_asked_for_fails() -> None:
    line = Line()
    line.status = 304
    with pytest.raises(TwimlError, match="304"):
        line.fetch()


# Twilio: answers to POST cannot be cached.
def test_a_post_is_never_kept() -> None:
    line = Line(Cache_Control=MINUTE, ETag='"1"')
    line.fetch("document", "POST")
    line.fetch("document", "POST")
    line.fetch("document", "GET")
    assert line.statuses == [200, 200, 200]
    assert all("If-None-Match" not in asked.headers for asked in line.asked)


def test_only_a_good_answer_is_kept() -> None:
    line = Line(Cache_Control=MINUTE)
    line.status = 503
    for _ in range(2):
        with pytest.raises(TwimlError, match="503"):
            line.fetch()
    line.status = 200
    assert line.fetch().body == b"one"


def test_an_answer_that_was_cut_is_not_kept() -> None:
    line = Line(Cache_Control=MINUTE)
    line.body, line.content_type = "x" * 70_000, "text/plain"
    line.fetch("document")
    line.fetch("document")
    assert line.statuses == [200, 200]


def test_another_url_is_another_answer() -> None:
    line = Line(Cache_Control=MINUTE)
    line.fetch(url=URL)
    line.fetch(url=URL + "?v=2")
    line.fetch(url=URL + "#rc=2")
    assert line.statuses == [200, 200]


@pytest.mark.parametrize(
    ("fill", "left"),
    [
        pytest.param(lambda shelf: [shelf.put(n, n, 0) for n in range(5)], [2, 3, 4], id="count"),
        pytest.param(lambda shelf: [shelf.put(n, n, 40) for n in range(5)], [3, 4], id="bytes"),
        pytest.param(lambda shelf: shelf.put(1, 1, 101), [], id="one that is too big"),
        pytest.param(lambda shelf: [shelf.put(1, n, 60) for n in range(5)], [1], id="one again"),
        pytest.param(
            lambda shelf: [
                *(shelf.put(n, n, 0) for n in range(3)),
                shelf.find(0),
                shelf.put(3, 3, 0),
            ],
            [0, 2, 3],
            id="one that was used last",
        ),
        pytest.param(
            lambda shelf: [shelf.put(1, 1, 60), shelf.remove(1), shelf.remove(1)], [], id="none"
        ),
    ],
)
def test_a_shelf_keeps_what_was_used_last_within_bounds(
    fill: Callable[[Shelf[int, int]], object], left: list[int]
) -> None:
    shelf: Shelf[int, int] = Shelf(max_entries=3, max_bytes=100)
    fill(shelf)
    assert [key for key in range(5) if shelf.find(key) is not None] == left
    # What went made room again.
    shelf.put(9, 9, 100)
    assert shelf.find(9) == 9
