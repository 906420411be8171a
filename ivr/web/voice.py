"""The webhooks of a call. Each view only translates: form → event → turn → TwiML.

They are answered before Flask, which would need as long to find a view as the line needs for all of
a turn; everything else, health and clips, is Flask's.
"""

from __future__ import annotations

from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import structlog

from ivr.carriers import action_url, twilio
from ivr.engine.answer import Asked
from ivr.engine.events import CallStarted
from ivr.errors import CallOverError, EventError
from ivr.web.answer import Answer, give, twiml, words
from ivr.web.apology import START, TURNS, Apology
from ivr.web.entry import entry
from ivr.web.guard import guard
from ivr.web.webhook import Webhook, arguments, path_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import TypeAlias
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from ivr.web.line import Line
    from ivr.web.parts import Parts

    View: TypeAlias = Callable[[Webhook], Answer]

_log: Final = structlog.get_logger(__name__)


class Voice:
    """The webhooks as a WSGI application: each of them signed, every answer TwiML."""

    def __init__(self, parts: Parts, line: Line, beside: WSGIApplication) -> None:
        """Take what answers everything that is no webhook; it is looked at before, too."""
        self._line = line
        self._beside = beside
        self._public_url = parts.public_url
        self._enter, self._guard = entry(parts), guard(parts)
        self._apology = Apology(parts.spec, line.sound)
        self._views: dict[str, View] = {
            START: self._incoming,
            f"{START}/status": self._status,
            f"{START}/fallback": self._fallback,
        }

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        answer = self._enter(environ)
        if answer is None:
            view = self._view(path_of(environ))
            if view is None:
                return self._beside(environ, start_response)
            answer = self._answered(environ, view)
        return give(answer, environ, start_response, self._public_url)

    def _view(self, path: str) -> View | None:
        """What answers at a path; None: no webhook does."""
        if not path.startswith(TURNS):
            return self._views.get(path)
        place = path[len(TURNS) :]
        if not place or "/" in place:
            return None
        return lambda webhook: self._turn(webhook, place)

    def _answered(self, environ: WSGIEnvironment, view: View) -> Answer:
        """The answer of a view; an error of ours is told in the log, and the caller led back."""
        if environ["REQUEST_METHOD"] != "POST":
            return Answer(HTTPStatus.METHOD_NOT_ALLOWED, allow="POST")
        try:
            webhook = self._guard(environ)
            return webhook if isinstance(webhook, Answer) else view(webhook)
        except EventError as error:
            _log.warning("refused", why=str(error))
            is_over = isinstance(error, CallOverError)
            return words(HTTPStatus.FORBIDDEN if is_over else HTTPStatus.BAD_REQUEST, str(error))
        except Exception as error:  # noqa: BLE001 - whatever it is, somebody waits for a word
            _log.error("turn_failed", exc_info=error)
            query = environ.get("QUERY_STRING", "")
            return twiml(self._apology.after_error(f"{path_of(environ)}?{query}"))
        finally:
            # The thread may answer for another call next.
            structlog.contextvars.clear_contextvars()

    def _incoming(self, webhook: Webhook) -> Answer:
        return twiml(self._line.reply(_call(webhook), CallStarted()))

    def _turn(self, webhook: Webhook, place: str) -> Answer:
        number, carried = action_url.read(arguments(webhook.query))
        event = twilio.turn_event(webhook.form, carried)
        asked = Asked(place, number, event, carried)
        return twiml(self._line.reply(_call(webhook, number), asked))

    def _status(self, webhook: Webhook) -> Answer:
        call, event = _call(webhook), twilio.ended_event(webhook.form)
        if event is not None:
            self._line.reply(call, event)
        return Answer(HTTPStatus.NO_CONTENT)

    def _fallback(self, webhook: Webhook) -> Answer:
        with suppress(EventError):  # whatever call it is about, somebody waits for a word
            _call(webhook)
        return twiml(self._apology.after_silence(webhook.form.get("ErrorUrl", "")))


def _call(webhook: Webhook, turn: int = 0) -> twilio.Call:
    """The call that the request is about; the log tells it from here to the answer.

    Raises:
        EventError: the request names none.
    """
    found = twilio.call(webhook.form)
    structlog.contextvars.bind_contextvars(call=found.sid, turn=turn)
    return found
