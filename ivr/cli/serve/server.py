"""gunicorn with what the line needs of it: loaded before it forks, drained before it ends."""

from __future__ import annotations

import gc
import os
import signal
import time
from typing import TYPE_CHECKING, Any, Final

from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.glogging import Logger

from ivr.cli.project import public_parts, store_at
from ivr.cli.serve.reading import MAX_FIELD_BYTES, MAX_FIELDS, MAX_LINE_BYTES
from ivr.cli.serve.worker import HELD_BACK, STOP, Worker
from ivr.web.app import create_app
from ivr.web.standing import Standing

if TYPE_CHECKING:
    from types import FrameType

    from flask import Flask

    from ivr.cli.project import Project

THREADS: Final = 8
"""A turn waits for Redis most of its time, so that several share a core."""
GRACE_SECONDS: Final = 15
"""Twilio waits as long for an answer; so long may a turn still finish when all else has ended."""
BACKLOG: Final = 2048
_ENDING: Final = frozenset({signal.SIGTERM, signal.SIGINT})


class Server(BaseApplication):  # type: ignore[misc] # gunicorn has no types
    """The service as gunicorn's application: made before the fork, shared by every worker.

    A worker that was killed is thus replaced within moments. No connection is opened before the
    fork: the store opens its own in each process, at the first turn.

    Args:
        project: whose settings were loaded for serving.
        host: the address to listen at, unless systemd hands a socket over.
    """

    def __init__(self, project: Project, host: str) -> None:
        self.standing = Standing()
        self.drain_seconds = project.settings.drain_seconds
        self._project = project
        self._host = host
        super().__init__()

    def load_config(self) -> None:
        """Tell gunicorn everything that is not its default; it calls this."""
        options = {
            "bind": f"{self._host}:{self._project.settings.port}",
            "backlog": BACKLOG,
            "workers": 2 * (os.cpu_count() or 1) + 1,
            "worker_class": Worker,
            "threads": THREADS,
            "preload_app": True,
            "graceful_timeout": GRACE_SECONDS,
            "limit_request_line": MAX_LINE_BYTES,
            "limit_request_fields": MAX_FIELDS,
            "limit_request_field_size": MAX_FIELD_BYTES,
            "logger_class": _Log,
            "loglevel": self._project.settings.log_level,
            # What a proxy says is believed as IVR_PROXY_HOPS counts it (`ivr.web`). gunicorn would
            # believe whoever asks from this machine, or whom FORWARDED_ALLOW_IPS names.
            "forwarded_allow_ips": "",
            # By it, anybody with this user's rights could stop the service.
            "control_socket_disable": True,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Make the service; gunicorn calls this once, before it forks."""
        settings = self._project.settings
        store = store_at(settings.redis_url or "", settings)
        app = create_app(public_parts(self._project, store, self.standing))
        # What is there by now is there for good: nothing of it shall be copied into each worker
        # only because the collector looks at it (https://docs.python.org/3/library/gc.html#gc.freeze).
        gc.collect()
        gc.freeze()
        return app

    def run(self) -> None:
        """Serve until a signal ends it; it ends by SystemExit."""
        _Master(self).run()


class _Log(Logger):  # type: ignore[misc] # gunicorn has no types
    """gunicorn's own messages, in the form of all others (`ivr.logs`), and masked like them."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for logger in (self.error_log, self.access_log):
            logger.handlers.clear()
            logger.propagate = True


class _Master(Arbiter):  # type: ignore[misc] # gunicorn has no types
    """Watches over the workers, and drains before it ends.

    At the first SIGTERM or SIGINT the service says everywhere that it is not ready, closes each
    connection behind its answer, and still takes new ones: a balancer needs a moment to notice.
    Then running turns finish. A second signal ends all at once.
    """

    def __init__(self, server: Server) -> None:
        self._standing = server.standing
        self._drain_seconds = server.drain_seconds
        self._drained_at: float | None = None
        super().__init__(server)

    def signal(self, sig: int, frame: FrameType | None) -> None:
        """Raise the flag at once, for the loop may be busy; the rest waits its turn."""
        if sig in _ENDING and self._standing.is_draining:
            sig = signal.SIGQUIT
        elif sig in _ENDING:
            self._standing.drain()
        super().signal(sig, frame)

    def handle_term(self) -> None:
        self._drained_at = time.monotonic() + self._drain_seconds
        self.log.info("Draining for %s s; a second signal ends it at once", self._drain_seconds)

    handle_int = handle_term

    def wait_for_signals(self, timeout: float = 1.0) -> list[int]:
        if self._drained_at is None:
            return self._signals(timeout)
        left = self._drained_at - time.monotonic()
        if left <= 0:
            raise StopIteration  # gunicorn's own word for: end gracefully
        return self._signals(min(timeout, left))

    def spawn_worker(self) -> int | None:
        """Start one worker; where the machine has no room for it, the next round tries again.

        gunicorn would end the whole service, and with it the workers that are well.
        """
        signal.pthread_sigmask(signal.SIG_BLOCK, HELD_BACK)  # the worker lets them come
        try:
            pid: int = super().spawn_worker()
        except OSError:
            self.log.exception("A worker cannot be started now")
            return None
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, HELD_BACK)
        return pid

    def kill_worker(self, pid: int, sig: int) -> None:
        """Ask a worker to finish by a signal that comes from nobody else.

        A terminal and some platforms (Heroku, systemd by default) send SIGINT or SIGTERM to every
        process at once; a worker that heeded it would be gone before the balancer has noticed.
        """
        super().kill_worker(pid, STOP if sig == signal.SIGTERM else sig)

    def _signals(self, timeout: float) -> list[int]:
        found: list[int] = super().wait_for_signals(timeout)
        return found
