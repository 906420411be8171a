"""A call's requests on the wire, as Twilio makes them: signed, with cookies, bounded.

https://www.twilio.com/docs/usage/webhooks/webhooks-faq and …/webhooks-connection-overrides: connect
5 s, all in all 15 s, one retry and only when the connection fails, unless the fragment of the URL
says otherwise; at most 10 HTTP redirects; cookies kept within a call, and a login too; answers to
GET kept as their headers allow.
"""

from __future__ import annotations

import secrets
import time
import uuid
from contextlib import closing
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

import httpx
from msgspec import Struct

from ivr.errors import TwimlError
from ivr.simulator.events import Requested
from ivr.simulator.http.bodies import read_body
from ivr.simulator.http.cookies import Cookies
from ivr.simulator.http.failures import (
    TOO_MANY_REDIRECTS,
    bad_status,
    cut,
    failure,
    masked,
    shown,
)
from ivr.simulator.http.logins import Logins
from ivr.simulator.http.overrides import parse_overrides
from ivr.simulator.http.patience import Patience, trouble_of_error, trouble_of_status
from ivr.simulator.http.urls import (
    as_sent,
    beyond_ascii,
    is_ascii,
    resolve,
    with_query,
    without_login,
)
from ivr.twiml.request import IDEMPOTENCY_HEADER
from ivr.twiml.rules import MAX_DOCUMENT_BYTES
from ivr.twiml.signature import HEADER, sign

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ivr.simulator.events import Purpose
    from ivr.simulator.http.cache import Cache, Kept
    from ivr.simulator.log import Log
    from ivr.twiml.verbs import Method

MAX_HTTP_REDIRECTS: Final = 10
MAX_CLIP_BYTES: Final = 40 * 1024 * 1024
USER_AGENT: Final = "TwilioProxy/1.1"

_AUDIO = "audio/"
_OK = range(200, 300)
# 308 is not among them: Twilio loses the call there, so the developer must see it.
_REDIRECTS_AS_GET = frozenset({301, 302, 303})
_REDIRECTS_AS_IS = frozenset({307})


class Ask(Struct, frozen=True, kw_only=True):
    """What to ask an application for.

    After a Gather: `Ask(method="POST", url="http://line.test/turn#rc=2", purpose="document",
    form={"CallSid": "CA…", …}, added={"Digits": "1", …})`.
    """

    method: Method
    """With GET the parameters go into the query."""
    url: str
    """Absolute. Its fragment is not sent; it may hold connection overrides."""
    form: Mapping[str, str] = {}
    """The parameters that every request of the call has; empty for a clip."""
    added: Mapping[str, str] = {}
    """Those that only this request has; told once, and not again after an HTTP redirect."""
    purpose: Purpose


class Answer(Struct, frozen=True, kw_only=True):
    """A good answer (2xx), after all HTTP redirects."""

    url: str
    """Where it came from in the end, without the parameters that a GET adds and without a
    fragment: the base of relative URLs."""
    content_type: str
    """In small letters, without parameters; empty when there was none."""
    body: bytes
    """Cut one byte after the most that its purpose allows, so that its reader can tell."""

    @property
    def is_audio(self) -> bool:
        """Whether it is to be played: https://www.twilio.com/docs/voice/twiml#mime-types."""
        return self.content_type.startswith(_AUDIO)


class _Signed(Struct, frozen=True, kw_only=True):
    """A request with its signature."""

    request: httpx.Request
    """As it travels: user and password stand in a header, if anywhere."""
    url: str
    """As signed: with user and password."""
    purpose: Purpose


class _Reply(Struct, frozen=True, kw_only=True):
    """One answer, good or bad."""

    response: httpx.Response
    body: bytes


