"""What a kept call may say of each thing that happened: the fields of each event, and their types.

They are those of `ivr.simulator.lines`, but for what is not kept (`ivr.simulator.replay.kept`).
"""

from __future__ import annotations

from typing import Annotated, TypeAlias

from msgspec import UNSET, Meta, Struct, UnsetType

from ivr.simulator.events import By  # noqa: TC001 - msgspec reads the types of fields
from ivr.twiml.rules import MAX_CALL_SECONDS

Seconds: TypeAlias = Annotated[float, Meta(ge=0)]
Moment: TypeAlias = Annotated[float, Meta(ge=0, le=MAX_CALL_SECONDS)]
Count: TypeAlias = Annotated[int, Meta(ge=0)]


class _Happening(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="event"):
    at: Moment


class _Request(_Happening, frozen=True, kw_only=True, tag="request"):
    method: str
    url: str
    status: int | None


class _Say(_Happening, frozen=True, kw_only=True, tag="say"):
    text: str
    language: str
    voice: str
    loop: Count


class _Play(_Happening, frozen=True, kw_only=True, tag="play"):
    words: str
    url: str | UnsetType | None = UNSET
    """Not kept of a clip that has words."""
    seconds: Seconds
    loop: Count


class _Pause(_Happening, frozen=True, kw_only=True, tag="pause"):
    seconds: Seconds


class _Delay(_Happening, frozen=True, kw_only=True, tag="delay"):
    seconds: Seconds


class _Gather(_Happening, frozen=True, kw_only=True, tag="gather"):
    input: str
    num_digits: int | None
    finish_on_key: str
    timeout: Count


class _Pressed(_Happening, frozen=True, kw_only=True, tag="pressed"):
    digits: str
    finished_on: str


class _Spoke(_Happening, frozen=True, kw_only=True, tag="spoke"):
    text: str


class _Silence(_Happening, frozen=True, kw_only=True, tag="silence"):
    pass


class _Beep(_Happening, frozen=True, kw_only=True, tag="beep"):
    max_length: Count
    timeout: Count
    finish_on_key: str


class _Record(_Happening, frozen=True, kw_only=True, tag="record"):
    seconds: Seconds
    key: str


class _Dial(_Happening, frozen=True, kw_only=True, tag="dial"):
    to: tuple[str, ...]
    outcome: str


class _Enqueue(_Happening, frozen=True, kw_only=True, tag="enqueue"):
    queue: str


class _Sms(_Happening, frozen=True, kw_only=True, tag="sms"):
    to: str
    text: str


class _Redirect(_Happening, frozen=True, kw_only=True, tag="redirect"):
    url: str


class _Reject(_Happening, frozen=True, kw_only=True, tag="reject"):
    reason: str


class _Warning(_Happening, frozen=True, kw_only=True, tag="warning"):
    code: int | None
    message: str


class _Error(_Happening, frozen=True, kw_only=True, tag="error"):
    code: int | None
    message: str


class _Ended(_Happening, frozen=True, kw_only=True, tag="ended"):
    by: By
    seconds: Moment


Happening: TypeAlias = (
    _Request
    | _Say
    | _Play
    | _Pause
    | _Delay
    | _Gather
    | _Pressed
    | _Spoke
    | _Silence
    | _Beep
    | _Record
    | _Dial
    | _Enqueue
    | _Sms
    | _Redirect
    | _Reject
    | _Warning
    | _Error
    | _Ended
)
