"""What is compared does what it is said to do, or its figures would be worth nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import redis

from ivr.store.keys import CallKey
from ivr.twiml.verbs import Gather
from tests.benchmarks import pretend_caller
from tests.benchmarks.floor import floor_app
from tests.benchmarks.in_process import Callers
from tests.benchmarks.ours import Stage, ours_app
from tests.benchmarks.pretend_caller import LessonWalk, PlainWalk, Signed
from tests.benchmarks.usual import usual_app
from tests.conftest import clean

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask

    from ivr.store.redis import RedisStore
    from tests.benchmarks.pretend_caller import Walk


pytestmark = pytest.mark.usefixtures("store")  # an empty Redis for each


@pytest.fixture
def stage(tmp_path: Path, audio: Path, redis_url: str) -> Stage:
    return Stage(tmp_path, audio, redis_url)


@pytest.fixture
def app(stage: Stage) -> Flask:
    return ours_app(stage)


class Forged:
    """Another walk, whose requests somebody has changed on the way."""

    is_turn = True

    def __init__(self, walk: Walk) -> None:
        self._walk = walk

    def request(self) -> Signed:
        asked = self._walk.request()
        return Signed(asked.path, asked.signature, asked.body + b"&Digits2=1")

    def take(self, answer: bytes) -> None:
        del answer


def test_each_application_answers_what_asks_for_a_key(stage: Stage, app: Flask) -> None:
    for callers in (
        Callers.plain(floor_app(stage.redis_url), 2),
        Callers.plain(usual_app(stage.redis_url), 2),
        Callers.in_lesson(app, 2),
    ):
        for document in callers.batch().answers:
            assert any(isinstance(verb, Gather) for verb in clean(document))


def test_the_answers_of_floor_and_ours_are_about_as_long(stage: Stage, app: Flask) -> None:
    (floor,) = Callers.plain(floor_app(stage.redis_url), 1).batch().answers
    (ours,) = Callers.in_lesson(app, 1).batch().answers
    assert 0.8 < len(floor) / len(ours) < 1.25


def test_a_turn_of_ours_is_one_of_the_lesson_saved_and_counted(
    app: Flask, store: RedisStore
) -> None:
    callers = Callers.in_lesson(app, 1)
    held = store.load(CallKey(f"CA{0:032x}", None)).session
    assert held is not None
    before = sum(_counts(store).values())
    callers.batch()
    after = store.load(CallKey(f"CA{0:032x}", None)).session
    assert after is not None
    assert after.place.startswith("register_lesson.")
    assert after.place != held.place
    assert after.turn == held.turn + 1
    assert sum(_counts(store).values()) > before


def test_a_caller_goes_to_and_fro_in_the_lesson_until_the_next_one_rings(app: Flask) -> None:
    walk = LessonWalk(0, 1)
    callers, in_lesson = Callers(app, [walk]), 0
    for _ in range(pretend_caller.MAX_TURNS):
        in_lesson += walk.is_turn
        callers.ask()
    assert in_lesson == pretend_caller.MAX_TURNS - 3
    assert walk.request().path == pretend_caller.START
    assert f"CA{1:032x}".encode() in walk.request().body


def test_usual_counts_the_steps_of_each_call(stage: Stage) -> None:
    callers = Callers(usual_app(stage.redis_url), [PlainWalk(1), PlainWalk(2)])
    first, second = callers.batch().answers, callers.batch().answers
    assert first[0] == first[1] != second[0]


@pytest.mark.parametrize("kind", ["usual", "ours"])
def test_a_request_that_was_changed_is_refused(kind: str, stage: Stage, app: Flask) -> None:
    walk: Walk = PlainWalk(1) if kind == "usual" else LessonWalk(1, 1)
    asked = usual_app(stage.redis_url) if kind == "usual" else app
    with pytest.raises(ValueError, match="403"):
        Callers(asked, [Forged(walk)]).batch()


def test_floor_reads_and_writes_the_key_of_its_call(stage: Stage, redis_url: str) -> None:
    Callers.plain(floor_app(stage.redis_url), 1).batch()
    kept = redis.Redis.from_url(redis_url)
    assert kept.get(f"floor:CA{0:032x}") == b"1"
    kept.close()


def _counts(store: RedisStore) -> dict[str, int]:
    from ivr.cli.clock import now  # noqa: PLC0415 - the line of these tests has the real time

    return store.counts(f"{now():%Y-%m-%d}")
