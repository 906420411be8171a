"""HTTP over real sockets, with a limit of time that holds.

httpx bounds each read and each write by itself. A server that sends one byte a second never breaks
such a limit, and would hold a call for hours; so here every wait for the network gets the least of
its own limit and of what is left for the whole request.

    with httpx.Client(transport=Network(), trust_env=False) as client:
        request = httpx.Request("GET", url, extensions={"deadline": time.monotonic() + 15.0})
        client.send(request)

`trust_env=False` keeps proxies of the environment away: they would go around this.
"""

from __future__ import annotations

import ipaddress
import math
import socket
import threading
import time
from contextlib import contextmanager
from contextvars import ContextVar
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Final, TypeAlias

import httpcore
import httpx

from ivr.simulator.http.response import Response

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterable, Iterator, Sequence

    LookUp: TypeAlias = Callable[[str, int], Sequence[str]]

MAX_ADDRESSES: Final = 4
"""Of one host, tried one after another."""

_ERRORS: Final = {
    httpcore.ConnectTimeout: httpx.ConnectTimeout,
    httpcore.ReadTimeout: httpx.ReadTimeout,
    httpcore.WriteTimeout: httpx.WriteTimeout,
    httpcore.PoolTimeout: httpx.PoolTimeout,
    httpcore.ConnectError: httpx.ConnectError,
    httpcore.ReadError: httpx.ReadError,
    httpcore.WriteError: httpx.WriteError,
    httpcore.LocalProtocolError: httpx.LocalProtocolError,
    httpcore.RemoteProtocolError: httpx.RemoteProtocolError,
    httpcore.UnsupportedProtocol: httpx.UnsupportedProtocol,
}

_deadline: ContextVar[float] = ContextVar("deadline", default=math.inf)
"""Of the request that is being made, on the monotonic clock. httpcore knows nothing of deadlines,
so that the waits must learn of it past httpcore."""


def look_up(host: str, port: int) -> Sequence[str]:
    """Gives the addresses of a host, as the system knows them, the best first.

    Raises:
        OSError: it has none, or cannot be one.
    """
    try:
        entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:
        # A label of more than 63 letters, which no name server can hold.
        raise socket.gaierror(socket.EAI_NONAME, f"not a name of a host: {error}") from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in entries))


