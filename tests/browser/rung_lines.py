"""Small applications for the page to ring."""

from __future__ import annotations

import io
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import numpy as np
import soundfile
from flask import Flask, Response

from ivr.browser.app import browser_phone
from ivr.browser.line import RungLine
from tests.conftest import TOKEN
from tests.serving import serving

if TYPE_CHECKING:
    from collections.abc import Iterator


def answering(twiml: str, **more: Response) -> Flask:
    """An application whose /voice says this; further paths by their names."""
    app = Flask(__name__)

    @app.post("/voice")
    def voice() -> Response:
        return Response(f"<Response>{twiml}</Response>", mimetype="text/xml")

    @app.route("/<name>", methods=["GET", "POST"])
    def other(name: str) -> Response:
        return more[name]

    return app


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Where the page is that rings an application over HTTP."""
    with ExitStack() as stack:
        line = RungLine(url=f"{stack.enter_context(serving(app))}/voice", auth_token=TOKEN)
        yield stack.enter_context(serving(stack.enter_context(browser_phone(line))))


def gsm_wav() -> bytes:
    """Ten seconds of a form that Twilio plays and no browser does."""
    sound, written = 0.5 * np.sin(np.arange(80_000) / 3), io.BytesIO()
    soundfile.write(written, sound, 8000, format="WAV", subtype="GSM610")
    return written.getvalue()
