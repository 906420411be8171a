"""A connection that nobody ever waits for: what comes and what goes is kept beside the socket."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import socket

PIECE_BYTES: Final = 64 * 1024
GO_ON: Final = b"HTTP/1.1 100 Continue\r\n\r\n"


class Doing(Enum):
    """What a connection is about."""

    READING = auto()
    """A request comes in; nothing of it yet: it is idle."""
    ANSWERING = auto()
    """A thread has it, and nobody else may touch it."""
    WRITING = auto()
    """The rest of an answer goes out."""
    LEAVING = auto()
    """All is said; what still comes is read and dropped (RFC 9112, 9.6), or the kernel would take
    back an answer that is not read yet."""


class Connection:
    """One who asks. For gunicorn it is the socket that an answer is written to.

    Args:
        sock: accepted; it belongs to this.
        address: whose it is.
        until: on the monotonic clock, when a request must be there.
    """

    def __init__(self, sock: socket.socket, address: tuple[str, int], until: float) -> None:
        sock.settimeout(0)
        self.sock = sock
        self.address = address
        self.server = sock.getsockname()
        self.doing = Doing.READING
        self.until = until
        self.request = b""
        """What a thread is to answer."""
        self.is_last = False
        """Whether it ends behind this answer."""
        self.is_cut = False
        """Whether its request was not read to the end."""
        self.come = bytearray()
        """What has come and was not taken yet."""
        self._going = bytearray()
        self._was_told_to_go_on = False

    @property
    def is_idle(self) -> bool:
        """Whether nothing of a request has come."""
        return self.doing is Doing.READING and not self.come

    def receive(self) -> bool:
        """Take what has come; False: nothing will come any more.

        Raises:
            OSError: it is broken.
        """
        try:
            piece = self.sock.recv(PIECE_BYTES)
        except BlockingIOError:
            return True
        if self.doing is Doing.READING:
            self.come += piece
        return bool(piece)

    def take(self, size: int) -> None:
        """Put so many bytes aside as the request that is answered next."""
        self.request = bytes(self.come[:size])
        del self.come[:size]
        self._was_told_to_go_on = False

    def tell_to_go_on(self) -> None:
        """Ask for the body of a request whose sender waits for that (RFC 9110, 10.1.1), once."""
        if not self._was_told_to_go_on:
            self._was_told_to_go_on = True
            self.sendall(GO_ON)

    def send(self, data: bytes) -> int:
        """Say nothing: gunicorn only sends `100 Continue` by it, which was done in time."""
        return len(data)

    def sendall(self, data: bytes) -> None:
        """Keep what is to go out; `flush` sends it."""
        self._going += data

    def unsay(self) -> None:
        """Forget what did not go out."""
        self._going.clear()

    def gettimeout(self) -> float:
        """It never blocks, as gunicorn would like to know of a socket."""
        return 0.0

    def flush(self) -> bool:
        """Send as much as goes out without waiting; True: that was all.

        Raises:
            OSError: it is broken.
        """
        while self._going:
            try:
                sent = self.sock.send(self._going)
            except BlockingIOError:
                return False
            del self._going[:sent]
        return True
