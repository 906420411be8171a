"""`GET /livez` and `GET /readyz`: for load balancers and for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response, jsonify

from ivr.errors import StoreError
from ivr.web.sound import missing

if TYPE_CHECKING:
    from ivr.web.parts import Parts

SHOWN: Final = 10
"""So many missing clips are named; the rest are counted."""


def health(parts: Parts) -> Blueprint:
    """The blueprint of the two health pages."""
    views = Blueprint("health", __name__)

    @views.get("/livez")
    def livez() -> Response:
        return Response("ok\n", mimetype="text/plain")

    @views.get("/readyz")
    def readyz() -> tuple[Response, int]:
        redis = _redis(parts)
        gone = missing(parts.spec, parts.library)
        clips = {"missing": len(gone), "first_missing": gone[:SHOWN]}
        ready = redis == "ok" and not gone
        told = {"ready": ready, "content": parts.spec.content_hash, "redis": redis, "clips": clips}
        if gone:
            told["what_to_do"] = "run: ivr audio render"
        return jsonify(told), 200 if ready else 503

    return views


def _redis(parts: Parts) -> str:
    try:
        parts.store.ping()
    except StoreError as error:
        return str(error)
    return "ok"
