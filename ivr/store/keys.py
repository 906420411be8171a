"""Every key that the line writes in Redis: how it is called, what it holds, how long it lasts.

One Redis:  `ivr:call:CA12…`, `ivr:caller:9f86…`
A Cluster:  `ivr:{1f}:call:CA12…`, `ivr:{1f}:caller:9f86…`

In a Cluster one script can touch only keys of one slot, and a turn touches the call, its caller
and the counts. So every key carries the partition of its call, between braces, which is all that a
Cluster looks at to find the slot. There are 64 partitions: enough to spread over any number of
masters that a helpline will need, few enough to add the counts of all of them up.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from datetime import datetime

CALLS: Final = "ivr:call:"
CALLERS: Final = "ivr:caller:"
"""How the keys of sessions and of what is kept of callers begin, outside of a Cluster."""
PARTITIONS: Final = 64
SESSION_SECONDS: Final = 4 * 60 * 60
"""Twilio ends a call after four hours."""
RECENT_SECONDS: Final = 60 * 60
"""For so long a call counts among those of the last hour."""
USED_SECONDS: Final = 24 * 60 * 60
"""For so long what a caller has used counts, from the first of it on."""
PROBE_SECONDS: Final = 60
_DAY_SECONDS: Final = 24 * 60 * 60


class Kept(Struct, frozen=True, kw_only=True):
    """How long is kept what settings decide about."""

    ended_seconds: int = 30 * _DAY_SECONDS
    """The session of a call that has ended, so that its old requests are known again."""
    counts_seconds: int = 400 * _DAY_SECONDS
    """Counts hold no caller's data; so long, one year can be held against the one before."""


class CallKey(Struct, frozen=True):
    """How the store names a call.

    Sample: `CallKey("CA0123456789abcdef0123456789abcdef", "9f86…")`.
    """

    sid: str
    caller_key: str | None
    """Of the caller, as `ivr.engine.memory.caller_key` makes it; None: the number is withheld."""

    @property
    def partition(self) -> int:
        """Where a Cluster keeps all of this call: with everything else of its caller."""
        return partition(self.caller_key or self.sid)


class KeyKind(Struct, frozen=True, kw_only=True):
    """One kind of key, as the page on privacy tells it.

    Sample: `KeyKind(name="used", named_by="caller", holds="…", seconds=86_400)`.
    """

    name: str
    """What stands after `ivr:`, and in a Cluster after the partition."""
    named_by: str | None
    """What stands after it: `call` (CallSid), `caller` (keyed hash), `day` (UTC); None: nothing."""
    holds: str
    seconds: int | None
    """The longest that it lasts after it was last written; None: as long as the flow says."""


def kinds(kept: Kept) -> tuple[KeyKind, ...]:
    """All kinds of keys that the line writes; no others are its own."""
    return (
        KeyKind(
            name="call",
            named_by="call",
            holds="where a call is and what was last said; after its end, that it has ended",
            seconds=max(SESSION_SECONDS, kept.ended_seconds),
        ),
        KeyKind(
            name="caller",
            named_by="caller",
            holds="how to speak to a caller, and the place where the next call goes on",
            seconds=None,
        ),
        KeyKind(
            name="calls",
            named_by="caller",
            holds="the CallSids of a caller's last hour, each with its time",
            seconds=RECENT_SECONDS,
        ),
        KeyKind(
            name="used",
            named_by="caller",
            holds="how many seconds a caller has used since a day ago at most",
            seconds=USED_SECONDS,
        ),
        KeyKind(
            name="counts",
            named_by="day",
            holds="how often what happened on a day, of all callers together",
            seconds=kept.counts_seconds,
        ),
        KeyKind(name="probe", named_by=None, holds="that Redis can write", seconds=PROBE_SECONDS),
    )


class Names(Struct, frozen=True):
    """The names of keys, for one Redis or for a Cluster."""

    is_cluster: bool

    def call(self, call: CallKey) -> str:
        """Of the session of a call."""
        return f"{self._before(call.caller_key or call.sid)}call:{call.sid}"

    def caller(self, caller_key: str) -> str:
        """Of what is kept of a caller."""
        return f"{self._before(caller_key)}caller:{caller_key}"

    def calls(self, caller_key: str) -> str:
        """Of a caller's calls of the last hour."""
        return f"{self._before(caller_key)}calls:{caller_key}"

    def used(self, caller_key: str) -> str:
        """Of the seconds that a caller has used."""
        return f"{self._before(caller_key)}used:{caller_key}"

    def counts(self, at: int, day: str) -> str:
        """Of the counts of a day, YYYY-MM-DD in UTC, of the calls in one partition."""
        return f"{self._at(at)}counts:{day}"

    def probe(self, at: int) -> str:
        """Of what shows that Redis can write."""
        return f"{self._at(at)}probe"

    def pattern(self, prefix: str) -> str:
        """What SCAN finds all keys of a prefix by, such as `ivr:call:`."""
        plain = prefix.removeprefix("ivr:")
        return f"ivr:{{*}}:{plain}*" if self.is_cluster else f"ivr:{plain}*"

    @property
    def partitions(self) -> range:
        """All of them; outside of a Cluster there is one."""
        return range(PARTITIONS if self.is_cluster else 1)

    def _before(self, name: str) -> str:
        """How the keys begin of what a caller's key, or a CallSid, names."""
        return self._at(partition(name)) if self.is_cluster else "ivr:"

    def _at(self, at: int) -> str:
        """How the keys of a partition begin."""
        return f"ivr:{{{at:02x}}}:" if self.is_cluster else "ivr:"


def partition(name: str) -> int:
    """The partition of a caller's key, or of a CallSid."""
    return zlib.crc32(name.encode()) % PARTITIONS


def tag(key: bytes) -> bytes:
    """What a Cluster looks at to find the slot of a key."""
    _, opened, rest = key.partition(b"{")
    return rest.partition(b"}")[0] if opened else key


def day_of(now: datetime) -> str:
    """The day that counts are of, YYYY-MM-DD, by the clock of `now`."""
    return now.date().isoformat()
