"""`GET /clips/<sha256>.wav`: clips by content; a name never changes its bytes."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response, abort, send_file

if TYPE_CHECKING:
    from ivr.speech.library import Library

_log: Final = logging.getLogger(__name__)
YEAR_SECONDS: Final = 365 * 24 * 60 * 60


def clips(library: Library) -> Blueprint:
    """The blueprint of `/clips`: known clips, and nothing else of the folder."""
    views = Blueprint("clips", __name__, url_prefix="/clips")

    @views.get("/<name>.wav")
    def clip(name: str) -> Response:
        file = library.file(name)
        if file is None:
            _log.warning("the clip %r was asked for and is not there; run: ivr audio render", name)
            abort(404)
        found = send_file(
            file.resolve(), mimetype="audio/wav", conditional=True, etag=name, max_age=YEAR_SECONDS
        )
        found.cache_control.public = True
        found.cache_control.immutable = True
        return found

    return views
