"""Files of ours: written whole or not at all, one writer at a time, and read as what they are."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import threading
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

from ivr.errors import SpeechError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_Shape = TypeVar("_Shape")
_FULL: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def read_json(path: Path, shape: type[_Shape], advice: str) -> _Shape | None:
    """Read a file of ours; None where it is not there.

    Args:
        path: of the file.
        shape: what must be in it.
        advice: what to do when it is damaged, in whole sentences.

    Raises:
        SpeechError: it cannot be read, or is damaged; it is not taken as empty.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=shape)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as exc:
        raise SpeechError(f"{path} cannot be read: {exc.strerror}; make it readable.") from exc
    except (UnicodeDecodeError, msgspec.DecodeError) as exc:
        raise SpeechError(f"{path} is damaged: {exc}. {advice}") from exc


def write_json(path: Path, value: msgspec.Struct) -> None:
    """Write a file of ours as people can read it, whole or not at all, and wait for the disk.

    Raises:
        SpeechError: it cannot be written; what stood there is still there.
    """
    content = msgspec.json.format(msgspec.json.encode(value), indent=1)
    replace_file(path, content + b"\n", durable=True)


@contextlib.contextmanager
def locked(path: Path, how: int = fcntl.LOCK_EX) -> Iterator[None]:
    """Hold a lock among processes; it goes with its process, however that ends.

    Args:
        path: of the lock's file, which is made, as are folders on the way.
        how: exclusive, shared, or either without waiting, in `fcntl`'s words.

    Raises:
        SpeechError: the file cannot be written.
        BlockingIOError: another has it, and it is not to be waited for.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = path.open("wb")
    except OSError as exc:
        raise unwritable(path, exc) from exc
    with lock:
        fcntl.flock(lock, how)
        yield


def replace_file(path: Path, content: bytes, *, durable: bool = False) -> None:
    """Write a file whole or not at all: beside its place first, then into it.

    Args:
        path: where; folders on the way are made.
        content: its bytes.
        durable: wait until the disk has it, so that a power cut leaves the old or the new one.

    Raises:
        SpeechError: it cannot be written; what stood there is still there.
    """
    # The name tells writers apart: two prompts with equal words are written at once.
    part = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            file.write(content)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        part.replace(path)
    except OSError as exc:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise unwritable(path, exc) from exc


def unwritable(path: Path, exc: OSError) -> SpeechError:
    """Say why a file cannot be written, and what to do about just that."""
    advice = (
        "free some space and run the same command again: what was made before is kept"
        if exc.errno in _FULL
        else "make the folder writable, or name another one in IVR_AUDIO"
    )
    return SpeechError(f"{path} cannot be written: {exc.strerror or exc}; {advice}.")
