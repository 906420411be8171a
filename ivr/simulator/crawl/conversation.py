"""One caller of a crawl: what the caller does, and what comes of it up to the next wait."""

from __future__ import annotations

import secrets
from collections import deque
from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from ivr.simulator import events
from ivr.simulator.crawl.inputs import RingAgain, carry_out
from ivr.simulator.crawl.turn import Listener
from ivr.simulator.http.failures import shown
from ivr.simulator.setup import FROM_NUMBER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.simulator.call import Call
    from ivr.simulator.crawl.inputs import Input
    from ivr.simulator.crawl.limits import Watch
    from ivr.simulator.crawl.turn import Turn
    from ivr.simulator.digits import Digits
    from ivr.simulator.events import Event
    from ivr.simulator.phone import Phone
    from ivr.simulator.setup import Setup
    from ivr.twiml.request import DialStatus

NUMBERS: Final = 10**9
"""How many there are that are nobody's: no area code in North America begins with 0."""
MAX_ROWS: Final = 8
"""Of digits that were read out in a call, which a wrong entry must differ from; with so many there
is always a digit left that is wrong."""
SLOW: Final = 1.0
"""So many seconds of an answer are worth a word when the time is over."""


class Conversation:
    """A call that was not started yet, with those that follow when the caller rings again.

    Args:
        phone: that places it.
        url: of the first document.
        setup: of the call.
        watch: looked at whenever something happens in the call.
        digits: what counts as a digit that is read out.
    """

    def __init__(self, phone: Phone, url: str, setup: Setup, watch: Watch, digits: Digits) -> None:
        self._phone, self._url, self._setup = phone, url, setup
        self._watch, self._digits = watch, digits
        self._rows: deque[str] = deque(maxlen=MAX_ROWS)
        self._documents = 0
        """Of the calls before this one."""
        self._begin()

    def _begin(self) -> None:
        self._listener = Listener()
        self._call: Call = self._phone.call(self._url, setup=self._setup, on_event=self._listen)

    def _ring_off(self) -> None:
        """Hangs up, and takes the receiver again; Dials go on to end as they were to."""
        self.hang_up()
        self._documents += self._listener.documents
        dialed = self._listener.dialed
        self._setup = replace(self._setup, dial_outcomes=self._setup.dial_outcomes[dialed:])
        self._begin()

    def _listen(self, event: Event) -> None:
        self._listener(event)
        match event:
            case events.Requested(method=method, url=url, seconds=seconds) if seconds >= SLOW:
                self._watch.check(f"{method} {shown(url)} had taken {seconds:.0f} s")
            case _:
                self._watch.check()

    def do(self, given: Input) -> Turn:
        """Lets the caller do something, and gives what happens until the line waits anew.

        Raises:
            StopError: the time is over.
        """
        if isinstance(given, RingAgain):
            self._ring_off()
        carry_out(self._call, given, self._rows)
        turn = self._listener.take(self._call)
        row = self._digits.read_out(turn.words)
        if row:
            self._rows.append(row)
        return turn

    @property
    def has_ended(self) -> bool:
        """Whether the call is over."""
        return self._call.ended is not None

    @property
    def documents(self) -> int:
        """How many the caller has had."""
        return self._documents + self._listener.documents

    def hang_up(self) -> None:
        """Ends the call, if it goes on; what the application then does is no part of a crawl."""
        if self._call.waiting is not None:
            self._call.hang_up()


def _numbers() -> Iterator[str]:
    """Numbers to ring from; those of another crawl are others, which may still be remembered."""
    for number in count(secrets.randbelow(NUMBERS)):
        yield f"+10{number % NUMBERS:09}"


class Ringer:
    """Places calls.

    Args:
        phone: that places them.
        url: of the first document.
        setup: of each call; each is from a number of its own where the usual one is left as it is,
            lest the application remember what other calls of the crawl did.
        watch: of the crawl.
        digits: what counts as a digit that is read out.
    """

    def __init__(self, phone: Phone, url: str, setup: Setup, watch: Watch, digits: Digits) -> None:
        self._phone, self._url, self._setup = phone, url, setup
        self._watch, self._digits = watch, digits
        self._numbers = _numbers()

    @contextmanager
    def ringing(self, outcomes: tuple[DialStatus, ...]) -> Iterator[Conversation]:
        """Gives a call that can be started; hangs up behind it.

        A crawl that stops in the middle of it does not: it would wait for the application again.

        Args:
            outcomes: what becomes of the first Dials; of further ones each is answered.
        """
        setup = replace(self._setup, dial_outcomes=outcomes)
        if setup.from_number == FROM_NUMBER:
            setup = replace(setup, from_number=next(self._numbers))
        made = Conversation(self._phone, self._url, setup, self._watch, self._digits)
        yield made
        made.hang_up()
