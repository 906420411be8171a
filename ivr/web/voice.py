"""The webhooks of a call. Each view only translates: form → event → turn → TwiML."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final
from urllib.parse import SplitResult, parse_qs, urlsplit

from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException

from ivr.carriers import twilio
from ivr.engine.answer import Asked
from ivr.engine.events import CallStarted
from ivr.engine.session import Session
from ivr.engine.turn import Play
from ivr.errors import EventError
from ivr.flow.model import Transfer
from ivr.flow.places import renamed
from ivr.twiml.verbs import Hangup, Redirect
from ivr.twiml.write import write
from ivr.web.guard import guard

if TYPE_CHECKING:
    from ivr.flow.model import Flow
    from ivr.web.line import Line
    from ivr.web.parts import Parts

_log: Final = logging.getLogger(__name__)
MAX_RETRIES: Final = 2
"""How often a caller hears the apology and is led back before the goodbye."""
MAX_TURN_DIGITS: Final = 6


def voice(parts: Parts, line: Line) -> Blueprint:
    """The blueprint of `/voice`: every route signed, every answer TwiML."""
    views = Blueprint("voice", __name__, url_prefix="/voice")
    views.before_request(guard(parts))
    views.register_error_handler(EventError, _refuse)
    views.register_error_handler(Exception, lambda error: _failed(error, line, parts))

    @views.post("")
    def incoming() -> Response:
        return _twiml(line.reply(twilio.call(request.form), CallStarted()))

    @views.post("/turn/<place>")
    def turn(place: str) -> Response:
        asked = Asked(place, _turn_number(), twilio.turn_event(request.form))
        return _twiml(line.reply(twilio.call(request.form), asked))

    @views.post("/status")
    def status() -> Response:
        call, event = twilio.call(request.form), twilio.ended_event(request.form)
        if event is not None:
            line.reply(call, event)
        return Response(status=204)

    @views.post("/fallback")
    def fallback() -> Response:
        return _twiml(_apology(line, parts, request.form.get("ErrorUrl", "")))

    return views


def _turn_number() -> int:
    """The turn that the URL names; 0, which never is one, where it is no number."""
    given = request.args.get("turn", "")
    return int(given) if _is_turn(given) else 0


def _is_turn(given: str) -> bool:
    return given.isascii() and given.isdigit() and len(given) <= MAX_TURN_DIGITS


def _twiml(document: bytes) -> Response:
    return Response(document, mimetype="text/xml")


def _refuse(error: EventError) -> Response:
    return Response(f"{error}\n", 400, mimetype="text/plain")


def _failed(error: Exception, line: Line, parts: Parts) -> Response | HTTPException:
    """An error of ours: told in the log, and to the caller as an apology and a way back."""
    if isinstance(error, HTTPException):
        return error
    _log.error("a turn failed", exc_info=error)
    return _twiml(_apology(line, parts, request.full_path))


def _retries(failed: SplitResult) -> int:
    """How often this caller was led back before, as the URL that failed tells."""
    given = parse_qs(failed.query).get("retry", ["0"])[0]
    return int(given) if given in {"1", "2", "3"} else 0


def _way_back(flow: Flow, failed: SplitResult) -> str:
    """To where the call stands; but behind a Dial, lest a person be rung once more.

    There the end of the Dial is told anew, and without its outcome it counts as nobody's.
    """
    place = renamed(flow, failed.path.rpartition("/")[2])
    turn = parse_qs(failed.query).get("turn", [""])[0]
    if isinstance(flow.nodes.get(place), Transfer) and _is_turn(turn):
        return twilio.action_url(place, int(turn)) + "&"
    return "/voice?"


def _apology(line: Line, parts: Parts, url: str) -> bytes:
    """An apology, then back into the call; after two of them, goodbye.

    It needs neither Redis nor a session.

    Args:
        line: which speaks.
        parts: of the service.
        url: which has failed; one that cannot be read tells nothing.
    """
    try:
        failed = urlsplit(url)
    except ValueError:
        failed = urlsplit("")
    head, retries = parts.spec.flow.flow, _retries(failed)
    speak = line.sound.speak(Session(place=head.start, turn=0, language=head.default_language))
    if retries >= MAX_RETRIES:
        return write((*speak((Play(head.apologies.end),)), Hangup()))
    back = Redirect(f"{_way_back(parts.spec.flow, failed)}retry={retries + 1}")
    return write((*speak((Play(head.apologies.again),)), back))
