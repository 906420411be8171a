"""A mailbox: a message may be recorded again until it is kept. And notes, one after another."""

from __future__ import annotations

from flask import Flask, Response, request
from msgspec import Struct, field
from twilio.twiml.voice_response import VoiceResponse

from tests.simulator.applications.webhooks import refuse_strangers, twiml


class Mailbox(Struct):
    """Keeps the lengths of messages, in seconds, and how long each call took."""

    kept: list[int] = field(default_factory=list)
    notes: list[tuple[int, str]] = field(default_factory=list)
    ended: list[dict[str, str]] = field(default_factory=list)


def make_app(mailbox: Mailbox) -> Flask:
    app = Flask("voicemail")
    app.before_request(refuse_strangers)

    @app.post("/message")
    def message() -> Response:
        response = VoiceResponse()
        response.say("Speak after the tone.")
        response.record(action="/recorded", max_length=30, timeout=3, finish_on_key="#")
        return twiml(response)

    @app.post("/recorded")
    def recorded() -> Response:
        seconds, response = int(request.form["RecordingDuration"]), VoiceResponse()
        if request.form["Digits"] == "hangup":
            mailbox.kept.append(seconds)
            return twiml(response)
        gather = response.gather(action=f"/decide?seconds={seconds}", num_digits=1, timeout=4)
        gather.say(f"{seconds} seconds. Press 1 to keep it, 2 to record it again.")
        response.redirect(f"/decide?seconds={seconds}")
        return twiml(response)

    @app.post("/decide")
    def decide() -> Response:
        response = VoiceResponse()
        if request.form.get("Digits") == "2":
            response.redirect("/message")
            return twiml(response)
        mailbox.kept.append(int(request.args["seconds"]))
        response.say("Kept.")
        response.hangup()
        return twiml(response)

    @app.post("/notes")
    def notes() -> Response:
        response = VoiceResponse()
        if "RecordingSid" in request.form:
            seconds, key = int(request.form["RecordingDuration"]), request.form["Digits"]
            mailbox.notes.append((seconds, key))
            if not seconds:
                response.say("Goodbye.")
                return twiml(response)
        # Without an action, the recording is told to this very document, which records anew.
        response.record(play_beep=False, trim="do-not-trim" if mailbox.notes else "trim-silence")
        return twiml(response)

    @app.post("/ended")
    def ended() -> Response:
        mailbox.ended.append(request.form.to_dict())
        return Response(status=204)

    return app
