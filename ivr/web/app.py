"""The web service as a WSGI application, put together from its parts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from ivr.web.clips import clips
from ivr.web.entry import MAX_REQUEST_BYTES, entry
from ivr.web.headers import heading
from ivr.web.health import health
from ivr.web.line import Line
from ivr.web.voice import voice

if TYPE_CHECKING:
    from ivr.web.parts import Parts


def create_app(parts: Parts) -> Flask:
    """The service; holds no state of any call, so that any number of processes may run it."""
    app = Flask("ivr", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_REQUEST_BYTES  # of a body without a length, too
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False  # or every webhook would answer one in HTML
    app.url_map.merge_slashes = False  # a redirect (308) loses calls
    app.before_request(entry(parts))
    app.after_request(heading(parts))
    line = Line(parts)
    app.register_blueprint(voice(parts, line))
    app.register_blueprint(clips(parts.library))
    app.register_blueprint(health(parts, line.sound))
    if parts.proxy_hops:
        hops = parts.proxy_hops
        fixed: Any = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)
        app.wsgi_app = fixed  # type: ignore[method-assign] # flask's documented way
    return app
