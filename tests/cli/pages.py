"""A line whose documents never change, for the commands' tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from collections.abc import Mapping
    from wsgiref.types import WSGIApplication


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
