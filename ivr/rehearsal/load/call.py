"""One call of a load: the pretend carrier's verbs on their virtual clock, in step with the wall's.

All that happens between two requests happens at once, as in `ivr.simulator.call`; a request goes
out when the clock on the wall has come to where the virtual one stands. So the call takes as long
as a real one, and nearly nothing of the machine. While an answer is on its way the virtual clock
stands still: nobody presses a key or loses patience meanwhile, and the call lasts so much longer.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, assert_never

from ivr.errors import TwimlError
from ivr.rehearsal.acts import GoOn, HangUp, Touch, Wait
from ivr.rehearsal.load.handing import Handing, KnownClips, LoadedLeg, Passing
from ivr.simulator.events import Ended, KeyPressed
from ivr.simulator.verbs.activity import DEAF, HungUp, Key, Next, Over
from ivr.simulator.verbs.execution import run
from ivr.simulator.verbs.leg import LimitError, Shared, new_sid
from ivr.twiml import request
from ivr.twiml.rules import MAX_CALL_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.rehearsal.acts import Act
    from ivr.rehearsal.load.carrier import Carrier
    from ivr.simulator.events import By, Event
    from ivr.simulator.http.wire import Answer, Ask
    from ivr.simulator.setup import Setup
    from ivr.simulator.verbs.activity import Activity, Stimulus, Waiting
    from ivr.simulator.verbs.activity import Wait as Pending


class LoadedCall:
    """Rings, does what the caller does, and hangs up; every method ends when it is really done.

    Args:
        carrier: carries out the requests.
        url: of the first document, absolute.
        setup: who calls whom.
        on_event: told of each event as it happens on the virtual clock.
    """

    def __init__(
        self, carrier: Carrier, url: str, setup: Setup, on_event: Callable[[Event], object]
    ) -> None:
        self._carrier = carrier
        self._url = url
        self._setup = setup
        self._log = Passing(on_event, carrier.fail)
        self._wire = Handing(self._log, carrier.documents)
        self._sending = carrier.sending(self._log)
        party = request.Party(
            call_sid=new_sid("CA"),
            account_sid=setup.account_sid,
            from_number=setup.from_number,
            to_number=setup.to_number,
        )
        self._leg = LoadedLeg(party, Shared(setup, self._log), self._wire, KnownClips(self._wire))
        self._leg.base_url = self._leg.shared.first_url = url
        self._activity: Activity[Over] = run(self._leg, Next(setup.method, url))
        self._wait: Pending | None = None
        self._ended: By | None = None
        self._begun = 0.0
        """When the virtual clock was zero, on the clock of the loop; later by each answer."""
        self._is_answered = False
        self._asked_at: float | None = None
        """When what is asked for now was due, on the clock of the loop; None: nothing is."""

    @property
    def ended(self) -> By | None:
        """Who or what ended it; None while it goes on."""
        return self._ended

    @property
    def waiting(self) -> Waiting | None:
        """What waits for the caller now; None in the middle of a sound."""
        return None if self._wait is None else self._wait.waiting

    @property
    def is_answered(self) -> bool:
        """Whether the first document has come."""
        return self._is_answered

    @property
    def is_owed_an_answer(self) -> bool:
        """Whether a request is due, and its answer has not come."""
        asked_at = self._asked_at
        return asked_at is not None and asyncio.get_running_loop().time() >= asked_at

    async def start(self) -> None:
        """Asks for the first document, and begins to listen."""
        self._begun = asyncio.get_running_loop().time()
        await self._resume(None)
        await self._go_on(self._log.seconds)

    async def do(self, act: Act) -> None:
        """Does what the caller does next."""
        match act:
            case Wait(seconds):
                await self._go_on(self._log.seconds + seconds)
            case GoOn():
                await self._go_on(self._log.seconds if self._wait is None else self._until)
            case Touch(key):
                await self._press(key)
            case HangUp():
                await self._leave()
            case _:
                assert_never(act)

    async def hang_up(self) -> None:
        """Hangs up at this moment of the clock on the wall, whatever goes on."""
        if self._ended is None:
            so_far = asyncio.get_running_loop().time() - self._begun
            self._log.seconds = max(0.0, min(self._log.seconds, so_far))
            await self._leave()

    @property
    def _until(self) -> float:
        return self._log.seconds if self._wait is None else self._wait.until_seconds

    async def _press(self, key: str) -> None:
        await self._go_on(self._log.seconds)
        if self._ended is not None:
            return
        is_heard = "keys" in (DEAF if self._wait is None else self._wait.hears)
        self._log.add(KeyPressed(at_seconds=self._log.seconds, key=key, is_heard=is_heard))
        if is_heard:
            await self._resume(Key(key))
        await self._go_on(self._log.seconds)

    async def _go_on(self, until: float) -> None:
        while self._wait is not None and self._wait.until_seconds <= until:
            if self._wait.until_seconds > MAX_CALL_SECONDS:
                await self._break_off()
                return
            self._log.let_pass(self._wait.until_seconds)
            await self._resume(None)
        if self._wait is not None:
            self._log.let_pass(until)

    async def _break_off(self) -> None:
        """https://www.twilio.com/docs/voice/api/call-resource: no call lasts longer than 4 h."""
        self._log.fail(LimitError(f"the call has lasted {MAX_CALL_SECONDS:.0f} s; Twilio ends it"))
        self._activity.close()
        await self._end(Over("limit"))

    async def _resume(self, stimulus: Stimulus | None) -> None:
        """Goes on to where the line waits next, with all requests on the way."""
        try:
            self._wait = self._activity.send(stimulus)
            while (asked := self._wire.taken()) is not None:
                if asked.purpose == "clip":
                    self._asked_at = self._due
                    self._wire.give_sound(asked.url, await self._carrier.clip(asked, self._sending))
                    self._keep_step()
                else:
                    self._wire.give(await self._document(asked))
                self._wait = self._activity.send(None)
        except StopIteration as stop:
            await self._end(stop.value)
        except LimitError as error:
            self._log.fail(error)
            await self._end(Over("limit"))
        await self._tell()

    async def _document(self, asked: Ask) -> Answer | TwimlError:
        """A document, or why there is none; with the first one the call is answered."""
        self._asked_at = self._due
        try:
            answer = await self._carrier.document(asked, self._asked_at, self._sending)
        except TwimlError as error:
            self._keep_step()
            return error
        self._keep_step()
        if not self._is_answered:
            self._is_answered = True
            self._carrier.tally.answered()
        return answer

    @property
    def _due(self) -> float:
        """When the clock on the wall will be where the virtual one is."""
        return self._begun + self._log.seconds

    def _keep_step(self) -> None:
        """What an answer has taken does not pass on the virtual clock."""
        self._begun = asyncio.get_running_loop().time() - self._log.seconds
        self._asked_at = None

    async def _leave(self) -> None:
        if self._ended is not None:
            return
        await self._reach()
        with suppress(HungUp, StopIteration):
            self._activity.throw(HungUp())
        await self._end(Over("caller", "completed" if self._is_answered else "no-answer"))

    async def _end(self, over: Over) -> None:
        await self._reach()
        self._wait, self._ended = None, over.by
        if self._is_answered:
            self._carrier.tally.ended()
        self._log.add(Ended(at_seconds=self._log.seconds, by=over.by))
        leg, callback = self._leg, self._setup.status_callback
        leg.shared.is_over, leg.status = True, over.status
        if callback is not None:
            leg.base_url = leg.shared.first_url
            leg.call_back(callback, request.ended(round(self._log.seconds), leg.at(), 0))
        await self._tell()
        self._log.end()

    async def _reach(self) -> None:
        """Waits until the clock on the wall is where the virtual one is."""
        ahead = self._due - asyncio.get_running_loop().time()
        if ahead > 0:
            await asyncio.sleep(ahead)

    async def _tell(self) -> None:
        """Makes the requests for whose answers nobody waits."""
        while self._wire.told:
            await self._carrier.tell(self._wire.told.pop(0), self._sending)
