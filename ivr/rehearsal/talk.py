"""One call of a pretend caller: what is done at each answer of the line, and when."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from ivr.flow.model import Lesson, Practice
from ivr.flow.terms import AGAIN_KEY, BOOKMARK, REPEAT, RETURN
from ivr.rehearsal.acts import GoOn, HangUp, Touch, Wait
from ivr.rehearsal.hand import bounced, keyed, seconds
from ivr.rehearsal.leaks import PIN_DIGITS, made_up_pin
from ivr.rehearsal.ways import KEYS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ivr.flow.model import Node
    from ivr.rehearsal.acts import Act, Standing
    from ivr.rehearsal.ear import Ear
    from ivr.rehearsal.guide import Guide
    from ivr.rehearsal.leaks import Leaks
    from ivr.rehearsal.personas import Goal
    from ivr.rehearsal.population import Person
    from ivr.rehearsal.ways import Way

MAX_ACTS: Final = 250
"""In one call; who does more is stuck."""
DETOUR: Final = 2
"""The way on is left by a key such as 0 when it is longer by more answers of the line than this."""
HANG_UP_SECONDS: Final = 10.0
"""Who hangs up does so within this time after the line begins to speak."""


class Talk:
    """What a caller does in a call, act by act, until either side hangs up.

    Args:
        guide: to the line.
        person: who rings.
        ear: by which the person hears; listens to this call.
        leaks: is told of secrets that are keyed; None for one who never keys any.
        call: how it stands, whoever carries the acts out.
    """

    def __init__(
        self, guide: Guide, person: Person, ear: Ear, leaks: Leaks | None, call: Standing
    ) -> None:
        self._guide = guide
        self._person = person
        self._is = person.persona.behaviour
        self._rng = person.rng
        self._ear = ear
        self._leaks = leaks
        self._call = call
        self._may_go_on = False
        self.has_hung_up = False
        """The caller did, with a goal not reached."""
        self.is_stuck = False

    def acts(self, *, is_again: bool) -> Iterator[Act]:
        """All that is done in the call, which has begun.

        Each act is carried out, and the ear told of what came of it, before the next is asked for.

        Args:
            is_again: whether the caller has rung before, and so may go on where that call ended.
        """
        self._may_go_on = is_again
        for _ in range(MAX_ACTS):
            if self._call.ended is not None:
                break
            yield from self._act()
        else:
            self.is_stuck = True
            yield HangUp()
        self.is_stuck |= self._call.ended == "limit"

    def _act(self) -> Iterator[Act]:
        """Does one thing, or lets one answer of the line go by."""
        if self._happens(self._is.hangs_up):
            yield from self._wait(self._rng.uniform(0.0, HANG_UP_SECONDS))
            self.has_hung_up = self._call.ended is None
            yield HangUp()
            return
        is_idle = self._happens(self._is.nothing * self._left())
        if is_idle:
            yield from self._listen_out()
        else:
            yield from self._take_time()
        if self._has_all():
            yield HangUp()
        elif is_idle:
            yield from self._let_go_by()
        elif self._call.ended is None:
            yield from self._press()

    def _has_all(self) -> bool:
        """Whether every goal is reached; where there was none, the caller never has enough."""
        goals = self._person.goals
        return bool(goals) and all(goal in self._ear.reached for goal in goals)

    def _happens(self, chance: float) -> bool:
        # Also where it cannot be otherwise a number is drawn: so a chance that is changed by a
        # little changes only what it is about, and not all that comes after.
        return self._rng.random() < chance

    def _left(self) -> float:
        """What learning has left of the chances of trouble."""
        return float(self._is.learning**self._ear.helps)

    def _take_time(self) -> Iterator[Act]:
        """Up to the moment of the first key."""
        early, left = self._is.early, self._left()
        if early is not None and self._happens(early.chance * left):
            yield from self._wait(seconds(self._rng, early.seconds))
            return
        yield from self._listen_out()
        yield from self._wait(seconds(self._rng, self._is.reaction_seconds))

    def _press(self) -> Iterator[Act]:
        if self._happens(self._is.wrong_key * self._left()):
            due = self._due()
            yield from self._keys(self._rng.choice([key for key in KEYS if key != due]))
        elif self._happens(self._is.asks_again):
            yield from self._ask_again()
        elif isinstance(self._node(), Practice):
            yield from self._enter()
        else:
            way = self._way()
            self._may_go_on &= way is None or way.go != BOOKMARK
            yield from self._keys("" if way is None else way.key or "")

    def _due(self) -> str | None:
        """The key that would be pressed here if nothing went wrong; None: none is known."""
        if isinstance(self._node(), Practice):
            return self._ear.code()[:1] or None
        way = self._way()
        return None if way is None else way.key

    def _node(self) -> Node | None:
        return self._guide.flow.nodes.get(self._ear.place.partition(".")[0])

    def _goal(self) -> Goal | None:
        """What the caller wants next; None: nothing."""
        return next((g for g in self._person.goals if g not in self._ear.reached), None)

    # -- Keys ----------------------------------------------------------------------------------

    def _keys(self, keys: str) -> Iterator[Act]:
        """Presses keys one after the other, one of them twice where that befalls the caller.

        Where there is none to press, the caller waits for what comes.
        """
        if not keys:
            yield from self._let_go_by()
            return
        twice, again = self._is.twice, None
        if twice is not None and self._happens(twice.chance * self._left()):
            again = bounced(self._rng, keys)
        before = self._ear.documents
        for place, key in enumerate(keys):
            if place:
                yield from self._wait(seconds(self._rng, self._is.key_seconds))
                if self._is_answered(before):
                    return
            yield from self._touch(key)
            if twice is not None and place == again:
                yield from self._wait(seconds(self._rng, twice.seconds))
                yield from self._touch(key)
        if self._ear.is_key_heard and not self._is_answered(before):
            yield from self._let_go_by()

    def _touch(self, key: str) -> Iterator[Act]:
        if self._call.ended is None:
            yield Touch(key)

    def _enter(self) -> Iterator[Act]:
        """Keys the code back as it was heard, or something secret in its place."""
        if self._happens(self._is.own_secret * self._left()):
            yield from self._keys(self._secret())
            return
        if not self._ear.code():
            yield from self._listen_out()
        entry = keyed(
            self._rng,
            self._ear.code(),
            self._is.slips,
            is_slow=self._ear.digit_seconds() >= self._guide.personas.slow_digit_seconds,
            left=self._left(),
        )
        yield from self._keys(entry)

    def _secret(self) -> str:
        """The own number where many digits are asked, else a PIN."""
        is_number = self._ear.asked_digits > PIN_DIGITS
        secret = self._person.own_number if is_number else made_up_pin(self._rng)
        if self._leaks is not None:
            self._leaks.key(secret)
            self._leaks.key(secret[: self._ear.asked_digits or None])
        return secret

    def _ask_again(self) -> Iterator[Act]:
        node = self._node()
        if isinstance(node, Lesson):
            key = AGAIN_KEY
        elif isinstance(node, Practice):
            key = self._ear.finish_key
        else:
            keys = self._guide.flow.global_keys
            key = next((key for key, go in keys.items() if go == REPEAT), "")
        self._ear.asks_again = True
        yield from self._keys(key)
        self._ear.asks_again = False

    # -- The way -------------------------------------------------------------------------------

    def _way(self) -> Way | None:
        """The way on from here; None: the caller knows of none, and waits.

        Best of all is what was offered and leads nearer; a caller who pressed before anything was
        offered takes the first thing that there is.
        """
        goal = self._goal()
        if goal is None:
            return None
        costs = self._guide.maps[goal].costs(self._ear.place, self._beyond(goal))
        costs = [(cost, way) for cost, way in costs if way.key is not None]
        own = [(cost, way) for cost, way in costs if not way.is_global]
        if not own or own[0][0] > costs[0][0] + DETOUR:
            return costs[0][1] if costs else None
        nearer = [way for cost, way in own if cost - way.turns <= own[0][0]]
        for heard in (self._ear.offered, self._ear.prompts.keys()):
            for way in nearer:
                if way.prompt is None or way.prompt in heard:
                    return way
        return min(nearer, key=lambda way: KEYS.index(way.key or "#"))

    def _beyond(self, goal: Goal) -> Callable[[str], float]:
        """How far it is from a reserved target."""
        where = self._guide.maps[goal]

        def distance(target: str) -> float:
            if target == RETURN and self._ear.back is not None:
                return where.distance(self._ear.back)
            if target == BOOKMARK and self._may_go_on:
                return 0.0
            return math.inf

        return distance

    # -- Time ----------------------------------------------------------------------------------

    def _is_answered(self, before: int) -> bool:
        """Whether the line has answered since it had given so many answers, or is gone."""
        return self._call.ended is not None or self._ear.documents != before

    def _wait(self, seconds: float) -> Iterator[Act]:
        if self._call.ended is None:
            yield Wait(seconds)

    def _listen_out(self) -> Iterator[Act]:
        """Until the line waits for the caller."""
        while self._call.ended is None and self._call.waiting is None:
            yield GoOn()

    def _let_go_by(self) -> Iterator[Act]:
        """Until the line says something new by itself."""
        before = self._ear.documents
        while not self._is_answered(before):
            yield GoOn()
