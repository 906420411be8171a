"""What a pretend caller does, written as a line of words: `1 1 2 silence 0000012345`.

Each word is one turn: what the caller does the next time that the line waits for them. A turn with
spaces in it is quoted, as in a shell: `1 "say:two words" record:4`.
"""

from __future__ import annotations

import math
import re
import shlex
from collections import deque
from typing import TYPE_CHECKING, Final, TypeAlias, assert_never

from msgspec import Struct

from ivr.errors import CallError
from ivr.twiml.rules import MAX_CALL_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ivr.simulator.call import Call

    Pace = Callable[[float], object]

SILENCE: Final = "silence"
HANGUP: Final = "hangup"
SAY: Final = "say:"
RECORD: Final = "record:"

QUEUE_SECONDS: Final = 60.0
"""How long a caller stays in a queue out of which nobody takes them."""
MAX_QUEUE_ROUNDS: Final = 10
"""How often they hear its document, if that takes less."""

_KEYS: Final = re.compile(r"[0-9*#]+")
_SECONDS: Final = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")
_TURNS: Final = (
    f"write digits, * or #, {SILENCE!r}, '{SAY}WORDS', '{RECORD}SECONDS' or {HANGUP!r}, divided by "
    "spaces"
)


class Press(Struct, frozen=True):
    """The caller presses `keys`, one after the other: `12#`."""

    keys: str


class Speak(Struct, frozen=True):
    """The caller says `text`: `say:yes`."""

    text: str


class Record(Struct, frozen=True):
    """The caller speaks for `seconds`, in no words that matter: `record:4`."""

    seconds: float


class Wait(Struct, frozen=True):
    """The caller does nothing until the line goes on: `silence`."""


class HangUp(Struct, frozen=True):
    """The caller hangs up: `hangup`."""


Entry: TypeAlias = Press | Speak | Record | Wait | HangUp


def parse(text: str) -> tuple[Entry, ...]:
    """Gives the turns of a script.

    Args:
        text: turns, divided by spaces; empty is a script with no turns. Nothing can follow
            `hangup`.

    Raises:
        CallError: names the word that is no turn, or the quote that is not closed.
    """
    words = list(_words(text))
    if HANGUP in words[:-1]:
        after = words[words.index(HANGUP) + 1]
        raise CallError(f"keys: {after!r} comes after {HANGUP!r}; nothing can follow it")
    return tuple(_entry(word) for word in words)


def _words(text: str) -> Iterator[str]:
    """As `shlex.split`, which does not say where a quote begins that is not closed."""
    lexer = shlex.shlex(text, posix=True, punctuation_chars=False)
    lexer.whitespace_split, lexer.commenters = True, ""
    try:
        yield from lexer
    except ValueError as error:
        raise CallError(
            f"keys: {lexer.token!r} has a quote that is not closed, or ends in a backslash; close "
            "it, or put a turn that has one in the other kind of quotes"
        ) from error


def _entry(word: str) -> Entry:
    if word == SILENCE:
        return Wait()
    if word == HANGUP:
        return HangUp()
    if word.startswith(SAY):
        return _speak(word)
    if word.startswith(RECORD):
        return _record(word)
    if _KEYS.fullmatch(word) is None:
        raise CallError(f"keys: {word!r} is not a turn; {_TURNS}")
    return Press(word)


def _speak(word: str) -> Speak:
    text = word.removeprefix(SAY).strip()
    # What the shell could not decode cannot be sent to an application either.
    if not text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise CallError(
            f"keys: {word!r} has no words; write '{SAY}yes', or \"{SAY}two words\" in quotes"
        )
    return Speak(text)


def _record(word: str) -> Record:
    given = word.removeprefix(RECORD)
    seconds = float(given) if _SECONDS.fullmatch(given) else 0.0
    if not 0 < seconds <= MAX_CALL_SECONDS:
        raise CallError(
            f"keys: {word!r} has no length of a recording; write seconds above 0 and up to "
            f"{MAX_CALL_SECONDS:.0f}, such as '{RECORD}4'"
        )
    return Record(seconds)


def follow(call: Call, entries: Sequence[Entry], pace: Pace | None = None) -> tuple[Entry, ...]:
    """Places the call, does what the script says, and hangs up when its turns run out.

    Args:
        call: not yet started.
        entries: one for each time that a Gather or a Record waits for the caller. In a queue they
            wait for QUEUE_SECONDS, or until its document has begun MAX_QUEUE_ROUNDS times.
        pace: told of each stretch of seconds before it passes on the call's clock, and may wait as
            long; None lets the virtual clock run.

    Returns:
        The turns that were left when the call ended; none when all were used.
    """
    caller = _Caller(call, pace)
    caller.start()
    left = deque(entries)
    while call.ended is None:
        if call.waiting == "queue" and not (left and isinstance(left[0], HangUp)):
            if not caller.stay():
                break
        elif left:
            caller.do(left.popleft())
        else:
            break
    call.hang_up()
    return tuple(left)


class _Caller:
    """Does one thing after another, each followed by listening until the line waits anew."""

    def __init__(self, call: Call, pace: Pace | None) -> None:
        self._call = call
        self._pace = pace or _at_once
        self._listen_seconds = None if pace is None else 0.0
        self._queued_at = 0.0
        self._rounds = 0
        """How often the caller has decided to stay in a queue, since they last did something."""

    def start(self) -> None:
        self._call.start(listen_seconds=self._listen_seconds)
        self._listen(beyond=None)

    def do(self, entry: Entry) -> None:
        call, turn, self._rounds = self._call, self._call.turn, 0
        match entry:
            case Press(keys):
                self._pace(len(keys) * call.setup.key_seconds)
                call.press(keys, listen_seconds=self._listen_seconds)
            case Speak(text):
                call.say(text, listen_seconds=self._listen_seconds)
            case Record(seconds):
                call.record(seconds, listen_seconds=self._listen_seconds)
            case Wait():
                pass
            case HangUp():
                call.hang_up()
            case _:
                assert_never(entry)
        self._listen(beyond=turn)

    def stay(self) -> bool:
        """Waits on in a queue; says whether the caller had the patience to."""
        call, turn = self._call, self._call.turn
        self._queued_at = self._queued_at if self._rounds else call.seconds
        self._rounds += 1
        until = self._queued_at + QUEUE_SECONDS
        if self._rounds > MAX_QUEUE_ROUNDS or call.seconds >= until:
            return False
        self._pass(until)
        if call.turn != turn:
            self._listen(beyond=turn)
        return True

    def _listen(self, beyond: int | None) -> None:
        """Until the line waits in another turn than `beyond`."""
        call = self._call
        while call.ended is None and (call.waiting is None or call.turn == beyond):
            self._pass()

    def _pass(self, until: float = math.inf) -> None:
        """Lets time go by until something happens by itself, or until `until`."""
        following = self._call.next_seconds or 0.0
        seconds = max(min(following, until) - self._call.seconds, 0.0)
        self._pace(seconds)
        self._call.wait(seconds)


def _at_once(seconds: float) -> None:
    """The pace of the virtual clock, which nobody waits for."""
