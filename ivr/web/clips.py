"""`GET /clips/<name>.wav`: clips by content, single or joined; a name never changes its bytes.

A single clip is named by its SHA-256, a joined one by how it is made (`ivr.speech.join`). What is
read from the disk is held against its name first: a damaged file would stay in the caches of a
carrier for a year.
"""

from __future__ import annotations

import hashlib
import logging
from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response, abort, request

from ivr.errors import SpeechError
from ivr.speech.join import MAX_JOINED_BYTES, Row, join, read_name

if TYPE_CHECKING:
    from pathlib import Path

    from ivr.speech.library import Library

_log: Final = logging.getLogger(__name__)
YEAR_SECONDS: Final = 365 * 24 * 60 * 60
SHOWN: Final = 80
"""So much of a name that is asked for is told in the log; strangers may ask for anything."""


def clips(library: Library) -> Blueprint:
    """The blueprint of `/clips`: known clips, and nothing else of the folder."""
    views = Blueprint("clips", __name__, url_prefix="/clips")

    @views.get("/<name>.wav")
    def clip(name: str) -> Response:
        row = read_name(name)
        try:
            data = _single(library.file(name)) if row is None else _joined(library, row)
        except SpeechError as error:
            _log.warning("the clip %r cannot be given: %s", name[:SHOWN], error)
            abort(404)
        return _answer(data, name)

    return views


def _joined(library: Library, row: Row) -> bytes:
    parts: dict[str, bytes] = {}
    size = 0
    for prefix in row.prefixes:
        if prefix not in parts:
            parts[prefix] = _single(library.file_beginning(prefix))
        size += len(parts[prefix])
        if size > MAX_JOINED_BYTES:
            raise SpeechError("It is too long to be joined; ask for its parts one by one.")
    return join([parts[prefix] for prefix in row.prefixes], row.pause_ms)


def _single(file: Path | None) -> bytes:
    """The bytes of a clip's file.

    Raises:
        SpeechError: it is not there, or is not what its name says.
    """
    if file is None:
        raise SpeechError("It is not there; run: ivr audio render")
    if file.resolve().parent != file.parent.resolve():
        raise SpeechError(f"{file.name} leads out of the folder; put the file itself there.")
    try:
        data = file.read_bytes()
    except OSError as error:
        raise SpeechError(
            f"{file.name} cannot be read: {error.strerror}; mend its rights."
        ) from error
    if hashlib.sha256(data).hexdigest() != file.stem:
        raise SpeechError(f"{file.name} is damaged; run: ivr audio render")
    return data


def _answer(data: bytes, name: str) -> Response:
    """The bytes for ever under their name, or the part of them that was asked for."""
    found = Response(data, mimetype="audio/wav")
    found.set_etag(name)
    found.cache_control.public = True
    found.cache_control.immutable = True
    found.cache_control.max_age = YEAR_SECONDS
    found.headers["Accept-Ranges"] = "bytes"
    is_part = _asks_for_one_range(len(data))
    found.make_conditional(request, accept_ranges=is_part, complete_length=len(data))
    return found


def _asks_for_one_range(size: int) -> bool:
    """Whether Range holds one range of bytes; any other is answered with the whole (RFC 9110)."""
    asked = request.range
    if asked is None or asked.units != "bytes" or len(asked.ranges) != 1:
        return False
    return asked.ranges[0][0] >= -size
