"""A leg of a call: who is on it, what it asks for, and what it shares with the other legs."""

from __future__ import annotations

import secrets
from collections import deque
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from msgspec.structs import replace

from ivr.errors import CallError, TwimlError
from ivr.simulator.events import Delayed, Received
from ivr.simulator.http.clips import Clip
from ivr.simulator.http.failures import masked, shown
from ivr.simulator.http.urls import resolve
from ivr.simulator.http.wire import Ask, Wire
from ivr.simulator.verbs.activity import Wait
from ivr.simulator.verbs.diagnoses import warnings
from ivr.simulator.verbs.document import read_answer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from ivr.simulator.http.clips import Clips
    from ivr.simulator.http.patience import Awaited
    from ivr.simulator.http.wire import Answer
    from ivr.simulator.log import Log
    from ivr.simulator.setup import Setup
    from ivr.simulator.verbs.activity import Activity, Next
    from ivr.simulator.verbs.rooms import Room
    from ivr.twiml import request
    from ivr.twiml.verbs import Method, Verb

MAX_ANSWER_SECONDS = 600.0
"""How long all answers of a call may really take together, late or never as they may come."""


class LimitError(CallError):
    """The call would go on without end."""


class Shared:
    """What all legs of a call have in common."""

    def __init__(self, setup: Setup, log: Log) -> None:
        self.setup = setup
        self.log = log
        self.outcomes = deque(setup.dial_outcomes)
        self.is_over = False
        """Whether the call has ended; then only its own status callback is left."""
        self.first_url = ""
        """Of the call; callbacks of its own are relative to it."""
        self._documents = 0
        self._turns = 0

    def count_document(self) -> None:
        """Counts a document.

        Raises:
            LimitError: it is one more than the call may have.
        """
        if self._documents >= self.setup.max_documents:
            count = "1 document" if self._documents == 1 else f"{self._documents} documents"
            raise LimitError(f"the call has had {count}, the most that it may have; is it a loop?")
        self._documents += 1

    def check_patience(self) -> None:
        """Looks whether the application has answered in time, all in all.

        Raises:
            LimitError: it has taken longer than a call can wait for.
        """
        if self.log.answer_seconds > MAX_ANSWER_SECONDS:
            raise LimitError(
                f"the answers have taken {self.log.answer_seconds:.0f} s in all; "
                "does the application hang?"
            )

    def new_turn(self) -> int:
        """Gives a Gather or a Record its number."""
        self._turns += 1
        return self._turns


