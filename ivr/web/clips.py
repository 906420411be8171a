"""`GET /clips/<name>.wav`: clips by content, single or joined; a name never changes its bytes.

A single clip is named by its SHA-256, a joined one by how it is made (`ivr.speech.join`). What is
read from the disk is held against its name first: a damaged file would stay in the caches of a
carrier for a year.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import structlog
from flask import Blueprint, Response, abort, request

from ivr.errors import SpeechError
from ivr.speech.join import MAX_JOINED_BYTES, Joined, join, read_name, silence_bytes
from ivr.web.stock import read_whole

if TYPE_CHECKING:
    from werkzeug.datastructures import Range

    from ivr.speech.library import Library

_log: Final = structlog.get_logger(__name__)
YEAR_SECONDS: Final = 365 * 24 * 60 * 60
SHOWN: Final = 80
"""So much of a name that is asked for is told in the log; strangers may ask for anything."""


def clips(library: Library) -> Blueprint:
    """The blueprint of `/clips`: known clips, and nothing else of the folder."""
    views = Blueprint("clips", __name__, url_prefix="/clips")

    @views.get("/<name>.wav")
    def clip(name: str) -> Response:
        joined = read_name(name)
        try:
            data = _joined(library, joined) if joined else read_whole(library.file(name))
        except SpeechError as error:
            _log.warning("clip_not_given", clip=name[:SHOWN], why=str(error))
            abort(404)
        return _answer(data, name)

    return views


def _joined(library: Library, joined: Joined) -> bytes:
    parts: dict[str, bytes] = {}
    size = silence_bytes(len(joined.prefixes), joined.pause_ms)
    for prefix in joined.prefixes:
        if prefix not in parts:
            parts[prefix] = read_whole(library.file_beginning(prefix))
        size += len(parts[prefix])
        if size > MAX_JOINED_BYTES:
            raise SpeechError("It is too long to be joined; ask for its parts one by one.")
    return join([parts[prefix] for prefix in joined.prefixes], joined.pause_ms)


def _answer(data: bytes, name: str) -> Response:
    """The bytes for ever under their name, as far as the request's conditions ask for them.

    The order of the conditions is that of RFC 9110, 13.2.2; a clip has no date to ask by.
    """
    found = Response(data, mimetype="audio/wav")
    found.set_etag(name)
    found.cache_control.public = True
    found.cache_control.immutable = True
    found.cache_control.max_age = YEAR_SECONDS
    found.headers["Accept-Ranges"] = "bytes"
    if request.if_match and not request.if_match.contains(name):
        return _without_body(found, HTTPStatus.PRECONDITION_FAILED)
    if request.if_none_match.contains_weak(name):
        return _without_body(found, HTTPStatus.NOT_MODIFIED)
    asked = _range(len(data), name)
    return found if asked is None else _part(found, data, asked)


def _range(size: int, name: str) -> Range | None:
    """The one range of bytes that is asked for, None for the whole (RFC 9110, 13.1.5 and 14.2).

    Any other Range is answered with the whole, as one of another version is; a weak If-Range is
    never that of this one.
    """
    if request.method != "GET" or request.headers.get("If-Range", f'"{name}"') != f'"{name}"':
        return None
    asked = request.range
    if asked is None or asked.units != "bytes" or len(asked.ranges) != 1:
        return None
    return asked if asked.ranges[0][0] >= -size else None


def _part(found: Response, data: bytes, asked: Range) -> Response:
    """A part of the bytes, or that there is none such."""
    bounds = asked.range_for_length(len(data))
    if bounds is None:
        found.headers["Content-Range"] = f"bytes */{len(data)}"
        return _without_body(found, HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
    found.headers["Content-Range"] = f"bytes {bounds[0]}-{bounds[1] - 1}/{len(data)}"
    found.status_code = HTTPStatus.PARTIAL_CONTENT
    found.set_data(data[slice(*bounds)])
    return found


def _without_body(found: Response, status: HTTPStatus) -> Response:
    found.status_code = status
    found.set_data(b"")
    return found
