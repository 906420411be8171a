"""Big documents are carried out, and a call without end ends at a limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.simulator.events import Pressed
from ivr.simulator.follower import follow
from ivr.simulator.http.in_process import InProcess
from ivr.simulator.phone import Phone
from ivr.simulator.script import parse
from ivr.simulator.setup import MAX_DOCUMENTS, Setup
from ivr.twiml.document import MAX_FINDINGS
from ivr.twiml.rules import MAX_CALL_SECONDS, MAX_DOCUMENT_BYTES
from tests.simulator.applications.hostile import answer, in_response, padded
from tests.simulator.applications.hostile_calls import codes, memory_below, ring
from tests.simulator.applications.webhooks import TOKEN

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIEnvironment

MOST_BYTES = 32_000_000

pytestmark = pytest.mark.timeout(60)


# Twilio: a document may have 64 kB. No limit on the number of its verbs is documented.
@pytest.mark.parametrize(
    ("body", "seconds"),
    [
        pytest.param(padded(MAX_DOCUMENT_BYTES), 0, id="64 kB"),
        pytest.param(in_response(b"<Pause/>" * 5_000), 5_000, id="five thousand pauses"),
        pytest.param(
            in_response(b"<Say>" + b"<lang>" * 4_900 + b"a" * 14 + b"</lang>" * 4_900 + b"</Say>"),
            1,
            id="nested five thousand deep",
        ),
        pytest.param(
            in_response(
                b"<Say "
                + b" ".join(b'a%d=""' % n for n in range(5_000))
                + b">"
                + b"a" * 14
                + b"</Say>"
            ),
            1,
            id="five thousand attributes",
        ),
        pytest.param(in_response(b'<Pause length="14400"/>'), 14_400, id="four hours"),
        pytest.param(
            in_response(b'<Pause length="' + b"9" * 5_000 + b'"/>'),
            1,
            id="a number of five thousand digits, which counts as none",
        ),
        pytest.param(in_response(b"<No/>" * 10_000), 0, id="ten thousand unknown verbs"),
    ],
)
def test_a_big_document_is_carried_out(body: bytes, seconds: float) -> None:
    with memory_below(MOST_BYTES):
        call = ring(answer(body))
    assert codes(call) == []
    assert call.ended == "document"
    assert call.seconds == pytest.approx(seconds)
    assert len(call.warnings) <= MAX_FINDINGS + 1


# Twilio: a call lasts four hours at most; loop="0" is a thousand times.
@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b'<Pause length="999999999"/>', id="a pause of thirty years"),
        pytest.param(b'<Say loop="0">' + b"a" * 3_000 + b"</Say>", id="a Say without end"),
        pytest.param(b'<Gather timeout="999999999"/>', id="a Gather of thirty years"),
        pytest.param(b'<Play digits="' + b"W" * 30_000 + b'"/>', id="tones of eight hours"),
        pytest.param(b'<Record timeout="0"/>', id="a Record that loops"),
    ],
)
def test_a_call_without_end_ends_after_four_hours(content: bytes) -> None:
    call = ring(answer(in_response(content)), "silence " * 10)
    assert codes(call) == [None]
    assert call.ended == "limit"
    assert call.seconds == MAX_CALL_SECONDS


# No limit on Redirect loops is documented; the simulator's own is a number of documents.
@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"<Redirect/>", id="to itself"),
        pytest.param(b'<Redirect method="GET">/voice?x=1</Redirect>', id="to another"),
        pytest.param(b'<Gather timeout="1"/><Redirect/>', id="after silence"),
        pytest.param(b'<Gather numDigits="1"/>', id="after a key"),
        pytest.param(b'<Gather actionOnEmptyResult="true" timeout="1"/>', id="after either"),
        pytest.param(b'<Record maxLength="2"/>', id="after a recording"),
        pytest.param(
            b'<Dial action="/voice"><Number url="/voice">+15005550001</Number></Dial>',
            id="a Dial whose document dials",
        ),
        pytest.param(b'<Sms action="/voice">x</Sms>', id="an Sms"),
    ],
)
def test_an_endless_loop_of_documents_ends_at_the_limit(content: bytes) -> None:
    call = ring(answer(in_response(content)), "1 " * 10_000)
    assert codes(call)[-1:] == [None]
    assert f"{MAX_DOCUMENTS} documents" in call.failures[-1].message
    assert call.ended == "limit"


def test_every_turn_of_a_script_of_ten_thousand_is_used() -> None:
    def app(_: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Type", "text/xml")])
        return [in_response(b'<Gather numDigits="1"/>')]

    with Phone(InProcess(app), TOKEN, Setup(max_documents=20_000)) as phone:
        call = phone.call("http://line.test/")
        assert follow(call, parse("1 " * 10_000)) == ()
    assert call.ended == "caller"
    assert codes(call) == []
    assert [type(event) for event in call.events].count(Pressed) == 10_000
