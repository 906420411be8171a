"""The place where a call is kept: a file that is read within bounds, and written whole or not."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from ivr.errors import ReplayError
from ivr.simulator.replay.form import HEADING, broken, read, written

if TYPE_CHECKING:
    from pathlib import Path

    from ivr.simulator.replay.kept import KeptCall

MAX_FILE_BYTES: Final = 4_194_304


def load(path: Path) -> KeptCall:
    """Reads a kept call.

    Raises:
        ReplayError: there is no such file, or it is broken; says where and what to do.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise ReplayError(
            f"{path} cannot be read: {error.strerror}; give a file that ivr call --save has made"
        ) from error
    if len(data) > MAX_FILE_BYTES:
        raise ReplayError(
            f"{path} is over {MAX_FILE_BYTES} bytes, so it is no kept call; give a file that ivr "
            "call --save has made"
        )
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise broken(str(path), line, "it is not UTF-8") from error
    return read(text, str(path))


def check_free(path: Path) -> None:
    """Sees that a call may be kept in a place: nothing stands there, or another kept call.

    Raises:
        ReplayError: something else does, the folder is not there, or it cannot be written in.
    """
    if not path.parent.is_dir():
        raise ReplayError(f"{path} cannot be written: there is no folder {path.parent}; make it")
    try:
        # Reading from what is neither, such as a pipe, may never end.
        is_readable = path.is_file() or path.is_dir()
        is_free = not path.exists() or (is_readable and _begins_as_kept(path))
        if is_free:
            _part(path).touch()
            _part(path).unlink()
    except OSError as error:
        raise _unwritable(path, error) from error
    if not is_free:
        raise ReplayError(
            f"{path} is there and is no kept call, so it is not overwritten; give another name, or "
            "remove it"
        )


def save(path: Path, kept: KeptCall) -> None:
    """Writes a kept call, whole or not at all.

    Raises:
        ReplayError: it cannot be written, or something else stands there.
    """
    check_free(path)
    data = written(kept).encode()
    if len(data) > MAX_FILE_BYTES:
        raise ReplayError(
            f"{path}: the call is too long to be kept: over {MAX_FILE_BYTES} bytes; keep a shorter "
            "one"
        )
    part = _part(path)
    try:
        part.write_bytes(data)
        part.replace(path.resolve())
    except OSError as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise _unwritable(path, error) from error


def _begins_as_kept(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(HEADING)) == HEADING.encode()


def _part(path: Path) -> Path:
    """Where it is written first: beside the file itself, of which the path may be a link."""
    return path.resolve().with_name(f".{os.getpid()}.part")


def _unwritable(path: Path, error: OSError) -> ReplayError:
    return ReplayError(
        f"{path} cannot be written: {error.strerror}; make the place writable, or give another file"
    )
