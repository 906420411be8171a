"""Calls of tests: one step at a time, the session saved and loaded on the way as the line does."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from msgspec.structs import replace

from ivr.engine.circumstances import Circumstances
from ivr.engine.codes import Codes, code_at, keyed_codes
from ivr.engine.events import CallStarted, DialEnded, Digits, Event, NoInput
from ivr.engine.memory import Memory, dump_memory, parse_memory
from ivr.engine.session import Session, dump, parse
from ivr.engine.speak import part_code
from ivr.engine.step import step
from ivr.engine.turn import Gather, Hangup, Pause, Play, Turn
from ivr.flow.model import Practice
from ivr.flow.places import split

if TYPE_CHECKING:
    from ivr.flow.model import Flow

NOON = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)
"""In Kolkata."""
NIGHT = datetime(2026, 3, 2, 16, 30, tzinfo=UTC)
"""Ten in the evening in Kolkata."""
CODES: Codes = keyed_codes(b"a secret of the tests", "CA1")
HERE = Circumstances(now=NOON, codes=CODES)
KNOWN = Circumstances(now=NOON, codes=CODES, is_known=True)
HELPED = Circumstances(now=NOON, codes=CODES, is_known=True, has_helper=True)

GREETED = ["greeting", "warm_up", "warm_up_key"]
MENU = ["main_menu", "choose_lesson", "choose_practice", "choose_services", "choose_more"]
HELP = ["help", "help_slower", "help_language", "help_told_otp"]
"""Of a caller of whom nothing is kept."""
PRACTICE_HELP = [
    *("practice_help", "practice_help_again", "practice_help_slower", "practice_help_leave")
]
LAST_WORDS = ["nobody_there", "goodbye", "hangup"]


def at(place: str, **changes: object) -> Session:
    """A session in the middle of a call, at this place."""
    return replace(Session(place=place, turn=5, language="bn"), **changes)


def event_of(keys: str | Event) -> Event:
    """What a caller does: `silence`, `answered` and `nobody` are words, all else is keys."""
    if not isinstance(keys, str):
        return keys
    words: dict[str, Event] = {
        "silence": NoInput(),
        "answered": DialEnded(was_answered=True),
        "nobody": DialEnded(was_answered=False),
    }
    return words.get(keys) or Digits(keys)


def after(
    flow: Flow, session: Session | None, keys: str | Event, here: Circumstances = HERE
) -> Turn:
    """The turn that follows, its session as it is loaded again."""
    turn = step(flow, session, event_of(keys), here)
    assert parse(dump(turn.session)) == turn.session
    return turn


def played(turn: Turn) -> list[str]:
    """The prompts of a turn in order; pauses inside of a row as `…`, the end as `hangup`."""
    words: list[str] = []
    for instruction in turn.instructions:
        match instruction:
            case Gather(said=said):
                words += ["…" if isinstance(part, Pause) else part.prompt for part in said]
            case Play(prompt=prompt):
                words.append(prompt)
            case Hangup():
                words.append("hangup")
            case _:
                pass
    return words


def plays(turn: Turn) -> list[Play]:
    """What is said in a turn while keys are awaited, each with its pace."""
    return [part for part in gather(turn).said if isinstance(part, Play)]


def gather(turn: Turn) -> Gather:
    """What a turn waits for; it comes last."""
    last = turn.instructions[-1]
    assert isinstance(last, Gather), last
    return last


def code(flow: Flow, place: str = "practice_otp") -> str:
    """The digits that are right at a place, of a part what belongs to it."""
    node_id, part = split(place)
    node = flow.nodes[node_id]
    assert isinstance(node, Practice)
    return part_code(node, code_at(flow, node_id, CODES), part)


def digits(code: str) -> list[str]:
    """The prompts that read out a code."""
    return [*more(code[:-1]), f"digit_{code[-1]}"]


def more(code: str) -> list[str]:
    """Digits after which another one comes."""
    return [f"digit_{digit}_more" for digit in code]


def other(code: str, places: int) -> str:
    """The code with so many digits changed."""
    return "".join(str((int(d) + 5) % 10) if i < places else d for i, d in enumerate(code))


class Caller:
    """Somebody who rings, and of whom is kept what the line keeps."""

    def __init__(
        self, flow: Flow, here: Circumstances = KNOWN, memory: Memory | None = None
    ) -> None:
        """A phone that has not rung yet."""
        self.flow = flow
        self.here = here
        self.memory = memory
        self.turn: Turn

    def ring(self, **changes: object) -> Turn:
        """Begin a call, in changed circumstances."""
        self.here = replace(self.here, **changes)
        begun = replace(self.here, memory=self.memory)
        self.turn = self._kept(after(self.flow, None, CallStarted(), begun))
        return self.turn

    def press(self, *keys: str | Event) -> Turn:
        """Do one thing after the other; the last turn."""
        for each in keys:
            self.turn = self._kept(after(self.flow, self.turn.session, each, self.here))
        return self.turn

    @property
    def place(self) -> str:
        """Where the call stands."""
        return self.turn.session.place

    def _kept(self, turn: Turn) -> Turn:
        if isinstance(turn.memory, Memory):
            self.memory = parse_memory(dump_memory(turn.memory))
            assert self.memory == turn.memory
        elif turn.memory is not None:
            self.memory = None
        return turn