class Wire:
    """The one place that asks over HTTP; every foreign exception becomes a TwimlError here.

    What an application raises in this process is not caught: its developer wants the
    traceback.

    Args:
        client: over a transport of `ivr.simulator.http.network`; with another one a server that
            holds its headers back byte by byte may take longer than allowed. Its cookies are
            neither used nor shared; its owner closes it.
        auth_token: signs every request.
        log: is told of every request, each attempt on its own.
        cache: of the phone that the call is made with; None keeps nothing.
    """

    def __init__(
        self, client: httpx.Client, auth_token: str, log: Log, cache: Cache | None = None
    ) -> None:
        self.log = log
        self.cache = cache
        self._client = client
        self._auth_token = auth_token
        self._cookies = Cookies(log)
        self._logins = Logins(log)
        self._has_begun = False

    def fetch(self, ask: Ask) -> Answer:
        """Makes a request, tries again where Twilio would, and follows its HTTP redirects.

        Raises:
            TwimlError: 11100 bad URL, 11200 not a 2xx or too slow, 11205 no connection, 11206 not
                HTTP, 11210 no such host, 11215 too many redirects, 11220 no TLS, 11235 to 11237
                a bad certificate.
        """
        url = httpx.URL(resolve(ask.url, ""))
        patience = self._patience(url)
        # Other URLs stand in documents, and are looked at there.
        if not self._has_begun:
            self._has_begun = True
            self._check(url, "the call begins at", ask.purpose)
        method, form = ask.method, {**ask.form, **ask.added}
        for _ in range(MAX_HTTP_REDIRECTS + 1):
            url = as_sent(url)
            reply = self._ask(self._request(method, url, form, ask.purpose), patience)
            status, location = reply.response.status_code, reply.response.headers.get("location")
            if status in _OK:
                return Answer(
                    url=str(url), content_type=_content_type(reply.response), body=reply.body
                )
            if status in _REDIRECTS_AS_GET and location:
                method = "GET"
            elif not (status in _REDIRECTS_AS_IS and location):
                raise bad_status(method, str(url), reply.response)
            place, url = shown(str(url)), httpx.URL(resolve(str(url), location))
            self._check(url, f"{place} leads on to", ask.purpose)
            form = dict(ask.form)
        raise TwimlError(
            TOO_MANY_REDIRECTS,
            f"{shown(str(url))}: more than {MAX_HTTP_REDIRECTS} HTTP redirects; is it a loop?",
        )

    def _patience(self, url: httpx.URL) -> Patience:
        overrides, problems = parse_overrides(url.fragment)
        for problem in problems:
            self.log.warn_of(f"{shown(str(url))}: {cut(problem.message)}", problem.code)
        return Patience.begin(overrides)

    def _check(self, url: httpx.URL, where: str, purpose: Purpose) -> None:
        # Hardly anybody checks the signature of what asks for a clip.
        if purpose != "clip" and not is_ascii(str(url)):
            self.log.warn_of(f"{where} {beyond_ascii(str(url))}")

    def _request(
        self, method: Method, url: httpx.URL, form: Mapping[str, str], purpose: Purpose
    ) -> _Signed:
        encoded = urlencode(form).encode()
        headers = {
            "User-Agent": USER_AGENT,
            "Accept": "*/*",
            IDEMPOTENCY_HEADER: str(uuid.UUID(bytes=secrets.token_bytes(16), version=4)),
        }
        if method == "GET":
            url = with_query(url, encoded)
        else:
            headers["Content-Type"] = "application/x-www-form-urlencoded; charset=UTF-8"
        headers[HEADER] = sign(self._auth_token, str(url), {} if method == "GET" else form)
        content = None if method == "GET" else encoded
        request = httpx.Request(method, without_login(url), headers=headers, content=content)
        self._logins.learn(url, is_checked=purpose != "clip")
        self._logins.show(request)
        if purpose == "document":
            self._cookies.show(request)
        return _Signed(request=request, url=str(url), purpose=purpose)

    def _ask(self, signed: _Signed, patience: Patience) -> _Reply:
        """Out of the cache, or over the wire."""
        cache, request = self.cache, signed.request
        if cache is None or request.method != "GET":
            return self._try(signed, patience)
        # What one who is logged in may hear is not for everybody.
        key = self._logins.known(request.url) + signed.url
        kept = cache.find(key)
        if kept is not None:
            if cache.is_fresh(kept):
                return _again(kept)
            request.headers.update(kept.conditions())
        reply = self._try(signed, patience)
        headers = reply.response.headers
        if kept is not None and reply.response.status_code == httpx.codes.NOT_MODIFIED:
            cache.renew(key, kept, headers)
            return _again(kept)
        is_whole = len(reply.body) <= _max_bytes(signed.purpose, reply.response)
        if reply.response.status_code == httpx.codes.OK and is_whole:
            cache.keep(key, headers, reply.body)
        return reply

    def _try(self, signed: _Signed, patience: Patience) -> _Reply:
        """Once, again with a password when one is asked for, and as often as the overrides say.

        A retry is the same request to the last byte, its idempotency token included.
        """
        while True:
            try:
                reply = self._attempt(signed, patience)
            except httpx.RequestError as error:
                if not patience.takes_retry(trouble_of_error(error)):
                    raise failure(
                        error, signed.url, patience.overrides, is_time_over=patience.is_over()
                    ) from error
            else:
                is_done = not self._logins.enter(reply.response)
                if is_done and not patience.takes_retry(
                    trouble_of_status(reply.response.status_code)
                ):
                    return reply

    def _attempt(self, signed: _Signed, patience: Patience) -> _Reply:
        if patience.is_over():
            raise httpx.ReadTimeout("the time is over before it could be asked")
        begun = time.monotonic()
        status = None
        signed.request.extensions = patience.extensions()
        try:
            with closing(
                self._client.send(signed.request, stream=True, follow_redirects=False)
            ) as response:
                status = response.status_code
                patience.check_in_process(response, begun)
                if signed.purpose == "document":
                    self._cookies.keep(response)
                most = _max_bytes(signed.purpose, response)
                body = read_body(response, most, patience.is_over) if status in _OK else b""
                return _Reply(response=response, body=body)
        finally:
            requested = Requested(
                at_seconds=self.log.seconds,
                method=signed.request.method,
                url=masked(signed.url),
                status=status,
                purpose=signed.purpose,
                seconds=time.monotonic() - begun,
            )
            self.log.add(requested)


def _again(kept: Kept) -> _Reply:
    headers = {"content-type": kept.content_type}
    return _Reply(response=httpx.Response(httpx.codes.OK, headers=headers), body=kept.body)


def _max_bytes(purpose: Purpose, response: httpx.Response) -> int:
    """A document may be audio, which Twilio plays."""
    is_audio = purpose == "document" and _content_type(response).startswith(_AUDIO)
    return MAX_CLIP_BYTES if is_audio or purpose == "clip" else MAX_DOCUMENT_BYTES


def _content_type(response: httpx.Response) -> str:
    kind: str = response.headers.get("content-type", "")
    return kind.partition(";")[0].strip().lower()