class Network(httpx.BaseTransport):
    """A transport that gives up in time; safe to use for many calls and from several threads.

    A request's `extensions` may have `deadline` (seconds on `time.monotonic`'s clock) besides
    httpx's `timeout`. Certificates are checked. Nothing is tried again, and no proxy is used.

    Args:
        make_ssl_context: called once, when the first https URL is asked for: reading the
            authorities takes longer than a whole call.
        look_up: finds the addresses of a host, as the function of that name does; called in a
            thread, for it may take as long as it likes.
    """

    def __init__(
        self,
        make_ssl_context: Callable[[], ssl.SSLContext] = httpx.create_ssl_context,
        look_up: LookUp = look_up,
    ) -> None:
        self._make_ssl_context = make_ssl_context
        self._ssl_context: ssl.SSLContext | None = None
        self._backend = _Backend(look_up)
        self._lock = threading.Lock()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Makes one request; httpx calls this.

        Raises:
            httpx.TransportError: of the same name as httpcore's, which is its cause.
        """
        deadline = request.extensions.get("deadline", math.inf)
        asked = _for_core(request)
        connection = self._connection(asked.url)
        try:
            with _within(deadline):
                response = connection.handle_request(asked)
        except BaseException:
            connection.close()
            raise
        return Response(
            response.status,
            headers=response.headers,
            stream=_Body(response, connection, deadline),
            extensions=response.extensions,
        )

    def _connection(self, url: httpcore.URL) -> httpcore.HTTPConnection:
        """A connection for one request.

        One that is kept may be closing while it is used again, and the request is lost through no
        fault of the application's. httpcore's pool would not do, even if told to keep none: between
        two threads it now and then closes one that was just given to the other.
        """
        if url.scheme not in {b"http", b"https"}:
            raise httpx.UnsupportedProtocol(f"{url.scheme.decode()}:// is not HTTP")
        with self._lock:
            if url.scheme == b"https" and self._ssl_context is None:
                self._ssl_context = self._make_ssl_context()
        return httpcore.HTTPConnection(
            url.origin, ssl_context=self._ssl_context, network_backend=self._backend
        )


class _Body(httpx.SyncByteStream):
    def __init__(
        self, response: httpcore.Response, connection: httpcore.HTTPConnection, deadline: float
    ) -> None:
        self._response = response
        self._connection = connection
        self._deadline = deadline

    def __iter__(self) -> Iterator[bytes]:
        parts = self._response.iter_stream()
        while True:
            with _within(self._deadline):
                part = next(parts, None)
            if part is None:
                return
            yield part

    def close(self) -> None:
        self._response.close()
        self._connection.close()


class _Stream(httpcore.NetworkStream):
    """A connection whose waits end at the deadline of the request that uses it."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream
        self._has_begun = False
        """Whether something of an answer has come since the last request."""

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        try:
            data = self._stream.read(max_bytes, _left(timeout, httpcore.ReadTimeout))
        except httpcore.ReadTimeout as error:
            if self._has_begun:
                # Half an answer is no silence: Twilio tries again after silence only.
                since = "" if timeout is None else f" for {timeout:g} s"
                raise httpcore.ReadError(f"nothing more came{since}") from error
            raise
        self._has_begun = True
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._has_begun = False
        self._stream.write(buffer, _left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = _left(timeout, httpcore.ConnectTimeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    def __init__(self, look_up: LookUp) -> None:
        self._look_up = look_up
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Finds the host and connects to the first address of it that takes the call."""
        left = _left(timeout, httpcore.ConnectTimeout)
        until = math.inf if left is None else time.monotonic() + left
        addresses = _addresses(host, port, until, self._look_up)
        failed: httpcore.ConnectError | httpcore.ConnectTimeout | None = None
        for tried, address in enumerate(addresses):
            try:
                # One that is silent leaves the others their share of the time.
                share = _until(until, len(addresses) - tried)
                return _Stream(
                    self._sockets.connect_tcp(address, port, share, local_address, socket_options)
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
        raise failed or httpcore.ConnectError(f"{host} has no address")


def _for_core(request: httpx.Request) -> httpcore.Request:
    url = httpcore.URL(
        scheme=request.url.raw_scheme,
        host=request.url.raw_host,
        port=request.url.port,
        target=request.url.raw_path,
    )
    return httpcore.Request(
        method=request.method,
        url=url,
        headers=request.headers.raw,
        content=request.stream,
        extensions=request.extensions,
    )


@contextmanager
def _within(deadline: float) -> Iterator[None]:
    """Bounds every wait inside, and turns httpcore's errors into httpx's."""
    token = _deadline.set(deadline)
    try:
        yield
    except tuple(_ERRORS) as error:
        raise _ERRORS[type(error)](str(error)) from error
    finally:
        _deadline.reset(token)


def _left(timeout: float | None, late: type[httpcore.TimeoutException]) -> float | None:
    """The least of a wait's own limit and of what is left for the request; None is no limit."""
    left = min(_deadline.get() - time.monotonic(), math.inf if timeout is None else timeout)
    if left <= 0:
        raise late("the time for the whole request is over")
    return None if left == math.inf else left


def _until(moment: float, shares: int = 1) -> float | None:
    """A share of the time that is left; None is no limit."""
    left = moment - time.monotonic()
    if left <= 0:
        raise httpcore.ConnectTimeout("no connection in time")
    return None if left == math.inf else left / shares


def _addresses(host: str, port: int, until: float, look_up: LookUp) -> Sequence[str]:
    """The addresses of a host, looked up in a thread: the system's look-up knows no limit."""
    try:
        return [str(ipaddress.ip_address(host))]
    except ValueError:
        pass
    found: SimpleQueue[Sequence[str] | OSError] = SimpleQueue()

    def run() -> None:
        try:
            found.put(look_up(host, port)[:MAX_ADDRESSES])
        except OSError as error:
            found.put(error)

    # Nothing can stop it. It holds no socket of ours, and goes with the process.
    threading.Thread(target=run, daemon=True).start()
    try:
        outcome = found.get(timeout=_until(until))
    except Empty:
        raise httpcore.ConnectTimeout(f"the look-up of {host} takes too long") from None
    if isinstance(outcome, OSError):
        raise httpcore.ConnectError(outcome) from outcome
    return outcome
