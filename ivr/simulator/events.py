"""What happens in a simulated call, as frozen types, in the order in which it happens.

A call that hears a menu, presses 1 and hangs up:

    Requested(at_seconds=0.0, method="POST", url="http://…/voice", status=200, purpose="document")
    Requested(at_seconds=0.0, method="GET", url="http://…/clips/9f86.wav", status=200, …="clip")
    Heard(at_seconds=0.0, words="Press 1 for …", url="http://…/clips/9f86.wav", seconds=4.2, …)
    Gathering(at_seconds=4.2, num_digits=1, timeout_seconds=6, finish_on_key="#", action="http://…")
    Pressed(at_seconds=4.2, keys="1", digits="1", finished_on="")
    …
    Ended(at_seconds=9.1, by="caller")

`at_seconds` is the virtual clock of the call when the event begins; waiting for the server takes
no time on it, so that a call is told in the same words on every machine.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

Purpose: TypeAlias = Literal["document", "clip", "status"]
By: TypeAlias = Literal["caller", "hangup", "reject", "document", "error"]
"""Who or what ended a call: the caller; Hangup; Reject; a document that came to its end; an error
after which nothing is left to do."""


class _Moment(Struct, frozen=True, kw_only=True):
    at_seconds: float


class Requested(_Moment, frozen=True, tag=True, kw_only=True):
    """A request was made. `status` is the answer's, or None when there was no answer."""

    method: str
    url: str
    """Exactly as sent and signed."""
    status: int | None
    purpose: Purpose


class Heard(_Moment, frozen=True, tag=True, kw_only=True):
    """The caller heard all of a Say, or of a Play (`is_clip`) one labelled part or the whole."""

    words: str
    """Of a part of a clip, its label; of a clip, those of its INAM tag, empty when it has none; of
    a Say, its text."""
    url: str | None
    """Of the clip, the same for each of its parts; None for a Say."""
    seconds: float
    """How long it took, with every repetition; of a part, up to the next one; of a Say, estimated
    from the length of its text."""
    is_clip: bool
    language: str | None
    """Of a Say; None for a clip."""
    loop: int = 1
    """How often it was heard."""


class Paused(_Moment, frozen=True, tag=True, kw_only=True):
    """A Pause of `seconds`."""

    seconds: float


class Gathering(_Moment, frozen=True, tag=True, kw_only=True):
    """The line waits for keys; everything nested in the Gather has been heard."""

    num_digits: int | None
    timeout_seconds: int
    finish_on_key: str
    action: str
    """Absolute."""


class Pressed(_Moment, frozen=True, tag=True, kw_only=True):
    """The caller pressed `keys`, of which the line took `digits`."""

    keys: str
    digits: str
    """Without the finishing key and without any key after the entry had ended."""
    finished_on: str
    """The finishing key; empty when numDigits or the timeout ended the entry."""


class Silence(_Moment, frozen=True, tag=True, kw_only=True):
    """The caller pressed nothing for the `seconds` of the Gather's timeout."""

    seconds: float


class Redirected(_Moment, frozen=True, tag=True, kw_only=True):
    """A Redirect verb leads to `url` (absolute)."""

    url: str


class Failed(_Moment, frozen=True, tag=True, kw_only=True):
    """Something of the application's failed; unless Ended follows, the call goes on."""

    code: int | None
    """As Twilio's debugger would show it; None for a limit of the simulator's own."""
    message: str


class Ended(_Moment, frozen=True, tag=True, kw_only=True):
    """The call is over; only the status callback may follow."""

    by: By


Event: TypeAlias = (
    Requested | Heard | Paused | Gathering | Pressed | Silence | Redirected | Failed | Ended
)
