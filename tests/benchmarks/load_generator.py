"""Callers over real sockets: one process, one loop, a caller a connection that is kept.

Closed, each caller asks again as soon as the answer is there: that shows how many turns a server
gives. Open, turns are due at a steady rate whether or not earlier ones are answered, and are
measured from when they were due: so a server that stands still for a moment cannot hide it.
"""

from __future__ import annotations

import selectors
import socket
import time
from collections import deque
from typing import TYPE_CHECKING, Final

from msgspec import Struct, field

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.benchmarks.pretend_caller import Walk

HOST: Final = "127.0.0.1"
PIECE_BYTES: Final = 64 * 1024
PATIENCE_SECONDS: Final = 15.0
"""Twilio waits as long for an answer."""
CONNECT_SECONDS: Final = 2.0
LEAD_IN_SECONDS: Final = 30.0
POLL_SECONDS: Final = 0.1
_HEAD_END: Final = b"\r\n\r\n"


class Heard(Struct):
    """What became of the requests of one measurement."""

    turns: int = 0
    """Answered with 200, of those that are measured."""
    others: int = 0
    """Answered with 200, of those that only lead there."""
    milliseconds: list[float] = field(default_factory=list)
    """Of each of the turns."""
    refusals: int = 0
    """Answered with another status."""
    unanswered: int = 0
    """Sent, and then the connection ended, or nothing came in 15 s."""
    unreached: int = 0
    """Never sent: nobody took the connection."""
    seconds: float = 0.0
    """From the first request to the last answer."""

    @property
    def errors(self) -> int:
        """All that Twilio would have taken for a failure."""
        return self.refusals + self.unanswered + self.unreached

    def add(self, other: Heard) -> None:
        """Count what another process heard at the same time as well."""
        self.turns += other.turns
        self.others += other.others
        self.milliseconds += other.milliseconds
        self.refusals += other.refusals
        self.unanswered += other.unanswered
        self.unreached += other.unreached
        self.seconds = max(self.seconds, other.seconds)


class _Caller:
    """One connection, and who asks on it."""

    def __init__(self, port: int, walk: Walk) -> None:
        self.walk = walk
        self.sock: socket.socket | None = None
        self.since: float | None = None
        """When what is asked now was due; None: nothing is."""
        self.is_turn = False
        self._port = port
        self._come = bytearray()

    def send(self, due: float) -> socket.socket:
        """Ask what is next.

        Raises:
            OSError: nobody took the connection.
        """
        if self.sock is None:
            self.sock = socket.create_connection((HOST, self._port), CONNECT_SECONDS)
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.is_turn = self.walk.is_turn
        wire = self.walk.request().wire()
        self.since = due
        self._come.clear()
        # A request is far smaller than what a socket takes at once.
        self.sock.settimeout(CONNECT_SECONDS)
        self.sock.sendall(wire)
        self.sock.settimeout(0)
        return self.sock

    def receive(self) -> tuple[int, bytes, bool] | None:
        """Status and body of the answer, and whether the connection stays; None: not all is there.

        Raises:
            OSError: the connection has ended.
        """
        assert self.sock is not None
        try:
            piece = self.sock.recv(PIECE_BYTES)
        except BlockingIOError:
            return None
        if not piece:
            raise ConnectionResetError
        self._come += piece
        head, found, body = bytes(self._come).partition(_HEAD_END)
        if not found:
            return None
        lines = head.lower().split(b"\r\n")
        fields = dict(line.split(b": ", 1) for line in lines[1:] if b": " in line)
        length = int(fields.get(b"content-length", b"0"))
        if len(body) < length:
            return None
        return int(lines[0].split()[1]), body, fields.get(b"connection") != b"close"


