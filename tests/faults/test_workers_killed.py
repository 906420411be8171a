"""Workers killed in mid-answer, again and again, while callers ring: nobody hears an error."""

from __future__ import annotations

import random
import threading
import time
from typing import TYPE_CHECKING, Final

import httpx
import pytest

from tests.conftest import TOKEN
from tests.faults.beside import Beside
from tests.faults.line_servers import START_SECONDS, line_server
from tests.faults.pretend_callers import Crowd
from tests.faults.redis_servers import wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from ivr.flow.model import Spec
    from tests.faults.line_servers import LineServer
    from tests.faults.stories import Report, Story

pytestmark = [
    pytest.mark.alone,
    pytest.mark.usefixtures("store"),
]  # nobody is known from the tests before
KILLS: Final = 200
CALLERS: Final = 40
"""Who ring again, all of them, until the kills are over."""
GAP_SECONDS: Final = (0.1, 0.4)
SUCCESSOR_SECONDS: Final = 2.0


class Killer(Beside):
    """Kills a worker at random every now and then, until it has killed enough.

    It lets those be who are just led back: a fallback has no fallback itself, and whose answer is
    cut off there Twilio lets go, whatever is done here.

    Args:
        server: whose workers.
        seed: of the moments and the workers.
    """

    def __init__(self, server: LineServer, seed: int) -> None:
        super().__init__()
        self.kills = 0
        self.crowd: Crowd | None = None
        """Who rings at present."""
        self._server = server
        self._chance = random.Random(seed)  # noqa: S311 - no secret; the same moments each time

    def _run(self) -> None:
        while self.kills < KILLS and not self._over.wait(self._chance.uniform(*GAP_SECONDS)):
            if self.crowd is not None and self.crowd.is_falling_back:
                continue
            workers = self._server.workers()
            self.kills += bool(workers) and self._server.kill(self._chance.choice(workers))


@pytest.mark.timeout(400)
def test_nobody_hears_an_error_while_workers_are_killed(
    tmp_path: Path, redis_url: str, audio: Path, spec: Spec
) -> None:
    with line_server(tmp_path, redis_url=redis_url, audio=audio) as server:
        server.wait_until_ready()
        reports: list[Report] = []
        with Killer(server, seed=8) as killer:
            while killer.is_running:
                seed = len(reports)
                crowd = Crowd(f"{server.origin}/voice", TOKEN, spec, callers=CALLERS, seed=seed)
                killer.crowd = crowd
                reports.append(crowd.ring())
        stories = [story for report in reports for story in report.stories]
        troubled = [str(story) for story in stories if heard_error(story)]
        turns = sorted(seconds for story in stories for seconds in story.turns)
        cut = [failure for story in stories for failure in story.failures]
        print(  # noqa: T201 - the figures
            f"\nkills {killer.kills}, callers {len(stories)}, turns {len(turns)}, requests cut off "
            f"{len(cut)}, of them clips {sum(map(is_of_clip, cut))}, callers who heard an error "
            f"{len(troubled)}, slowest turn {turns[-1]:.2f} s, "
            f"{sum(report.seconds for report in reports):.0f} s"
        )
        assert killer.kills == KILLS
        assert troubled == []
        assert not all(map(is_of_clip, cut)), "no kill befell a turn, so that nothing was tried"
        assert "Traceback" not in server.log()


def heard_error(story: Story) -> bool:
    """Whether it went otherwise than usual for the caller, but for one clip that broke off.

    For a clip Twilio has no fallback: its words are missed, and the call goes on.
    """
    has_missed = any(map(is_of_clip, story.failures))
    is_at_end = story.ended == "hangup" and (story.said_goodbye or has_missed)
    return bool(story.apologies) or not is_at_end


def is_of_clip(failure: str) -> bool:
    return "/clips/" in failure


def test_killed_workers_have_successors_at_once(
    tmp_path: Path, redis_url: str, audio: Path
) -> None:
    with line_server(tmp_path, redis_url=redis_url, audio=audio) as server:
        server.wait_until_ready()
        before = settled(server)
        begun = time.monotonic()
        for worker in before:
            assert server.kill(worker)
        assert server.readiness() == httpx.codes.OK, "who asks meanwhile waits for the successor"
        took = time.monotonic() - begun
        told = f"all {len(before)} workers killed, the next answer after {1000 * took:.0f} ms"
        print(f"\n{told}")  # noqa: T201 - the figures
        assert took < SUCCESSOR_SECONDS
        while set(server.workers()) & set(before):
            assert time.monotonic() - begun < START_SECONDS
        assert len(settled(server)) == len(before)


def test_a_worker_that_cannot_be_replaced_yet_takes_nobody_along(
    tmp_path: Path, redis_url: str, audio: Path
) -> None:
    """Each worker of gunicorn's needs a file, and a fork needs memory: either may be lacking."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    with line_server(tmp_path, redis_url=redis_url, audio=audio, TMPDIR=str(temporary)) as server:
        server.wait_until_ready()
        before = settled(server)
        gone = temporary.rename(tmp_path / "gone")
        assert server.kill(before[0])
        wait_until(lambda: "cannot be started" in server.log(), what="no worker was missed")
        assert server.readiness() == httpx.codes.OK
        gone.rename(temporary)
        wait_until(lambda: len(server.workers()) == len(before), what="no successor came")


def settled(server: LineServer) -> list[int]:
    """The workers, when no more of them come: gunicorn lets a moment pass between two."""
    found: list[int] = []
    while len(server.workers()) > len(found):
        found = server.workers()
        threading.Event().wait(0.5)
    return found
