"""The webhooks of a call. Each view only translates: form → event → turn → TwiML."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

import structlog
from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException

from ivr.carriers import action_url, twilio
from ivr.engine.answer import Asked
from ivr.engine.events import CallStarted
from ivr.errors import CallOverError, EventError
from ivr.web.apology import Apology
from ivr.web.guard import guard

if TYPE_CHECKING:
    from ivr.web.line import Line
    from ivr.web.parts import Parts

_log: Final = structlog.get_logger(__name__)


def voice(parts: Parts, line: Line) -> Blueprint:
    """The blueprint of `/voice`: every route signed, every answer TwiML."""
    apology = Apology(parts.spec, line.sound)
    views = Blueprint("voice", __name__, url_prefix="/voice")
    views.before_request(guard(parts))
    views.teardown_request(_forget)
    views.register_error_handler(EventError, _refuse)
    views.register_error_handler(Exception, lambda error: _failed(error, apology))

    @views.post("")
    def incoming() -> Response:
        return _twiml(line.reply(_call(), CallStarted()))

    @views.post("/turn/<place>")
    def turn(place: str) -> Response:
        number, carried = action_url.read(request.args)
        event = twilio.turn_event(request.form, carried)
        return _twiml(line.reply(_call(number), Asked(place, number, event, carried)))

    @views.post("/status")
    def status() -> Response:
        call, event = _call(), twilio.ended_event(request.form)
        if event is not None:
            line.reply(call, event)
        return Response(status=204)

    @views.post("/fallback")
    def fallback() -> Response:
        with suppress(EventError):  # whatever call it is about, somebody waits for a word
            _call()
        return _twiml(apology.after_silence(request.form.get("ErrorUrl", "")))

    return views


def _call(turn: int = 0) -> twilio.Call:
    """The call that the request is about; the log tells it from here to the answer.

    Raises:
        EventError: the request names none.
    """
    found = twilio.call(request.form)
    structlog.contextvars.bind_contextvars(call=found.sid, turn=turn)
    return found


def _forget(_: BaseException | None) -> None:
    """The thread may answer for another call next."""
    structlog.contextvars.clear_contextvars()


def _twiml(document: bytes) -> Response:
    return Response(document, mimetype="text/xml")


def _refuse(error: EventError) -> Response:
    status = 403 if isinstance(error, CallOverError) else 400
    _log.warning("refused", why=str(error))
    return Response(f"{error}\n", status, mimetype="text/plain")


def _failed(error: Exception, apology: Apology) -> Response | HTTPException:
    """An error of ours: told in the log, and to the caller as an apology and a way back."""
    if isinstance(error, HTTPException):
        return error
    _log.error("turn_failed", exc_info=error)
    return _twiml(apology.after_error(request.full_path))
