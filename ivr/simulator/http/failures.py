"""Every way in which an HTTP request can fail, as Twilio's codes and whole sentences.

https://www.twilio.com/docs/api/errors has a page for each code.
"""

from __future__ import annotations

import re
import socket
import ssl
from typing import TYPE_CHECKING, Final

import httpx

from ivr.errors import TwimlError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.simulator.http.overrides import Overrides

RETRIEVAL: Final = 11200
CONNECTION: Final = 11205
PROTOCOL: Final = 11206
UNKNOWN_HOST: Final = 11210
TOO_MANY_REDIRECTS: Final = 11215
TLS_HANDSHAKE: Final = 11220
CERTIFICATE_NAME: Final = 11235
CERTIFICATE_EXPIRED: Final = 11236
CERTIFICATE_UNTRUSTED: Final = 11237

ON_PURPOSE: Final = "on purpose"
"""How an error begins that was made so; the name of its fault follows."""
FAULT: Final = "fault"
"""The extension of a response that was made up on purpose: the name of the fault."""
MAX_SHOWN_LETTERS: Final = 500
"""Of a URL in a message."""

_CERTIFICATE_CODES: Final = {
    10: CERTIFICATE_EXPIRED,
    62: CERTIFICATE_NAME,
    64: CERTIFICATE_NAME,
}
"""By OpenSSL's X509_V_ERR_CERT_HAS_EXPIRED, _HOSTNAME_MISMATCH and _IP_ADDRESS_MISMATCH:
https://docs.openssl.org/master/man3/X509_STORE_CTX_get_error/. Python has no names for them."""

_ADVICE: Final = {
    308: "Twilio loses calls at a 308; give the URL with (or without) its last slash",
    401: (
        "is the user with its password in the URL, as in https://user:password@host/, and does the "
        "answer ask for it, as WWW-Authenticate: Basic does?"
    ),
    403: (
        "is this the auth token that the application expects, and does it check the signature over "
        "just this URL, with its scheme, host and port?"
    ),
    404: "is the path right?",
    421: "does the application answer under this host? Its settings name those that it serves",
}
_DISCONNECTED: Final = "without sending a response"
"""As httpcore tells that a connection was closed instead of an answer."""
_PASSWORD: Final = re.compile(r"^(\s*(?:[a-z][a-z0-9+.-]*:)?//[^/?#:@]*):[^/?#]*@", re.IGNORECASE)


def masked(url: str) -> str:
    """Gives a URL as it may be kept: without the password, if it has one."""
    return _PASSWORD.sub(r"\1:***@", url) if "@" in url else url


def shown(url: str) -> str:
    """Gives a URL as a message tells it: without its password, and not at any length."""
    return cut(masked(url))


def cut(text: str) -> str:
    """Gives the beginning of a text that somebody else has made."""
    return text if len(text) <= MAX_SHOWN_LETTERS else f"{text[:MAX_SHOWN_LETTERS]}…"


def failure(
    error: httpx.RequestError, url: str, overrides: Overrides, *, is_time_over: bool
) -> TwimlError:
    """Gives what Twilio's debugger would say of a request that got no whole answer.

    Args:
        error: what went wrong, with its causes.
        url: that was asked for.
        overrides: that the request had, for the seconds in the message.
        is_time_over: whether the time for all attempts together is used up.
    """
    where = shown(url)
    # Half an answer that stops is no timeout to httpx, and is one here all the same.
    if isinstance(error, (httpx.TimeoutException, httpx.ReadError)) and is_time_over:
        message = f"{where}: no whole answer within {overrides.total_seconds:g} s{_purpose(error)}"
        return TwimlError(RETRIEVAL, message)
    if isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout)):
        return _no_connection(error, where)
    if isinstance(error, httpx.RemoteProtocolError) and _DISCONNECTED in str(error):
        message = f"{where} closed the connection before it answered; has the application crashed?"
        return TwimlError(PROTOCOL, message)
    if isinstance(error, (httpx.ProtocolError, httpx.DecodingError)):
        return TwimlError(PROTOCOL, f"{where} does not speak HTTP as it should: {cut(str(error))}")
    if isinstance(error, httpx.TimeoutException):
        message = f"{where}: no answer within {overrides.read_seconds:g} s{_purpose(error)}"
        return TwimlError(RETRIEVAL, message)
    return TwimlError(RETRIEVAL, f"{where}: the answer broke off: {error}")


def _purpose(error: httpx.RequestError) -> str:
    """Why an answer came too late, if that was wanted."""
    return f", {error}" if str(error).startswith(ON_PURPOSE) else ""


def _no_connection(error: httpx.RequestError, where: str) -> TwimlError:
    for cause in _causes(error):
        match cause:
            case socket.gaierror():
                message = f"{where}: the name of the host is not known ({cause.strerror})"
                return TwimlError(UNKNOWN_HOST, message)
            case ssl.SSLCertVerificationError():
                code = _CERTIFICATE_CODES.get(cause.verify_code, CERTIFICATE_UNTRUSTED)
                message = f"{where}: its certificate is not good: {cause.verify_message}"
                return TwimlError(code, message)
            case ssl.SSLError():
                return TwimlError(TLS_HANDSHAKE, f"{where}: the TLS handshake failed ({cause})")
            case _:
                continue
    return TwimlError(CONNECTION, f"nothing answers at {where} ({error})")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error and what is behind it; httpcore keeps that as an argument, and drops the cause."""
    while error is not None:
        yield error
        inner = error.args[0] if error.args else None
        error = error.__cause__ or (inner if isinstance(inner, BaseException) else None)


def bad_status(method: str, url: str, response: httpx.Response) -> TwimlError:
    """Gives what to say of an answer that is no document and leads to none."""
    status = f"{response.status_code} {cut(response.reason_phrase)}".rstrip()
    advice = _ADVICE.get(response.status_code)
    if response.status_code == httpx.codes.METHOD_NOT_ALLOWED:
        advice = f"the application does not take {method} here"
    message = f"{method} {shown(url)} answered {status}"
    if FAULT in response.extensions:
        return TwimlError(RETRIEVAL, f"{message}, {ON_PURPOSE} ({response.extensions[FAULT]})")
    return TwimlError(RETRIEVAL, f"{message}; {advice}" if advice else message)
