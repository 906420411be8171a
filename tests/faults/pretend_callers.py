"""Many callers at once: each an own call over real HTTP, all of them open at the same time.

    crowd = Crowd(f"{origin}/voice", TOKEN, spec, callers=1_000, seed=1)
    report = crowd.ring(lambda turns: faults.befall(turns))
    assert report.lost == []

A caller knows what a person knows: what is heard, and which place waits for a key. So whatever the
line does meanwhile, each goes on from there towards the goodbye.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from msgspec import Struct

from ivr.cli.clock import now
from ivr.cli.digits import digit_words
from ivr.flow.model import End, Lesson, Practice, Think
from ivr.flow.terms import NEXT_KEY, READY_KEY
from ivr.simulator.digits import Digits
from ivr.simulator.events import Failed, Gathering, Heard, Received, Requested, Warned
from ivr.simulator.phone import Phone
from ivr.simulator.setup import Setup
from tests.faults.habits import HABITS, USUAL
from tests.faults.stories import Report, Story

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

    from ivr.flow.model import Spec
    from ivr.simulator.call import Call
    from ivr.simulator.events import Event
    from tests.faults.habits import Habit

THREADS: Final = 8
"""So many requests are under way at most: no more than a server has threads, lest they queue."""
MOST_ACTS: Final = 200
"""Of one caller; who needs more goes round in a circle."""
MOST_DOCUMENTS: Final = 400
SECONDS: Final = 240.0
WITHHELD: Final = "anonymous"
ANY_KEY: Final[Sequence[str]] = (*"0123456789*#", "")
ANOTHER_LANGUAGE: Final = "en"


class Ways(Struct, frozen=True):
    """What all callers of a line know, once it has told them."""

    url: str
    spec: Spec
    digits: Digits
    goodbyes: frozenset[str]
    apologies: frozenset[str]
    changed: str
    """What is heard first in the other language."""
    usual: frozenset[str]
    """What is said in the first language only."""

    @classmethod
    def of(cls, spec: Spec, url: str) -> Ways:
        head, every = spec.flow.flow, [words.prompts for words in spec.words.values()]
        ends = [node.prompt for node in spec.flow.nodes.values() if isinstance(node, End)]
        apologies = (head.apologies.again, head.apologies.end)
        others = spec.words[ANOTHER_LANGUAGE].prompts
        usual = frozenset(spec.words[head.default_language].prompts.values())
        said = frozenset(each[name] for each in every for name in apologies)
        return cls(
            url=url,
            spec=spec,
            digits=Digits(digit_words(spec)),
            goodbyes=frozenset(each[name] for each in every for name in ends),
            apologies=said,
            changed=others["language_now"],
            usual=usual - frozenset(others.values()) - said,
        )


class Caller:
    """One of them: places a call, or two, an act at a time."""

    def __init__(self, phone: Phone, ways: Ways, habit: Habit, number: int, rng: Random) -> None:
        self.story = Story(number=number, habit=habit.name)
        self.is_over = False
        self._phone = phone
        self._ways = ways
        self._habit = habit
        self._rng = rng
        self._call: Call | None = None
        self._place = ""
        self._heard: list[str] = []
        """Since the last document came."""
        self._language = ""
        self._visits: Counter[str] = Counter()
        self._acts = 0
        self.is_falling_back = False
        """The carrier asks the fallback for this call, or is about to."""

    def act(self) -> None:
        """Does one thing, and hears what the line makes of it."""
        self._acts += 1
        if self._call is None:
            self._ring()
        elif self._breaks_off():
            self._call.hang_up()
            self._ring()
        else:
            self._answer(self._call)
        self.story.ended = None if self._call is None else self._call.ended
        self.is_over = self.story.ended is not None or self._acts >= MOST_ACTS

    def _ring(self) -> None:
        setup = Setup(
            from_number=WITHHELD if self._habit.is_withheld else f"+91900{self.story.number:07d}",
            fallback_url="/voice/fallback",
            status_callback="/voice/status",
            dial_outcomes=("completed", "no-answer"),
            max_documents=MOST_DOCUMENTS,
            started_at=now(),
        )
        self.story.calls += 1
        self.story.said_goodbye = False
        self._call = self._phone.call(self._ways.url, setup=setup, on_event=self._listen)
        self._call.start()

    def _breaks_off(self) -> bool:
        return self.story.calls == 1 and self._node == self._habit.breaks_off

    @property
    def _node(self) -> str:
        return self._place.partition(".")[0]

    def _answer(self, call: Call) -> None:
        keys = self._keys()
        if keys:
            call.press(keys)
        else:
            call.wait()

    def _keys(self) -> str:
        """What this caller presses here; empty for nothing."""
        if self._acts <= self._habit.wanders:
            return self._rng.choice(ANY_KEY)
        told = self._habit.keys.get(self._node) or USUAL.get(self._node)
        if told is not None:
            self._visits[self._node] += 1
            return str(told[min(self._visits[self._node], len(told)) - 1])
        match self._ways.spec.flow.nodes.get(self._node):
            case Practice():
                return self._ways.digits.read_out(self._heard) or "#"
            case Lesson():
                return NEXT_KEY
            case Think():
                return READY_KEY
            case _:
                return ""

    def _listen(self, event: Event) -> None:
        match event:
            case Requested(purpose="document", seconds=seconds):
                self.story.turns.append(seconds)
                self.is_falling_back = False
            case Received():
                self._heard = []
            case Heard(words=words):
                self._hear(words)
            case Gathering(action=action):
                self._place = urlsplit(action).path.rpartition("/")[2]
            case Failed(code=code, message=message):
                self.story.failures.append(f"{code}: {message}")
                self.is_falling_back = "/clips/" not in message
            case Warned(code=code, message=message):
                self.story.warnings.append(f"{code}: {message}")
            case _:
                pass

    def _hear(self, words: str) -> None:
        self._heard.append(words)
        self.story.apologies += words in self._ways.apologies
        self.story.said_goodbye |= words in self._ways.goodbyes
        if words == self._ways.changed:
            self._language = ANOTHER_LANGUAGE
        elif self._language:
            self.story.strays += words in self._ways.usual


class Crowd:
    """All callers of a line.

    Args:
        url: that they ring, absolute.
        token: signs their requests.
        spec: of the line.
        callers: how many; their habits go round.
        seed: of the order in which they act, and of what the wanderers do.
        threads: requests under way at a time.
        seconds: after which they are left where they are.
        habits: that they have.
    """

    def __init__(
        self,
        url: str,
        token: str,
        spec: Spec,
        *,
        callers: int,
        seed: int,
        threads: int = THREADS,
        seconds: float = SECONDS,
        habits: Sequence[Habit] = HABITS,
    ) -> None:
        self._ways = Ways.of(spec, url)
        self._token = token
        self._count = callers
        self._seed = seed
        self._threads = threads
        self._seconds = seconds
        self._habits = habits
        self._open = threading.Barrier(threads)
        self._lock = threading.Lock()
        self._acts = 0
        self._most_open = 0
        self._errors: list[BaseException] = []
        self._callers: Sequence[Caller] = ()

    @property
    def is_falling_back(self) -> bool:
        """Whether the carrier asks the fallback for any of them."""
        return any(each.is_falling_back and not each.is_over for each in self._callers)

    def ring(self, on_act: Callable[[int], object] = lambda _: None) -> Report:
        """Lets everybody ring, then each act in a random order until all are over.

        Args:
            on_act: told after each act how many there were so far, from any of the threads.
        """
        begun = time.monotonic()
        with Phone(None, self._token) as phone:
            callers = [self._caller(phone, number) for number in range(self._count)]
            self._callers = callers
            threads = [
                threading.Thread(target=self._run, args=(callers[k :: self._threads], k, on_act))
                for k in range(self._threads)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        if self._errors:
            raise self._errors[0]
        return Report(
            stories=[each.story for each in callers],
            most_open=self._most_open,
            seconds=time.monotonic() - begun,
        )

    def _caller(self, phone: Phone, number: int) -> Caller:
        habit = self._habits[number % len(self._habits)]
        return Caller(phone, self._ways, habit, number, self._chance(f"caller {number}"))

    def _chance(self, name: str) -> Random:
        return random.Random(f"{self._seed} {name}")  # noqa: S311 - pretend callers are no secret

    def _run(self, callers: Sequence[Caller], thread: int, on_act: Callable[[int], object]) -> None:
        try:
            self._act_all(callers, self._chance(f"thread {thread}"), on_act)
        except BaseException as error:  # noqa: BLE001 - it is raised where the crowd is waited for
            self._open.abort()
            self._errors.append(error)

    def _act_all(
        self, callers: Sequence[Caller], rng: Random, on_act: Callable[[int], object]
    ) -> None:
        until = time.monotonic() + self._seconds
        for each in rng.sample(callers, len(callers)):
            self._act(each, on_act)
        going = [each for each in callers if not each.is_over]
        with self._lock:
            self._most_open += len(going)
        self._open.wait(self._seconds)
        while going and time.monotonic() < until:
            place = rng.randrange(len(going))
            self._act(going[place], on_act)
            if going[place].is_over:
                going[place] = going[-1]
                going.pop()

    def _act(self, caller: Caller, on_act: Callable[[int], object]) -> None:
        caller.act()
        with self._lock:
            self._acts += 1
            count = self._acts
        on_act(count)
