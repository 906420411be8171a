"""What a server says of itself, by whichever of its processes is asked."""

from __future__ import annotations

from typing import Final

import httpx

from ivr.cli.clock import now
from ivr.store.redis import RedisStore

WORKERS_ASKED: Final = 40
"""Which process answers is chance; so often asked, every one of them has most likely answered."""
HEALED_SECONDS: Final = 30.0


def readiness(origin: str) -> httpx.Response:
    """The answer of `/readyz`."""
    return httpx.get(f"{origin}/readyz", timeout=10)


def is_well(origin: str) -> bool:
    """Whether every process of the server says that nothing is degraded."""
    answers = [readiness(origin) for _ in range(WORKERS_ASKED)]
    return all(each.status_code == 200 and not each.json()["degraded"] for each in answers)


def counts(redis_url: str) -> dict[str, int]:
    """What was counted today."""
    store = RedisStore(redis_url)
    try:
        return store.counts(f"{now():%Y-%m-%d}")
    finally:
        store.close()
