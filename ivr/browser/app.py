"""The browser phone as a WSGI application: everything stands under /phone."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec
from flask import Flask, Response, redirect, request, send_from_directory
from werkzeug.exceptions import HTTPException, NotFound

from ivr.browser.calls import Calls
from ivr.browser.clips import as_heard
from ivr.browser.guard import check, protect
from ivr.browser.messages import read_deed, read_start
from ivr.errors import CallError
from ivr.simulator.http.failures import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ivr.browser.line import RungLine

ROOT: Final = "/phone"
MAX_BODY_BYTES: Final = 16 * 1024
SWEEP_SECONDS: Final = 10.0
"""How often it is looked whether calls were left alone."""
_STATIC: Final = Path(__file__).parent / "static"
_CLIP_CACHE: Final = "private, max-age=3600"
_KEPT_AS: Final = 'attachment; filename="call.yaml"'


@contextmanager
def browser_phone(line: RungLine, clock: Callable[[], float] = time.monotonic) -> Iterator[Flask]:
    """The page and its calls, for as long as the block runs; then every call is hung up.

    Args:
        line: that the page rings.
        clock: seconds of the real time, from anywhere.
    """
    calls, is_over = Calls(line, clock), threading.Event()

    def look() -> None:
        while not is_over.wait(SWEEP_SECONDS):
            calls.sweep()

    watch = threading.Thread(target=look, daemon=True)
    watch.start()
    try:
        yield _app(line, calls)
    finally:
        is_over.set()
        watch.join()
        calls.close()


def _app(line: RungLine, calls: Calls) -> Flask:
    app = Flask("ivr.browser", static_folder=str(_STATIC), static_url_path=f"{ROOT}/static")
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    app.before_request(lambda: check(request))
    app.after_request(protect)
    app.register_error_handler(HTTPException, _refused)
    app.register_error_handler(CallError, lambda error: _error(HTTPStatus.BAD_REQUEST, str(error)))
    app.add_url_rule("/", view_func=lambda: redirect(f"{ROOT}/"), endpoint="root")
    _add_page(app, line)
    _add_calls(app, calls)
    return app


def _add_page(app: Flask, line: RungLine) -> None:
    usual = line.setup()
    always = {
        "line": shown(line.url),
        "has_session": line.session is not None,
        "from": usual.from_number,
        "to": usual.to_number,
    }

    @app.get(f"{ROOT}/")
    def page() -> Response:
        return send_from_directory(_STATIC, "index.html")

    @app.get(f"{ROOT}/about")
    def tell_about() -> Response:
        now = line.about()
        told = {**always, "name": now.name, "has_english": now.has_english}
        return _json(HTTPStatus.OK, told)


def _add_calls(app: Flask, calls: Calls) -> None:
    @app.post(f"{ROOT}/calls")
    def begin() -> Response:
        return _json(HTTPStatus.CREATED, calls.begin(read_start(request.get_data())))

    @app.post(f"{ROOT}/calls/<call_id>")
    def go_on(call_id: str) -> Response:
        return _json(HTTPStatus.OK, calls.do(call_id, read_deed(request.get_data())))

    @app.get(f"{ROOT}/calls/<call_id>/clips/<int:number>")
    def clip(call_id: str, number: int) -> Response:
        data = calls.find(call_id).sound(number)
        is_wav_wanted = request.args.get("form") == "wav"
        heard = None if data is None else as_heard(data, is_wav_wanted=is_wav_wanted)
        if heard is None:
            raise NotFound("There is no such clip here (any more), or not in this form.")
        headers = {"Cache-Control": _CLIP_CACHE}
        return Response(heard.data, mimetype=heard.content_type, headers=headers)

    @app.get(f"{ROOT}/calls/<call_id>/kept")
    def kept(call_id: str) -> Response:
        text = calls.find(call_id).kept()
        headers = {"Content-Disposition": _KEPT_AS}
        return Response(text, mimetype="application/yaml", headers=headers)


def _refused(error: HTTPException) -> Response:
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    return _error(status, error.description or error.name)


def _error(status: int, message: str) -> Response:
    return _json(status, {"error": message})


def _json(status: int, told: Any) -> Response:
    return Response(msgspec.json.encode(told), status, mimetype="application/json")
