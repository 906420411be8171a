"""One pretend telephone call: it asks an application for TwiML and does what the TwiML says.

    with Phone(None, auth_token) as phone:
        call = phone.call("http://127.0.0.1:5000/voice")
        call.start()        # asks the first document, hears it up to where the line waits
        call.press("1")     # the entry leads to where the line waits next, or to the end
        call.hang_up()
        print(call.heard, call.ended, call.seconds)

Whatever the caller does, they then listen until the line waits for them again: a Gather whose
prompt is over, a Record after its tone. With `listen_seconds` they listen only so long, and may do
the next thing in the middle of a prompt:

        call.start(listen_seconds=2.5)
        call.press("1")     # stops the prompt

The clock is virtual: clips and pauses take their own length, Say and keys an estimate, the server
no time at all, but for the seconds that it is late on purpose (`ivr.simulator.faults`).
"""

from __future__ import annotations

from contextlib import suppress
from inspect import GEN_RUNNING, getgeneratorstate
from typing import TYPE_CHECKING

from ivr.errors import CallError, TwimlError
from ivr.simulator.actions import Done, HangUp, Press, Record, Speak
from ivr.simulator.events import Ended, Event, Failed, Heard, KeyPressed, Spoke, Warned
from ivr.simulator.http.clips import Clips
from ivr.simulator.http.urls import resolve
from ivr.simulator.http.wire import Wire
from ivr.simulator.log import Log
from ivr.simulator.setup import Setup
from ivr.simulator.verbs.activity import DEAF, HungUp, Key, Next, Over, Speech, Voice
from ivr.simulator.verbs.execution import run
from ivr.simulator.verbs.leg import Leg, LimitError, Shared, new_sid
from ivr.simulator.verbs.sound import SAY_CHARACTERS_PER_SECOND
from ivr.twiml import request
from ivr.twiml.attributes import KEYS
from ivr.twiml.rules import MAX_CALL_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from ivr.simulator.actions import Action
    from ivr.simulator.events import By
    from ivr.simulator.faults import Fault
    from ivr.simulator.http.cache import Cache
    from ivr.simulator.log import Pace
    from ivr.simulator.verbs.activity import Activity, Sense, Stimulus, Wait, Waiting


