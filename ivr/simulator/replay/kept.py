"""A kept call: how it was placed, what the caller did, and what happened.

What differs from run to run and means nothing is left out of it: how long answers really took, the
CallSid, where the application stands, the URLs of clips that have words. Neither an auth token nor
the password of a URL is ever in it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import httpx
from msgspec import Struct
from msgspec.structs import replace

from ivr.simulator.events import Played, Requested
from ivr.simulator.http.failures import masked
from ivr.simulator.lines import DECIMALS, line
from ivr.simulator.replay.timing import timed
from ivr.simulator.script import write
from ivr.twiml.request import CALL_SID

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ivr.simulator.call import Call
    from ivr.simulator.digits import Digits
    from ivr.simulator.events import Event
    from ivr.simulator.lines import Value
    from ivr.simulator.setup import Setup

SID_MASK: Final = "CA…"

_ADDED: Final = re.compile(rf"[?&]{CALL_SID}=.*", re.DOTALL)
"""What the carrier adds to the URL of a GET."""
_LOGIN: Final = r"(?:[^/?#@\s]*@)?"
_MASKED: Final = re.compile(r"^[^/?#]*//[^/?#@]*:\*\*\*@")


class Moment(Struct, frozen=True):
    """One thing that happened: `Moment(4.7, "pressed", {"digits": "1", "finished_on": ""})`."""

    at_seconds: float
    event: str
    """As the JSON lines of `ivr.simulator.lines` name it."""
    fields: Mapping[str, Value]
    """As they have them, but for what means nothing."""


class KeptCall(Struct, frozen=True, kw_only=True):
    """A call as it is kept; `ivr.simulator.replay.file` has its form."""

    url: str | None
    """Of the first document, without a password; None for this checkout's own line."""
    keys: str
    """What the caller did, as `ivr.simulator.script` reads it."""
    setup: Setup
    moments: tuple[Moment, ...]

    @property
    def seconds(self) -> float:
        """How long the call lasted."""
        return max((moment.at_seconds for moment in self.moments), default=0.0)


def keep(
    call: Call, url: str, digits: Digits, *, keys: str | None = None, is_own: bool = False
) -> KeptCall:
    """Gives what is kept of a call.

    Args:
        call: that is over.
        url: of its first document, absolute.
        digits: what counts as a digit that was read out.
        keys: the script that it followed; None: what the caller did becomes a script with times.
        is_own: whether it rang this checkout's own line, of which no URL is kept.
    """
    setup = call.setup
    kept = replace(
        setup,
        fallback_url=None if setup.fallback_url is None else masked(setup.fallback_url),
        status_callback=None if setup.status_callback is None else masked(setup.status_callback),
    )
    return KeptCall(
        url=None if is_own else masked(url),
        keys=write(timed(call, digits)) if keys is None else keys,
        setup=kept,
        moments=tuple(_moments(call.events, _Plain(url, call.party.call_sid))),
    )


def has_secret(url: str | None) -> bool:
    """Says whether a kept URL lacks the password that it had."""
    return url is not None and _MASKED.match(url) is not None


class _Plain:
    """Takes out of texts what is another one in another run.

    Args:
        url: of the first document.
        call_sid: of the call.
    """

    def __init__(self, url: str, call_sid: str) -> None:
        found = httpx.URL(url)
        origin = re.escape(f"{found.scheme}://") + _LOGIN + re.escape(found.netloc.decode())
        self._origin = re.compile(rf"{origin}(?![\w.:%@-])", re.IGNORECASE)
        self._call_sid = call_sid

    def __call__(self, text: str) -> str:
        return self._origin.sub("", text).replace(self._call_sid, SID_MASK)


def _moments(events: tuple[Event, ...], plain: _Plain) -> Iterator[Moment]:
    for event in events:
        told = line(event)
        if told is None or (isinstance(event, Requested) and event.purpose == "clip"):
            continue
        left_out = {"at", "event"}
        if isinstance(event, Requested):
            left_out.add("seconds")
        if isinstance(event, Played) and event.url is not None and event.words:
            left_out.add("url")
        fields = {
            name: _kept(name, value, plain) for name, value in told.items() if name not in left_out
        }
        yield Moment(round(event.at_seconds, DECIMALS), str(told["event"]), fields)


def _kept(name: str, value: Value, plain: _Plain) -> Value:
    if not isinstance(value, str):
        return value
    return plain(_ADDED.sub("", masked(value)) if name == "url" else value)
