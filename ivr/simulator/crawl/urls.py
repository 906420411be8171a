"""URLs as a crawl compares them: without what changes from call to call and from turn to turn."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

_SID: Final = re.compile(r"\b(CA|RE|QU|SM|CF)[0-9a-f]{32}\b")
_UUID: Final = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.IGNORECASE)
_QUERY: Final = re.compile(r"\?[^\s'\"<>]*")
_PART: Final = r"(?:[A-Z]+|[A-Z]?[a-z]+(?:[A-Z][a-z]{2,})*)"
_WORD: Final = re.compile(rf"(?=.{{1,32}}$){_PART}(?:[_-]{_PART})*")
"""`transfer`, `for-sale`, `newMenu`; what mixes letters as nobody writes them names a session."""
MASK: Final = "…"


def plain_url(url: str, call_sid: str) -> str:
    """Gives a URL by which a place is known again.

    Values of the query that are no plain words are hidden: most often they count turns or name a
    session. `?for=transfer` is kept, `?turn=7` is not.

    Args:
        url: absolute.
        call_sid: of the call, hidden wherever it stands.
    """
    parts = urlsplit(without_sids(url.replace(call_sid, MASK)))
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
    """Hides the names that are given to calls, recordings and sessions, others each time."""
    return _UUID.sub(MASK, _SID.sub(rf"\1{MASK}", text))


def without_queries(text: str) -> str:
    """Gives a message by which it is known again, whatever turn it tells of."""
    return _QUERY.sub("", without_sids(text))
