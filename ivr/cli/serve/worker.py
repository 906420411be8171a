"""A worker that gives a thread only to requests that are wholly there.

gunicorn's own threaded worker reads a request in the thread that answers it, so that some dozens of
strangers who send a byte a second keep every thread busy, and no turn is answered. Here one loop
reads and writes for everybody without ever waiting; threads only work. So a slow stranger costs a
socket, and only for a while.
"""

from __future__ import annotations

import errno
import os
import resource
import selectors
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from queue import Empty, SimpleQueue
from socket import SHUT_WR
from typing import TYPE_CHECKING, Any, Final, assert_never

from gunicorn.http import get_parser
from gunicorn.http.errors import NoMoreData
from gunicorn.http.wsgi import create
from gunicorn.util import write_error
from gunicorn.workers.base import Worker as BaseWorker

from ivr.cli.serve.connection import PIECE_BYTES, Connection, Doing
from ivr.cli.serve.reading import Coming, TooLarge, Whole, find_request

if TYPE_CHECKING:
    import socket
    from types import FrameType

STOP: Final = signal.SIGUSR2
"""By which the process above asks a worker to finish; what a terminal sends is not for workers."""
HELD_BACK: Final = frozenset({STOP, signal.SIGTERM, signal.SIGINT, signal.SIGQUIT})
"""What a new worker may be told before it can heed it; it waits from the fork until then."""
READ_SECONDS: Final = 5.0
"""So long may a request take to arrive; a webhook has a thousand bytes."""
WRITE_SECONDS: Final = 15.0
"""So long may the rest of an answer take; Twilio itself waits no longer."""
IDLE_SECONDS: Final = 75.0
"""So long is a connection kept for a next request: longer than balancers keep theirs (60 s with
most), so that none sends a request into a connection that is just being closed."""
LEAVING_SECONDS: Final = 2.0
MAX_CONNECTIONS: Final = 500
"""Of one worker. With more, the one that has been there longest without a request has to go.

Where it may open few files they are fewer: half are left to Redis, clips and whatever else."""
SWEEP_SECONDS: Final = 0.25
"""How often is looked for connections whose time is up."""
BAD: Final = (400, "Bad Request")
TIMEOUT: Final = (408, "Request Timeout")
TOO_LARGE: Final = (413, "Content Too Large")
TOO_LARGE_HEAD: Final = (431, "Request Header Fields Too Large")
_NO_ROOM: Final = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})


