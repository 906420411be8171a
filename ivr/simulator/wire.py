"""A call's requests on the wire, as Twilio makes them: signed, with cookies, bounded.

https://www.twilio.com/docs/usage/webhooks/webhooks-faq and …/webhooks-connection-overrides: connect
5 s, read 15 s, one retry and only when the connection fails, at most 10 HTTP redirects, cookies
kept within a call.
"""

from __future__ import annotations

import secrets
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import httpx
from msgspec import Struct

from ivr.errors import TwimlError
from ivr.simulator.events import Requested
from ivr.twiml.request import GATHERED, IDEMPOTENCY_HEADER
from ivr.twiml.signature import HEADER, sign
from ivr.twiml.verbs import BAD_URL, MAX_DOCUMENT_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ivr.simulator.events import Purpose
    from ivr.simulator.record import Record
    from ivr.twiml.verbs import Method

CONNECT_SECONDS = 5.0
READ_SECONDS = 15.0
MAX_HTTP_REDIRECTS = 10
MAX_TRIES = 2
MAX_CLIP_BYTES = 40 * 1024 * 1024
USER_AGENT = "TwilioProxy/1.1"

RETRIEVAL = 11200
CONNECTION = 11205
PROTOCOL = 11206
TOO_MANY_REDIRECTS = 11215

_OK = range(200, 300)
# 308 is not among them: Twilio loses the call there, so the developer must see it.
_REDIRECTS_AS_GET = frozenset({301, 302, 303})
_REDIRECTS_AS_IS = frozenset({307})
_MAX_BYTES: dict[Purpose, int] = {
    "document": MAX_DOCUMENT_BYTES,
    "clip": MAX_CLIP_BYTES,
    "status": MAX_DOCUMENT_BYTES,
}
_TIMEOUT = httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS)


class Answer(Struct, frozen=True, kw_only=True):
    """A good answer (2xx), after all HTTP redirects."""

    url: str
    """Where it came from in the end, without the parameters that a GET adds: the base of relative
    URLs."""
    content_type: str
    """In small letters, without parameters; empty when there was none."""
    body: bytes


