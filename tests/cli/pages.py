"""A line whose documents never change, for the commands' tests."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import soundfile
from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from collections.abc import Mapping
    from wsgiref.types import WSGIApplication

RATE = 8000


def pages(
    documents: Mapping[str, str], clips: Mapping[str, bytes] | None = None
) -> WSGIApplication:
    """An application that answers anybody.

    Args:
        documents: path → the verbs inside of its Response.
        clips: path → a WAV file.
    """
    sounds = clips or {}

    @Request.application
    def application(request: Request) -> Response:
        if request.path in sounds:
            return Response(sounds[request.path], mimetype="audio/wav")
        if request.path in documents:
            return Response(f"<Response>{documents[request.path]}</Response>", mimetype="text/xml")
        return Response("", 404)

    return application


def clip(words: str, seconds: float) -> bytes:
    """A silent clip that says what it would say."""
    buffer = io.BytesIO()
    with soundfile.SoundFile(buffer, "w", RATE, 1, "ULAW", format="WAV") as file:
        file.title = words
        file.write(np.zeros(round(RATE * seconds)))
    return buffer.getvalue()
