"""A document that was read before is told, and carried out, as if it were new."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest
from werkzeug.wrappers import Request, Response

from ivr.simulator.call import Call
from ivr.simulator.events import Failed, Requested, Warned
from ivr.simulator.http.direct import Direct
from ivr.simulator.http.in_process import InProcess
from ivr.simulator.phone import Phone

if TYPE_CHECKING:
    from ivr.simulator.events import Event

URL = "http://line.test/voice"
GOOD = "<Response><Say>Hello.</Say><Hangup/></Response>"
ODD = '<Response><Say loud="1">Hello.</Say><Gather/></Response>'
BAD = "<Respond/>"


def line(body: str, content_type: str = "text/xml") -> InProcess:
    answer = Request.application(lambda _: Response(body, content_type=content_type))
    return InProcess(answer)


def told(call: Call) -> list[Event]:
    """All that happened, but for how long the answers really took."""
    call.start()
    call.hang_up()
    return [event for event in call.events if not isinstance(event, Requested)]


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        pytest.param(GOOD, "text/xml", id="good"),
        pytest.param(ODD, "text/xml", id="with warnings"),
        pytest.param(BAD, "text/xml", id="no TwiML"),
        pytest.param(GOOD, "text/plain", id="TwiML as plain text"),
        pytest.param("Hello.", "text/plain", id="plain text"),
        pytest.param(GOOD, "image/png", id="a type that is not TwiML's"),
    ],
)
def test_a_second_call_tells_of_a_document_what_the_first_one_told(
    body: str, content_type: str
) -> None:
    with Phone(line(body, content_type), "secret") as phone:
        first, second = told(phone.call(URL)), told(phone.call(URL))
    with Direct(line(body, content_type)) as client:
        without = told(Call(client, URL, "secret"))
    assert first == second == without


def test_what_is_said_of_a_document_depends_on_its_type_each_time() -> None:
    types = iter(["text/xml", "image/png", "text/plain"])
    answer = Request.application(lambda _: Response(GOOD, content_type=next(types)))
    with Phone(InProcess(answer), "secret") as phone:
        calls = [phone.call(URL) for _ in range(3)]
        codes = [
            [event.code for event in told(call) if isinstance(event, Failed | Warned)]
            for call in calls
        ]
    assert codes == [[], [12300], []]
    assert [call.heard for call in calls] == [["Hello."], [], ["Hello."]]


def test_a_client_of_httpxs_own_hears_the_same() -> None:
    with httpx.Client(transport=line(ODD), trust_env=False) as client:
        plain = told(Call(client, URL, "secret"))
    with Direct(line(ODD)) as client:
        assert told(Call(client, URL, "secret")) == plain
