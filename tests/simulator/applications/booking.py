"""A booking by speech, or by keys for whom speech does not suit."""

from __future__ import annotations

from flask import Flask, Response, request
from twilio.twiml.voice_response import VoiceResponse

from tests.simulator.applications.webhooks import refuse_strangers, twiml

DAYS = ("monday", "tuesday")
MIN_CONFIDENCE = 0.5


def make_app(heard_partly: list[str]) -> Flask:
    """The application; `heard_partly` gets what Twilio tells while the caller still speaks."""
    app = Flask("booking")
    app.before_request(refuse_strangers)

    @app.post("/booking")
    def booking() -> Response:
        response = VoiceResponse()
        gather = response.gather(
            input="dtmf speech",
            action="/day",
            num_digits=1,
            timeout=4,
            speech_timeout="auto",
            language="en-IN",
            hints=", ".join(DAYS),
            partial_result_callback="/partly",
        )
        gather.say("Which day? Say it, or press 1 for Monday and 2 for Tuesday.", language="en-IN")
        response.say("No day, no booking.")
        return twiml(response)

    @app.post("/day")
    def day() -> Response:
        response = VoiceResponse()
        words = request.form.get("SpeechResult", "").lower()
        keyed = request.form.get("Digits", "")
        named = [name for name in DAYS if name in words and _is_sure()]
        found = DAYS[int(keyed) - 1] if keyed in {"1", "2"} else next(iter(named), None)
        if found is None:
            response.say(f"I do not know {words or keyed}.")
            response.redirect("/booking")
            return twiml(response)
        response.gather(input="speech", action=f"/name?day={found}", timeout=3).say("Your name?")
        response.redirect(f"/name?day={found}")
        return twiml(response)

    @app.post("/name")
    def name() -> Response:
        response = VoiceResponse()
        who, when = request.form.get("SpeechResult", "a guest"), request.args["day"]
        response.say(f"Booked for {who} on {when}.")
        response.sms(f"{when}: {who}", action="/sent", from_="+12025550100")
        return twiml(response)

    @app.post("/sent")
    def sent() -> Response:
        response = VoiceResponse()
        response.say(f"We are {request.form['SmsStatus']} you a message.")
        response.hangup()
        return twiml(response)

    @app.post("/partly")
    def partly() -> Response:
        heard_partly.append(request.form["UnstableSpeechResult"])
        return Response(status=204)

    return app


def _is_sure() -> bool:
    return float(request.form.get("Confidence", "0")) >= MIN_CONFIDENCE