class Worker(BaseWorker):  # type: ignore[misc] # gunicorn has no types
    """Answers requests; made by gunicorn."""

    alive: bool  # of gunicorn's: False when it is to finish

    def init_process(self) -> None:
        """Set up what belongs to this process, and answer until told to stop."""
        self._poller = selectors.DefaultSelector()
        self._threads = ThreadPoolExecutor(self.cfg.threads)
        self._answered: SimpleQueue[Connection] = SimpleQueue()
        self._connections: dict[Connection, None] = {}
        self._most = min(MAX_CONNECTIONS, _open_files() // 2)
        self._running = 0
        self._is_listening = False
        self._swept_at = 0.0
        super().init_process()

    def init_signals(self) -> None:
        """Listen to the process above only: it tells when to finish, once it has drained."""
        super().init_signals()
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, signal.SIG_IGN)
        signal.signal(STOP, self.handle_exit)
        signal.siginterrupt(STOP, False)  # noqa: FBT003 - the standard library's signature
        signal.pthread_sigmask(signal.SIG_UNBLOCK, HELD_BACK)

    def handle_quit(self, sig: int, frame: FrameType | None) -> None:
        """End at once; gunicorn's signal for that is SIGQUIT."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        super().handle_quit(sig, frame)

    def run(self) -> None:
        """Answer until told to stop, then finish what is begun, within the time of grace."""
        self._poller.register(self.PIPE[0], selectors.EVENT_READ)
        while self.alive and self.ppid == os.getppid():
            # Where others have a free thread, they shall take the next one.
            self._listen(is_wanted=self._running < self.cfg.threads)
            self._go_round()
        self.alive = False
        for listener in self.sockets:
            self._accept_all(listener)
        self._listen(is_wanted=False)
        for listener in self.sockets:
            listener.close()
        self._finish(time.monotonic() + self.cfg.graceful_timeout)
        self._threads.shutdown(wait=False)

    def _finish(self, until: float) -> None:
        """Answer who is here. Idle connections stay a moment: a request may be on its way."""
        idle_until = time.monotonic() + LEAVING_SECONDS
        for connection in self._connections:
            if connection.is_idle:
                connection.until = min(connection.until, idle_until)
        while self._connections and time.monotonic() < until:
            self._go_round()

    def _go_round(self) -> None:
        """Do what can be done now, or wait a moment until something can."""
        for key, _ in self._poller.select(SWEEP_SECONDS):
            if key.data is not None:
                self._attend(key.data)
            elif key.fd == self.PIPE[0]:
                self._take_back()
            else:
                self._accept(key.fileobj)
        if time.monotonic() >= self._swept_at + SWEEP_SECONDS:
            self._sweep()

    def _listen(self, *, is_wanted: bool) -> None:
        if is_wanted != self._is_listening:
            self._is_listening = is_wanted
            for listener in self.sockets:
                if is_wanted:
                    self._poller.register(listener, selectors.EVENT_READ)
                else:
                    self._poller.unregister(listener)

    def _accept(self, listener: Any) -> bool:
        """Take one connection, so that the other workers get theirs; False: there is none."""
        try:
            sock, address = listener.accept()
        except OSError as error:
            if error.errno in _NO_ROOM:
                self.log.warning("No room for another connection: %s", error)
                self._make_room()
            return False
        if len(self._connections) >= self._most:
            self._make_room()
        connection = Connection(sock, address, time.monotonic() + READ_SECONDS)
        self._connections[connection] = None
        self._poller.register(sock, selectors.EVENT_READ, connection)
        return True

    def _accept_all(self, listener: socket.socket) -> None:
        """Take everybody who waits at the door before it is shut."""
        for _ in range(MAX_CONNECTIONS):
            if not self._accept(listener):
                return

    def _make_room(self) -> None:
        """Let go who has asked nothing for longest and is not being answered."""
        for connection in self._connections:
            if connection.doing is not Doing.ANSWERING:
                self._close(connection)
                return

    def _attend(self, connection: Connection) -> None:
        """Read from a connection, or write to it, as far as it goes without waiting."""
        if connection not in self._connections:
            return  # it was closed a moment ago, to make room
        if connection.doing is Doing.WRITING:
            self._go_on(connection)
            return
        was_idle = connection.is_idle
        try:
            is_open = connection.receive()
        except OSError:
            is_open = False
        if not is_open:
            self._close(connection)
        elif connection.doing is Doing.READING:
            if was_idle:
                connection.until = time.monotonic() + READ_SECONDS
            self._look(connection)

    def _look(self, connection: Connection) -> None:
        """Give what has come to a thread, if it is enough."""
        match find_request(connection.come):
            case Coming(waits=waits):
                if waits:
                    connection.tell_to_go_on()
                    with suppress(OSError):  # then nothing more comes either
                        connection.flush()
            case TooLarge(size=size):
                connection.is_cut = True
                if size is None:
                    self._refuse(connection, TOO_LARGE_HEAD)
                else:
                    self._hand_over(connection, size)
            case Whole(size=size):
                self._hand_over(connection, size)
            case never:
                assert_never(never)

    def _hand_over(self, connection: Connection, size: int) -> None:
        """Let a thread answer a request of so many bytes."""
        connection.take(size)
        connection.doing = Doing.ANSWERING
        self._poller.unregister(connection.sock)
        self._running += 1
        self._threads.submit(self._answer, connection)

    def _answer(self, connection: Connection) -> None:
        """Answer a request; in a thread, which sends as much as goes out by itself."""
        request = None
        connection.is_last = True  # until its answer says otherwise
        try:
            request = next(get_parser(self.cfg, [connection.request], connection.address))
            self._call(request, connection)
        except (NoMoreData, StopIteration):
            # Its last chunk is not where it seemed to be, or all of it was wanted.
            _say_no(connection, TOO_LARGE if connection.is_cut else BAD)
        except BaseException as error:  # noqa: BLE001 - told in the log, and answered with 400 or 500
            connection.unsay()
            self.handle_error(request, connection, connection.address, error)
        finally:
            with suppress(OSError):  # it comes again when the loop goes on with this connection
                connection.flush()
            self._answered.put(connection)
            with suppress(BlockingIOError):  # it is full of such calls already
                os.write(self.PIPE[1], b".")

    def _call(self, request: Any, connection: Connection) -> None:
        """Let the service answer."""
        response, environ = create(
            request, connection, connection.address, connection.server, self.cfg
        )
        environ["wsgi.multithread"] = True
        parts = self.wsgi(environ, response.start_response)
        if connection.is_cut or self.app.standing.is_draining or not self.alive:
            response.force_close()
        try:
            for part in parts:
                response.write(part)
            response.close()
        finally:
            if hasattr(parts, "close"):
                parts.close()
        connection.is_last = response.should_close()

    def _take_back(self) -> None:
        """Go on with the connections that threads have answered."""
        os.read(self.PIPE[0], PIECE_BYTES)
        while True:
            try:
                connection = self._answered.get_nowait()
            except Empty:
                return
            self._running -= 1
            # Behind those who have been silent for longer: see `_make_room`.
            self._connections[connection] = self._connections.pop(connection)
            self._go_on(connection)

    def _refuse(self, connection: Connection, why: tuple[int, str]) -> None:
        """Answer a request that cannot be read to its end."""
        connection.is_cut = True
        _say_no(connection, why)
        self._go_on(connection)

    def _go_on(self, connection: Connection) -> None:
        """Send what there is, and then see to the next request, or to the end."""
        try:
            if not connection.flush():
                self._watch(connection, Doing.WRITING, WRITE_SECONDS)
            elif connection.is_cut:
                connection.sock.shutdown(SHUT_WR)
                self._watch(connection, Doing.LEAVING, LEAVING_SECONDS)
            elif connection.is_last:
                self._close(connection)
            else:
                self._await(connection)
        except OSError:
            self._close(connection)

    def _await(self, connection: Connection) -> None:
        """Wait for the next request, the beginning of which may be there already."""
        if connection.come:
            self._watch(connection, Doing.READING, READ_SECONDS)
            self._look(connection)
        else:
            idle_seconds = IDLE_SECONDS if self.alive else LEAVING_SECONDS
            self._watch(connection, Doing.READING, idle_seconds)

    def _watch(self, connection: Connection, doing: Doing, seconds: float) -> None:
        """Attend to a connection as soon as it can be done what it is about.

        What it was about already gets no more time.
        """
        if connection.doing is not doing:
            connection.doing, connection.until = doing, time.monotonic() + seconds
        events = selectors.EVENT_WRITE if doing is Doing.WRITING else selectors.EVENT_READ
        if connection.sock in self._poller.get_map():
            self._poller.modify(connection.sock, events, connection)
        else:
            self._poller.register(connection.sock, events, connection)

    def _close(self, connection: Connection) -> None:
        if connection.sock in self._poller.get_map():
            self._poller.unregister(connection.sock)
        del self._connections[connection]
        connection.sock.close()

    def _sweep(self) -> None:
        """Part with those whose time is up, and tell the process above that all is well."""
        self._swept_at = time.monotonic()
        self.notify()
        for connection in list(self._connections):
            if connection.doing is Doing.ANSWERING or connection.until > self._swept_at:
                continue
            if connection.doing is Doing.READING and connection.come:
                self._refuse(connection, TIMEOUT)
            else:
                self._close(connection)


def _open_files() -> int:
    """How many this process may have."""
    most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return sys.maxsize if most == resource.RLIM_INFINITY else most


def _say_no(connection: Connection, why: tuple[int, str]) -> None:
    """Let an answer of gunicorn's own be all that is said, and the last that is."""
    connection.unsay()
    connection.is_last = True
    status, reason = why
    write_error(connection, status, reason, "")
