"""What a pretend caller does, written as a line of words: `1 1 2 silence 0000012345`.

Each word is one turn: what the caller does the next time that the line waits for them. A turn with
spaces in it is quoted, as in a shell: `1 "say:two words" record:4`.
"""

from __future__ import annotations

import re
import shlex
from collections import deque
from typing import TYPE_CHECKING, Final, TypeAlias, assert_never

from msgspec import Struct

from ivr.errors import CallError
from ivr.simulator.actions import Action, HangUp, Press, Record, Speak
from ivr.twiml.request import can_be_sent
from ivr.twiml.rules import MAX_CALL_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ivr.simulator.call import Call

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


class Wait(Struct, frozen=True):
    """The caller does nothing until the line goes on: `silence`."""


Entry: TypeAlias = Action | Wait
"""`12#`, `say:yes`, `record:4`, `hangup` or `silence`."""


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
    if not text or not can_be_sent(text):
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


def follow(call: Call, entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Places the call, does what the script says, and hangs up when its turns run out.

    Args:
        call: not yet started.
        entries: one for each time that a Gather or a Record waits for the caller. In a queue they
            wait for QUEUE_SECONDS, or until its document has begun MAX_QUEUE_ROUNDS times.

    Returns:
        The turns that were left when the call ended; none when all were used.
    """
    call.start()
    left, patience = deque(entries), _Patience(call)
    while call.ended is None:
        if call.waiting == "queue" and not (left and isinstance(left[0], HangUp)):
            if not patience.stays():
                break
        elif left:
            patience = _Patience(call)
            _do(call, left.popleft())
        else:
            break
    call.hang_up()
    return tuple(left)


def _do(call: Call, entry: Entry) -> None:
    match entry:
        case Press(keys):
            call.press(keys)
        case Speak(text):
            call.say(text)
        case Record(seconds):
            call.record(seconds)
        case Wait():
            call.wait()
        case HangUp():
            call.hang_up()
        case _:
            assert_never(entry)


class _Patience:
    """That of a caller in a queue, since they last did something."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._until: float | None = None
        """None before they have got into a queue."""
        self._rounds = 0

    def stays(self) -> bool:
        """Waits on; says whether the caller had the patience to."""
        call = self._call
        until = call.seconds + QUEUE_SECONDS if self._until is None else self._until
        self._until, self._rounds = until, self._rounds + 1
        if self._rounds > MAX_QUEUE_ROUNDS or call.seconds >= until:
            return False
        call.wait(min(call.next_seconds or until, until) - call.seconds)
        if call.ended is None and call.waiting is None:
            call.wait()
        return True
