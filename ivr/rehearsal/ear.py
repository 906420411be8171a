"""What a pretend caller hears and knows: where the line is, what it said, what was reached."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from ivr.rehearsal.places import place_of
from ivr.simulator.events import (
    Ended,
    Heard,
    Interrupted,
    KeyPressed,
    Pressed,
    Received,
    Requested,
    Silence,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.flow.terms import PromptId
    from ivr.rehearsal.guide import Guide
    from ivr.rehearsal.leaks import Leaks
    from ivr.rehearsal.personas import Goal
    from ivr.simulator.events import Event

TOO_OFTEN: Final = 3
"""A sentence that answers silence or a wrong key at one place must not be heard so often."""

_WAITING: Final = re.compile(r"<(?:Gather|Dial) ([^>]*)>")
_ATTRIBUTE: Final = re.compile(r'(\w+)="([^"]*)"')
_PLACE: Final = re.compile(r"/turn/([a-z0-9_.]+)\?")
_HEARING: Final = {
    Received: "_received",
    Heard: "_heard",
    Interrupted: "_cut_off",
    Ended: "_ended",
    Silence: "_silent",
    Pressed: "_entered",
    KeyPressed: "_pressed",
    Requested: "_requested",
}
"""How each event is heard. No ear keeps methods of its own: it would hold itself, and thousands of
ears would be left to the garbage collector, which stops everything while it looks."""


class Ear:
    """Listens to all calls of one caller; told of each event as it happens.

    Args:
        guide: what the words of the line mean.
        leaks: looks for secrets that this caller keyed; None for one who never keys any.
        kept: gives all that the service has stored and still holds, to be looked through for them.
    """

    def __init__(
        self, guide: Guide, leaks: Leaks | None, kept: Callable[[], bytes] = bytes
    ) -> None:
        self._guide = guide
        self._leaks = leaks
        self._kept = kept
        self.place = ""
        """Where the line waits or will wait, as its last document says."""
        self.back: str | None = None
        """The last place on the way, before one aside."""
        self.asked_digits = 0
        """How many digits the line takes here."""
        self.finish_key = ""
        """That ends an entry here; empty: none does."""
        self.documents = 0
        """Answers of the line, over all calls."""
        self.seconds_before = 0.0
        """On the line, in the calls before this one."""
        self.speech_seconds = 0.0
        self.prompts: Counter[PromptId] = Counter()
        """How often each was begun to be heard, over all calls."""
        self.now: list[Heard] = []
        """What was heard since the last document came."""
        self.offered: set[PromptId] = set()
        """The prompts among it."""
        self.helps = 0
        """In how many answers the line has warned or helped."""
        self.reached: dict[Goal, float] = {}
        """Which goals, and after how many seconds on the line."""
        self.turns_to: dict[Goal, int] = {}
        """After how many answers of the line."""
        self.is_too_often = False
        """Whether one sentence answered silence or wrong keys too often at one place."""
        self.asks_again = False
        """Whether the next entry asks for the same once more, and so is no wrong one."""
        self.is_key_heard = True
        """Whether the line listened for the last key."""
        self._is_helped = False
        self._until_seconds = 0.0
        self._entry_at: str | None = None
        self._answering: str | None = None
        self._said: Counter[tuple[str, PromptId]] = Counter()

    def begin(self, seconds_before: float) -> None:
        """Listens to a new call from now on.

        Args:
            seconds_before: on the line, in all calls before.
        """
        self.seconds_before = seconds_before
        self.place, self.back = self._guide.flow.flow.start, None
        self._until_seconds = 0.0
        self._entry_at = self._answering = None
        self._said.clear()

    def listen(self, event: Event) -> None:
        """Hears one event."""
        name = _HEARING.get(type(event))
        if name is not None:
            getattr(self, name)(event)

    def code(self) -> str:
        """The digits that were heard since the last document came, as far as they were heard."""
        return self._guide.digits.read_out(each.words for each in self.now)

    def digit_seconds(self) -> float:
        """How far apart those digits came, on average; 0 where it cannot be told."""
        found = [each.seconds for each in self.now if self._guide.digit(each.words)]
        return sum(found) / len(found) if found else 0.0

    def _received(self, event: Received) -> None:
        self._end_turn()
        self.documents += 1
        self._answering, self._entry_at = self._entry_at, None
        self._is_helped = False
        waiting = _WAITING.search(event.text)
        if waiting is not None:
            self._wait_at(dict(_ATTRIBUTE.findall(waiting[1])))
        if self._leaks is not None and self._leaks.is_keyed:
            self._leaks.look(event.text)
            # What is dropped again at the next answer has been stored all the same.
            self._leaks.look(self._kept().decode("latin-1"))

    def _wait_at(self, attributes: dict[str, str]) -> None:
        found = _PLACE.search(attributes.get("action", ""))
        if found is None:
            return
        place = place_of(self._guide.flow, found[1])
        if place != self.place and self.place.partition(".")[0] not in self._guide.aside:
            self.back = self.place
        self.place = place
        self.asked_digits = int(attributes.get("numDigits", "0"))
        self.finish_key = attributes.get("finishOnKey", "#")

    def _heard(self, event: Heard) -> None:
        if event.to is not None:
            return
        self.now.append(event)
        self.speech_seconds += event.seconds
        self._until_seconds = event.at_seconds + event.seconds
        found = self._guide.prompts.get(event.words, ())
        self.offered.update(found)
        for prompt in found[:1]:
            self.prompts[prompt] += 1
        for prompt in found:
            self._understand(prompt, event.at_seconds)

    def _understand(self, prompt: PromptId, at_seconds: float) -> None:
        guide = self._guide
        goal = guide.reaching.get(prompt)
        if goal is not None and goal not in self.reached:
            self.reached[goal] = self.seconds_before + at_seconds
            self.turns_to[goal] = self.documents
        is_reprompt = prompt in guide.roles.reprompts
        if (is_reprompt or prompt in guide.roles.warnings) and not self._is_helped:
            self._is_helped = True
            self.helps += 1
        if is_reprompt and self._answering is not None:
            self._said[self._answering, prompt] += 1
            self.is_too_often |= self._said[self._answering, prompt] >= TOO_OFTEN

    def _silent(self, _: Silence) -> None:
        self._entry_at = self.place

    def _entered(self, _: Pressed) -> None:
        self._entry_at = None if self.asks_again else self.place

    def _pressed(self, event: KeyPressed) -> None:
        self.is_key_heard = event.is_heard

    def _requested(self, event: Requested) -> None:
        if self._leaks is not None:
            self._leaks.look(event.url)

    def _cut_off(self, event: Interrupted) -> None:
        self._stop(event.at_seconds)

    def _ended(self, event: Ended) -> None:
        self._stop(event.at_seconds)
        self._end_turn()

    def _stop(self, at_seconds: float) -> None:
        """What was not heard of the sound that goes on does not count."""
        self.speech_seconds -= max(0.0, self._until_seconds - at_seconds)
        self._until_seconds = min(self._until_seconds, at_seconds)

    def _end_turn(self) -> None:
        if self._leaks is not None:
            self._leaks.read_out(self._rows())
        self.now.clear()
        self.offered.clear()

    def _rows(self) -> set[str]:
        """Every whole row of digits that was heard since the last document came."""
        rows, row = set(), ""
        for word in (word for each in self.now for word in each.words.split()):
            digits = self._guide.row(word) or self._guide.digit(word)
            if not digits:
                rows.add(row)
                row = ""
            row += digits
        return rows | {row}
