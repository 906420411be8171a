"""A thousand calls at once, while their Redis is killed, frozen, emptied and refuses to write."""

from __future__ import annotations

import random
import threading
from contextlib import ExitStack
from queue import SimpleQueue
from typing import TYPE_CHECKING, Final, Self

import pytest

from tests.conftest import TOKEN
from tests.faults.beside import Beside
from tests.faults.line_servers import line_server
from tests.faults.pretend_callers import Crowd
from tests.faults.readiness import HEALED_SECONDS, counts, is_well, readiness
from tests.faults.redis_clusters import redis_cluster
from tests.faults.redis_sentinels import sentinel_set
from tests.faults.redis_servers import RedisServer, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from ivr.flow.model import Spec
    from tests.faults.line_servers import LineServer
    from tests.faults.stories import Report

pytestmark = pytest.mark.alone
CALLERS: Final = 1_000
FEWER: Final = 120
ACTS_OF_A_CALLER: Final = 12
"""At least, on the average: a mishap at a random one of them befalls calls that go on."""
SLOWEST_SECONDS: Final = 2.0


class Mishaps:
    """Does one thing after the other at random acts of the callers, without making them wait.

    Args:
        things: what is done, in order.
        callers: how many there are.
        seed: of the moments.
    """

    def __init__(self, things: Sequence[Callable[[], object]], callers: int, seed: int) -> None:
        chance = random.Random(seed)  # noqa: S311 - no secret; the same moments each time
        # When everybody has rung, and before the first third of them has hung up.
        acts = range(callers, callers * ACTS_OF_A_CALLER)
        self._due = dict(zip(sorted(chance.sample(acts, len(things))), things, strict=True))
        self._queue: SimpleQueue[Callable[[], object] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run)
        self.done = 0

    def note(self, act: int) -> None:
        """Takes the count of acts; each comes once, from any thread."""
        if act in self._due:
            self._queue.put(self._due[act])

    def _run(self) -> None:
        while (thing := self._queue.get()) is not None:
            thing()
            self.done += 1

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._queue.put(None)
        self._thread.join()


class Watch(Beside):
    """Asks for `/readyz` all the while."""

    def __init__(self, server: LineServer) -> None:
        super().__init__()
        self._server = server
        self.statuses: set[int] = set()
        self.was_degraded = False

    def _run(self) -> None:
        while not self._over.wait(0.05):
            answer = readiness(self._server.origin)
            self.statuses.add(answer.status_code)
            self.was_degraded |= "redis" in answer.json()["degraded"]


def ring(
    server: LineServer,
    spec: Spec,
    callers: int,
    things: Sequence[Callable[[], object]],
) -> tuple[Report, Watch]:
    """Let so many call while these things happen; all of them must have."""
    crowd = Crowd(f"{server.origin}/voice", TOKEN, spec, callers=callers, seed=1)
    with Watch(server) as watch, Mishaps(things, callers, seed=1) as mishaps:
        report = crowd.ring(mishaps.note)
    assert mishaps.done == len(things)
    return report, watch


def check(report: Report, watch: Watch, server: LineServer, redis_url: str) -> None:
    """What holds whichever Redis it was."""
    print(f"{report}, mean while /readyz {sorted(watch.statuses)}")  # noqa: T201 - the figures
    assert report.lost == []
    assert report.warned == []
    assert report.failed == []
    assert report.strayed == [], "a caller who had asked for English heard Bengali"
    assert report.slowest_seconds < SLOWEST_SECONDS
    assert watch.statuses == {200}, "a line without Redis still answers calls"
    assert watch.was_degraded
    wait_until(
        lambda: is_well(server.origin), HEALED_SECONDS, "it did not recover without a restart"
    )
    degraded = counts(redis_url).get("degraded", 0)
    print(f"degraded answers that were counted since the last loss: {degraded}")  # noqa: T201
    assert degraded > 0


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


@pytest.mark.timeout(300)
def test_a_thousand_calls_reach_their_end_whatever_befalls_redis(
    stack: ExitStack, tmp_path: Path, audio: Path, spec: Spec
) -> None:
    redis = stack.enter_context(RedisServer(tmp_path / "redis"))
    server = stack.enter_context(line_server(tmp_path, redis_url=redis.url, audio=audio))
    server.wait_until_ready()
    pairs: list[tuple[Callable[[], object], ...]] = [
        (redis.freeze, redis.thaw),
        (redis.read_only, redis.writable),
        (redis.empty,),
        (redis.restart,),
        (redis.kill, redis.start),
    ]
    things = [thing for pair in (*pairs, *pairs) for thing in pair]
    report, watch = ring(server, spec, CALLERS, things)
    assert report.most_open == CALLERS
    check(report, watch, server, redis.url)


@pytest.mark.timeout(180)
def test_calls_go_on_while_the_sentinels_make_another_master(
    stack: ExitStack, tmp_path: Path, audio: Path, spec: Spec
) -> None:
    servers = stack.enter_context(sentinel_set(tmp_path))
    server = stack.enter_context(line_server(tmp_path, redis_url=servers.url, audio=audio))
    server.wait_until_ready()
    old = servers.master()
    report, watch = ring(server, spec, FEWER, [old.kill])
    assert servers.wait_for_failover(old) < HEALED_SECONDS
    check(report, watch, server, servers.url)


@pytest.mark.timeout(180)
def test_calls_go_on_while_a_cluster_replaces_a_master(
    stack: ExitStack, tmp_path: Path, audio: Path, spec: Spec
) -> None:
    cluster = stack.enter_context(redis_cluster(tmp_path))
    server = stack.enter_context(line_server(tmp_path, redis_url=cluster.url, audio=audio))
    server.wait_until_ready()
    report, watch = ring(server, spec, FEWER, [cluster.masters[0].kill])
    assert cluster.wait_for_failover(0) < HEALED_SECONDS
    check(report, watch, server, cluster.url)
