"""A load from its trial call to its figures."""

from __future__ import annotations

import asyncio
import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

from msgspec import Struct

from ivr.errors import RehearsalError
from ivr.rehearsal.load.call import LoadedCall
from ivr.rehearsal.load.callers import Callers, Rung, apologies, is_of
from ivr.rehearsal.load.carrier import Carrier
from ivr.rehearsal.load.crowd import Crowd
from ivr.rehearsal.load.tally import Tally
from ivr.rehearsal.population import PREFIX
from ivr.simulator.setup import Setup

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from ivr.rehearsal.guide import Guide
    from ivr.rehearsal.line import Told
    from ivr.rehearsal.load.crowd import Load, Progress
    from ivr.rehearsal.load.tally import Figures
    from ivr.simulator.events import Event

STATUS_PATH = "/status"
"""Where a line that has the flow of this checkout is told of the end of a call, behind its URL."""
NEVER = 1_000_000_000
TRIAL_NUMBER = f"{PREFIX}000000000"


class Plan(Struct, frozen=True, kw_only=True):
    """What is to be rung, and by whom."""

    url: str
    token: str
    told: Told
    """The flow and the words of this checkout, which may be the line's."""
    guide: Guide
    """To the same, and to the personas."""
    status_callback: str | None
    """None: as it suits the line."""
    seed: int
    load: Load
    now: Callable[[], datetime]


def hold(plan: Plan, on_progress: Callable[[Progress], object] | None = None) -> Figures:
    """Places a trial call, holds the load, and gives what it came to.

    Args:
        plan: what is to be rung, by whom, and for how long.
        on_progress: told twice a second; None for nobody.

    Raises:
        RehearsalError: the line does not answer even the trial call as it should.
    """
    with _rarely_collected():
        return asyncio.run(_held(plan, on_progress))


@contextmanager
def _rarely_collected() -> Iterator[None]:
    """Python looks only among what is new for garbage that holds itself.

    To look through ten thousand calls takes it a second, in which no request goes out. A call that
    is over goes by itself.
    """
    before = gc.get_threshold()
    gc.set_threshold(before[0], before[1], NEVER)
    try:
        yield
    finally:
        gc.set_threshold(*before)


async def _held(plan: Plan, on_progress: Callable[[Progress], object] | None) -> Figures:
    rung = await _tried(plan)
    tally = Tally(plan.load.calls)
    carrier = Carrier(plan.token, tally)
    callers = Callers(plan.guide, rung, carrier, plan.seed, plan.now)
    try:
        return await Crowd(plan.load, callers, tally, on_progress).ring()
    finally:
        carrier.close()


async def _tried(plan: Plan) -> Rung:
    """The line as one call finds it.

    Raises:
        RehearsalError: there is no document, or none that can be carried out.
    """
    tally = Tally(1)
    carrier = Carrier(plan.token, tally)
    seen: list[bool] = []

    def listen(event: Event) -> None:
        seen.append(is_of(plan.told.flow, event))

    setup = Setup(from_number=TRIAL_NUMBER, started_at=plan.now())
    call = LoadedCall(carrier, plan.url, setup, listen)
    try:
        await call.start()
        if tally.errors:
            raise RehearsalError(next(iter(tally.examples.values())))
        await call.hang_up()
    finally:
        carrier.close()
    is_ours = any(seen)
    usual = plan.url.partition("?")[0] + STATUS_PATH if is_ours else None
    return Rung(
        url=plan.url,
        status_callback=usual if plan.status_callback is None else plan.status_callback,
        guide=plan.guide if is_ours else None,
        apologies=apologies(plan.told) if is_ours else frozenset(),
    )
