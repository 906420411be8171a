"""What happens in a simulated call, as frozen types, in the order in which it happens.

A call that hears a menu, presses 1 and hangs up:

    Requested(at_seconds=0.0, method="POST", url="http://…/voice", status=200, …="document", …)
    Received(at_seconds=0.0, method="POST", url="http://…/voice", content_type="text/xml", text="…")
    Requested(at_seconds=0.0, method="GET", url="http://…/clips/9f86.wav", status=200, …="clip", …)
    Played(at_seconds=0.0, words="Press 1 for …", url="http://…/clips/9f86.wav", seconds=4.2)
    Heard(at_seconds=0.0, words="Press 1 for …", url="http://…/clips/9f86.wav", seconds=4.2)
    Gathering(at_seconds=4.2, input="dtmf", num_digits=1, timeout_seconds=6, finish_on_key="#", …)
    KeyPressed(at_seconds=4.7, key="1")
    Pressed(at_seconds=4.7, digits="1", finished_on="")
    …
    Ended(at_seconds=9.1, by="caller")

`at_seconds` is the virtual clock of the call when the event happens; waiting for the server takes
no time on it, so that a call is told in the same words on every machine. Only what is late on
purpose (`ivr.simulator.faults`) is Delayed there.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

Purpose: TypeAlias = Literal["document", "clip", "callback"]
By: TypeAlias = Literal["caller", "hangup", "reject", "document", "error", "limit"]
"""Who or what ended a call: the caller; Hangup; Reject; a document that came to its end; an error
after which nothing is left to do; a limit of the simulator's own."""


class _Moment(Struct, frozen=True, kw_only=True):
    at_seconds: float


class Requested(_Moment, frozen=True, tag=True, kw_only=True):
    """A request was made. `status` is the answer's, or None when there was no answer."""

    method: str
    url: str
    """Exactly as sent and signed."""
    status: int | None
    purpose: Purpose
    seconds: float
    """How long the answer really took; none of it passes on the call's own clock."""
    faults: tuple[str, ...] = ()
    """What befell it on purpose, as it was asked for: `("slow:3", "status:500@2")`."""


class Delayed(_Moment, frozen=True, tag=True, kw_only=True):
    """The caller begins to wait for the application, and hears nothing: it is slow on purpose."""

    seconds: float
    """Until the answer comes, or until it has come too late."""


class Received(_Moment, frozen=True, tag=True, kw_only=True):
    """A document has come, as it came; what is wrong with it, and what it does, follows."""

    method: str
    """By which it was asked for."""
    url: str
    """Where it came from in the end: the base of its relative URLs."""
    content_type: str
    text: str
    """Of the whole document; empty for one that is itself a clip."""


class Said(_Moment, frozen=True, tag=True, kw_only=True):
    """A Say begins."""

    text: str
    language: str
    voice: str
    loop: int
    """As written: 0 is without end."""
    seconds: float
    """Of all repetitions, estimated from the length of the text."""


class Played(_Moment, frozen=True, tag=True, kw_only=True):
    """A Play begins: a clip, or tones when `url` is None."""

    words: str
    """Of its INAM tag or its labels; empty when it has none. Of tones, their keys."""
    url: str | None
    seconds: float
    """Of all repetitions."""
    loop: int = 1
    """As written: 0 is without end."""


class Heard(_Moment, frozen=True, tag=True, kw_only=True):
    """Somebody begins to hear words: of a Say, of a clip, or of a labelled part of a clip.

    What a key cuts off before it begins is never Heard.
    """

    words: str
    url: str | None
    """Of the clip, the same for each of its parts; None for a Say and for tones."""
    seconds: float
    """To the end of these words, with every repetition."""
    is_clip: bool
    language: str | None
    """Of a Say; None for a clip."""
    loop: int = 1
    """How often it is heard; never 0."""
    to: str | None = None
    """Who hears it: somebody who was dialled, by their number; None for the caller."""


class Paused(_Moment, frozen=True, tag=True, kw_only=True):
    """A Pause of `seconds` begins."""

    seconds: float


class Interrupted(_Moment, frozen=True, tag=True, kw_only=True):
    """What the caller pressed or said stops what was being said to them."""


class Gathering(_Moment, frozen=True, tag=True, kw_only=True):
    """The line waits for the caller: the nested prompt is over, or was cut off."""

    input: str
    num_digits: int | None
    timeout_seconds: int
    finish_on_key: str
    action: str
    """Absolute."""


class KeyPressed(_Moment, frozen=True, tag=True, kw_only=True):
    """The caller presses a key."""

    key: str
    is_heard: bool = True
    """Whether the line listened for it."""


class Pressed(_Moment, frozen=True, tag=True, kw_only=True):
    """A Gather has taken an entry of keys."""

    digits: str
    """Without the finishing key."""
    finished_on: str
    """The finishing key; empty when numDigits or the timeout ended the entry."""


class Spoke(_Moment, frozen=True, tag=True, kw_only=True):
    """The caller has said something, where a Gather or a Record listens or not."""

    text: str
    is_heard: bool = True


class Silence(_Moment, frozen=True, tag=True, kw_only=True):
    """A Gather has timed out without input."""

    seconds: float
    """How long it waited."""


class Beeped(_Moment, frozen=True, tag=True, kw_only=True):
    """A Record begins to listen, after its tone."""

    max_seconds: int
    timeout_seconds: int
    finish_on_key: str
    action: str
    """Absolute."""


class Recorded(_Moment, frozen=True, tag=True, kw_only=True):
    """A Record has ended."""

    seconds: float
    """Of the recording; the application is told whole ones."""
    key: str
    """That ended it; `hangup` when the caller hung up; empty otherwise."""


class Dialed(_Moment, frozen=True, tag=True, kw_only=True):
    """A Dial has ended."""

    to: tuple[str, ...]
    outcome: str
    """Its DialCallStatus."""
    seconds: float
    """How long the two talked."""


class Enqueued(_Moment, frozen=True, tag=True, kw_only=True):
    """The caller begins to wait in a queue."""

    queue: str


class Texted(_Moment, frozen=True, tag=True, kw_only=True):
    """An Sms verb sends a message, which goes nowhere."""

    to: str
    text: str


class Redirected(_Moment, frozen=True, tag=True, kw_only=True):
    """A Redirect verb leads to `url` (absolute)."""

    url: str


class Rejected(_Moment, frozen=True, tag=True, kw_only=True):
    """A Reject verb refuses the call."""

    reason: str


class Warned(_Moment, frozen=True, tag=True, kw_only=True):
    """Something of the application's is not as it should be; the call goes on."""

    code: int | None
    """As Twilio's debugger would show it; None for what Twilio does not warn of."""
    message: str


class Failed(_Moment, frozen=True, tag=True, kw_only=True):
    """Something of the application's failed; unless Ended follows, the call goes on."""

    code: int | None
    """As Twilio's debugger would show it; None for a limit of the simulator's own."""
    message: str


class Ended(_Moment, frozen=True, tag=True, kw_only=True):
    """The call is over; only callbacks may follow."""

    by: By


Event: TypeAlias = (
    Requested
    | Delayed
    | Received
    | Said
    | Played
    | Heard
    | Paused
    | Interrupted
    | Gathering
    | KeyPressed
    | Pressed
    | Spoke
    | Silence
    | Beeped
    | Recorded
    | Dialed
    | Enqueued
    | Texted
    | Redirected
    | Rejected
    | Warned
    | Failed
    | Ended
)
