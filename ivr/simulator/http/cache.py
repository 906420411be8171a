"""What Twilio's caching proxies keep of the answers to GET requests.

As long as `Cache-Control: max-age` says, an answer is used without asking. Afterwards it is asked
for again with its ETag or its Last-Modified, and a 304 makes the kept one good. `no-cache` asks
each time, `no-store` keeps nothing, and so does an answer that says nothing about caching. POST is
never kept. https://www.twilio.com/docs/voice/twiml#twilio-as-a-well-behaved-http-client and
https://support.twilio.com/hc/en-us/articles/223180508. Twilio has many such proxies, and a new file
is fetched by each of them; the pretend carrier has one.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ivr.simulator.http.clips import Clip
    from ivr.twiml.document import Document

MAX_ENTRIES: Final = 1000
MAX_BYTES: Final = 64 * 1024 * 1024
"""Of all bodies together; what was used longest ago goes first."""
MAX_DOCUMENTS: Final = 4000
"""Of a line with fifty places, in each of some dozens of turns."""
MAX_DOCUMENTS_BYTES: Final = 8 * 1024 * 1024

_MAX_AGE: Final = re.compile(r'max-age="?([0-9]{1,9})"?')
_WHOLE_NUMBER: Final = re.compile(r"[0-9]{1,9}", re.ASCII)

Key = TypeVar("Key")
Value = TypeVar("Value")


class Shelf(Generic[Key, Value]):
    """Keeps what was used last, within bounds; safe to use from several threads."""

    def __init__(self, max_entries: int = MAX_ENTRIES, max_bytes: int = MAX_BYTES) -> None:
        self._max_entries = max_entries
        self._max_bytes = max_bytes
        self._entries: OrderedDict[Key, tuple[Value, int]] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def find(self, key: Key) -> Value | None:
        """Gives what was put there last; None when nothing was, or when it had to go."""
        with self._lock:
            if key not in self._entries:
                return None
            self._entries.move_to_end(key)
            return self._entries[key][0]

    def put(self, key: Key, value: Value, size_bytes: int) -> None:
        """Keeps `value` in place of what was there; others go until there is room."""
        with self._lock:
            self._drop(key)
            self._entries[key] = (value, size_bytes)
            self._bytes += size_bytes
            while len(self._entries) > self._max_entries or self._bytes > self._max_bytes:
                self._drop(next(iter(self._entries)))

    def remove(self, key: Key) -> None:
        """Forgets what was put there; nothing happens when nothing was."""
        with self._lock:
            self._drop(key)

    def _drop(self, key: Key) -> None:
        _, size_bytes = self._entries.pop(key, (None, 0))
        self._bytes -= size_bytes


class Kept(Struct, frozen=True, kw_only=True):
    """An answer that may be used again."""

    content_type: str
    """The whole header, with its parameters."""
    body: bytes
    etag: str
    """Empty when there was none, like `last_modified`."""
    last_modified: str
    fresh_until_seconds: float
    """On the clock of the cache: until then it is used without asking."""

    def conditions(self) -> dict[str, str]:
        """Gives the headers that ask for the answer only if it has changed."""
        headers = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in headers.items() if value}


class Cache:
    """Keeps answers for the calls of one phone.

    Args:
        now: the clock by which answers grow old, in seconds. It is no part of the machine's time:
            whoever makes the calls decides how much time passes in them and between them.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._answers: Shelf[str, Kept] = Shelf()
        self.clips: Shelf[tuple[bytes, str], Clip] = Shelf()
        """What was read out of audio, by its bytes and its content type."""
        self.documents: Shelf[bytes, Document] = Shelf(MAX_DOCUMENTS, MAX_DOCUMENTS_BYTES)
        """What was read out of TwiML, by its bytes: the same for many callers of a line."""

    def find(self, url: str) -> Kept | None:
        """Gives what is kept of the answer to a GET of `url`, named as it was to `keep`."""
        return self._answers.find(url)

    def is_fresh(self, kept: Kept) -> bool:
        """Says whether it may be used without asking."""
        return self._now() < kept.fresh_until_seconds

    def keep(self, url: str, headers: Mapping[str, str], body: bytes) -> None:
        """Keeps an answer, as far as its headers allow it.

        Args:
            url: exactly as sent, behind the login that it may be asked with; the answer that was
                kept for it is forgotten in any case.
            headers: of the answer, found under names in small letters.
            body: of the answer, whole.
        """
        kept = Kept(
            content_type=headers.get("content-type", ""),
            body=body,
            etag=headers.get("etag", ""),
            last_modified=headers.get("last-modified", ""),
            fresh_until_seconds=self._now() + _fresh_seconds(headers),
        )
        is_storable = "no-store" not in headers.get("cache-control", "").lower()
        if is_storable and (self.is_fresh(kept) or kept.conditions()):
            self._answers.put(url, kept, len(body) + len(url))
        else:
            self._answers.remove(url)

    def renew(self, url: str, kept: Kept, headers: Mapping[str, str]) -> None:
        """Keeps `kept` for as long as the headers of a 304 say; they stand for those it had."""
        told = {name: headers[name] for name in _RENEWED if name in headers}
        had = {
            "content-type": kept.content_type,
            "etag": kept.etag,
            "last-modified": kept.last_modified,
        }
        self.keep(url, had | told, kept.body)


_RENEWED: Final = ("cache-control", "age", "etag", "last-modified")


def _fresh_seconds(headers: Mapping[str, str]) -> int:
    control = headers.get("cache-control", "").lower()
    found = _MAX_AGE.search(control)
    if found is None or "no-cache" in control:
        return 0
    age = headers.get("age", "0").strip()
    return int(found[1]) - (int(age) if _WHOLE_NUMBER.fullmatch(age) else 0)
