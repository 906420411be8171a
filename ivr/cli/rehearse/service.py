"""The service under rehearsal: this checkout's own, in this process, on a clock of its own."""

from __future__ import annotations

import logging
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from rich.console import Console

    from ivr.cli.project import Project
    from ivr.flow.model import Spec
    from ivr.rehearsal.line import Line

TOKEN: Final = "rehearsal"  # noqa: S105 - of a line that nobody else can ring
SECRET: Final = "rehearsal-of-pretend-callers"  # noqa: S105 - the same codes at each rehearsal
HELPER_NUMBER: Final = "+12025550101"
"""Of the range that is kept for fiction, so that a volunteer is offered; nobody is rung."""
URL: Final = "http://line.test/voice"
TIMEOUT_SECONDS: Final = 60.0
"""For one answer of the Redis: on a busy machine a caller is not to be answered without it, or the
figures would depend on the machine."""
_READ: Final = {
    b"string": ("GET",),
    b"hash": ("HGETALL",),
    b"list": ("LRANGE", 0, -1),
    b"set": ("SMEMBERS",),
    b"zset": ("ZRANGE", 0, -1),
}
"""How each type of Redis is read whole."""


class Stage(Struct, frozen=True):
    """Where the service is put together from; can be sent to another process."""

    spec: Spec
    audio: Path
    redis_url: str
    """Of a Redis that is of no use to anybody else: it is emptied after each caller."""


@contextmanager
def staged(project: Project, console: Console) -> Iterator[Stage]:
    """A stage for this checkout's line: its clips rendered, and a Redis that is thrown away.

    Never the Redis of the operator, whose counts are of real callers.

    Args:
        project: whose line.
        console: of the messages.

    Raises:
        SpeechError: the manifest of the clips cannot be read.
        StoreError: there is no Redis.
    """
    import tempfile
    from pathlib import Path

    import redis

    from ivr.cli.local import clips_rendered
    from ivr.speech.library import Library
    from ivr.store.embedded import embedded_redis

    Library.open(project.settings.audio)  # a broken manifest must not be rendered over
    clips_rendered(project, console, is_stdout_free=False)
    with (
        tempfile.TemporaryDirectory(prefix="ghore-boshe-rehearsal-") as folder,
        embedded_redis(Path(folder)) as url,
    ):
        client: Any = redis.Redis.from_url(url)
        client.config_set("appendonly", "no")  # nothing of it is wanted tomorrow
        client.close()
        yield Stage(project.spec, project.settings.audio, url)


@contextmanager
def rehearsed_line(stage: Stage) -> Iterator[Line]:
    """The line on a stage, ready to be rung by one caller after another.

    Raises:
        SpeechError: the manifest of the clips cannot be read.
        StoreError: the URL of the Redis cannot be.
    """
    import redis

    from ivr.cli.digits import digit_words
    from ivr.rehearsal.clock import Clock
    from ivr.rehearsal.line import Line
    from ivr.rehearsal.population import WEEK_BEGINS
    from ivr.simulator.digits import Digits
    from ivr.simulator.http.in_process import InProcess
    from ivr.simulator.phone import Phone
    from ivr.speech.library import Library
    from ivr.store.redis import RedisStore
    from ivr.web.app import create_app
    from ivr.web.parts import Parts

    clock, store = Clock(WEEK_BEGINS), RedisStore(stage.redis_url, timeout_seconds=TIMEOUT_SECONDS)
    app = create_app(
        Parts(
            spec=stage.spec,
            store=store,
            library=Library.open(stage.audio),
            auth_tokens=(TOKEN,),
            secret_key=SECRET,
            clock=clock.now,
            helper_number=HELPER_NUMBER,
        )
    )
    kept: Any = redis.Redis.from_url(stage.redis_url)
    try:
        with Phone(InProcess(app), TOKEN) as phone, _logged() as log:
            yield Line(
                flow=stage.spec.flow,
                words=tuple(stage.spec.words.values()),
                digits=Digits(digit_words(stage.spec)),
                phone=phone,
                url=URL,
                clock=clock,
                kept=lambda: _held(kept),
                forget=lambda: _emptied(kept),
                logged=log.taken,
            )
    finally:
        kept.close()
        store.close()


def _held(client: Any) -> bytes:
    """Everything that a Redis holds, names and values.

    Raises:
        StoreError: the Redis is gone.
    """
    with _redis_errors():
        names = list(client.scan_iter(count=1000))
        pipe = client.pipeline(transaction=False)
        for name in names:
            pipe.type(name)
        kinds = pipe.execute()
        for name, kind in zip(names, kinds, strict=True):
            command, *rest = _READ[kind]
            pipe.execute_command(command, name, *rest)
        found = pipe.execute()
    return b"\n".join(part for value in (names, *found) for part in _flat(value))


def _emptied(client: Any) -> None:
    with _redis_errors():
        client.flushdb()


@contextmanager
def _redis_errors() -> Iterator[None]:
    import redis

    from ivr.errors import StoreError

    try:
        yield
    except redis.RedisError as error:
        raise StoreError(
            f"the Redis of the rehearsal is gone ({type(error).__name__}); rehearse again"
        ) from error


def _flat(value: Any) -> Iterator[bytes]:
    """Every text within what Redis answered; numbers that are packed into it as texts, too."""
    match value:
        case bytes():
            yield value
            with suppress(msgspec.DecodeError, UnicodeDecodeError):
                yield str(msgspec.msgpack.decode(value)).encode()
        case dict():
            for pair in value.items():
                yield from _flat(pair)
        case list() | tuple() | set():
            for each in value:
                yield from _flat(each)
        case _:
            yield str(value).encode()


class _Log(logging.Handler):
    """Keeps what is logged until it is taken."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self._lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one record, with the traceback that it may have."""
        self._lines.append(self.format(record))

    def taken(self) -> str:
        """All lines since they were last taken."""
        lines, self._lines = self._lines, []
        return "\n".join(lines)


@contextmanager
def _logged() -> Iterator[_Log]:
    """All that is logged by whomever, ours at every level, and nothing of it on the screen."""
    from ivr.logs import route

    route()
    root, ours, log = logging.getLogger(), logging.getLogger("ivr"), _Log()
    before = root.level, ours.level
    root.addHandler(log)
    root.setLevel(logging.INFO)
    ours.setLevel(logging.DEBUG)
    try:
        yield log
    finally:
        root.removeHandler(log)
        root.setLevel(before[0])
        ours.setLevel(before[1])
