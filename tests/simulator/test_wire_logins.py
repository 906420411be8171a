"""A user and a password in a URL are told where they are asked for, and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pytest
from werkzeug.wrappers import Request, Response

from ivr.errors import TwimlError
from ivr.simulator.http.cache import Cache
from tests.simulator.wire_line import ORIGIN, Line, View, lead, say

if TYPE_CHECKING:
    from ivr.simulator.events import Purpose

GUARDED = "http://user:p%40ss@line.test"
CHALLENGE = 'Basic realm="line"'


def guarded(view: View, challenge: str = CHALLENGE) -> View:
    """Asks for the password first."""

    def look(request: Request) -> Response:
        login = request.authorization
        if login is not None and (login.username, login.password) == ("user", "p@ss"):
            return view(request)
        refused = Response("", status=401)
        if challenge:
            refused.headers["WWW-Authenticate"] = challenge
        return refused

    return look


def logins(line: Line) -> list[bool]:
    """Which requests came with a password."""
    return ["Authorization" in asked.headers for asked in line.asked]


# Twilio, security: of a password-protected URL it asks first with no Authorization header; after a
# 401 with WWW-Authenticate and a realm it makes the same request with one.
@pytest.mark.parametrize(
    "challenge",
    [
        pytest.param(CHALLENGE, id="Basic"),
        pytest.param("basic", id="in small letters and alone"),
        pytest.param('Digest realm="line", nonce="1", Basic realm="line"', id="the second of two"),
    ],
)
def test_a_password_is_told_when_it_is_asked_for(challenge: str) -> None:
    line = Line({"/voice": guarded(say("hello"), challenge)})
    assert line.fetch(f"{GUARDED}/voice#rc=0").body == b"hello"
    assert line.statuses == [401, 200]
    assert logins(line) == [False, True]
    first, second = ({**asked.headers} for asked in line.asked)
    second.pop("Authorization")
    assert first == second
    assert line.asked[0].form == line.asked[1].form


def test_a_password_that_nobody_asks_for_is_not_told() -> None:
    line = Line({"/voice": say()})
    line.fetch(f"{GUARDED}/voice")
    assert logins(line) == [False]


@pytest.mark.parametrize(
    "challenge",
    [
        pytest.param("", id="none"),
        pytest.param("Bearer", id="another scheme"),
        pytest.param("Basically", id="a longer name"),
    ],
)
def test_a_401_that_asks_for_no_password_gets_none(challenge: str) -> None:
    line = Line({"/voice": guarded(say(), challenge)})
    with pytest.raises(TwimlError, match="does the answer ask for it") as caught:
        line.fetch(f"{GUARDED}/voice")
    assert caught.value.code == 11200
    assert logins(line) == [False]


# Twilio, security: it stays logged in for the duration of the call.
@pytest.mark.parametrize(
    ("method", "purpose"),
    [("POST", "document"), ("GET", "document"), ("GET", "clip"), ("POST", "callback")],
)
def test_later_urls_of_the_origin_are_asked_with_the_password(
    method: Literal["GET", "POST"], purpose: Purpose
) -> None:
    line = Line({"/voice": guarded(say()), "/next": guarded(say("next"))})
    line.fetch(f"{GUARDED}/voice")
    assert line.fetch("/next", method, purpose).body == b"next"
    assert logins(line) == [False, True, True]


@pytest.mark.parametrize(
    "origin",
    [
        pytest.param("http://other.test", id="another host"),
        pytest.param("http://line.test:8080", id="another port"),
        pytest.param("https://line.test", id="another scheme"),
        pytest.param("http://sub.line.test", id="a host below"),
    ],
)
@pytest.mark.parametrize("way", ["asked", "redirected"])
def test_no_other_origin_learns_a_password(origin: str, way: str) -> None:
    line = Line(
        {
            "/voice": guarded(say()),
            "/away": guarded(lead(f"{origin}/next")),
            "/next": guarded(say()),
        }
    )
    line.fetch(f"{GUARDED}/voice")
    with pytest.raises(TwimlError, match="401"):
        line.fetch("/away" if way == "redirected" else f"{origin}/next")
    assert not logins(line)[-1]
    assert line.asked[-1].host_url == f"{origin}/"


def test_another_call_of_the_same_phone_is_not_logged_in() -> None:
    line = Line({"/voice": guarded(say())})
    line.fetch(f"{GUARDED}/voice")
    line.wire = line.another_call()
    with pytest.raises(TwimlError, match="401"):
        line.fetch("/voice")


def test_a_wrong_password_is_told_once() -> None:
    line = Line({"/voice": guarded(say())})
    with pytest.raises(TwimlError, match="401"):
        line.fetch("http://user:wrong@line.test/voice#rc=0")
    assert logins(line) == [False, True]


def test_another_password_in_a_later_url_takes_its_place() -> None:
    line = Line({"/voice": guarded(say())})
    with pytest.raises(TwimlError, match="401"):
        line.fetch("http://user:wrong@line.test/voice")
    line.fetch(f"{GUARDED}/voice")
    line.fetch("/voice")
    assert line.statuses == [401, 401, 401, 200, 200]


def test_what_is_heard_behind_a_password_is_not_kept_for_others() -> None:
    cache = Cache(lambda: 0)
    view = guarded(say("for you alone", Cache_Control="max-age=60"))
    line = Line({"/voice": view, "/clip": view}, cache)
    for _ in range(2):
        line.fetch(f"{GUARDED}/voice")
        assert line.fetch("/clip", "GET", "clip").body == b"for you alone"
    assert line.statuses == [401, 200, 200, 200]
    line.wire = line.another_call()
    with pytest.raises(TwimlError, match="401"):
        line.fetch("/clip", "GET", "clip")


# Twilio's own libraries check the signature of a URL with its user and password in it.
def test_a_user_in_a_url_is_warned_of_once() -> None:
    line = Line({"/voice": say(), "/next": say()})
    line.fetch(f"{GUARDED}/next", "GET", "clip")
    assert not line.warned
    line.fetch(f"{GUARDED}/voice")
    line.fetch(f"{GUARDED}/next")
    (warned,) = line.warned
    assert "http://user:***@line.test/voice is signed with its user and password" in warned
    assert line.warnings == [None]


def test_a_url_without_a_user_is_not_warned_of() -> None:
    line = Line({"/voice": say()})
    line.fetch(f"{ORIGIN}/voice?next=http://user:word@line.test/")
    assert not line.warned