class Leg:
    """One leg: the caller's, or that of somebody who was dialled."""

    def __init__(self, party: request.Party, shared: Shared, wire: Wire, clips: Clips) -> None:
        self.party = party
        self.shared = shared
        self.log = shared.log
        self.clips = clips
        self.base_url = ""
        """Of the document that is being carried out; relative URLs are relative to it."""
        self.status: request.Status = "ringing"
        self.is_answered = False
        """Whether a verb has answered the call, as each does but Reject and Redirect."""
        self.listener: str | None = None
        """Whom one hears here: the number of somebody who was dialled; None for the caller."""
        self._wire = wire

    @property
    def place(self) -> str:
        """The document's URL as it may be told: without a password."""
        return shown(self.base_url)

    def dialled(self, party: request.Party) -> Leg:
        """Gives the leg of somebody who is dialled from here."""
        leg = Leg(party, self.shared, self._wire, self.clips)
        leg.base_url, leg.listener = self.base_url, party.to_number
        return leg

    def load(self, following: Next, room: Room) -> Activity[tuple[Verb, ...] | Clip]:
        """Asks for a document, tells what is wrong with it, and gives its verbs, or its sound.

        Raises:
            TwimlError: it cannot be had, or is no TwiML.
            LimitError: the call has had too many.
        """
        self.shared.count_document()
        self.shared.check_patience()
        answer = yield from self._hold_on(self._wire.awaited(self._ask(following)))
        self.base_url = answer.url
        self.log.add(
            Received(
                at_seconds=self.log.seconds,
                method=following.method,
                url=masked(answer.url),
                content_type=answer.content_type,
                text="" if answer.is_audio else answer.body.decode(errors="replace"),
            )
        )
        cache = self._wire.cache
        found = self.clips.read(answer) if answer.is_audio else read_answer(answer, cache)
        # Until there is a document that can be carried out, nobody has answered.
        self.status = "in-progress"
        if isinstance(found, Clip):
            return found
        for finding in found.findings:
            message = f"{self.place}: {finding.message}"
            if finding.level == "error":
                self.log.fail(TwimlError(finding.code, message))
            else:
                self.log.warn_of(message, finding.code)
        for message in warnings(found.verbs, following.method, answer.url, room):
            self.log.warn_of(f"{self.place}: {message}")
        return found.verbs

    def resolve(self, url: str | None) -> str:
        """Gives what a URL of the document means; None and empty mean the document's own.

        Raises:
            TwimlError: 11100, it is not an http or https URL.
        """
        try:
            return resolve(self.base_url, url or "")
        except TwimlError as error:
            raise TwimlError(error.code, f"{self.place}: {error}") from error

    def act(self, following: Next) -> None:
        """Tells an action of how the call ended; nobody hears its answer."""
        with self._told():
            self._wire.fetch(self._ask(following))

    def call_back(
        self, url: str, form: Mapping[str, str], *, method: Method = "POST", whole: bool = True
    ) -> None:
        """Tells the application of something; a failure is told, and changes nothing.

        Args:
            url: relative to the document, or absolute.
            form: what is told.
            method: GET or POST.
            whole: whether the parameters of every request come with it.

        Raises:
            LimitError: the application has not answered for too long, all in all.
        """
        if not self.shared.is_over:
            self.shared.check_patience()
        sent = self._form() | dict(form) if whole else dict(form)
        with self._told():
            absolute = self.resolve(url)
            self._wire.fetch(Ask(method=method, url=absolute, form=sent, purpose="callback"))

    def at(self, seconds: float | None = None) -> datetime:
        """The moment, with its time zone, of a time on the virtual clock; None means now."""
        since = self.log.seconds if seconds is None else seconds
        return self.shared.setup.started_at + timedelta(seconds=since)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """A failure is told, and changes nothing."""
        try:
            yield
        except TwimlError as error:
            self.log.fail(error)

    def _hold_on(self, awaited: Awaited[Answer]) -> Activity[Answer]:
        """Whoever is on the leg waits for the answer, and hears nothing."""
        while True:
            try:
                seconds = next(awaited)
            except StopIteration as stop:
                answer: Answer = stop.value
                return answer
            self.log.add(Delayed(at_seconds=self.log.seconds, seconds=seconds))
            yield Wait(until_seconds=self.log.seconds + seconds)

    def _ask(self, following: Next) -> Ask:
        return Ask(
            method=following.method,
            url=following.url,
            form=self._form(),
            added=following.added,
            purpose="document",
        )

    def _form(self) -> dict[str, str]:
        return self.party.form(self.status) | dict(self.shared.setup.params)


def new_sid(kind: str) -> str:
    """Gives a name that Twilio would give: two letters and 32 hexadecimal digits."""
    return kind + secrets.token_hex(16)


def dialled_party(party: request.Party, to: str, caller_id: str | None) -> request.Party:
    """Gives who is on a leg that was dialled from another.

    Args:
        party: on the leg that it was dialled from.
        to: whom it was dialled to.
        caller_id: the number that they see; None for the caller's own.
    """
    return replace(
        party,
        from_number=caller_id or party.from_number,
        call_sid=new_sid("CA"),
        parent_call_sid=party.call_sid,
        to_number=to,
        direction="outbound-dial",
    )
