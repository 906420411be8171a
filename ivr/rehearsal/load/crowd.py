"""So many calls at the same time, for so long: begun one after the other, replaced as they end."""

from __future__ import annotations

import asyncio
import itertools
import math
import time
from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.rehearsal.load.call import LoadedCall
    from ivr.rehearsal.load.callers import Callers
    from ivr.rehearsal.load.tally import Figures, Tally

RAMP_SHARE: Final = 0.4
"""Of the whole time: all calls begin within it, evenly spread."""
SETTLE_SECONDS: Final = 2.0
"""Behind the ramp: the last calls must be answered before the plateau begins."""
SPARE_SHARE: Final = 0.005
"""So many more calls ring: of those that end one after another, some are not answered yet."""
PAUSE_SECONDS: Final = 1.0
"""From one ring to the next at the same place: so a line that ends each call at once is not rung
as fast as it can answer."""
HANG_UPS_A_SECOND: Final = 500
"""At the end; as many callers at once would never hang up by themselves."""
HANG_UPS_AT_ONCE: Final = 10
LEAVING_SECONDS: Final = 20.0
"""Behind the last hang-up, for what is still to be answered; more than any answer may take."""
LOOK_SECONDS: Final = 0.1
"""Between two looks whether the last answers have come."""
TELL_SECONDS: Final = 0.5


class Load(Struct, frozen=True, kw_only=True):
    """How much, and how long."""

    calls: int
    """At the same time."""
    seconds: float
    """From the first ring until all begin to hang up."""

    @property
    def ramp_seconds(self) -> float:
        """From the first ring to the last call that begins beside all others."""
        return self.seconds * RAMP_SHARE

    @property
    def lines(self) -> int:
        """So many calls ring or are in progress at once."""
        return self.calls + math.ceil(self.calls * SPARE_SHARE)


class Progress(Struct, frozen=True, kw_only=True):
    """How far a load has come."""

    seconds: float
    in_progress: int
    turns: int
    errors: int
    is_leaving: bool = False
    """Whether all hang up now."""


class Crowd:
    """Rings until the time is over; made on the loop on which it rings.

    Args:
        load: how much, and how long.
        callers: who ring.
        tally: what they tell.
        on_progress: told twice a second; None for nobody.
    """

    def __init__(
        self,
        load: Load,
        callers: Callers,
        tally: Tally,
        on_progress: Callable[[Progress], object] | None = None,
    ) -> None:
        self._load = load
        self._callers = callers
        self._tally = tally
        self._on_progress = on_progress
        self._numbers = itertools.count()
        self._begun = 0.0
        self._is_leaving = False
        self._calls: list[LoadedCall | None] = [None] * load.lines
        """What goes on at each place."""
        self._failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def ring(self) -> Figures:
        """Holds the load, and gives what it came to once all have hung up.

        Cancelled, as by Ctrl-C, it ends earlier, and gives what it came to so far; cancelled once
        more, it ends at once, and gives nothing.
        """
        loop = asyncio.get_running_loop()
        self._begun, cpu = loop.time(), time.process_time()
        lines = [loop.create_task(self._line(place)) for place in range(self._load.lines)]
        for line in lines:
            line.add_done_callback(self._look)
        try:
            is_whole = await self._watched()
            seconds, cpu = loop.time() - self._begun, time.process_time() - cpu
            self._tally.end_plateau()
            await self._leave(lines)
        finally:
            for line in lines:
                line.cancel()
            await asyncio.gather(*lines, return_exceptions=True)
        return self._tally.figures(seconds, cpu, is_whole=is_whole)

    async def _line(self, place: int) -> None:
        """One call after another, all the time; the first when it is its turn on the ramp."""
        await asyncio.sleep(self._load.ramp_seconds * place / self._load.lines)
        loop = asyncio.get_running_loop()
        while not self._is_leaving:
            rang_at = loop.time()
            call, acts = self._callers.call(next(self._numbers))
            self._calls[place] = call
            try:
                await call.start()
                for act in acts:
                    await call.do(act)
                await asyncio.sleep(rang_at + PAUSE_SECONDS - loop.time())
            except asyncio.CancelledError:
                if self._is_leaving:
                    await call.hang_up()
                raise

    async def _watched(self) -> bool:
        """Waits until the time is over; False: nobody wants to wait so long."""
        try:
            await self._watch()
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is not None:
                task.uncancel()
            return False
        return True

    async def _watch(self) -> None:
        """Waits until the time is over, and tells how far it is."""
        plateau = self._load.ramp_seconds + SETTLE_SECONDS
        is_plateau = False
        while (past := self._past()) < self._load.seconds:
            if past >= plateau and not is_plateau:
                is_plateau = True
                self._tally.begin_plateau(past)
            if self._on_progress is not None:
                self._on_progress(self._progress(past))
            following = self._load.seconds if is_plateau else plateau
            await self._pause(min(TELL_SECONDS, following - past))

    async def _pause(self, seconds: float) -> None:
        """A failure of our own ends all; a line that fails is told of otherwise."""
        await asyncio.wait([self._failed], timeout=seconds)
        if self._failed.done():
            self._failed.result()

    async def _leave(self, lines: list[asyncio.Task[None]]) -> None:
        """Lets all hang up, some after others, and waits for what is then still to be told."""
        self._is_leaving = True
        if self._on_progress is not None:
            self._on_progress(self._progress(self._past()))
        owed = []
        for place, line in enumerate(lines):
            if self._is_owed(place):
                owed.append(place)
            else:
                line.cancel()
            if place % HANG_UPS_AT_ONCE == 0:
                await asyncio.sleep(HANG_UPS_AT_ONCE / HANG_UPS_A_SECOND)
        await self._let_answer(lines, owed)
        await asyncio.wait(lines, timeout=LEAVING_SECONDS)

    async def _let_answer(self, lines: list[asyncio.Task[None]], owed: list[int]) -> None:
        """Lets hang up who was owed an answer, once it is there or is given up.

        To hang up before would hide how long a line that stands still has let them wait.
        """
        until = asyncio.get_running_loop().time() + LEAVING_SECONDS
        while owed and asyncio.get_running_loop().time() < until:
            await asyncio.sleep(LOOK_SECONDS)
            for place in [each for each in owed if not self._is_owed(each)]:
                owed.remove(place)
                lines[place].cancel()
        for place in owed:
            lines[place].cancel()

    def _is_owed(self, place: int) -> bool:
        call = self._calls[place]
        return call is not None and call.is_owed_an_answer

    def _look(self, line: asyncio.Task[None]) -> None:
        error = None if line.cancelled() else line.exception()
        if error is not None and not self._failed.done():
            self._failed.set_exception(error)

    def _past(self) -> float:
        return asyncio.get_running_loop().time() - self._begun

    def _progress(self, past: float) -> Progress:
        tally = self._tally
        return Progress(
            seconds=past,
            in_progress=tally.in_progress,
            turns=tally.turns,
            errors=tally.errors.total(),
            is_leaving=self._is_leaving,
        )
