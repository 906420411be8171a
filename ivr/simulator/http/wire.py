"""A call's requests on the wire, as Twilio makes them: signed, with cookies, bounded.

https://www.twilio.com/docs/usage/webhooks/webhooks-faq and …/webhooks-connection-overrides: connect
5 s, all in all 15 s, one retry and only when the connection fails, unless the fragment of the URL
says otherwise; at most 10 HTTP redirects; cookies kept within a call, and a login too; answers to
GET kept as their headers allow.
"""

from __future__ import annotations

import secrets
import uuid
from typing import TYPE_CHECKING, Final

import httpx
from msgspec import Struct

from ivr.errors import TwimlError
from ivr.simulator.http.cache import Kept
from ivr.simulator.http.cookies import Cookies
from ivr.simulator.http.failures import (
    TOO_MANY_REDIRECTS,
    bad_status,
    cut,
    failure,
    shown,
)
from ivr.simulator.http.faulty import Faulty
from ivr.simulator.http.form import encode
from ivr.simulator.http.logins import Logins
from ivr.simulator.http.overrides import Overrides, parse_overrides
from ivr.simulator.http.patience import Patience, trouble_of_error, trouble_of_status
from ivr.simulator.http.sending import (
    AUDIO,
    OK,
    Reply,
    Sender,
    Signed,
    bare,
    content_type,
    max_bytes,
)
from ivr.simulator.http.urls import Target, beyond_ascii, is_ascii, resolve, target, with_query
from ivr.twiml.request import IDEMPOTENCY_HEADER
from ivr.twiml.signature import HEADER, sign

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ivr.simulator.events import Purpose
    from ivr.simulator.faults import Fault
    from ivr.simulator.http.cache import Cache
    from ivr.simulator.http.patience import Awaited
    from ivr.simulator.log import Log
    from ivr.twiml.verbs import Method

MAX_HTTP_REDIRECTS: Final = 10
USER_AGENT: Final = "TwilioProxy/1.1"

# 308 is not among them: Twilio loses the call there, so the developer must see it.
_REDIRECTS_AS_GET = frozenset({301, 302, 303})
_REDIRECTS_AS_IS = frozenset({307})
_NO_OVERRIDES: Final = Overrides()


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


