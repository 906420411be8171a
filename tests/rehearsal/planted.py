"""Lines with a planted fault, as WSGI applications that answer as the real one would be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from collections.abc import Callable


def gather(place: str, turn: int, say: str, *, digits: int = 1, query: str = "") -> str:
    """A document that waits for keys at a place."""
    action = f"/voice/turn/{place}?turn={turn}{query}"
    return (
        f'<Response><Gather action="{action}" numDigits="{digits}" timeout="5" '
        f'actionOnEmptyResult="true"><Say language="bn-IN" voice="Google.bn-IN-Standard-A">{say}'
        "</Say></Gather></Response>"
    )


def answering(document: Callable[[int, dict[str, str]], str]) -> Callable[..., object]:
    """A line that gives one document after another, made from how many there were and the form."""
    given = 0

    @Request.application
    def application(request: Request) -> Response:
        nonlocal given
        if request.path.endswith("/status"):
            return Response(status=204)
        given += 1
        return Response(document(given, request.form.to_dict()), mimetype="text/xml")

    return application
