"""The cookies of a call are kept and sent back as a browser does, and no odd one breaks it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ivr.simulator.http.cookies import Cookies
from ivr.simulator.log import Log
from tests.simulator.wire_line import ORIGIN, Line, lead, say

if TYPE_CHECKING:
    from collections.abc import Sequence


# Twilio, TwiML: cookies are kept and sent back as a browser does. (What becomes of them on the
# fetch of a clip is not said; here a clip is asked for without.)
def test_cookies_stay_with_the_documents_of_the_call() -> None:
    line = Line(
        {
            "/set": lead("/show", Set_Cookie="state=menu; Path=/"),
            "/show": say(Set_Cookie="turn=2; Path=/"),
            "/clip": say(),
        }
    )
    line.fetch("/set")
    line.fetch("/clip", "GET", "clip")
    line.fetch("/show")
    assert [asked.cookies.to_dict() for asked in line.asked] == [
        {},
        {"state": "menu"},
        {},
        {"state": "menu", "turn": "2"},
    ]


def test_cookies_do_not_pass_to_another_call_of_the_same_client() -> None:
    line = Line({"/set": say(Set_Cookie="state=menu; Path=/")})
    line.fetch("/set")
    line.wire = line.another_call()
    line.fetch("/set")
    assert [dict(asked.cookies) for asked in line.asked] == [{}, {}]


# A cookie belongs to the host that set it, and a user before the host is no part of its name.
@pytest.mark.parametrize(
    ("first", "second", "cookies"),
    [
        pytest.param("us:pw@line.test", "line.test", {"a": "b"}, id="set with a user"),
        pytest.param("line.test", "us:pw@line.test", {"a": "b"}, id="asked with a user"),
        pytest.param("us:pw@localhost", "localhost", {"a": "b"}, id="localhost"),
        pytest.param("us@localhost:81", "localhost:81", {"a": "b"}, id="a user alone, and a port"),
        pytest.param("us:pw@line.test", "other.test", {}, id="another host"),
    ],
)
def test_a_cookie_comes_back_to_its_host(first: str, second: str, cookies: dict[str, str]) -> None:
    line = Line({"/voice": say(Set_Cookie="a=b; Path=/")})
    line.fetch(f"http://{first}/voice")
    line.fetch(f"http://{second}/voice")
    assert line.asked[1].cookies.to_dict() == cookies


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("caf\u00e9", id="Latin-1"),
        pytest.param("\u0998".encode().decode("latin-1"), id="the bytes of a Bengali letter"),
        pytest.param("\x7f", id="a control character"),
        pytest.param("a\u00a0b", id="a space that is none in ASCII"),
    ],
)
def test_a_cookie_beyond_ascii_is_left_out_and_told_once(value: str) -> None:
    line = Line({"/set": say(Set_Cookie=f"name={value}; Path=/"), "/next": say()})
    line.fetch("http://us:hush@line.test/set")
    line.fetch("/set")
    line.fetch("/next")
    assert [dict(asked.cookies) for asked in line.asked] == [{}, {}, {}]
    (warned,) = [message for message in line.warned if "cookie" in message]
    assert f"{ORIGIN}/set sets the cookie 'name'" in warned


def test_a_good_cookie_beside_a_bad_one_is_kept() -> None:
    log = Log()
    cookies = Cookies(log)
    headers = [("Set-Cookie", "bad=\u00e9"), ("Set-Cookie", "good=1"), ("set-cookie", "more=2")]
    request = httpx.Request("GET", f"{ORIGIN}/a")
    cookies.keep(httpx.Response(200, headers=raw(headers), request=request))
    cookies.show(request)
    assert request.headers["cookie"] == "good=1; more=2"
    assert len(log.events) == 1


def raw(headers: Sequence[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]


@example([b"!;max-age"])  # Python's jar wants a number of it, and raises
@given(
    st.lists(
        st.binary(max_size=40)
        | st.from_regex(
            r"[a-z ]*=[^;]*(; *(path|domain|expires|max-age|secure|version|port)=?[^;]*)*"
        ).map(lambda text: text.encode("utf-8", "replace")),
        max_size=3,
    )
)
def test_no_cookie_breaks_a_call(values: list[bytes]) -> None:
    cookies = Cookies(Log())
    request = httpx.Request("GET", f"{ORIGIN}/a")
    headers = [(b"Set-Cookie", value) for value in values]
    cookies.keep(httpx.Response(200, headers=headers, request=request))
    cookies.show(request)
    assert request.headers.get("cookie", "").isascii()
