"""A WSGI application called in this process, as a server would call it."""

from __future__ import annotations

import io
import sys
import time
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from tests.benchmarks.pretend_caller import (
    CONTENT_TYPE,
    HOST,
    IDEMPOTENCY_TOKEN,
    LessonWalk,
    PlainWalk,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from wsgiref.types import WSGIApplication, WSGIEnvironment

    from tests.benchmarks.pretend_caller import Signed, Walk

CALLERS: Final = 50
"""Who are in the lesson at the same time, and so the turns that are measured in one go."""


class Batch(Struct, frozen=True):
    """What some turns gave."""

    cpu_seconds: float
    """Of one turn, on the mean, all threads of this process."""
    answers: list[bytes]


def environ(signed: Signed) -> WSGIEnvironment:
    """A request as the worker hands it to the service."""
    path, _, query = signed.path.partition("?")
    return {
        "wsgi.errors": sys.stderr,
        "wsgi.version": (1, 0),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.input": io.BytesIO(signed.body),
        "wsgi.url_scheme": "http",
        "SERVER_SOFTWARE": "gunicorn",
        "REQUEST_METHOD": "POST",
        "QUERY_STRING": query,
        "RAW_URI": signed.path,
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": HOST,
        "HTTP_USER_AGENT": "TwilioProxy/1.1",
        "HTTP_ACCEPT": "*/*",
        "CONTENT_TYPE": CONTENT_TYPE,
        "HTTP_X_TWILIO_SIGNATURE": signed.signature,
        "HTTP_I_TWILIO_IDEMPOTENCY_TOKEN": IDEMPOTENCY_TOKEN,
        "CONTENT_LENGTH": str(len(signed.body)),
        "REMOTE_ADDR": "127.0.0.1",
        "REMOTE_PORT": "40000",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "PATH_INFO": path,
        "SCRIPT_NAME": "",
    }


class Callers:
    """Callers of one application, who ask one after another.

    Args:
        app: which is asked.
        walks: one a caller.
    """

    def __init__(self, app: WSGIApplication, walks: Sequence[Walk]) -> None:
        self._app = app
        self._walks = walks

    @classmethod
    def plain(cls, app: WSGIApplication, count: int = CALLERS) -> Callers:
        """Callers of *floor* or *usual*."""
        return cls(app, [PlainWalk(number) for number in range(count)])

    @classmethod
    def in_lesson(cls, app: WSGIApplication, count: int = CALLERS, first: int = 0) -> Callers:
        """Callers of this line, whose first turn is one of the lesson."""
        made = cls(app, [LessonWalk(first + number, count) for number in range(count)])
        made.lead_in()
        return made

    def lead_in(self) -> None:
        """Let whoever is not there yet come to a turn of the kind that is measured."""
        for walk in self._walks:
            while not walk.is_turn:
                walk.take(self._answer(environ(walk.request())))

    def ask(self) -> None:
        """One request of each caller, of whatever kind.

        Raises:
            ValueError: an answer was not 200.
        """
        for walk in self._walks:
            walk.take(self._answer(environ(walk.request())))

    def batch(self) -> Batch:
        """One turn of each caller; only what the application does is measured.

        Raises:
            ValueError: an answer was not 200.
        """
        self.lead_in()
        environs = [environ(walk.request()) for walk in self._walks]
        begun = time.process_time()
        answers = [self._answer(each) for each in environs]
        seconds = time.process_time() - begun
        for walk, answer in zip(self._walks, answers, strict=True):
            walk.take(answer)
        return Batch(seconds / len(answers), answers)

    def _answer(self, environ: WSGIEnvironment) -> bytes:
        parts = self._app(environ, _expect_ok)
        try:
            return b"".join(parts)
        finally:
            close = getattr(parts, "close", None)
            if close is not None:
                close()


def _expect_ok(status: str, *_: object) -> Callable[[bytes], object]:
    if status != "200 OK":
        raise ValueError(f"a request of the benchmark was answered with {status}")
    return bytes  # what WSGI lets one write by; neither Flask nor this calls it
