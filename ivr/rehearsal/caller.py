"""One pretend caller: rings, hangs up and rings again, by the numbers of a persona.

A caller knows no more than a person would: what was heard, and that keys lead on from there. The
shortest way to the goal is looked up in the flow, but an option is taken only when it was offered.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final, assert_never

from ivr.rehearsal.acts import GoOn, HangUp, Touch, Wait
from ivr.rehearsal.ear import Ear
from ivr.rehearsal.hand import seconds
from ivr.rehearsal.leaks import Leaks
from ivr.rehearsal.line import STATUS_PATH
from ivr.rehearsal.outcome import Outcome
from ivr.rehearsal.population import call_sid
from ivr.rehearsal.talk import Talk
from ivr.simulator.setup import Setup

if TYPE_CHECKING:
    from collections import Counter

    from ivr.flow.terms import PromptId
    from ivr.rehearsal.acts import Act
    from ivr.rehearsal.guide import Guide
    from ivr.rehearsal.line import Line
    from ivr.rehearsal.personas import Goal
    from ivr.rehearsal.population import Person
    from ivr.simulator.call import Call
    from ivr.twiml.request import DialStatus

MAX_CALLS: Final = 20
"""Of one caller; who needs more is stuck."""
MAX_DOCUMENTS: Final = 300
"""Of one call, as the carrier counts them; more than any call needs that is not stuck."""
MAX_VOLUNTEERS: Final = 10
"""So many times in a call it is settled beforehand whether a volunteer answers."""


class Caller:
    """Places all calls of one person.

    Args:
        line: that is rung.
        guide: to it.
        seed: of the rehearsal, which names the calls.
        person: who rings.
    """

    def __init__(self, line: Line, guide: Guide, seed: int, person: Person) -> None:
        self._line = line
        self._guide = guide
        self._seed = seed
        self._person = person
        self._at = person.first_ring
        self._leaks = Leaks() if person.persona.behaviour.own_secret else None
        self._ear = Ear(guide, self._leaks, line.kept)
        self._calls = 0
        self._seconds = 0.0
        self._is_stuck = False
        self._has_left = False
        self._ended_at: list[str] = []

    @property
    def prompts(self) -> Counter[PromptId]:
        """How often each prompt was begun to be heard, over all calls."""
        return self._ear.prompts

    def live(self) -> Outcome:
        """Rings until the goals are reached, or the caller gives up or is stuck."""
        while self._calls < MAX_CALLS:
            self._ring()
            if self._is_done() or self._is_stuck or not self._rings_again():
                break
        else:
            self._is_stuck = True
        return self._outcome()

    def _is_done(self) -> bool:
        goals = self._person.goals
        return bool(goals) and all(goal in self._ear.reached for goal in goals)

    def _ring(self) -> None:
        line = self._line
        sid = call_sid(self._seed, self._person.number, self._calls)
        call = line.phone.call(
            line.url, setup=self._setup(), call_sid=sid, on_event=self._ear.listen
        )
        line.clock.begin(self._at, call)
        self._calls += 1
        self._ear.begin(self._seconds)
        talk = Talk(self._guide, self._person, self._ear, self._leaks, call)
        call.start(listen_seconds=0)
        for act in talk.acts(is_again=self._calls > 1):
            _do(call, act)
        self._end(call, has_hung_up=talk.has_hung_up, is_stuck=talk.is_stuck)

    def _setup(self) -> Setup:
        return Setup(
            from_number=self._person.from_number,
            status_callback=self._line.url + STATUS_PATH,
            dial_outcomes=tuple(self._volunteer() for _ in range(MAX_VOLUNTEERS)),
            max_documents=MAX_DOCUMENTS,
            key_seconds=0.0,  # how long a finger takes, the persona says
            started_at=self._at,
        )

    def _volunteer(self) -> DialStatus:
        is_there = self._person.rng.random() < self._guide.personas.volunteer_answers
        return "completed" if is_there else "no-answer"

    def _end(self, call: Call, *, has_hung_up: bool, is_stuck: bool) -> None:
        self._seconds += call.seconds
        self._at += timedelta(seconds=call.seconds)
        self._is_stuck |= is_stuck
        if self._person.goals and not self._is_done():
            self._ended_at.append(self._ear.place)
            self._has_left = has_hung_up

    def _rings_again(self) -> bool:
        """Whether the caller does, some hours later."""
        again, rng = self._person.persona.behaviour.rings_again, self._person.rng
        if again is None or rng.random() >= again.chance:
            return False
        self._at += timedelta(hours=seconds(rng, again.hours))
        self._has_left = False
        return True

    def _outcome(self) -> Outcome:
        ear, person = self._ear, self._person
        line = self._line
        logged = line.logged()
        if self._leaks is not None:
            self._leaks.look(logged)
            self._leaks.look(line.kept().decode("latin-1"))
        line.forget()
        turns = [ear.turns_to[goal] for goal in person.goals] if self._is_done() else []
        return Outcome(
            number=person.number,
            persona=person.name,
            goals=person.goals,
            seconds_to=self._seconds_to(),
            turns_to_all=max(turns) if turns else None,
            has_left=self._has_left,
            is_stuck=self._is_stuck,
            secrets_kept=0 if self._leaks is None else self._leaks.count,
            is_too_often=ear.is_too_often,
            ended_at=tuple(self._ended_at),
            calls=self._calls,
            turns=ear.documents,
            seconds=self._seconds,
            speech_seconds=ear.speech_seconds,
        )

    def _seconds_to(self) -> dict[Goal, float]:
        """A goal is set out for when the one before it is reached."""
        found: dict[Goal, float] = {}
        since = 0.0
        for goal in self._person.goals:
            if goal not in self._ear.reached:
                break
            found[goal] = max(0.0, self._ear.reached[goal] - since)
            since = max(since, self._ear.reached[goal])
        return found


def _do(call: Call, act: Act) -> None:
    match act:
        case Wait(seconds):
            call.wait(seconds)
        case GoOn():
            call.go_on()
        case Touch(key):
            call.press(key, listen_seconds=0)
        case HangUp():
            call.hang_up()
        case _:
            assert_never(act)
