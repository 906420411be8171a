"""A telephone: rings applications over HTTP or in-process, one call after another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from ivr.simulator.call import Call
from ivr.simulator.http.cache import Cache
from ivr.simulator.http.direct import Direct
from ivr.simulator.http.network import Network
from ivr.simulator.setup import Setup

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from ivr.simulator.events import Event
    from ivr.simulator.log import Pace


class Phone:
    """Keeps what calls have in common: connections, the auth token, and a cache of clips.

        with Phone(InProcess(app), "secret") as phone:
            call = phone.call("http://line.test/voice")

    Args:
        transport: how requests travel: `InProcess(app)` for a WSGI application; None over HTTP.
        auth_token: signs every request.
        setup: who calls whom, and how; of every call.
    """

    def __init__(
        self, transport: httpx.BaseTransport | None, auth_token: str, setup: Setup | None = None
    ) -> None:
        self._client = Direct(transport or Network())
        self._auth_token = auth_token
        self._setup = setup or Setup()
        self._cache = Cache(self._now)
        self._latest: Call | None = None
        self._past_seconds = 0.0

    def call(
        self,
        url: str,
        *,
        setup: Setup | None = None,
        on_event: Callable[[Event], object] | None = None,
        call_sid: str | None = None,
        pace: Pace | None = None,
    ) -> Call:
        """Makes a call that can be started.

        Args:
            url: of the first document, absolute.
            setup: of this call; None for the phone's own.
            on_event: told of each event as it happens; None for nobody.
            call_sid: CA and 32 hexadecimal digits; None makes a random one.
            pace: told of each stretch of seconds before it passes on the virtual clock, and may
                wait as long; None lets the clock run.
        """
        self._past_seconds, self._latest = self._now(), None
        self._latest = Call(
            self._client,
            url,
            self._auth_token,
            setup=setup or self._setup,
            cache=self._cache,
            call_sid=call_sid,
            on_event=on_event,
            pace=pace,
        )
        return self._latest

    def close(self) -> None:
        """Closes its connections; its calls cannot go on."""
        self._client.close()

    def _now(self) -> float:
        """The clock by which what is cached grows old: calls are placed one after another."""
        return self._past_seconds + (0.0 if self._latest is None else self._latest.seconds)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
