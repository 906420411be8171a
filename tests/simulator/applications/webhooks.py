"""What the applications have in common: Twilio's own check of signatures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import flask
from twilio.request_validator import RequestValidator

if TYPE_CHECKING:
    from twilio.twiml.voice_response import VoiceResponse
    from werkzeug.wrappers import Request

TOKEN = "token-of-somebody-else"


def is_from_twilio(request: Request) -> bool:
    """Whether Twilio's library takes this for a request of Twilio's."""
    signature = request.headers.get("X-Twilio-Signature", "")
    return bool(RequestValidator(TOKEN).validate(request.url, request.form, signature))


def refuse_strangers() -> None:
    """For Flask's before_request: 403 to whoever is not Twilio."""
    if not is_from_twilio(flask.request):
        flask.abort(403)


def twiml(response: VoiceResponse) -> flask.Response:
    """A document of twilio's library, as its documentation answers it."""
    return flask.Response(str(response), mimetype="text/xml")
