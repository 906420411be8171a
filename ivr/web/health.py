"""`GET /livez` and `GET /readyz`: for load balancers and for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response, jsonify

from ivr.errors import StoreError
from ivr.web.stock import Fault

if TYPE_CHECKING:
    from ivr.web.parts import Parts
    from ivr.web.sound import Sound

SHOWN: Final = 10
"""So many missing clips are named; the rest are counted, and damaged ones among them."""


def health(parts: Parts, sound: Sound) -> Blueprint:
    """The blueprint of the two health pages; the clips are those that this process plays."""
    views = Blueprint("health", __name__)

    @views.get("/livez")
    def livez() -> Response:
        return Response("ok\n", mimetype="text/plain")

    @views.get("/readyz")
    def readyz() -> tuple[Response, int]:
        redis = _redis(parts)
        gone = sound.faults()
        clips = {
            "missing": len(gone),
            "first_missing": [name for name, _ in gone[:SHOWN]],
            "damaged": sum(fault is Fault.DAMAGED for _, fault in gone),
        }
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
