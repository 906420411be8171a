"""One pretend telephone call: it asks an application for TwiML and does what the TwiML says.

    with httpx.Client() as client:
        call = Call(client, "http://127.0.0.1:5000/voice", auth_token)
        call.start()        # asks the first document, hears it up to the first Gather
        call.press("1")     # has heard the prompt; the entry leads to the next Gather or the end
        call.hang_up()
        print(call.ended, call.seconds)

A call that was started and has not ended always waits at a Gather: whatever plays between two
Gathers is heard in full, and so is every prompt before a key is pressed. A caller who presses in
the middle of a prompt is not simulated yet.

The clock is virtual: clips and pauses take their own length, Say and keys an estimate, the server
no time at all.
"""

from __future__ import annotations

import secrets
from collections import deque
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, assert_never

from msgspec import Struct

from ivr.errors import CallError, TwimlError
from ivr.simulator import document
from ivr.simulator.ear import Ear
from ivr.simulator.entry import Taken, take
from ivr.simulator.events import (
    By,
    Ended,
    Event,
    Failed,
    Gathering,
    Pressed,
    Redirected,
    Silence,
)
from ivr.simulator.record import Record
from ivr.simulator.script import are_keys
from ivr.simulator.wire import Wire, resolve
from ivr.twiml import request
from ivr.twiml.verbs import Gather, Hangup, Method, Pause, Play, Redirect, Reject, Say, Verb

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

MAX_DOCUMENTS = 200
MAX_REDIRECTS = 50
"""Redirect verbs followed without the line waiting for a key; Twilio documents no limit."""

KEY_SECONDS = 0.5
"""How long an unhurried caller takes for a key."""

FROM_NUMBER = "+15005550006"
"""Twilio's own test number, which is nobody's."""
TO_NUMBER = "+12025550100"
"""Of the range that is kept for fiction."""
ACCOUNT_SID = "AC" + "0" * 32
STARTED_AT = datetime(2025, 1, 1, tzinfo=UTC)


class _Next(Struct, frozen=True):
    """The document to ask for next."""

    method: Method
    url: str
    added: dict[str, str] = {}