class Call:
    """A caller on a line whose application is at `url`; made by `ivr.simulator.phone.Phone`.

    Args:
        client: over HTTP or in-process; its owner closes it. Its cookies are neither used nor
            shared.
        url: of the first document, absolute; its fragment may override connection settings.
        auth_token: signs every request.
        setup: who calls whom, and how.
        cache: of documents and clips, shared with other calls; None keeps nothing.
        call_sid: CA and 32 hexadecimal digits; None makes a random one.
        on_event: told of each event as it happens, besides `events`; None for nobody.
        pace: told of each stretch of seconds before it passes on the virtual clock, and may wait as
            long; None lets the clock run.
    """

    def __init__(  # noqa: PLR0913 - what a call has, by name and with defaults
        self,
        client: httpx.Client,
        url: str,
        auth_token: str,
        *,
        setup: Setup | None = None,
        cache: Cache | None = None,
        call_sid: str | None = None,
        on_event: Callable[[Event], object] | None = None,
        pace: Pace | None = None,
    ) -> None:
        setup = setup or Setup()
        self.setup = setup
        self.party = request.Party(
            call_sid=call_sid or new_sid("CA"),
            account_sid=setup.account_sid,
            from_number=setup.from_number,
            to_number=setup.to_number,
        )
        self._url = url
        self._log = Log(on_event, pace)
        self._wire = Wire(client, auth_token, self._log, cache, setup.faults)
        self._clips = Clips(self._wire)
        self._leg = Leg(self.party, Shared(setup, self._log), self._wire, self._clips)
        self._activity: Activity[Over] | None = None
        self._wait: Wait | None = None
        self._done: list[Done] = []
        self._ended: By | None = None

    @property
    def ended(self) -> By | None:
        """Who or what ended the call; None while it goes on (or has not begun)."""
        return self._ended

    @property
    def seconds(self) -> float:
        """How long the call has lasted on its virtual clock."""
        return self._log.seconds

    @property
    def events(self) -> tuple[Event, ...]:
        """Everything that has happened, in order."""
        return tuple(self._log.events)

    @property
    def done(self) -> tuple[Done, ...]:
        """What the caller has done, in order; waiting is not doing."""
        return tuple(self._done)

    @property
    def heard(self) -> list[str]:
        """The words that the caller has heard, or begun to hear, in order."""
        heard = (event for event in self._log.events if isinstance(event, Heard))
        return [event.words for event in heard if event.to is None]

    @property
    def words(self) -> str:
        """What the caller has heard, as one text of a line for each sound."""
        return "\n".join(self.heard)

    @property
    def failures(self) -> tuple[Failed, ...]:
        """Everything that has failed, in order."""
        return tuple(event for event in self._log.events if isinstance(event, Failed))

    @property
    def warnings(self) -> tuple[Warned, ...]:
        """Everything that was warned of, in order."""
        return tuple(event for event in self._log.events if isinstance(event, Warned))

    @property
    def unused_faults(self) -> tuple[Fault, ...]:
        """The faults of the setup that have befallen nothing: the call had too few requests."""
        return self._wire.unused_faults

    @property
    def waiting(self) -> Waiting | None:
        """What waits for the caller now; None in the middle of a sound, and when all is over."""
        return None if self._wait is None else self._wait.waiting

    @property
    def turn(self) -> int | None:
        """Which Gather or Record goes on, counted over the call from 1; None outside of them."""
        return None if self._wait is None else self._wait.turn

    @property
    def listens(self) -> frozenset[Sense]:
        """What the line would take at this moment."""
        return DEAF if self._wait is None else self._wait.hears

    @property
    def next_seconds(self) -> float | None:
        """When the next thing happens by itself, on the virtual clock; None when all is over."""
        return None if self._wait is None else self._wait.until_seconds

    def sound(self, url: str) -> bytes | None:
        """Gives the bytes of a clip that this call has fetched; None of any other."""
        return self._clips.sound(url)

    def start(self, *, listen_seconds: float | None = None) -> None:
        """Asks for the first document, and listens.

        Args:
            listen_seconds: how long; None until the line waits for the caller, or the call ends.

        Raises:
            CallError: the call was started before.
        """
        if self._activity is not None:
            raise CallError("the call was started before; make another Call")
        self._activity = self._run()
        self._resume(None)
        self._listen(listen_seconds, beyond=None)

    def press(self, keys: str, *, listen_seconds: float | None = None) -> None:
        """Presses `keys` one after the other, and listens.

        Args:
            keys: one or more of 0-9 * #; those after the end of an entry are not pressed.
            listen_seconds: how long afterwards; None until the line waits for the caller anew.

        Raises:
            CallError: they are no keys, or the call does not go on.
        """
        if not keys or set(keys) - set(KEYS):
            raise CallError(f"{keys!r} cannot be pressed; press digits, * or #")
        turn = self._current().turn
        self._note(Press(keys))
        for key in keys:
            if self._is_in(turn):
                self._go_on(until=self.seconds + self.setup.key_seconds)
            # A Gather that has ended, also while a finger was on its way, takes no further key.
            if not self._is_in(turn):
                break
            turn = self.turn
            self._press(key)
        self._listen(listen_seconds, beyond=turn)

    def say(self, text: str, *, listen_seconds: float | None = None) -> None:
        """Says `text`, and listens.

        Args:
            text: what a Gather would understand.
            listen_seconds: how long after having begun; None until the line waits anew.

        Raises:
            CallError: there is nothing to say, or the call does not go on.
        """
        if not text.strip() or not request.can_be_sent(text):
            raise CallError(f"{text!r} cannot be said; give some words")
        wait, seconds = self._current(), len(text) / SAY_CHARACTERS_PER_SECOND
        self._note(Speak(text))
        if "speech" in wait.hears:
            self._resume(Speech(text, seconds))
        else:
            self._log.add(Spoke(at_seconds=self.seconds, text=text, is_heard=False))
            self._go_on(until=self.seconds + seconds)
        self._listen(listen_seconds, beyond=wait.turn)

    def record(self, seconds: float, *, listen_seconds: float | None = None) -> None:
        """Speaks for some seconds, without words that matter, and listens.

        Args:
            seconds: how long, for a Record; anything else does not heed it.
            listen_seconds: how long after having begun; None until the line waits anew.

        Raises:
            CallError: the time is not above zero, or the call does not go on.
        """
        if not 0 < seconds <= MAX_CALL_SECONDS:
            raise CallError(f"nobody can speak for {seconds} s; give some seconds")
        wait = self._current()
        self._note(Record(seconds))
        if "voice" in wait.hears:
            self._resume(Voice(seconds))
        else:
            self._go_on(until=self.seconds + seconds)
        self._listen(listen_seconds, beyond=wait.turn)

    def wait(self, seconds: float | None = None) -> None:
        """Does nothing.

        Args:
            seconds: how long; None until the line has stopped waiting and waits anew.

        Raises:
            CallError: the call does not go on.
        """
        self._listen(seconds, beyond=self._current().turn)

    def go_on(self) -> None:
        """Does nothing until something happens by itself, at `next_seconds`.

        Raises:
            CallError: the call does not go on.
        """
        self._go_on(until=self._current().until_seconds)

    def hang_up(self) -> None:
        """Ends the call; when it has ended already, nothing happens.

        Raises:
            CallError: the call was not started.
        """
        if self._ended is None:
            activity = self._running()
            self._check_idle()
            self._note(HangUp())
            try:
                with suppress(HungUp, StopIteration):
                    activity.throw(HungUp())
            except Exception:
                self._break_off(activity)
                raise
            # Who gives up while the first document is late was never answered. Twilio does not say
            # what it calls that; a call that Reject does not answer, it calls no-answer:
            # https://www.twilio.com/docs/voice/twiml/reject#attributes-reason.
            is_ringing = self._leg.status == "ringing"
            self._end(Over("caller", "no-answer" if is_ringing else "completed"))

    def _note(self, action: Action) -> None:
        self._done.append(Done(self.seconds, action))

    def _is_in(self, turn: int | None) -> bool:
        """Whether the call goes on, and is not beyond that turn; None is before any."""
        return self._wait is not None and turn in {None, self._wait.turn}

    def _current(self) -> Wait:
        if self._ended is not None:
            raise CallError(f"the call is over: ended by {self._ended}")
        self._check_idle()
        if self._wait is None:
            raise CallError("the call was not started; call start() first")
        return self._wait

    def _running(self) -> Activity[Over]:
        if self._activity is None:
            raise CallError("the call was not started; call start() first")
        return self._activity

    def _check_idle(self) -> None:
        is_running = self._activity is not None and getgeneratorstate(self._activity) == GEN_RUNNING
        if is_running or self._log.is_telling:
            raise CallError("the call is in the middle of something; do this after on_event")

    def _run(self) -> Activity[Over]:
        try:
            url = resolve(self._url, "")
            self._leg.base_url = self._leg.shared.first_url = url
            return (yield from run(self._leg, Next(self.setup.method, url)))
        except TwimlError as error:  # the very first URL is none
            self._log.fail(error)
            return Over("error")
        except LimitError as error:
            self._log.fail(error)
            return Over("limit")

    def _press(self, key: str) -> None:
        is_heard = "keys" in self.listens
        self._log.add(KeyPressed(at_seconds=self.seconds, key=key, is_heard=is_heard))
        if is_heard:
            self._resume(Key(key))

    def _listen(self, seconds: float | None, *, beyond: int | None) -> None:
        """Goes on for `seconds`, or until the line waits in another turn than `beyond`."""
        if seconds is not None:
            self._go_on(until=self.seconds + seconds)
            return
        while self._wait is not None:
            if self._wait.waiting is not None and self._wait.turn != beyond:
                return
            self._pass(self._wait.until_seconds)

    def _go_on(self, *, until: float) -> None:
        while self._wait is not None and self._wait.until_seconds <= until:
            self._pass(self._wait.until_seconds)
        if self._wait is not None and until > MAX_CALL_SECONDS:
            self._pass(until)
        elif self._wait is not None:
            self._log.let_pass(until)

    def _pass(self, until: float) -> None:
        """Lets time go by until something happens by itself."""
        self._log.let_pass(min(until, MAX_CALL_SECONDS))
        if until <= MAX_CALL_SECONDS:
            self._resume(None)
            return
        self._log.fail(LimitError(f"the call has lasted {MAX_CALL_SECONDS:.0f} s; Twilio ends it"))
        self._running().close()
        self._end(Over("limit"))

    def _resume(self, stimulus: Stimulus | None) -> None:
        activity = self._running()
        try:
            try:
                self._wait = activity.send(stimulus)
            except StopIteration as stop:
                self._end(stop.value)
        except Exception:
            self._break_off(activity)
            raise

    def _break_off(self, activity: Activity[Over]) -> None:
        """After an exception of the application's, in-process, or the listener's all is over."""
        activity.close()
        self._wait, self._ended = None, self._ended or "error"

    def _end(self, over: Over) -> None:
        self._wait, self._ended = None, over.by
        self._leg.shared.is_over = True
        self._log.add(Ended(at_seconds=self.seconds, by=over.by))
        self._leg.status = over.status
        callback = self.setup.status_callback
        if callback is not None:
            form = request.ended(round(self.seconds), self._leg.at(), sequence_number=0)
            self._leg.base_url = self._leg.shared.first_url
            self._leg.call_back(callback, form)
