"""A signed request, sent once: its answer, read within bounds, and told of."""

from __future__ import annotations

import time
from contextlib import closing
from typing import TYPE_CHECKING, Final

import httpx
from msgspec import Struct

from ivr.simulator.events import Requested
from ivr.simulator.http.bodies import read_body
from ivr.simulator.http.failures import FAULT, masked
from ivr.twiml.rules import MAX_DOCUMENT_BYTES

if TYPE_CHECKING:
    from ivr.simulator.events import Purpose
    from ivr.simulator.faults import Fate
    from ivr.simulator.http.cookies import Cookies
    from ivr.simulator.http.patience import Patience
    from ivr.simulator.log import Log

MAX_CLIP_BYTES: Final = 40 * 1024 * 1024
AUDIO: Final = "audio/"
OK: Final = range(200, 300)


class Signed(Struct, frozen=True, kw_only=True):
    """A request with its signature."""

    request: httpx.Request
    """As it travels: user and password stand in a header, if anywhere."""
    url: str
    """As signed: with user and password."""
    purpose: Purpose


class Reply(Struct, frozen=True, kw_only=True):
    """One answer, good or bad."""

    response: httpx.Response
    body: bytes
    """Of a good one (2xx); of any other it is not read."""


class Sender:
    """Sends requests, each as often as it is told to.

    Args:
        client: its owner closes it; its cookies are neither used nor shared.
        cookies: of the call; keeps what the answers to documents set.
        log: is told of every request.
    """

    def __init__(self, client: httpx.Client, cookies: Cookies, log: Log) -> None:
        self._client = client
        self._cookies = cookies
        self._log = log

    def send(self, signed: Signed, patience: Patience, fate: Fate, *, is_lost: bool) -> Reply:
        """Sends a request once, and tells of it.

        Args:
            signed: what to send.
            patience: how long it may take.
            fate: what befalls it: with a status the application is not asked.
            is_lost: whether the answer is never to arrive.

        Raises:
            httpx.RequestError: there is no whole answer.
        """
        begun, status = time.monotonic(), None
        try:
            with closing(self._answer(signed, patience, fate)) as response:
                status = None if is_lost else response.status_code
                patience.check_in_process(response, begun)
                if signed.purpose == "document" and not is_lost:
                    self._cookies.keep(response)
                most, is_good = max_bytes(signed.purpose, response), response.status_code in OK
                body = read_body(response, most, patience.is_over) if is_good else b""
                return Reply(response=response, body=body)
        finally:
            requested = Requested(
                at_seconds=self._log.seconds,
                method=signed.request.method,
                url=masked(signed.url),
                status=status,
                purpose=signed.purpose,
                seconds=time.monotonic() - begun,
                faults=fate.names,
            )
            self._log.add(requested)

    def _answer(self, signed: Signed, patience: Patience, fate: Fate) -> httpx.Response:
        request = signed.request
        if fate.status is None:
            request.extensions = patience.extensions()
            return self._client.send(request, stream=True, follow_redirects=False)
        return httpx.Response(
            fate.status.status,
            request=request,
            stream=httpx.ByteStream(b""),
            extensions={FAULT: str(fate.status)},
        )


def max_bytes(purpose: Purpose, response: httpx.Response) -> int:
    """Gives how long an answer may be; a document may be audio, which Twilio plays."""
    is_audio = purpose == "document" and content_type(response).startswith(AUDIO)
    return MAX_CLIP_BYTES if is_audio or purpose == "clip" else MAX_DOCUMENT_BYTES


def content_type(response: httpx.Response) -> str:
    """Gives the content type in small letters, without parameters; empty when there is none."""
    return bare(response.headers.get("content-type", ""))


def bare(kind: str) -> str:
    """Gives a content type in small letters, without parameters."""
    return kind.partition(";")[0].strip().lower()
