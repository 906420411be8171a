"""Opening hours: every webhook by GET, every URL relative, all state in the query."""

from __future__ import annotations

from flask import Flask, Response, request
from twilio.twiml.voice_response import VoiceResponse

from tests.simulator.applications.webhooks import refuse_strangers, twiml
from tests.sounds import sound

MENU = "For weekdays press 1. For Sundays press 2."
MENU_SECONDS = 3.5
HOURS = {"1": "We open at nine.", "2": "On Sundays we are closed."}
TRIES = 2


def make_app() -> Flask:
    app = Flask("opening_hours")
    app.before_request(refuse_strangers)

    @app.get("/shop/hours/")
    def menu() -> Response:
        tried = request.args.get("tried", 0, int)
        response = VoiceResponse()
        if tried == TRIES:
            response.say("Please ring again.")
            response.hangup()
            return twiml(response)
        response.gather(action=f"day?tried={tried}", method="GET", num_digits=1, timeout=3).play(
            "../sounds/menu.wav"
        )
        response.redirect(f"?tried={tried + 1}", method="GET")
        return twiml(response)

    @app.get("/shop/hours/day")
    def day() -> Response:
        response = VoiceResponse()
        told = HOURS.get(request.args["Digits"])
        if told is None:
            response.redirect(f"./?tried={int(request.args['tried']) + 1}", method="GET")
        else:
            response.say(told)
        return twiml(response)

    @app.get("/shop/sounds/menu.wav")
    def clip() -> Response:
        return Response(sound(MENU, MENU_SECONDS), mimetype="audio/wav")

    return app
