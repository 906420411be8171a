"""Who may use the browser phone, what it refuses, and what never leaves it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.phone_pages import HOST, ORIGIN, TOKEN, Caller, caller_of
from tests.cli.pages import pages
from tests.sounds import sound

if TYPE_CHECKING:
    from collections.abc import Iterator

    from werkzeug.test import TestResponse

DOCUMENTS = {
    "/voice": '<Gather action="/gone"><Play>/a.wav</Play><Say>Press a key.</Say></Gather>',
}


@pytest.fixture
def caller() -> Iterator[Caller]:
    with caller_of(pages(DOCUMENTS, {"/a.wav": sound("a")})) as made:
        yield made


def refused(response: TestResponse, status: int) -> str:
    """The sentence of a refusal."""
    assert response.status_code == status, response.text
    told: dict[str, str] = response.get_json()
    assert set(told) == {"error"}
    return told["error"]


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1:9", "localhost:8765", "LocalHost", "[::1]:8765"]
)
def test_this_machine_is_answered_by_each_of_its_names(caller: Caller, host: str) -> None:
    assert caller.get("/phone/about", {"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "line.example",
        "localhost.line.example",
        "127.0.0.1.line.example:8765",
        "line.example:127.0.0.1",
        "127.0.0.2",
        "",
    ],
)
@pytest.mark.parametrize("path", ["/phone/", "/phone/about", "/phone/static/phone.js", "/phone/x"])
def test_another_host_is_refused(caller: Caller, host: str, path: str) -> None:
    assert "on this machine only" in refused(caller.get(path, {"Host": host}), 403)


@pytest.mark.parametrize(
    "name",
    [
        "X-Forwarded-For",
        "X-Forwarded-Host",
        "X-Forwarded-Proto",
        "x-forwarded-server",
        "Forwarded",
        "Via",
        "CF-Ray",
        "X-Real-IP",
    ],
)
def test_what_came_through_a_tunnel_is_refused(caller: Caller, name: str) -> None:
    told = refused(caller.get("/phone/about", {name: "127.0.0.1"}), 403)
    assert name.lower() in told.lower()
    assert "tunnel" in told


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://line.example"},
        {"Origin": "null"},
        {"Origin": f"https://{HOST}"},
        {"Origin": "http://localhost:8765"},
        {"Origin": "http://127.0.0.1"},
        {"Origin": "https://line.example", "Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "none"},
        {},
    ],
    ids=str,
)
def test_calls_are_placed_by_the_page_itself_only(caller: Caller, headers: dict[str, str]) -> None:
    whole = {"Host": HOST, **headers}
    response = caller.client.post("/phone/calls", json={"virtual": True}, headers=whole)
    assert "from the browser phone's own page only" in refused(response, 403)


@pytest.mark.parametrize("headers", [{"Origin": ORIGIN}, {"Sec-Fetch-Site": "same-origin"}])
def test_the_page_itself_places_calls(caller: Caller, headers: dict[str, str]) -> None:
    whole = {"Host": HOST, **headers}
    response = caller.client.post("/phone/calls", json={"virtual": True}, headers=whole)
    assert response.status_code == 201


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("", "truncated"),
        ("{", "truncated"),
        ("[]", "Expected `object`"),
        ("{}", "missing required field `virtual`"),
        ('{"virtual": 1}', "Expected `bool`"),
        ('{"virtual": true, "token": "T"}', "unknown field `token`"),
        ('{"virtual": true, "auth_token": "T"}', "unknown field `auth_token`"),
        ('{"virtual": true, "url": "http://x/"}', "unknown field `url`"),
        ('{"virtual": true, "from": "' + "1" * 1001 + '"}', "length <= 1000"),
        ('{"virtual": true, "from": "\\ud800"}', "truncated"),
        (b'{"virtual": true, "from": "\xff"}', "utf-8"),
        ('{"virtual": true, "faults": "slow"}', "'slow' is no fault"),
        ('{"virtual": true, "faults": "drop status:1000"}', "is no fault"),
        ('{"virtual": true, "dial": "busy,engaged"}', "is not a list of outcomes"),
    ],
)
def test_a_call_that_cannot_be_is_refused_in_words(
    caller: Caller, body: str | bytes, words: str
) -> None:
    response = caller.client.post(
        "/phone/calls", data=body, headers={"Host": HOST, "Origin": ORIGIN}
    )
    assert words in refused(response, 400)


@pytest.mark.parametrize(
    ("deed", "words"),
    [
        ({"do": "fly"}, "Invalid value 'fly'"),
        ({"keys": "1"}, "missing required field `do`"),
        ({"do": "press", "keys": "A"}, "press digits, * or #"),
        ({"do": "press", "keys": ""}, "length >= 1"),
        ({"do": "press", "keys": "1" * 101}, "length <= 100"),
        ({"do": "press", "keys": "1", "seconds": -1}, ">= 0"),
        ({"do": "wait"}, "missing required field `seconds`"),
        ({"do": "wait", "seconds": 60.5}, "<= 60"),
        ({"do": "wait", "seconds": "1"}, "Expected `float`"),
        ({"do": "wait", "seconds": 1, "keys": "1"}, "unknown field `keys`"),
        ({"do": "say", "text": " "}, "give some words"),
        ({"do": "say", "text": "a" * 1001}, "length <= 1000"),
        ({"do": "record", "seconds": 0}, "> 0"),
    ],
    ids=str,
)
def test_what_cannot_be_done_is_refused_and_changes_nothing(
    caller: Caller, deed: dict[str, object], words: str
) -> None:
    caller.ring()
    seconds = caller.state["seconds"]
    assert words in refused(caller.post(f"/phone/calls/{caller.id}", deed), 400)
    caller.do("wait", seconds=0)
    assert (caller.events, caller.state["seconds"]) == ([], seconds)


def test_more_than_16_kilobytes_are_refused(caller: Caller) -> None:
    body = {"virtual": True, "faults": "x" * 16 * 1024}
    assert "capacity limit" in refused(caller.post("/phone/calls", body), 413)


@pytest.mark.parametrize("call_id", ["x", "../about", "%00", "a" * 5000])
def test_an_unknown_call_is_not_found(caller: Caller, call_id: str) -> None:
    refused(caller.post(f"/phone/calls/{call_id}", {"do": "listen"}), 404)
    refused(caller.get(f"/phone/calls/{call_id}/clips/0"), 404)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/phone/nothing", 404),
        ("GET", "/phone/static/nothing.js", 404),
        ("GET", "/phone/static/../app.py", 404),
        ("GET", "/phone/calls", 405),
        ("PUT", "/phone/calls", 405),
    ],
)
def test_what_is_not_there_is_told_as_json(
    caller: Caller, method: str, path: str, status: int
) -> None:
    headers = {"Host": HOST, "Origin": ORIGIN}
    refused(caller.client.open(path, method=method, headers=headers), status)


def answers(caller: Caller) -> Iterator[TestResponse]:
    """One of each kind, good and bad."""
    caller.ring()
    yield caller.get("/")
    yield caller.get("/phone")
    yield caller.get("/phone/")
    yield caller.get("/phone/static/phone.js")
    yield caller.get("/phone/about")
    yield caller.get("/phone/about", {"Host": "line.example"})
    yield caller.get("/phone/nothing")
    yield caller.post("/phone/calls", {"virtual": True, "faults": "status:500"})
    yield caller.post("/phone/calls", {"virtual": True, "faults": TOKEN[:3]})
    yield caller.post("/phone/calls", {"virtual": True}, {"Origin": "null"})
    yield caller.get(f"/phone/calls/{caller.id}/clips/0")
    yield caller.get(f"/phone/calls/{caller.id}/clips/0?form=wav")
    yield caller.get(f"/phone/calls/{caller.id}/clips/7")
    yield caller.post(f"/phone/calls/{caller.id}", {"do": "press", "keys": "1#", "virtual": True})
    yield caller.post(f"/phone/calls/{caller.id}", {"do": "hang_up"})


def test_every_answer_forbids_what_is_not_its_own(caller: Caller) -> None:
    for response in answers(caller):
        policy = response.headers["Content-Security-Policy"].split("; ")
        assert policy[:3] == ["default-src 'none'", "script-src 'self'", "style-src 'self'"]
        for rule in ("base-uri 'none'", "frame-ancestors 'none'", "form-action 'none'"):
            assert rule in policy
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert "Access-Control-Allow-Origin" not in response.headers


def test_nothing_but_clips_and_files_of_the_page_is_kept_by_the_browser(caller: Caller) -> None:
    for response in answers(caller):
        is_file = response.request.path.startswith("/phone/static/") or "clips" in (
            response.request.path
        )
        is_file |= response.request.path == "/phone/"
        kept = response.headers["Cache-Control"] != "no-store"
        assert kept == (is_file and response.status_code == 200), response.request.path


def test_the_auth_token_is_in_no_answer(caller: Caller) -> None:
    for response in answers(caller):
        assert TOKEN.encode() not in response.data
        assert TOKEN not in str(response.headers)


def test_the_page_and_its_files_are_served(caller: Caller) -> None:
    assert caller.get("/").headers["Location"] == "/phone/"
    assert caller.get("/phone").headers["Location"].endswith("/phone/")
    page = caller.get("/phone/")
    assert (page.status_code, page.mimetype) == (200, "text/html")
    assert caller.get("/phone/static/phone.js").mimetype == "text/javascript"
