"""The calls of the page: so many at once, and none that nobody attends to.

A tab that is closed says goodbye, or does not: a call that nobody has touched for a while is hung
up, so that the application has its end, and forgotten.
"""

from __future__ import annotations

import secrets
import threading
from collections import deque
from typing import TYPE_CHECKING, Final

from werkzeug.exceptions import Gone, NotFound, TooManyRequests

from ivr.browser.conversation import Conversation
from ivr.simulator.phone import Phone

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.browser.line import RungLine
    from ivr.browser.messages import Deed, Start
    from ivr.browser.telling import Told

MAX_CALLS: Final = 20
"""That go on at once."""
MAX_ENDED: Final = 10
"""Calls that have ended and are still there, for their clips and for who wants to keep them."""
MAX_GONE: Final = 1000
"""Calls that were left alone of which that is still known."""
IDLE_SECONDS: Final = 120.0
"""In real time a page asks every few seconds; one in the background, once a minute."""
REST_SECONDS: Final = 900.0
"""In virtual time a caller may think it over."""
SPARE_SECONDS: Final = 30.0
"""A call that was touched since is not given up for a new one."""
CLOSE_SECONDS: Final = 3.0
"""How long the end of the server waits for applications that are told of the end of their calls."""
_ID_BYTES: Final = 16


class Calls:
    """Every call of the page, by an id that nobody can guess; for use from any thread.

    Args:
        line: that is rung.
        clock: seconds of the real time, from anywhere.
    """

    def __init__(self, line: RungLine, clock: Callable[[], float]) -> None:
        self._line = line
        self._clock = clock
        self._calls: dict[str, Conversation] = {}
        self._touched: dict[str, float] = {}
        self._gone: deque[str] = deque(maxlen=MAX_GONE)
        self._leaving: set[threading.Thread] = set()
        self._lock = threading.Lock()

    def begin(self, start: Start) -> Told:
        """Rings the line.

        Raises:
            CallError: the call that is asked for cannot be.
            TooManyRequests: too many go on already.
        """
        setup = start.setup(self._line.setup())
        self.sweep()
        with self._lock:
            self._make_room()
            phone = Phone(self._line.transport, self._line.auth_token)
            call_id = secrets.token_urlsafe(_ID_BYTES)
            conversation = Conversation(call_id, self._line, phone, setup)
            self._calls[call_id] = conversation
            self._touched[call_id] = self._clock()
        told = conversation.start(is_virtual=start.virtual)
        self._touch(call_id)
        return told

    def do(self, call_id: str, deed: Deed) -> Told:
        """Does what the caller does.

        Raises:
            Conflict: what was done before is still under way.
            Gone: the call was left alone for too long.
            NotFound: there is no such call.
        """
        told = self.find(call_id).do(deed)
        self._touch(call_id)
        return told

    def find(self, call_id: str) -> Conversation:
        """Gives a call, and notes that somebody attends to it.

        Raises:
            Gone: it was left alone for too long.
            NotFound: there is no such call.
        """
        self.sweep()
        with self._lock:
            if call_id in self._gone:
                raise Gone("This call was left alone for too long, and was hung up. Call again.")
            if call_id not in self._calls:
                raise NotFound("There is no such call here (any more). Call again.")
            self._touched[call_id] = self._clock()
            return self._calls[call_id]

    def sweep(self) -> None:
        """Hangs up what nobody attends to, and forgets what is over but for the last few."""
        with self._lock:
            for conversation in list(self._calls.values()):
                rest = REST_SECONDS if conversation.is_virtual else IDLE_SECONDS
                if conversation.is_going and self._idle_seconds(conversation) > rest:
                    self._leave(conversation)
            ended = [each for each in self._calls.values() if not each.is_going]
            ended.sort(key=lambda each: self._touched[each.id])
            for conversation in ended[:-MAX_ENDED]:
                del self._calls[conversation.id], self._touched[conversation.id]

    def close(self) -> None:
        """Hangs up every call; waits some seconds for applications that are told of it."""
        with self._lock:
            for conversation in list(self._calls.values()):
                self._leave(conversation)
        self.settle(CLOSE_SECONDS)

    def settle(self, patience_seconds: float) -> None:
        """Waits until what is being hung up has ended, so long at the most for all together."""
        until = self._clock() + patience_seconds
        with self._lock:
            leaving = tuple(self._leaving)
        for thread in leaving:
            thread.join(max(until - self._clock(), 0.0))

    def _touch(self, call_id: str) -> None:
        with self._lock:
            if call_id in self._calls:
                self._touched[call_id] = self._clock()

    def _idle_seconds(self, conversation: Conversation) -> float:
        """Since somebody attended to it; nothing while something is under way."""
        if conversation.is_busy:
            return 0.0
        return self._clock() - self._touched[conversation.id]

    def _make_room(self) -> None:
        going = [each for each in self._calls.values() if each.is_going]
        if len(going) < MAX_CALLS:
            return
        idlest = max(going, key=self._idle_seconds)
        if self._idle_seconds(idlest) < SPARE_SECONDS:
            raise TooManyRequests(
                f"{MAX_CALLS} calls go on already, the most that there may be. Hang one up first."
            )
        self._leave(idlest)

    def _leave(self, conversation: Conversation) -> None:
        """Forgets a call, and hangs up beside: the application may be slow to take its end."""
        del self._calls[conversation.id], self._touched[conversation.id]
        self._gone.append(conversation.id)
        thread = threading.Thread(target=self._hang_up, args=(conversation,), daemon=True)
        self._leaving.add(thread)
        thread.start()

    def _hang_up(self, conversation: Conversation) -> None:
        conversation.leave()
        with self._lock:
            self._leaving.discard(threading.current_thread())
