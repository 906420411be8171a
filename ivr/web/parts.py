"""What the web service is put together from; made in the command, or by a test."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

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
    auth_token: str
    secret_key: str
    clock: Callable[[], datetime]
    """The time now, with its zone."""
    public_url: str | None = None
    """Scheme and host that the provider signs; None: those of each request."""
    proxy_hops: int = 0
    """How many proxies in front may say under which scheme and host they were asked."""
    helper_number: str | None = None
    """A person to ring for a caller, in E.164 form; None: no person is offered."""
    line_number: str | None = None
    """The line's own number, for requests that do not tell which was rung; None: unknown."""

    def __repr__(self) -> str:
        """Name the type only: secrets and a volunteer's number are in it."""
        return "Parts(…)"
