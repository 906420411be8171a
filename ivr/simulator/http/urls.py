"""URLs as they are sent and signed, and what makes a good one a bad choice."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

import httpx

from ivr.errors import TwimlError
from ivr.simulator.http.failures import cut, shown
from ivr.twiml.rules import BAD_URL

MAX_PORT: Final = 65_535

_BEYOND_ASCII: Final = re.compile(r"[^\x00-\x7f]|%[89A-Fa-f][0-9A-Fa-f]")


def is_ascii(url: str) -> bool:
    """Says whether what is sent of a URL has ASCII letters only, percent-encoded ones among them.

    Args:
        url: absolute or relative; its fragment is not sent.
    """
    return _BEYOND_ASCII.search(url.partition("#")[0]) is None


def beyond_ascii(url: str) -> str:
    """Gives what to say of a URL that is not `is_ascii`; who has it stands before."""
    return (
        f"a URL with letters beyond ASCII, {shown(url)}: frameworks decode it before the signature "
        "is checked, which then fails; write such things another way"
    )


def as_sent(url: httpx.URL) -> httpx.URL:
    """Gives a URL as it is signed.

    It has no fragment, which is never sent, the path `/` where there is none, and no `?` with
    nothing behind it: Twilio's own libraries lose that when they check a signature.
    """
    raw_path = url.raw_path if url.query else url.raw_path.removesuffix(b"?")
    return url.copy_with(raw_path=raw_path, fragment=None)


def without_login(url: httpx.URL) -> httpx.URL:
    """Gives a URL as it travels: user and password are told in a header."""
    return url.copy_with(userinfo=b"")


def with_query(url: httpx.URL, encoded: bytes) -> httpx.URL:
    """Adds parameters as bytes, so that the query that was there stays exactly as it was.

    Args:
        url: as sent.
        encoded: the parameters as they stand in a query; empty for none.

    Raises:
        TwimlError: 11100, the URL has become too long.
    """
    if not encoded:
        return url
    try:
        return url.copy_with(query=b"&".join(filter(None, (url.query, encoded))))
    except httpx.InvalidURL as error:
        message = f"{shown(str(url))} with the parameters of a GET is not a URL: {error}"
        raise TwimlError(BAD_URL, message) from error


@lru_cache(maxsize=1024)  # a call has few URLs, and asks after each many times
def resolve(base: str, url: str) -> str:
    """Gives the absolute URL that `url` means in a document at `base`.

    Its fragment stays: connection overrides live there.

    Args:
        base: absolute.
        url: absolute or relative; empty means `base` itself, and so does a fragment alone.

    Raises:
        TwimlError: 11100 when the result is not an http or https URL.
    """
    try:
        given = httpx.URL(url)
        # Python's own join takes `http:///menu` and `http:menu` for paths.
        resolved = given if given.scheme else httpx.URL(base).join(given)
        host = resolved.host  # decoded only here: `xn--` is none
    except (httpx.InvalidURL, ValueError) as error:
        message = f"{shown(url or base)!r} is not a URL: {cut(str(error))}"
        raise TwimlError(BAD_URL, message) from error
    # httpx escapes what cannot stand in the name of a host.
    if resolved.scheme not in {"http", "https"} or not host or "%" in host:
        reason = "is not an http:// or https:// URL that names a host"
        raise TwimlError(BAD_URL, f"{shown(url or base)!r} {reason}")
    if resolved.port is not None and not 0 < resolved.port <= MAX_PORT:
        message = f"{shown(str(resolved))!r}: there is no port {resolved.port}"
        raise TwimlError(BAD_URL, message)
    return str(resolved)
