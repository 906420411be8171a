"""What the web service is put together from; made in the command, or by a test."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, field

from ivr.engine.limits import NO_LIMITS, Limits
from ivr.web.standing import Standing

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from ivr.flow.model import Spec
    from ivr.speech.library import Library
    from ivr.store.redis import RedisStore


class Parts(Struct, frozen=True, kw_only=True):
    """Everything from outside that the service works with."""

    spec: Spec
    store: RedisStore
    library: Library
    auth_tokens: tuple[str, ...]
    """The keys of the request signatures: any of them will do, while one is changed for another."""
    secret_key: str
    clock: Callable[[], datetime]
    """The time now, with its zone."""
    clips_held_seconds: float = 0.2
    """So long what can be played at a turn counts as it was found, before files are looked at anew:
    on a busy line that is a tenth of the work; a file that goes away meanwhile is a clip missed."""
    public_url: str | None = None
    """Scheme and host that the provider signs; None: those of each request."""
    proxy_hops: int = 0
    """How many proxies in front may say under which scheme and host they were asked."""
    hosts: tuple[str, ...] = ()
    """The names under which it may be asked, in small letters and without ports; empty: any."""
    limits: Limits = NO_LIMITS
    """How much one caller may use of the line."""
    has_siblings: bool = False
    """Another version may answer beside this one, so that a place of its may be asked for."""
    standing: Standing = field(default_factory=Standing)
    """Shared by every process of the service."""
    helper_number: str | None = None
    """A person to ring for a caller, in E.164 form; None: no person is offered."""
    line_number: str | None = None
    """The line's own number, for requests that do not tell which was rung; None: unknown."""

    def __repr__(self) -> str:
        """Name the type only: secrets and a volunteer's number are in it."""
        return "Parts(…)"
