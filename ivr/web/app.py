"""The web service as a WSGI application, put together from its parts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Flask, Response, request
from werkzeug.middleware.proxy_fix import ProxyFix

from ivr.web.answer import FOR_CARRIERS, NOT_KEPT, page
from ivr.web.clips import clips
from ivr.web.entry import MAX_REQUEST_BYTES
from ivr.web.health import health
from ivr.web.line import Line
from ivr.web.voice import Voice

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.web.parts import Parts


def create_app(parts: Parts) -> Flask:
    """The service; holds no state of any call, so that any number of processes may run it."""
    app = Flask("ivr", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_REQUEST_BYTES  # of a body without a length, too
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False  # or every webhook would answer one in HTML
    app.url_map.merge_slashes = False  # a redirect (308) loses calls
    app.after_request(_heading(parts))
    line = Line(parts)
    app.register_blueprint(clips(parts.library))
    app.register_blueprint(health(parts, line.sound))
    answering: Any = Voice(parts, line, app.wsgi_app)
    if parts.proxy_hops:
        hops = parts.proxy_hops
        answering = ProxyFix(answering, x_for=hops, x_proto=hops, x_host=hops)
    app.wsgi_app = answering  # type: ignore[method-assign] # flask's documented way
    return app


def _heading(parts: Parts) -> Callable[[Response], Response]:
    """What to run behind each request: gives its answer the headers that it should have."""

    def head(response: Response) -> Response:
        response.headers.setdefault(*NOT_KEPT)
        if response.mimetype not in FOR_CARRIERS:
            response.headers.extend(page(request.environ, parts.public_url))
        return response

    return head
