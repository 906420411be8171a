"""URLs as a crawl compares them: without what changes from call to call and from turn to turn."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

_SID: Final = re.compile(r"\b(CA|RE|QU|SM|CF)[0-9a-f]{32}\b")
_QUERY: Final = re.compile(r"\?[^\s'\"<>]*")
_WORD: Final = re.compile(r"[A-Za-z_-]{1,32}")
MASK: Final = "…"


def plain_url(url: str, call_sid: str) -> str:
    """Gives a URL by which a place is known again.

    Values of the query that are no plain words are hidden: most often they count turns or name a
    session. `?for=transfer` is kept, `?turn=7` is not.

    Args:
        url: absolute.
        call_sid: of the call, hidden wherever it stands.
    """
    parts = urlsplit(url.replace(call_sid, MASK))
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    kept = [(name, value if _WORD.fullmatch(value) else MASK) for name, value in pairs]
    query = urlencode(kept, safe=MASK)
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))


def address(url: str) -> str:
    """Gives a URL without its query, and without a password: the document's own name."""
    parts = urlsplit(without_sids(url))
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path or "/", "", ""))


def without_sids(text: str) -> str:
    """Hides the names that Twilio gives to calls and recordings, others each time."""
    return _SID.sub(rf"\1{MASK}", text)


def without_queries(text: str) -> str:
    """Gives a message by which it is known again, whatever turn it tells of."""
    return _QUERY.sub("", without_sids(text))