class Generator:
    """Callers of one server.

    Args:
        port: of the server.
        walks: one a connection.
    """

    def __init__(self, port: int, walks: Sequence[Walk]) -> None:
        self._callers = [_Caller(port, walk) for walk in walks]
        self._poller = selectors.DefaultSelector()
        self._free: deque[_Caller] = deque(self._callers)
        self._heard = Heard()

    def lead_in(self) -> None:
        """Let each caller come to a turn of the kind that is measured.

        Raises:
            OSError: the server does not answer so far.
        """
        until = time.monotonic() + LEAD_IN_SECONDS
        while waiting := [each for each in self._callers if not each.walk.is_turn]:
            for caller in waiting:
                if caller.since is None:
                    self._free.remove(caller)
                    self._send(caller, time.monotonic())
            self._take_answers(POLL_SECONDS)
            if self._heard.errors or time.monotonic() > until:
                raise OSError(f"the server does not answer as it should: {self._heard}")
        self._settle()
        self._heard = Heard()

    def closed(self, seconds: float) -> Heard:
        """Ask as fast as answers come, for so long."""
        begun = self._begun()
        while (now := time.monotonic()) < begun + seconds:
            self._send_free(now)
            self._take_answers(min(POLL_SECONDS, begun + seconds - now))
        return self._settled(begun)

    def steady(self, seconds: float, rate: float) -> Heard:
        """Ask `rate` times a second, for so long, whatever is still unanswered."""
        begun = self._begun()
        dues = deque(begun + number / rate for number in range(round(seconds * rate)))
        while dues and (now := time.monotonic()) < begun + seconds + PATIENCE_SECONDS:
            while dues and self._free and dues[0] <= now:
                self._send(self._free.popleft(), dues.popleft())
            is_waiting = bool(dues and self._free)
            self._take_answers(max(0.0, dues[0] - time.monotonic()) if is_waiting else POLL_SECONDS)
        self._heard.unreached += len(dues)
        return self._settled(begun)

    def close(self) -> None:
        """End every connection."""
        for caller in self._callers:
            self._drop(caller)
        self._poller.close()

    def _begun(self) -> float:
        """Begin a measurement on new connections, and tell when.

        Which worker gets a connection is luck; so it is drawn anew each time.
        """
        for caller in self._callers:
            self._drop(caller)
        self._heard = Heard()
        return time.monotonic()

    def _send_free(self, now: float) -> None:
        for _ in range(len(self._free)):
            self._send(self._free.popleft(), now)

    def _send(self, caller: _Caller, due: float) -> None:
        is_new = caller.sock is None
        try:
            sock = caller.send(due)
        except OSError:
            if is_new:
                self._heard.unreached += 1
            else:
                self._heard.unanswered += 1
            self._drop(caller)
            self._free.append(caller)
            return
        if is_new:
            self._poller.register(sock, selectors.EVENT_READ, caller)

    def _take_answers(self, seconds: float) -> None:
        for key, _ in self._poller.select(seconds):
            self._take(key.data)

    def _take(self, caller: _Caller) -> None:
        try:
            answer = caller.receive()
        except OSError:
            if caller.since is not None:
                self._heard.unanswered += 1
                self._free.append(caller)
            self._drop(caller)
            return
        if answer is None or caller.since is None:
            return
        status, body, stays = answer
        took, caller.since = time.monotonic() - caller.since, None
        if status != 200:
            self._heard.refusals += 1
        else:
            caller.walk.take(body)
            self._count(took, is_turn=caller.is_turn)
        if not stays:
            self._drop(caller)
        self._free.append(caller)

    def _count(self, seconds: float, *, is_turn: bool) -> None:
        if is_turn:
            self._heard.turns += 1
            self._heard.milliseconds.append(seconds * 1000)
        else:
            self._heard.others += 1

    def _drop(self, caller: _Caller) -> None:
        caller.since = None
        if caller.sock is not None:
            if caller.sock in self._poller.get_map():
                self._poller.unregister(caller.sock)
            caller.sock.close()
            caller.sock = None

    def _settled(self, begun: float) -> Heard:
        self._settle()
        self._heard.seconds = time.monotonic() - begun
        return self._heard

    def _settle(self) -> None:
        """Wait for the answers to what was asked."""
        until = time.monotonic() + PATIENCE_SECONDS
        while any(each.since is not None for each in self._callers):
            if time.monotonic() > until:
                break
            self._take_answers(POLL_SECONDS)
        for caller in self._callers:
            if caller.since is not None:
                self._heard.unanswered += 1
                self._drop(caller)
                self._free.append(caller)
