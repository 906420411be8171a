"""Faults over real HTTP, by the fixture's telephone, and on the helpline itself."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, NamedTuple

import pytest
from twilio.request_validator import RequestValidator
from werkzeug.wrappers import Request, Response

from ivr.errors import CallError
from ivr.simulator.events import Requested
from ivr.simulator.faults import parse_faults
from ivr.simulator.testing import TestPhone
from tests.conftest import TOKEN
from tests.serving import serving
from tests.simulator.faulty_line import ENDED, KEYED, LINE, THANKED, requests

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from wsgiref.types import StartResponse, WSGIEnvironment

    from flask import Flask

    from ivr.flow.model import Spec
    from ivr.simulator.call import Call


@pytest.fixture
def phone() -> Iterator[TestPhone]:
    with TestPhone(TOKEN) as made:
        yield made


class Shop:
    """The menu of the other tests behind a real server, which wants its requests well signed."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self._lock = threading.Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        signature = request.headers.get("X-Twilio-Signature", "")
        if not RequestValidator(TOKEN).validate(request.url, request.form, signature):
            return Response("not signed", 403)(environ, start_response)
        with self._lock:
            self.asked.append(request.path)
        return Response(str(LINE[request.path]), mimetype="text/xml")(environ, start_response)


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def origin(shop: Shop) -> Iterator[str]:
    with serving(shop) as url:
        yield url


class Seen(NamedTuple):
    """What is seen of a call over HTTP in which one key is pressed."""

    asked: list[str]
    heard: list[str]
    ended: str
    seconds: float
    failures: list[int | None]


OVER_HTTP = {
    "slow:3@2": Seen(["/voice", "/turn"], THANKED, "document", 3 + ENDED, []),
    "slow:16@1": Seen(["/voice"], [], "error", 15, [11200]),
    "status:500@2": Seen(["/voice"], THANKED[:1], "error", KEYED, [11200]),
    "drop@2": Seen(["/voice", "/turn"], THANKED[:1], "error", KEYED, [11200]),
    "duplicate@2": Seen(["/voice", "/turn", "/turn"], THANKED, "document", ENDED, []),
}


@pytest.mark.parametrize(("fault", "then"), OVER_HTTP.items(), ids=OVER_HTTP)
def test_a_fault_is_the_same_over_real_http(
    phone: TestPhone, shop: Shop, origin: str, fault: str, then: Seen
) -> None:
    call = phone.ring(f"{origin}/voice", "1", fault=fault)
    codes = [failed.code for failed in call.failures]
    assert Seen(shop.asked, call.heard, str(call.ended), round(call.seconds, 6), codes) == (
        then._replace(seconds=round(then.seconds, 6))
    )
    assert not call.warnings
    assert call.unused_faults == ()


def test_several_faults_may_befall_one_call(phone: TestPhone, origin: str) -> None:
    call = phone.ring(
        f"{origin}/voice", fault=["slow:1@1", "duplicate@2"], faults=parse_faults(["slow:2@1"])
    )
    call.press("1")
    assert requests(call) == [
        (200, ("slow:2@1", "slow:1@1")),
        *[(200, ("duplicate@2",))] * 2,
    ]


def test_what_is_no_fault_places_no_call(phone: TestPhone, origin: str, shop: Shop) -> None:
    with pytest.raises(CallError, match="'slow' is no fault; write slow:SECONDS"):
        phone.ring(f"{origin}/voice", "1", fault="slow")
    assert (phone.calls, shop.asked) == ([], [])


def test_the_transcript_tells_of_a_fault_that_befell_nothing(phone: TestPhone, origin: str) -> None:
    phone.ring(f"{origin}/voice", fault=("slow:3@1", "drop@7"))
    (transcript,) = phone.transcripts()
    assert "line    (nothing for 3 s: the application is slow)" in transcript
    assert transcript.endswith(
        "It goes on.\nThe fault drop@7 befell nothing: the call had too few requests for documents."
    )


# The helpline itself.


def ring_line(phone: TestPhone, app: Flask, keys: str, *faults: str) -> Call:
    """From nobody's number, so that the line does not know the caller of the call before."""
    return phone.ring(
        app,
        keys,
        path="/voice",
        fault=faults,
        fallback_url="/voice/fallback",
        from_number="anonymous",
    )


def places(call: Call) -> list[str]:
    """The documents that were asked for, without the number of their turn."""
    asked = (event for event in call.events if isinstance(event, Requested))
    return [
        event.url.partition("?")[0].removeprefix("http://line.test")
        for event in asked
        if event.purpose == "document"
    ]


def test_the_line_answers_a_duplicate_as_it_answered_before(phone: TestPhone, app: Flask) -> None:
    keys = "1 1 1 1"
    alone = ring_line(phone, app, keys)
    doubled = ring_line(phone, app, keys, "duplicate")
    assert doubled.heard == alone.heard
    assert doubled.seconds == alone.seconds
    assert places(doubled) == [place for place in places(alone) for _ in range(2)]
    assert not doubled.warnings
    assert not doubled.failures


@pytest.mark.parametrize("fault", ["status:500", "drop", "slow:20"])
@pytest.mark.parametrize(("times", "apologies"), [(1, 0), (2, 0), (3, 1), (4, 2)])
def test_the_line_goes_on_after_a_fault_and_apologises_only_where_it_stays(
    phone: TestPhone, app: Flask, spec: Spec, fault: str, *, times: int, apologies: int
) -> None:
    """Each fault befalls the turn, and the fallback behind it leads back to the turn."""
    faults = [f"{fault}@{2 * number}" for number in range(1, times + 1)]
    call = ring_line(phone, app, "1 1 1", *faults)
    assert [failed.code for failed in call.failures] == [11200] * times
    assert places(call)[2 : 2 * times + 1 : 2] == ["/voice/fallback"] * times
    apology = spec.words["bn"].prompts["apology"]
    assert call.heard.count(apology) == apologies
    assert call.heard[-1] != apology
    assert call.ended == "caller"
    assert len(places(call)) > 3
