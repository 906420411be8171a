"""*Floor*: what Flask and Redis cost when a turn does nothing at all.

Two fields of the form are read, Redis is asked for one key and sets it with an end, and the answer
is always the same document.
"""

from __future__ import annotations

from typing import Final

import redis
from flask import Flask, Response, request

from tests.benchmarks.pretend_caller import PLAIN_TURN

SESSION_SECONDS: Final = 4 * 60 * 60
ANSWER: Final = (
    b'<?xml version="1.0" encoding="UTF-8"?><Response>'
    b"<Play>/clips/97d62f8a8b17b4466d5fba3d0ed259f5254c9e477c3d4f8ff890a78eb4e8736a.wav</Play>"
    b'<Gather action="/voice/turn/register_lesson.register_3?turn=5&amp;call=1772433000" '
    b'method="POST" timeout="10" finishOnKey="" numDigits="1" actionOnEmptyResult="true">'
    b"<Play>/clips/p400-37c90cdf34d074f7-11b2b51986c83890.wav</Play></Gather>"
    b'<Redirect method="POST">/voice/turn/register_lesson.register_3?turn=5&amp;call=1772433000'
    b"</Redirect></Response>"
)
"""A turn of the lesson, as this line answers it."""


def floor_app(redis_url: str) -> Flask:
    """The application, with a Redis that it asks by redis-py."""
    app = Flask("floor", static_folder=None)
    kept = redis.Redis.from_url(redis_url)

    @app.post(PLAIN_TURN)
    def turn() -> Response:
        key, digits = f"floor:{request.form['CallSid']}", request.form.get("Digits", "")
        kept.get(key)
        kept.set(key, digits, ex=SESSION_SECONDS)
        return Response(ANSWER, mimetype="text/xml")

    return app
