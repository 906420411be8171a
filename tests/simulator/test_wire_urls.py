"""A URL means what it does to a browser, and one that will make trouble is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.errors import TwimlError
from ivr.simulator.http.failures import MAX_SHOWN_LETTERS, masked, shown
from ivr.simulator.http.urls import (
    MAX_REMEMBERED_LETTERS,
    beyond_ascii,
    is_ascii,
    resolve,
)
from ivr.simulator.http.wire import Ask
from tests.simulator.wire_line import BENGALI, ORIGIN, Line, each, lead, say

if TYPE_CHECKING:
    from ivr.simulator.events import Purpose


@pytest.mark.parametrize(
    ("url", "resolved"),
    [
        pytest.param("", "http://h/a/b?x=1", id="nothing is the document itself"),
        pytest.param("#rc=2", "http://h/a/b?x=1#rc=2", id="overrides alone"),
        pytest.param("c", "http://h/a/c", id="a sibling"),
        pytest.param("/c#ct=100", "http://h/c#ct=100", id="an absolute path"),
        pytest.param("?y=2", "http://h/a/b?y=2", id="another query"),
        pytest.param("../c", "http://h/c", id="one up"),
        pytest.param("//other/c", "http://other/c", id="another host"),
        pytest.param("https://other/c", "https://other/c", id="an absolute URL"),
        pytest.param(
            BENGALI,
            "http://h/a/%E0%A6%98%E0%A6%B0%E0%A7%87%20%E0%A6%AC%E0%A6%B8%E0%A7%87",
            id="Bengali",
        ),
    ],
)
def test_a_url_of_a_document_is_resolved(url: str, resolved: str) -> None:
    assert resolve("http://h/a/b?x=1", url) == resolved


# What is remembered of one document's URLs must be good for every other document of its origin.
@given(
    st.sampled_from(["http://h", "https://h:81/", "http://us:pw@h/a/b;c?x=/y", "http://h?x=//o/"]),
    st.text("ab/.;?#:@%2 ", max_size=12),
)
def test_a_path_from_the_root_means_what_it_means_to_httpx(base: str, path: str) -> None:
    url = f"/a{path}"
    assert resolve(base, url) == resolve(base, url) == str(httpx.URL(base).join(url))


def test_a_url_too_long_to_be_remembered_is_asked_for_all_the_same() -> None:
    path = "/" + "x" * MAX_REMEMBERED_LETTERS
    line = Line({"/": lead(path), path: say()})
    assert line.fetch("/").url == ORIGIN + path


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("ftp://h/x", id="another scheme"),
        pytest.param("tel:+15005550006", id="no host"),
        pytest.param("http://", id="an empty host"),
        pytest.param("http:///menu", id="a path for a host"),
        pytest.param("http:menu", id="a scheme without a host"),
        pytest.param("http://[::1", id="half an address"),
        pytest.param("http://xn--/", id="no host in Punycode"),
        pytest.param("http://h:port/", id="no number for a port"),
        pytest.param("http://h:99999/", id="a port out of range"),
        pytest.param("http://h:0/", id="port 0"),
        pytest.param("http://h/\x00", id="a control character"),
        pytest.param("http://h/\ud800", id="half a character"),
        pytest.param("http://h/" + "x" * 70_000, id="far too long"),
    ],
)
def test_what_is_no_url_is_11100(url: str) -> None:
    with pytest.raises(TwimlError) as caught:
        resolve("http://h/a", url)
    assert caught.value.code == 11100


def test_parameters_that_make_a_url_too_long_are_11100() -> None:
    ask = Ask(method="GET", url=ORIGIN, form={"SpeechResult": "x" * 70_000}, purpose="document")
    with pytest.raises(TwimlError) as caught:
        Line({}).wire.fetch(ask)
    assert caught.value.code == 11100


@pytest.mark.parametrize(
    ("url", "is_good"),
    [
        pytest.param("/voice?a=1&b=%20%2F%7e", True, id="ASCII"),
        pytest.param("", True, id="nothing"),
        pytest.param("/voice#rc=2&x=%E0%A6%98", True, id="a fragment, which is not sent"),
        pytest.param(f"/{BENGALI}", False, id="Bengali"),
        pytest.param("/caf%C3%A9", False, id="percent-encoded, in capitals"),
        pytest.param("/caf%c3%a9", False, id="percent-encoded, in small letters"),
        pytest.param("/voice?a=%80", False, id="in the query"),
    ],
)
def test_letters_beyond_ascii_are_found(url: str, *, is_good: bool) -> None:
    assert is_ascii(url) == is_good


# Measured: Flask's request.url decodes %E0…, and the signature over what it gives does not match.
@pytest.mark.parametrize("purpose", ["document", "callback"])
def test_a_first_url_beyond_ascii_is_warned_of_once(purpose: Purpose) -> None:
    line = Line({f"/{BENGALI}": say(), "/next": say()})
    line.fetch(f"/{BENGALI}", purpose=purpose)
    line.fetch(f"/{BENGALI}", purpose=purpose)
    (warned,) = line.warned
    assert warned.startswith(
        "the call begins at a URL with letters beyond ASCII, http://line.test/%"
    )
    assert line.warnings == [None]


def test_a_later_url_beyond_ascii_is_told_where_its_document_is_read() -> None:
    line = Line({f"/{BENGALI}": say(), "/voice": say()})
    line.fetch("/voice")
    line.fetch(f"/{BENGALI}")
    assert not line.warned


def test_a_location_beyond_ascii_is_warned_of_once() -> None:
    line = Line({"/voice": lead(f"/{BENGALI}"), f"/{BENGALI}": say()})
    line.fetch("/voice")
    line.fetch("/voice")
    (warned,) = line.warned
    assert warned.startswith(f"{ORIGIN}/voice leads on to {beyond_ascii(resolve(ORIGIN, BENGALI))}")


@pytest.mark.parametrize(
    ("first", "purpose"),
    [
        pytest.param("/ascii?a=b%20c", "document", id="ASCII"),
        pytest.param(f"/{BENGALI}", "clip", id="of a clip"),
        pytest.param("/ascii#%E0", "document", id="in the fragment"),
    ],
)
def test_any_other_url_is_not_warned_of(first: str, purpose: Purpose) -> None:
    """What stands in a document is told where the document is read."""
    line = Line({f"/{BENGALI}": each(lead(f"/{BENGALI}"), say(), say()), "/ascii": say()})
    line.fetch(first, "GET", purpose)
    if purpose == "document":
        line.fetch(f"/{BENGALI}", "GET", "clip")
    line.wire.fetch(
        Ask(method="GET", url=ORIGIN + "/ascii", form={"A": BENGALI}, purpose="document")
    )
    assert not line.warned


@pytest.mark.parametrize(
    ("url", "told"),
    [
        pytest.param("http://us:pw@h/a", "http://us:***@h/a", id="a password"),
        pytest.param("http://us@h/a:b@c", "http://us@h/a:b@c", id="none"),
        pytest.param("http://h/" + "x" * 491, "http://h/" + "x" * 491, id="as long as may be"),
        pytest.param("http://h/" + "x" * 492, "http://h/" + "x" * 491 + "\u2026", id="longer"),
    ],
)
def test_a_url_is_shown_without_its_password_and_not_at_any_length(url: str, told: str) -> None:
    assert shown(url) == told


def test_a_long_password_is_gone_before_a_url_is_cut() -> None:
    url = "http://us:" + "pw" * 1000 + "@h/" + "x" * 1000
    assert shown(url).startswith("http://us:***@h/x")
    assert len(shown(url)) == MAX_SHOWN_LETTERS + 1
    assert masked(url) == "http://us:***@h/" + "x" * 1000
    assert len(masked(url)) > len(shown(url))


def test_a_message_does_not_tell_a_long_url_whole() -> None:
    line = Line({"/gone": say(status=404)})
    with pytest.raises(TwimlError) as caught:
        line.fetch("/gone?" + "x" * 10_000)
    assert len(str(caught.value)) < 2 * MAX_SHOWN_LETTERS
    # What was sent is told whole.
    assert len(line.requests[0].url) > 10_000
