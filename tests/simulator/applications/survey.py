"""A survey without a framework: TwiML in strings, and after each POST a redirect to a GET."""

from __future__ import annotations

from typing import TYPE_CHECKING

from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from tests.simulator.applications.webhooks import is_from_twilio

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIEnvironment

QUESTIONS = ("How was the food?", "How was the music?")
THANKS = "Thank you. You gave us {} points."


def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    request = Request(environ)
    if not is_from_twilio(request):
        response = Response("no", status=403)
    elif request.method == "POST":
        response = _take(request)
    else:
        response = _ask(request)
    return response(environ, start_response)


def _take(request: Request) -> Response:
    """A redirect to what is to be heard next; a digit that came is in its query."""
    if request.path == "/":
        return redirect("/question/0?points=0", 302)
    number, points = int(request.path.rpartition("/")[2]), int(request.args["points"])
    digit = request.form["Digits"]
    if digit not in {"1", "2", "3"}:
        return redirect(f"{number}?points={points}", 303)
    return redirect(f"/question/{number + 1}?points={points + int(digit)}", 303)


def _ask(request: Request) -> Response:
    number, points = int(request.path.rpartition("/")[2]), request.args["points"]
    if number == len(QUESTIONS):
        body = f"<Say>{THANKS.format(points)}</Say><Hangup/>"
    else:
        # Without an action, the answer comes to this very URL.
        body = f"""<Gather numDigits="1" timeout="4">
            <Say language="en-IN" voice="Polly.Aditi">{QUESTIONS[number]}</Say>
          </Gather>
          <Redirect method="GET">/question/{number}?points={points}&amp;again=yes</Redirect>"""
    return Response(f"<Response>{body}</Response>", mimetype="application/xml")