class Call:
    """A caller on a line whose application is at `url`.

    Args:
        client: over HTTP, or over `httpx.WSGITransport` in-process. Its cookies are neither used
            nor shared; the caller closes it.
        url: of the first document, absolute; asked by POST.
        auth_token: signs every request.
        from_number: who calls, in E.164 form.
        to_number: who is called, in E.164 form.
        call_sid: CA and 32 hexadecimal digits; None makes a random one.
        account_sid: AC and 32 hexadecimal digits.
        status_callback: gets a POST when the call has ended; relative to `url`; None for nobody.
        started_at: when the virtual clock stands at zero, with its time zone.
        on_event: told of each event as it happens, besides `events`; None for nobody.
    """

    def __init__(  # noqa: PLR0913 - what a call has, by name and with defaults
        self,
        client: httpx.Client,
        url: str,
        auth_token: str,
        *,
        from_number: str = FROM_NUMBER,
        to_number: str = TO_NUMBER,
        call_sid: str | None = None,
        account_sid: str = ACCOUNT_SID,
        status_callback: str | None = None,
        started_at: datetime = STARTED_AT,
        on_event: Callable[[Event], object] | None = None,
    ) -> None:
        self.party = request.Party(
            call_sid=call_sid or "CA" + secrets.token_hex(16),
            account_sid=account_sid,
            from_number=from_number,
            to_number=to_number,
        )
        self._first_url = self._document_url = url
        self._status_callback = status_callback
        self._started_at = started_at
        self._record = Record(on_event)
        self._wire = Wire(client, auth_token, self._record)
        self._ear = Ear(self._wire, self._record)
        self._next: _Next | None = None
        self._verbs: deque[Verb] = deque()
        self._gather: Gather | None = None
        self._final_status: request.Status = "completed"
        self._ended: By | None = None
        self._documents = 0
        self._redirects = 0

    @property
    def ended(self) -> By | None:
        """Who or what ended the call; None while it goes on (or has not begun)."""
        return self._ended

    @property
    def seconds(self) -> float:
        """How long the call has lasted on its virtual clock."""
        return self._record.seconds

    @property
    def events(self) -> tuple[Event, ...]:
        """Everything that has happened, in order."""
        return tuple(self._record.events)

    @property
    def failures(self) -> tuple[Failed, ...]:
        """Everything that has failed, in order."""
        return tuple(event for event in self._record.events if isinstance(event, Failed))

    def start(self) -> None:
        """Asks for the first document and goes on to the first Gather or the end.

        Raises:
            CallError: the call was started before.
        """
        if self._documents:
            raise CallError("the call was started before; make another Call")
        self._go_on(_Next("POST", self._first_url))

    def press(self, keys: str) -> None:
        """Hears the prompt, presses `keys`, and goes on to the next Gather or the end.

        Args:
            keys: one or more of 0-9 * #; those after the end of the entry are not heard.

        Raises:
            CallError: they are no keys, or the line does not wait for keys.
        """
        if not are_keys(keys):
            raise CallError(f"{keys!r} cannot be pressed; press digits, * or #")
        gather = self._waiting()
        taken = take(gather, keys)
        pressed = Pressed(
            at_seconds=self.seconds, keys=keys, digits=taken.digits, finished_on=taken.finished_on
        )
        self._record.add(pressed, lasts_seconds=KEY_SECONDS * taken.key_count)
        self._leave(gather, taken)

    def wait(self) -> None:
        """Presses nothing until the Gather times out, and goes on to the next one or the end.

        Raises:
            CallError: the line does not wait for keys.
        """
        gather = self._waiting()
        self._record.add(Silence(at_seconds=self.seconds, seconds=gather.timeout_seconds))
        self._leave(gather, take(gather, ""))

    def hang_up(self) -> None:
        """Ends the call; when it has ended already, nothing happens.

        Raises:
            CallError: the call was not started.
        """
        if self._ended is None:
            self._waiting()
            self._end("caller")

    def _waiting(self) -> Gather:
        if self._ended is not None:
            raise CallError(f"the call is over: ended by {self._ended}")
        if self._gather is None:
            raise CallError("the call was not started; call start() first")
        return self._gather

    def _leave(self, gather: Gather, taken: Taken) -> None:
        if taken.timed_out:
            self._record.seconds += gather.timeout_seconds
        self._gather = None
        self._redirects = 0
        following = None
        if taken.digits or gather.action_on_empty_result:
            action = resolve(self._document_url, gather.action or "")
            added = request.gathered(taken.digits, taken.finished_on)
            following = _Next(gather.method, action, added)
        self._go_on(following)

    def _go_on(self, following: _Next | None = None) -> None:
        """The one loop: executes until the call waits for keys or ends.

        It is bounded: each turn uses up a verb of a document or a document of MAX_DOCUMENTS.
        """
        self._next = following
        while self._gather is None and self._ended is None:
            try:
                self._step()
            except (TwimlError, CallError) as error:
                self._record.fail(error)
                self._end("error")

    def _step(self) -> None:
        if self._next is not None:
            self._load(self._next)
        elif self._verbs:
            self._execute(self._verbs.popleft())
        else:
            self._end("document")

    def _load(self, following: _Next) -> None:
        if self._documents == MAX_DOCUMENTS:
            raise CallError(f"more than {MAX_DOCUMENTS} documents in one call; is it a loop?")
        form = self.party.form("in-progress" if self._documents else "ringing")
        self._documents += 1
        self._next = None
        answer = self._wire.fetch(
            following.method, following.url, form | following.added, "document"
        )
        self._document_url = answer.url
        self._verbs = deque(document.verbs(answer))

    def _execute(self, verb: Verb) -> None:
        match verb:
            case Say() | Play() | Pause():
                self._ear.hear((verb,), self._document_url)
            case Gather():
                self._begin(verb)
            case Redirect(url, method):
                self._redirect(url, method)
            case Hangup():
                self._end("hangup")
            case Reject(reason):
                # Twilio logs a refused call as one of these two (from memory, not documented).
                self._final_status = "busy" if reason == "busy" else "no-answer"
                self._end("reject")
            case _:
                assert_never(verb)

    def _begin(self, gather: Gather) -> None:
        self._ear.hear(gather.nested, self._document_url)
        gathering = Gathering(
            at_seconds=self.seconds,
            num_digits=gather.num_digits,
            timeout_seconds=gather.timeout_seconds,
            finish_on_key=gather.finish_on_key,
            action=resolve(self._document_url, gather.action or ""),
        )
        self._gather = gather
        self._record.add(gathering)

    def _redirect(self, url: str, method: Method) -> None:
        if self._redirects == MAX_REDIRECTS:
            raise CallError(f"more than {MAX_REDIRECTS} Redirects without a Gather; is it a loop?")
        self._redirects += 1
        target = resolve(self._document_url, url)
        self._record.add(Redirected(at_seconds=self.seconds, url=target))
        self._next = _Next(method, target)

    def _end(self, by: By) -> None:
        self._ended = by
        self._record.add(Ended(at_seconds=self.seconds, by=by))
        if self._status_callback is not None:
            try:
                self._tell_status(self._status_callback)
            except TwimlError as error:
                self._record.fail(error)

    def _tell_status(self, callback: str) -> None:
        at = self._started_at + timedelta(seconds=self.seconds)
        form = self.party.form(self._final_status) | request.ended(
            round(self.seconds), at, sequence_number=0
        )
        self._wire.fetch("POST", resolve(self._first_url, callback), form, "status")
