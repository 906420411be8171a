"""What a call takes in Redis, and whether a worker grows."""

from __future__ import annotations

import random
from pathlib import Path
from typing import TYPE_CHECKING, Final

import redis

from ivr.store.keys import CALLS
from tests.benchmarks.generators import Load, Target, generators
from tests.benchmarks.in_process import Callers
from tests.benchmarks.ours import ours_app
from tests.benchmarks.pretend_caller import LessonWalk, TroubledWalk
from tests.benchmarks.running import serving

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from tests.benchmarks.ours import Stage

MID_LESSON: Final = 9
"""Turns of a call that is in the middle of the lesson."""
TROUBLED_CALLS: Final = 40
TROUBLED_TURNS: Final = 60
FIRST_NUMBER: Final = 40_000_000
GROWTH_FIRST_NUMBER: Final = 50_000_000
WARM_TURNS: Final = 10_000
GROWTH_TURNS: Final = 100_000
STRETCH_SECONDS: Final = 2.0
CONNECTIONS: Final = 16
_MIB: Final = 1024 * 1024
_PAGE_BYTES: Final = 4096


def session_figures(stage: Stage, tell: Callable[[int, int], None]) -> dict[str, float]:
    """Bytes of a call's key by MEMORY USAGE: in the middle of a lesson, and the most ever seen.

    The most is looked for among calls whose callers press anything, or nothing, at all places.
    """
    app, kept = ours_app(stage), redis.Redis.from_url(stage.redis_url)
    usual = LessonWalk(FIRST_NUMBER, 1)
    for _ in range(MID_LESSON):
        Callers(app, [usual]).ask()
    most = 0
    for number in range(TROUBLED_CALLS):
        most = max(most, _most_bytes(app, kept, FIRST_NUMBER + 1 + number))
        tell(number + 1, TROUBLED_CALLS)
    mid_lesson = _bytes(kept, FIRST_NUMBER)
    kept.close()
    return {"bytes_per_session": mid_lesson, "bytes_per_session_most": most}


def _most_bytes(app: Flask, kept: redis.Redis, number: int) -> int:
    """The most that one troubled call ever took."""
    walk = TroubledWalk(number, random.Random(number))  # noqa: S311 - the same calls each time
    callers = Callers(app, [walk])
    sizes = [0]
    for _ in range(TROUBLED_TURNS):
        callers.ask()
        sizes.append(_bytes(kept, number))
        if walk.is_over:
            break
    return max(sizes)


def _bytes(kept: redis.Redis, number: int) -> int:
    used = kept.memory_usage(f"{CALLS}CA{number:032x}")
    if not isinstance(used, int):
        raise TypeError("Redis has no session of this call")
    return used


def growth_figures(stage: Stage, tell: Callable[[int, int], None]) -> dict[str, float]:
    """By how many MiB one worker of the server grows over 100,000 turns, once it is warm.

    Raises:
        ValueError: a request was not answered.
    """
    with serving(stage, "ours", "--workers", "1") as server, generators() as load:
        load.prepare(Target(server.port, True, CONNECTIONS, GROWTH_FIRST_NUMBER))  # noqa: FBT003
        (worker,) = server.workers()
        done, marks = 0, list[float]()
        for until in (WARM_TURNS, WARM_TURNS + GROWTH_TURNS // 2, WARM_TURNS + GROWTH_TURNS):
            while done < until:
                heard = load.measure(Load(server.port, STRETCH_SECONDS))
                if heard.errors:
                    raise ValueError(f"{heard.errors} requests were not answered")
                done += heard.turns + heard.others
                tell(min(done, WARM_TURNS + GROWTH_TURNS), WARM_TURNS + GROWTH_TURNS)
            marks.append(_resident_mib(worker))
    return {
        "rss_growth_mb": marks[2] - marks[0],
        "rss_growth_last_half_mb": marks[2] - marks[1],
        "rss_mb": marks[2],
    }


def _resident_mib(process: int) -> float:
    """What a process has in memory; Linux only."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * _PAGE_BYTES / _MIB
