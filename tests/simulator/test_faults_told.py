"""What is told of a fault: with each request, in each failure, and of one that befell nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from werkzeug.wrappers import Request, Response

from ivr.simulator.http.in_process import InProcess
from ivr.simulator.phone import Phone
from tests.simulator.conformance import ORIGIN, THANKS, TOKEN, Application, Carrier, Reply
from tests.simulator.faulty_line import LINE, requests, ring, with_faults

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def phone() -> Iterator[Phone]:
    with Phone(Carrier(Application(LINE)), TOKEN) as made:
        yield made


REQUESTS: dict[str, tuple[list[str], list[tuple[int | None, tuple[str, ...]]]]] = {
    "slow": (["slow:3"], [(200, ("slow:3",))]),
    "too slow": (["slow:20@1"], [(None, ("slow:20@1",))]),
    "a connection that breaks off": (["drop"], [(None, ("drop",))]),
    "a status": (["status:503"], [(503, ("status:503",))]),
    "a duplicate": (["duplicate"], [(200, ("duplicate",))] * 2),
    "a duplicate of a status": (
        ["duplicate", "status:500@1"],
        [(500, ("duplicate", "status:500@1"))] * 2,
    ),
    "a later one": (["drop@2"], [(200, ())]),
}


@pytest.mark.parametrize(("faults", "told"), REQUESTS.values(), ids=REQUESTS)
def test_a_request_tells_its_answer_and_what_befell_it(
    phone: Phone, faults: list[str], told: list[tuple[int | None, tuple[str, ...]]]
) -> None:
    assert requests(ring(phone, *faults)) == told


def test_each_attempt_and_each_http_redirect_is_counted() -> None:
    moved = Reply("", 302, headers={"Location": "/moved"})
    application = Application({"/voice": moved, "/moved": THANKS})
    with Phone(Carrier(application), TOKEN) as phone:
        call = ring(
            phone, *("status:500@1", "slow:1@2", "drop@3"), url=f"{ORIGIN}/voice#rc=1&rp=5xx"
        )
    assert requests(call) == [(500, ("status:500@1",)), (302, ("slow:1@2",)), (None, ("drop@3",))]


def test_a_request_that_is_made_again_with_a_password_is_counted() -> None:
    @Request.application
    def guarded(request: Request) -> Response:
        if request.authorization is None:
            return Response("", status=401, headers={"WWW-Authenticate": "Basic"})
        return Response(THANKS, mimetype="text/xml")

    with Phone(InProcess(guarded), TOKEN) as phone:
        call = ring(phone, "slow:1@2", url="http://user:word@line.test/voice")
    assert requests(call) == [(401, ()), (200, ("slow:1@2",))]


def test_a_document_that_is_kept_is_no_request() -> None:
    kept = Reply(
        "<Response><Redirect>/turn</Redirect></Response>",
        headers={"Cache-Control": "max-age=600"},
    )
    application = Application({"/voice": kept, "/turn": THANKS})
    chosen = with_faults("status:500@2", method="GET")
    told = []
    with Phone(Carrier(application), TOKEN) as phone:
        for _ in range(2):
            # What is kept is kept by URL, in which a GET has the CallSid.
            call = phone.call(f"{ORIGIN}/voice", setup=chosen, call_sid="CA1")
            call.start()
            told.append((requests(call), [str(fault) for fault in call.unused_faults]))
    assert told == [
        ([(200, ()), (500, ("status:500@2",))], []),
        ([(200, ())], ["status:500@2"]),
    ]


MESSAGES = {
    "status:500": f"POST {ORIGIN}/voice answered 500 Internal Server Error, on purpose "
    "(status:500)",
    "status:404@1": f"POST {ORIGIN}/voice answered 404 Not Found, on purpose (status:404@1)",
    "drop": f"{ORIGIN}/voice: the answer broke off: on purpose (drop)",
    "slow:20": f"{ORIGIN}/voice: no whole answer within 15 s, on purpose (slow:20)",
}


@pytest.mark.parametrize(("fault", "message"), MESSAGES.items(), ids=MESSAGES)
def test_a_failure_says_why(phone: Phone, fault: str, message: str) -> None:
    assert [failed.message for failed in ring(phone, fault).failures] == [message]


def test_an_answer_that_is_late_is_told_by_the_timeout_of_its_url(phone: Phone) -> None:
    (failed,) = ring(phone, "slow:3", url=f"{ORIGIN}/voice#rt=2000").failures
    assert failed.message == f"{ORIGIN}/voice: no answer within 2 s, on purpose (slow:3)"


DIFFERENCES: dict[str, tuple[Reply, Reply, str]] = {
    "a status": (Reply(THANKS), Reply("", 409), "status '200', then '409'"),
    "a content type": (
        Reply(THANKS),
        Reply(THANKS, type="text/html"),
        "content type 'text/xml', then 'text/html'",
    ),
    "a place": (
        Reply("", 302, headers={"Location": "/a"}),
        Reply("", 302, headers={"Location": "/b"}),
        "Location '/a', then '/b'",
    ),
    "words": (Reply(THANKS), Reply("<Response/>"), "another body"),
}


@pytest.mark.parametrize(("one", "other", "what"), DIFFERENCES.values(), ids=DIFFERENCES)
def test_a_duplicate_that_is_answered_in_two_ways_is_warned_of(
    one: Reply, other: Reply, what: str
) -> None:
    application = Application(LINE | {"/turn": [one, other]})
    with Phone(Carrier(application), TOKEN) as phone:
        call = ring(phone, "duplicate@2")
        call.press("1")
    (warned,) = call.warnings
    assert warned.message == (
        f"POST {ORIGIN}/turn, request 2 for a document, was sent twice and answered in two ways: "
        f"{what}. Twilio and the proxies on the way may send a request twice, and the caller hears "
        "one answer; give both the same one, for they have the same I-Twilio-Idempotency-Token"
    )


def test_a_duplicate_is_the_same_to_the_last_byte() -> None:
    application = Application(LINE)
    with Phone(Carrier(application), TOKEN) as phone:
        ring(phone, "duplicate").press("1")
    first, same, second, again = application.asked
    assert (first, second) == (same, again)
    assert first.is_signed
    tokens = {asked.headers["I-Twilio-Idempotency-Token"] for asked in application.asked}
    assert len(tokens) == 2


UNUSED = {
    "the third of two": (["drop@3"], ["drop@3"]),
    "some": (["slow:1@1", "drop@9", "status:500@3"], ["drop@9", "status:500@3"]),
    "none": (["duplicate", "slow:1@2"], []),
}


@pytest.mark.parametrize(("faults", "unused"), UNUSED.values(), ids=UNUSED)
def test_a_fault_that_befell_nothing_is_known(
    phone: Phone, faults: list[str], unused: list[str]
) -> None:
    call = ring(phone, *faults)
    call.press("1")
    assert [str(fault) for fault in call.unused_faults] == unused


def test_a_fault_of_every_request_befalls_nothing_where_there_is_none(phone: Phone) -> None:
    call = ring(phone, "drop", url="nowhere")
    assert [str(fault) for fault in call.unused_faults] == ["drop"]