class Wire:
    """The one place that speaks HTTP; every foreign exception becomes a TwimlError here.

    What an application raises under `httpx.WSGITransport` is not caught: its developer wants the
    traceback.
    """

    def __init__(self, client: httpx.Client, auth_token: str, record: Record) -> None:
        self._client = client
        self._auth_token = auth_token
        self._record = record
        # A jar of the call's own: the client may make other calls, and they must not meet.
        self._cookies = httpx.Cookies()

    def fetch(self, method: Method, url: str, form: Mapping[str, str], purpose: Purpose) -> Answer:
        """Makes a request and follows its HTTP redirects.

        Args:
            method: with GET the form goes into the query.
            url: absolute; a fragment is not sent.
            form: the parameters; empty for a clip.
            purpose: bounds the body; one byte more is kept at most, so that its reader can tell.

        Raises:
            TwimlError: 11100 bad URL, 11200 not a 2xx or too slow, 11205 no connection, 11206 not
                HTTP, 11215 too many redirects.
        """
        url = resolve(url, "")
        for _ in range(MAX_HTTP_REDIRECTS + 1):
            response, body = self._send(method, httpx.URL(url), form, purpose)
            location = response.headers.get("location")
            if response.status_code in _OK:
                kind = response.headers.get("content-type", "").partition(";")[0]
                return Answer(url=url, content_type=kind.strip().lower(), body=body)
            if response.status_code in _REDIRECTS_AS_GET and location:
                method = "GET"
            elif not (response.status_code in _REDIRECTS_AS_IS and location):
                raise TwimlError(RETRIEVAL, _status_message(method, url, response))
            url = resolve(url, location)
            # What the caller pressed is told once; Twilio does not send it again after a redirect.
            form = {name: value for name, value in form.items() if name not in GATHERED}
        raise TwimlError(
            TOO_MANY_REDIRECTS,
            f"{url}: more than {MAX_HTTP_REDIRECTS} HTTP redirects; is it a loop?",
        )

    def _send(
        self, method: Method, url: httpx.URL, form: Mapping[str, str], purpose: Purpose
    ) -> tuple[httpx.Response, bytes]:
        request = self._request(method, url, form)
        exact_url = str(request.url)
        status = None
        try:
            with _mapped_errors(exact_url), closing(self._connect(request)) as response:
                status = response.status_code
                self._cookies.extract_cookies(response)
                return response, _read(response, _MAX_BYTES[purpose])
        finally:
            requested = Requested(
                at_seconds=self._record.seconds,
                method=method,
                url=exact_url,
                status=status,
                purpose=purpose,
            )
            self._record.add(requested)

    def _request(self, method: Method, url: httpx.URL, form: Mapping[str, str]) -> httpx.Request:
        encoded = urlencode(form).encode()
        headers = {
            "User-Agent": USER_AGENT,
            "Accept": "*/*",
            IDEMPOTENCY_HEADER: secrets.token_hex(16),
        }
        signed: Mapping[str, str] = {}
        if method == "GET":
            # Appended as bytes, so that the query that was there stays exactly as it was.
            url = url.copy_with(query=b"&".join(filter(None, (url.query, encoded))) or None)
        else:
            signed = form
            headers["Content-Type"] = "application/x-www-form-urlencoded; charset=UTF-8"
        headers[HEADER] = sign(self._auth_token, str(url), signed)
        request = httpx.Request(
            method,
            url,
            headers=headers,
            content=None if method == "GET" else encoded,
            extensions={"timeout": _TIMEOUT.as_dict()},
        )
        self._cookies.set_cookie_header(request)
        return request

    def _connect(self, request: httpx.Request) -> httpx.Response:
        for tries_left in reversed(range(MAX_TRIES)):
            try:
                return self._client.send(request, stream=True, follow_redirects=False)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                if not tries_left:
                    raise
        raise AssertionError  # pragma: no cover - the last try returns or raises


@contextmanager
def _mapped_errors(url: str) -> Iterator[None]:
    """Every way in which a request can fail, as Twilio's codes."""
    try:
        yield
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        raise TwimlError(CONNECTION, f"nothing answers at {url} ({error})") from error
    except (httpx.ProtocolError, httpx.DecodingError) as error:
        raise TwimlError(PROTOCOL, f"{url} does not speak HTTP as it should: {error}") from error
    except httpx.TimeoutException as error:
        raise TwimlError(RETRIEVAL, f"{url}: no answer within {READ_SECONDS:.0f} s") from error
    except httpx.RequestError as error:
        raise TwimlError(RETRIEVAL, f"{url}: the answer broke off: {error}") from error


def resolve(base: str, url: str) -> str:
    """Gives the absolute URL, without fragment, that `url` means in a document at `base`.

    Args:
        base: absolute.
        url: absolute or relative; empty means `base` itself.

    Raises:
        TwimlError: 11100 when the result is not an http or https URL.
    """
    try:
        resolved = httpx.URL(base).join(url).copy_with(fragment=None)
    except (httpx.InvalidURL, ValueError) as error:
        raise TwimlError(BAD_URL, f"{url or base!r} is not a URL: {error}") from error
    if resolved.scheme not in {"http", "https"} or not resolved.host:
        raise TwimlError(BAD_URL, f"{str(resolved)!r} is not an http:// or https:// URL")
    return str(resolved)


def _read(response: httpx.Response, max_bytes: int) -> bytes:
    body = bytearray()
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > max_bytes:
            break
    return bytes(body[: max_bytes + 1])


def _status_message(method: str, url: str, response: httpx.Response) -> str:
    status = f"{method} {url} answered {response.status_code} {response.reason_phrase}".rstrip()
    advice = {
        308: "Twilio loses calls at a 308; give the URL with (or without) its last slash",
        403: "is this the auth token that the application expects?",
        404: "is the path right?",
        405: f"the application does not take {method} here",
    }.get(response.status_code)
    return f"{status}; {advice}" if advice else status