class _Unsigned(Struct, frozen=True, kw_only=True):
    """A request that is not made yet, and may not be: its answer may be kept."""

    method: Method
    place: Target
    """With the parameters of a GET."""
    form: Mapping[str, str]
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
        return self.content_type.startswith(AUDIO)


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
        faults: that befall its requests for documents, on purpose.
    """

    def __init__(
        self,
        client: httpx.Client,
        auth_token: str,
        log: Log,
        cache: Cache | None = None,
        faults: Sequence[Fault] = (),
    ) -> None:
        self.log = log
        self.cache = cache
        self._auth_token = auth_token
        self._cookies = Cookies(log)
        self._faulty = Faulty(Sender(client, self._cookies, log), faults, log)
        self._logins = Logins(log)
        self._has_begun = False

    @property
    def unused_faults(self) -> tuple[Fault, ...]:
        """The faults that have befallen nothing so far, for want of requests."""
        return self._faulty.unused

    def fetch(self, ask: Ask) -> Answer:
        """Makes a request for which nobody waits: no time passes on the clock of the call.

        Raises:
            TwimlError: as for `awaited`.
        """
        awaited = self.awaited(ask)
        while True:
            try:
                next(awaited)
            except StopIteration as stop:
                answer: Answer = stop.value
                return answer

    def awaited(self, ask: Ask) -> Awaited[Answer]:
        """Makes a request, tries again where Twilio would, and follows its HTTP redirects.

        Yields:
            How many seconds pass before it goes on: what is late on purpose.

        Raises:
            TwimlError: 11100 bad URL, 11200 not a 2xx or too slow, 11205 no connection, 11206 not
                HTTP, 11210 no such host, 11215 too many redirects, 11220 no TLS, 11235 to 11237
                a bad certificate.
        """
        place = target(ask.url)
        patience = self._patience(place.given)
        # Other URLs stand in documents, and are looked at there.
        if not self._has_begun:
            self._has_begun = True
            self._check(place.given, "the call begins at", ask.purpose)
        method, form = ask.method, {**ask.form, **ask.added}
        for _ in range(MAX_HTTP_REDIRECTS + 1):
            reply = yield from self._ask(_unsigned(method, place, form, ask.purpose), patience)
            if isinstance(reply, Kept):
                kind = bare(reply.content_type)
                return Answer(url=place.text, content_type=kind, body=reply.body)
            status = reply.response.status_code
            if status in OK:
                kind = content_type(reply.response)
                return Answer(url=place.text, content_type=kind, body=reply.body)
            location = reply.response.headers.get("location")
            if status in _REDIRECTS_AS_GET and location:
                method = "GET"
            elif not (status in _REDIRECTS_AS_IS and location):
                raise bad_status(method, place.text, reply.response)
            before, place = shown(place.text), target(resolve(place.text, location))
            self._check(place.given, f"{before} leads on to", ask.purpose)
            form = dict(ask.form)
        raise TwimlError(
            TOO_MANY_REDIRECTS,
            f"{shown(place.given)}: more than {MAX_HTTP_REDIRECTS} HTTP redirects; is it a loop?",
        )

    def _patience(self, url: str) -> Patience:
        if "#" not in url:
            return Patience.begin(_NO_OVERRIDES)
        overrides, problems = parse_overrides(httpx.URL(url).fragment)
        for problem in problems:
            self.log.warn_of(f"{shown(url)}: {cut(problem.message)}", problem.code)
        return Patience.begin(overrides)

    def _check(self, url: str, where: str, purpose: Purpose) -> None:
        # Hardly anybody checks the signature of what asks for a clip.
        if purpose != "clip" and not is_ascii(url):
            self.log.warn_of(f"{where} {beyond_ascii(url)}")

    def _sign(self, unsigned: _Unsigned) -> Signed:
        place = unsigned.place
        # The parameters of a GET are in its URL.
        form = {} if unsigned.method == "GET" else unsigned.form
        content, signature = encode(form), sign(self._auth_token, place.text, form)
        request = httpx.Request(
            unsigned.method,
            place.travelling,
            headers=_headers(unsigned, len(content), signature),
            stream=httpx.ByteStream(content),
        )
        self._logins.show(request)
        if unsigned.purpose == "document":
            self._cookies.show(request)
        return Signed(request=request, url=place.text, purpose=unsigned.purpose)

    def _ask(self, unsigned: _Unsigned, patience: Patience) -> Awaited[Reply | Kept]:
        """Out of the cache, or over the wire."""
        cache, place = self.cache, unsigned.place
        self._logins.learn(place.url, is_checked=unsigned.purpose != "clip")
        if cache is None or unsigned.method != "GET":
            return (yield from self._try(self._sign(unsigned), patience))
        # What one who is logged in may hear is not for everybody.
        key = self._logins.known(place.travelling) + place.text
        kept = cache.find(key)
        if kept is not None and cache.is_fresh(kept):
            return kept
        signed = self._sign(unsigned)
        if kept is not None:
            signed.request.headers.update(kept.conditions())
        reply = yield from self._try(signed, patience)
        headers = reply.response.headers
        if kept is not None and reply.response.status_code == httpx.codes.NOT_MODIFIED:
            cache.renew(key, kept, headers)
            return kept
        is_whole = len(reply.body) <= max_bytes(signed.purpose, reply.response)
        if reply.response.status_code == httpx.codes.OK and is_whole:
            cache.keep(key, headers, reply.body)
        return reply

    def _try(self, signed: Signed, patience: Patience) -> Awaited[Reply]:
        """Once, again with a password when one is asked for, and as often as the overrides say.

        A retry is the same request to the last byte, its idempotency token included.
        """
        while True:
            try:
                reply = yield from self._faulty.send(signed, patience)
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


def _unsigned(
    method: Method, place: Target, form: Mapping[str, str], purpose: Purpose
) -> _Unsigned:
    if method == "GET":
        place = with_query(place, encode(form))
    return _Unsigned(method=method, place=place, form=form, purpose=purpose)


def _headers(unsigned: _Unsigned, content_bytes: int, signature: str) -> dict[str, str]:
    """What every request is told, with what httpx would add if it were left to it: slowly."""
    headers = {
        "Host": unsigned.place.travelling.netloc.decode("ascii"),
        "User-Agent": USER_AGENT,
        "Accept": "*/*",
        IDEMPOTENCY_HEADER: str(uuid.UUID(bytes=secrets.token_bytes(16), version=4)),
        HEADER: signature,
    }
    body = {
        "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
        "Content-Length": str(content_bytes),
    }
    return headers if unsigned.method == "GET" else headers | body
