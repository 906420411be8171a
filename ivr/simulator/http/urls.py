"""URLs as they are sent and signed, and what makes a good one a bad choice."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

import httpx
from msgspec import Struct

from ivr.errors import TwimlError
from ivr.simulator.http.failures import cut, shown
from ivr.twiml.rules import BAD_URL

MAX_PORT: Final = 65_535

MAX_REMEMBERED: Final = 4096
"""URLs that are taken apart once: the calls of a line have few, and ask after each many times."""
MAX_REMEMBERED_LETTERS: Final = 1000
"""Of such a URL; a longer one is taken apart each time."""

_ROOT: Final = re.compile(r"[^/?#]*//[^/?#]*")
_BEYOND_ASCII: Final = re.compile(r"[^\x00-\x7f]|%[89A-Fa-f][0-9A-Fa-f]")


class Target(Struct, frozen=True):
    """A URL in each form in which a request needs it."""

    given: str
    """With its fragment, where connection overrides live."""
    url: httpx.URL
    """As signed: without the fragment, which is never sent; with the path `/` where there is none;
    and with no `?` that has nothing behind it: Twilio's own libraries lose that when they check a
    signature."""
    text: str
    """The same."""
    travelling: httpx.URL
    """As signed, without user and password: these are told in a header."""

    @classmethod
    def of(cls, given: str, url: httpx.URL) -> Target:
        """Gives the forms of a URL that is as signed."""
        return cls(given, url, str(url), url.copy_with(userinfo=b""))


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


def target(url: str) -> Target:
    """Gives what to ask for at an absolute URL.

    Raises:
        TwimlError: 11100, it is not an http or https URL.
    """
    return (_known_target if len(url) <= MAX_REMEMBERED_LETTERS else _target)(url)


def _target(absolute: str) -> Target:
    given = _resolved(absolute, "")
    url = httpx.URL(given)
    raw_path = url.raw_path if url.query else url.raw_path.removesuffix(b"?")
    return Target.of(given, url.copy_with(raw_path=raw_path, fragment=None))


_known_target: Final = lru_cache(maxsize=MAX_REMEMBERED)(_target)


def with_query(plain: Target, encoded: bytes) -> Target:
    """Adds parameters as bytes, so that the query that was there stays exactly as it was.

    Args:
        plain: without them.
        encoded: the parameters as they stand in a query; empty for none.

    Raises:
        TwimlError: 11100, the URL has become too long.
    """
    if not encoded:
        return plain
    try:
        query = b"&".join(filter(None, (plain.url.query, encoded)))
        return Target.of(plain.given, plain.url.copy_with(query=query))
    except httpx.InvalidURL as error:
        message = f"{shown(plain.text)} with the parameters of a GET is not a URL: {error}"
        raise TwimlError(BAD_URL, message) from error


def resolve(base: str, url: str) -> str:
    """Gives the absolute URL that `url` means in a document at `base`.

    Its fragment stays: connection overrides live there.

    Args:
        base: absolute.
        url: absolute or relative; empty means `base` itself, and so does a fragment alone.

    Raises:
        TwimlError: 11100 when the result is not an http or https URL.
    """
    # What begins at the root means the same in every document of its origin.
    root = _ROOT.match(base) if url.startswith("/") and not url.startswith("//") else None
    start = base if root is None else root[0]
    is_known = len(start) + len(url) <= MAX_REMEMBERED_LETTERS
    return (_known_resolved if is_known else _resolved)(start, url)


def _resolved(base: str, url: str) -> str:
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


_known_resolved: Final = lru_cache(maxsize=MAX_REMEMBERED)(_resolved)
