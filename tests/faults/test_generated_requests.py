"""A hundred thousand requests: none breaks the line, and no forged one is taken."""

from __future__ import annotations

import logging
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
import redis
from msgspec.structs import replace

from ivr.engine.limits import Limits
from ivr.web.app import create_app
from tests.conftest import clean
from tests.faults.generated_requests import HOST, TOKENS, Generator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

    from ivr.web.parts import Parts
    from tests.faults.generated_requests import Made

LEAST_REQUESTS = 100_000
SEEDS = range(8)
ROUNDS = 32
FORGED_A_ROUND = 260
VOUCHED_A_ROUND = 70
STRANGE_A_ROUND = 70


class Answered:
    """What came back for one request."""

    def __init__(self, app: Flask, made: Made) -> None:
        self.status, self.type = 0, ""
        self.body = b"".join(app(made.environ(), self._start))

    def _start(self, status: str, headers: list[tuple[str, str]], *_: object) -> Any:
        self.status = int(status.split(maxsplit=1)[0])
        self.type = dict(headers).get("Content-Type", "")


@pytest.fixture
def guarded(parts: Parts) -> Flask:
    """The line as the public meets it."""
    public = replace(parts, auth_tokens=TOKENS, hosts=(HOST,), limits=Limits(), has_siblings=True)
    public.standing.note_ready()
    return create_app(public)


@pytest.fixture
def raw(redis_url: str) -> Iterator[Any]:
    client = redis.Redis.from_url(redis_url)
    yield client
    client.close()


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.usefixtures("unmeasured")
def test_no_generated_request_breaks_the_line_and_no_forged_one_is_taken(
    guarded: Flask, raw: Any, parts: Parts, caplog: pytest.LogCaptureFixture, seed: int
) -> None:
    # An exception is answered by an apology, and told as an error. One seed logs the refusals, too.
    caplog.set_level(logging.INFO if seed == 0 else logging.ERROR, logger="ivr")
    generator, statuses = Generator(seed, parts.spec.flow), Counter[tuple[str, int]]()
    for _ in range(ROUNDS):
        raw.flushall()
        for _ in range(VOUCHED_A_ROUND):
            statuses["vouched", _check_vouched(guarded, generator.vouched())] += 1
        before = kept(raw)
        for _ in range(FORGED_A_ROUND):
            statuses["forged", _check_forged(guarded, generator.forged())] += 1
        assert kept(raw) == before, "what is forged leaves nothing"
        for _ in range(STRANGE_A_ROUND):
            statuses["strange", _check_strange(guarded, generator.strange())] += 1
    print(f"seed {seed}: {statuses.total()} requests {dict(sorted(statuses.items()))}")  # noqa: T201 - the figures
    assert [each.getMessage() for each in caplog.records if each.levelno >= logging.ERROR] == []
    assert statuses.total() * len(SEEDS) >= LEAST_REQUESTS
    assert statuses["vouched", 200] > VOUCHED_A_ROUND * ROUNDS / 4, "many come through"


def _check_vouched(app: Flask, made: Made) -> int:
    """A document that a carrier takes, nothing for a status callback, or a refusal."""
    answered = Answered(app, made)
    match answered.status:
        case 200:
            assert answered.type.startswith("text/xml"), made
            assert clean(answered.body), made
        case 204:
            assert made.target == "/voice/status", made
        case status:
            assert 400 <= status < 500, made
            assert answered.body, made
    return answered.status


def _check_forged(app: Flask, made: Made) -> int:
    answered = Answered(app, made)
    assert 400 <= answered.status < 500, made
    assert b"<Response" not in answered.body, made
    return answered.status


def _check_strange(app: Flask, made: Made) -> int:
    """Whatever it is: no error of ours, and nobody is sent elsewhere, which would lose a call."""
    answered = Answered(app, made)
    assert answered.status < 300 or 400 <= answered.status < 500 or answered.status == 304, made
    if answered.status == 200 and answered.type.startswith("text/xml"):
        assert clean(answered.body), made
    return answered.status


def kept(raw: Any) -> dict[bytes, bytes]:
    """All that Redis holds."""
    names = sorted(raw.scan_iter(count=1000))
    pipe = raw.pipeline(transaction=False)
    for name in names:
        pipe.dump(name)
    return dict(zip(names, pipe.execute(), strict=True))
