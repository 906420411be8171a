"""`GET /livez` and `GET /readyz`: for load balancers and for people."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, jsonify

from ivr.web.stock import Fault

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ivr.web.parts import Parts
    from ivr.web.sound import Sound

SHOWN: Final = 10
"""So many missing clips are named; the rest are counted, and damaged ones among them."""


def health(parts: Parts, sound: Sound) -> Blueprint:
    """The blueprint of the two health pages; the clips are those that this process plays.

    It is ready from the moment at which it had Redis and every clip, until it drains. What goes
    away later does not undo it, and is told as degraded: without Redis a call goes on, and without
    a clip it is spoken; a balancer that took every process out would lose them all.
    """
    views = Blueprint("health", __name__)

    @views.get("/livez")
    def livez() -> Response:
        return Response("ok\n", mimetype="text/plain")

    @views.get("/readyz")
    def readyz() -> tuple[Response, int]:
        redis, gone, standing = parts.store.health(), sound.faults(), parts.standing
        lacks = {"redis": redis.error is not None, "clips": bool(gone)}
        if not any(lacks.values()):
            standing.note_ready()
        ready = standing.was_ready and not standing.is_draining
        told = {
            "ready": ready,
            "draining": standing.is_draining,
            "degraded": [name for name, is_lacking in lacks.items() if is_lacking],
            "content": parts.spec.content_hash,
            "redis": redis.error or "ok",
            "redis_away_seconds": None if redis.since is None else round(redis.since, 1),
            "answered_without_redis": redis.degraded,
            "clips": _clips(gone),
        }
        if gone:
            told["what_to_do"] = "run: ivr audio render"
        return jsonify(told), HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE

    return views


def _clips(gone: Sequence[tuple[str, Fault]]) -> dict[str, Any]:
    return {
        "missing": len(gone),
        "first_missing": [name for name, _ in gone[:SHOWN]],
        "damaged": sum(fault is Fault.DAMAGED for _, fault in gone),
    }
