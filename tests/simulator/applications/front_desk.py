"""A front desk: rings the doctor, who hears who calls and may refuse; otherwise a message."""

from __future__ import annotations

from flask import Flask, Response, request
from twilio.twiml.voice_response import Dial, VoiceResponse

from tests.simulator.applications.webhooks import refuse_strangers, twiml

DOCTOR = "+919876500000"
RING_SECONDS = 15


def make_app(progress: list[tuple[str, str]]) -> Flask:
    """The application; `progress` gets what the status callbacks say of the doctor's leg."""
    app = Flask("front_desk")
    app.before_request(refuse_strangers)

    @app.post("/desk")
    def desk() -> Response:
        response = VoiceResponse()
        response.say("We are ringing the doctor.")
        dial = Dial(action="/after", timeout=RING_SECONDS, answer_on_bridge=True)
        dial.number(
            DOCTOR,
            url="/screen",
            status_callback="/progress",
            status_callback_event="initiated ringing answered completed",
        )
        response.append(dial)
        return twiml(response)

    @app.post("/screen")
    def screen() -> Response:
        response = VoiceResponse()
        gather = response.gather(action="/accept", num_digits=1, timeout=5)
        # On the doctor's leg, From is still the caller.
        gather.say(f"A call from {request.form['From']} for {request.form['To']}. Press 1.")
        response.hangup()
        return twiml(response)

    @app.post("/accept")
    def accept() -> Response:
        response = VoiceResponse()
        if request.form["Digits"] != "1":
            response.hangup()
        return twiml(response)

    @app.post("/after")
    def after() -> Response:
        response = VoiceResponse()
        if request.form["DialBridged"] == "true":
            response.say(f"You have talked for {request.form['DialCallDuration']} seconds.")
            return twiml(response)
        response.say(f"The doctor is away: {request.form['DialCallStatus']}. Leave a message.")
        response.record(action="/message", timeout=4, max_length=60)
        return twiml(response)

    @app.post("/message")
    def message() -> Response:
        response = VoiceResponse()
        response.say(f"Your message has {request.form['RecordingDuration']} seconds.")
        response.hangup()
        return twiml(response)

    @app.post("/progress")
    def told() -> Response:
        progress.append((request.form["CallStatus"], request.form["SequenceNumber"]))
        return Response(status=204)

    return app
