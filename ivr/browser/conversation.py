"""One call of the page: whoever asks for it, and from whichever thread, one thing at a time."""

from __future__ import annotations

import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final, assert_never

import structlog
from werkzeug.exceptions import Conflict

from ivr.browser.messages import HangUp, Listen, Press, Record, Say, Wait
from ivr.browser.telling import Teller, Told, broken, state
from ivr.browser.turns import Turns
from ivr.errors import CallError
from ivr.simulator.replay.form import written
from ivr.simulator.replay.kept import keep
from ivr.twiml.rules import MAX_CALL_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.browser.line import Rows, RungLine
    from ivr.browser.messages import Deed
    from ivr.simulator.events import Event
    from ivr.simulator.phone import Phone
    from ivr.simulator.setup import Setup

BUSY_SECONDS: Final = 20.0
"""How long a request waits for the one before it, which may wait for a slow application."""
MAX_LISTEN_SECONDS: Final = 600.0
"""How far virtual time runs at once: a queue or a sound without end would take it to the end of the
call."""

_log: Final = structlog.get_logger(__name__)


class Conversation:
    """A call with somebody at the page.

    Args:
        call_id: by which the page knows it.
        line: that is rung.
        phone: for this call alone; closed when the call has ended.
        setup: of the call.
    """

    def __init__(self, call_id: str, line: RungLine, phone: Phone, setup: Setup) -> None:
        self.id = call_id
        self.is_virtual = False
        """Whether the last thing that was done let time run by itself."""
        self._line = line
        self._phone = phone
        self._call = phone.call(line.url, setup=setup)
        self._teller = Teller(call_id, line.english)
        self._turns = Turns(self._call, line.digits)
        self._told_events = 0
        self._broken: tuple[Event, ...] = ()
        """What is told of an application's exception."""
        self._is_left = False
        self._lock = threading.Lock()

    @property
    def is_going(self) -> bool:
        """Whether it has not ended."""
        return self._call.ended is None

    @property
    def is_busy(self) -> bool:
        """Whether something is under way."""
        return self._lock.locked()

    def start(self, *, is_virtual: bool) -> Told:
        """Rings; in virtual time the line is listened to until it waits, or the call ends."""
        with self._held():
            self.is_virtual = is_virtual
            with self._guarded():
                self._call.start(listen_seconds=0.0)
                self._go_on(beyond=None)
                self._begin_to_speak()
            self._turns.end()
            return self._tell()

    def do(self, deed: Deed) -> Told:
        """Does what the caller does; nothing, when the call has ended.

        Raises:
            Conflict: what was done before is still under way.
        """
        if isinstance(deed, HangUp):
            self._is_left = True  # whatever is under way need not be listened to any longer
        with self._held():
            if self.is_going:
                self.is_virtual = _is_virtual(deed)
                self._turns.begin(deed, is_virtual=self.is_virtual)
                with self._guarded():
                    self._do(deed)
                    self._begin_to_speak()
                self._turns.end()
            return self._tell()

    def sound(self, number: int) -> bytes | None:
        """Gives the bytes of a clip, by the number with which it was told; None of any other."""
        url = self._teller.clip_url(number)
        return None if url is None else self._call.sound(url)

    def kept(self) -> str:
        """Gives the call as the text of a file that `ivr call --replay` takes.

        Raises:
            Conflict: it still goes on.
        """
        with self._held():
            if self.is_going:
                raise Conflict("This call still goes on. Hang up, and then keep it.")
            line, keys = self._line, self._turns.keys
            return written(keep(self._call, line.url, line.digits, keys=keys, is_own=line.is_own))

    def leave(self) -> None:
        """Hangs up, or lets whoever is in the middle of something do it; forgets connections."""
        self._is_left = True
        with suppress(Conflict), self._held():
            pass

    def _do(self, deed: Deed) -> None:
        call, turn = self._call, self._call.turn
        match deed:
            case Wait(seconds=seconds):
                call.wait(seconds)
            case Listen():
                self._go_on(beyond=turn)
            case Press(keys=keys, seconds=seconds):
                if self._let_pass(seconds):
                    turn = call.turn
                    call.press(keys, listen_seconds=0.0)
                    self._go_on_from(turn)
            case Say(text=text, seconds=seconds):
                if self._let_pass(seconds):
                    turn = call.turn
                    call.say(text, listen_seconds=0.0)
                    self._go_on_from(turn)
            case Record(seconds=seconds):
                call.record(seconds, listen_seconds=0.0)
                self._go_on(beyond=turn)
            case HangUp(seconds=seconds):
                self._let_pass(seconds)
            case _:
                assert_never(deed)

    def _begin_to_speak(self) -> None:
        """In real time whoever is recorded speaks until they press a key or hang up."""
        call = self._call
        if not self.is_virtual and call.waiting == "record" and "voice" in call.listens:
            call.record(MAX_CALL_SECONDS, listen_seconds=0.0)

    def _let_pass(self, seconds: float) -> bool:
        """Waits, and says whether the call goes on then."""
        if seconds:
            self._call.wait(seconds)
        return self.is_going

    def _go_on_from(self, turn: int | None) -> None:
        """Goes on, unless the same Gather takes more: the caller then goes on themselves."""
        if not (self._call.waiting is not None and self._call.turn == turn):
            self._go_on(beyond=turn)

    def _go_on(self, *, beyond: int | None) -> None:
        """In virtual time, listens until the line waits in another turn, step by step."""
        call, until = self._call, self._call.seconds + MAX_LISTEN_SECONDS
        while self.is_virtual and not self._is_left:
            following = call.next_seconds
            if following is None or (call.waiting is not None and call.turn != beyond):
                return
            call.wait(max(min(following, until) - call.seconds, 0.0))
            if following > until:
                return

    @contextmanager
    def _held(self) -> Iterator[None]:
        """One thing at a time; behind it, whoever has left hangs up."""
        if not self._lock.acquire(timeout=BUSY_SECONDS):
            raise Conflict(
                "What was done before is still under way: the application is slow to answer. "
                "Try again, or hang up."
            )
        try:
            yield
        finally:
            self._end_if_left()
            if self._is_left or not self.is_going:
                self._phone.close()
            self._lock.release()

    def _end_if_left(self) -> None:
        if self._is_left and self.is_going:
            with self._guarded(), suppress(CallError):  # a call that has not begun
                self._call.hang_up()

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """Whatever comes out of the call, an application's exception for one, ends it in words."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 - whatever the application is
            _log.exception("call_broken")
            is_in_process = self._line.transport is not None
            self._broken = broken(self._call, error, is_in_process=is_in_process)

    def _tell(self) -> Told:
        self._end_if_left()
        session = self._rows()
        happened = (*self._call.events, *self._broken)
        fresh = happened[self._told_events :]
        self._told_events = len(happened)
        return Told(
            id=self.id,
            events=self._teller.events(fresh),
            state=state(self._call, fresh),
            session=session,
        )

    def _rows(self) -> Rows | None:
        """What the line keeps of the call; that it cannot be had is no reason to end it."""
        if self._line.session is None:
            return None
        try:
            return self._line.session(self._call.party)
        except Exception:  # noqa: BLE001 - whatever keeps it
            _log.exception("kept_of_call_unknown")
            return [("nothing is known", "the reason stands where the page is served from")]


def _is_virtual(deed: Deed) -> bool:
    match deed:
        case Wait():
            return False
        case Listen() | Record():
            return True
        case Press(virtual=is_virtual) | Say(virtual=is_virtual) | HangUp(virtual=is_virtual):
            return is_virtual
        case _:
            assert_never(deed)
