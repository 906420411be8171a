"""*Usual*: a turn of the same lesson as tutorials write it, neither slowed nor tuned.

The signature is checked by Twilio's own validator, the session is JSON in Redis, and the document
is built anew by Twilio's own library. It does less than this line: nothing is counted, a request
that comes twice steps twice, and without Redis there is no call.
"""

from __future__ import annotations

import json
from typing import Any, Final

import redis
from flask import Flask, Response, abort, request
from twilio.request_validator import RequestValidator
from twilio.twiml.voice_response import VoiceResponse

from tests.benchmarks.pretend_caller import BACK, NEXT, ORIGIN, PLAIN_TURN, TOKEN

SESSION_SECONDS: Final = 4 * 60 * 60
STEPS: Final = 15
"""As many as the lesson about registering has."""
NEW_SESSION: Final[dict[str, Any]] = {
    "place": "lesson",
    "step": 0,
    "language": "bn",
    "silences": 0,
    "turns": 0,
}
PARTS: Final = ("number", "words", "keys")
"""What is played of a step: which one it is, what is to be done, and which keys lead on."""


def usual_app(redis_url: str) -> Flask:
    """The application, with a Redis that it asks by redis-py."""
    app = Flask("usual", static_folder=None)
    kept = redis.Redis.from_url(redis_url)
    validator = RequestValidator(TOKEN)

    @app.post(PLAIN_TURN)
    def turn() -> Response:
        signature = request.headers.get("X-Twilio-Signature", "")
        if not validator.validate(request.url, request.form, signature):
            abort(403)
        key = f"usual:{request.form['CallSid']}"
        stored = kept.get(key)
        session = json.loads(stored) if stored else dict(NEW_SESSION)
        digits = request.form.get("Digits")
        if digits == NEXT:
            session["step"] = (session["step"] + 1) % STEPS
        elif digits == BACK:
            session["step"] = max(0, session["step"] - 1)
        elif not digits:
            session["silences"] += 1
        session["turns"] += 1
        kept.set(key, json.dumps(session), ex=SESSION_SECONDS)
        return Response(_document(session["language"], session["step"]), mimetype="text/xml")

    return app


def _document(language: str, step: int) -> str:
    response = VoiceResponse()
    gather = response.gather(num_digits=1, timeout=10, action=PLAIN_TURN, method="POST")
    for part in PARTS:
        gather.play(f"{ORIGIN}/clips/{language}/lesson_{step}_{part}.wav")
    response.redirect(PLAIN_TURN, method="POST")
    return str(response)
