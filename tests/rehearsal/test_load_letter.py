"""The requests of a load as they travel."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest

from ivr.rehearsal.load.connections import AskError
from ivr.rehearsal.load.letter import Letters
from ivr.simulator.http.wire import Ask
from ivr.twiml.request import Party, gathered
from ivr.twiml.signature import HEADER, is_signed

TOKEN = "12345"
URL = "http://line.test:8080/voice?turn=1"
FORM = Party(
    call_sid="CA1", account_sid="AC1", from_number="+915000000001", to_number="+12025550100"
).form("in-progress")


def sent(letter: bytes) -> tuple[str, dict[str, str], dict[str, str]]:
    """The first line, the headers and the form of a request."""
    head, _, body = letter.partition(b"\r\n\r\n")
    first, *lines = head.decode("ascii").split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    if body:
        assert headers["Content-Length"] == str(len(body))
    return first, headers, dict(parse_qsl(body.decode(), keep_blank_values=True))


def asking(**given: object) -> Ask:
    usual: dict[str, object] = {"method": "POST", "url": URL, "form": FORM, "purpose": "document"}
    return Ask(**(usual | given))  # type: ignore[arg-type] # as a table gives them


@pytest.mark.parametrize("added", [{}, gathered("1", ""), gathered("47", "#"), {"CallSid": "CA2"}])
def test_a_request_is_signed_as_twilio_signs_it(added: dict[str, str]) -> None:
    letters = Letters(TOKEN)
    for _ in range(2):  # the second time, what all requests share is there already
        first, headers, form = sent(letters.write(asking(added=added), URL, ""))
        assert first == "POST /voice?turn=1 HTTP/1.1"
        assert headers["Host"] == "line.test:8080"
        assert form == FORM | added
        assert is_signed(TOKEN, URL, form, headers[HEADER])
        assert not is_signed("other", URL, form, headers[HEADER])


def test_another_status_of_the_call_is_told() -> None:
    letters = Letters(TOKEN)
    letters.write(asking(), URL, "")
    _, headers, form = sent(letters.write(asking(form=FORM | {"CallStatus": "completed"}), URL, ""))
    assert form["CallStatus"] == "completed"
    assert is_signed(TOKEN, URL, form, headers[HEADER])


def test_a_get_has_its_parameters_in_the_url_that_is_signed() -> None:
    url = "https://line.test/voice?CallSid=CA1"
    first, headers, form = sent(Letters(TOKEN).write(asking(method="GET"), url, "a=b; c=d"))
    assert first == "GET /voice?CallSid=CA1 HTTP/1.1"
    assert headers["Cookie"] == "a=b; c=d"
    assert "Content-Length" not in headers
    assert form == {}
    assert is_signed(TOKEN, url, {}, headers[HEADER])


def test_every_request_has_an_idempotency_token_of_its_own() -> None:
    letters = Letters(TOKEN)
    tokens = {
        sent(letters.write(asking(), URL, ""))[1]["I-Twilio-Idempotency-Token"] for _ in range(50)
    }
    assert len(tokens) == 50


def test_a_password_is_not_sent_without_a_word() -> None:
    with pytest.raises(AskError, match=r"http://user:\*\*\*@line.test/ cannot be asked") as caught:
        Letters(TOKEN).write(asking(), "http://user:secret@line.test/", "")
    assert caught.value.kind == "bad_url"
