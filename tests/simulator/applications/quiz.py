"""A quiz that keeps its state in a cookie, as a website does."""

from __future__ import annotations

from flask import Flask, Response, request, session
from twilio.twiml.voice_response import VoiceResponse

from tests.simulator.applications.webhooks import refuse_strangers, twiml

QUESTIONS = (("Two and two?", "4"), ("Three and five?", "8"), ("Six and six?", "12"))


def make_app() -> Flask:
    app = Flask("quiz")
    app.secret_key = "not so secret"
    app.before_request(refuse_strangers)

    @app.post("/quiz")
    def quiz() -> Response:
        session.update(asked=0, right=0)
        return _ask(VoiceResponse())

    @app.post("/quiz/answer")
    def answer() -> Response:
        response = VoiceResponse()
        is_right = request.form["Digits"] == QUESTIONS[session["asked"]][1]
        response.say("Right." if is_right else "Wrong.")
        session["asked"] += 1
        session["right"] += is_right
        return _ask(response)

    return app


def _ask(response: VoiceResponse) -> Response:
    if session["asked"] == len(QUESTIONS):
        response.say(f"{session['right']} of {len(QUESTIONS)} were right.")
        return twiml(response)
    gather = response.gather(action="/quiz/answer", timeout=5, action_on_empty_result=True)
    gather.say(QUESTIONS[session["asked"]][0])
    return twiml(response)
