"""What a pretend caller does, written as a line of words: `1 1 2 silence 0000012345`.

Each word is one turn: what the caller does the next time that the line waits for them, or, with
`@SECONDS` behind it, so many seconds after the turn before. A turn with spaces in it is quoted, as
in a shell: `1 "say:two words" record:4 1@2.5`. `ivr.simulator.follower` does what it says.
"""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, Final, TypeAlias, assert_never

from msgspec import Struct

from ivr.errors import CallError
from ivr.simulator.actions import Action, HangUp, Press, Record, Speak
from ivr.twiml.request import can_be_sent
from ivr.twiml.rules import MAX_CALL_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SILENCE: Final = "silence"
HEARD: Final = "heard"
HANGUP: Final = "hangup"
STAY: Final = "stay"
SAY: Final = "say:"
RECORD: Final = "record:"

QUEUE_SECONDS: Final = 60.0
"""How long a caller stays in a queue out of which nobody takes them."""
MAX_QUEUE_ROUNDS: Final = 10
"""How often they hear its document, if that takes less."""
DECIMALS: Final = 9
"""Of the seconds that a script can have."""

_KEYS: Final = re.compile(r"[0-9*#]+")
_NUMBER: Final = rf"[0-9]{{1,9}}(?:\.[0-9]{{1,{DECIMALS}}})?"
_SECONDS: Final = re.compile(_NUMBER, re.ASCII)
_TIME: Final = re.compile(
    rf"(?P<turn>.*)@(?P<after>{_NUMBER})(?:,(?P<between>{_NUMBER}))?", re.ASCII | re.DOTALL
)
_WITH_TIME: Final = "write seconds behind a turn, such as 1@2.5, heard@4,0.5 or hangup@10"
_TURNS: Final = (
    f"write digits, * or #, {SILENCE!r}, {HEARD!r}, '{SAY}WORDS', '{RECORD}SECONDS', {HANGUP!r} or "
    f"{STAY!r}, divided by spaces"
)


class Wait(Struct, frozen=True):
    """The caller does nothing until the line goes on: `silence`."""


class ReadBack(Struct, frozen=True):
    """The caller keys the digits that the line read out last: `heard`."""


class Stay(Struct, frozen=True):
    """The caller does nothing more, and stays until the call is over: `stay`."""


class Timed(Struct, frozen=True):
    """A turn that does not wait for the line: `1@2.5`, `heard@4,0.5`, `hangup@10`."""

    turn: Action | ReadBack
    after_seconds: float
    """Since the turn before it was begun (since it was over, when that was a silence), or since the
    call began."""
    between_seconds: float | None = None
    """How long the caller listens between two keys of it; None presses them in one go."""


Entry: TypeAlias = Action | ReadBack | Wait | Stay | Timed
"""`12#`, `say:yes`, `record:4`, `hangup`; `heard`; `silence`; `stay`; any but these two `@2.5`."""


def parse(text: str) -> tuple[Entry, ...]:
    """Gives the turns of a script.

    Args:
        text: turns, divided by spaces; empty is a script with no turns. Nothing can follow
            `hangup` and `stay`.

    Raises:
        CallError: names the word that is no turn, or the quote that is not closed.
    """
    words = list(_words(text))
    entries = tuple(_entry(word) for word in words)
    for entry, word, after in zip(entries, words, words[1:], strict=False):
        if isinstance(turn_of(entry), HangUp | Stay):
            raise CallError(f"keys: {after!r} comes after {word!r}; nothing can follow it")
    return entries


def write(entries: Iterable[Entry]) -> str:
    """Gives turns as a script: what `parse` makes the same turns of."""
    return " ".join(shlex.quote(_word(entry)) for entry in entries)


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


def turn_of(entry: Entry) -> Entry:
    """Gives what the caller does, whether it has a time or not."""
    return entry.turn if isinstance(entry, Timed) else entry


def _entry(word: str) -> Entry:
    found = _TIME.fullmatch(word)
    if found is None:
        return _turn(word)
    if not found["turn"]:
        raise CallError(f"keys: {word!r} is a time without a turn; {_WITH_TIME}")
    turn, after, between = _turn(found["turn"]), float(found["after"]), found["between"]
    if isinstance(turn, Wait | Stay):
        raise CallError(
            f"keys: {word!r} has a time, and lasts as long as the line takes; leave @ out"
        )
    if between is not None and not isinstance(turn, Press | ReadBack):
        raise CallError(f"keys: {word!r} has no keys to leave time between; leave ',{between}' out")
    if max(after, float(between or 0)) > MAX_CALL_SECONDS:
        raise CallError(
            f"keys: {word!r} comes after the end of any call; give up to {MAX_CALL_SECONDS:.0f} "
            "seconds"
        )
    return Timed(turn, after, None if between is None else float(between))


def _turn(word: str) -> Action | ReadBack | Wait | Stay:
    plain: dict[str, HangUp | ReadBack | Wait | Stay] = {
        SILENCE: Wait(),
        HEARD: ReadBack(),
        HANGUP: HangUp(),
        STAY: Stay(),
    }
    if word in plain:
        return plain[word]
    if word.startswith(SAY):
        return _speak(word)
    if word.startswith(RECORD):
        return _record(word)
    if _KEYS.fullmatch(word) is None:
        if "@" in word:
            raise CallError(f"keys: {word!r} is not a turn with a time; {_WITH_TIME}")
        raise CallError(f"keys: {word!r} is not a turn; {_TURNS}")
    return Press(word)


def _speak(word: str) -> Speak:
    text = word.removeprefix(SAY).strip()
    if not can_be_sent(text):
        raise CallError(f"keys: {word!r} is not UTF-8, and cannot be said; write other words")
    if not text:
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


def _word(entry: Entry) -> str:
    match entry:
        case Timed(turn, after, between):
            gap = "" if between is None else f",{_number(between)}"
            return f"{_word(turn)}@{_number(after)}{gap}"
        case Press(keys):
            return keys
        case Speak(text):
            # A space behind it keeps an @ at the end of the words from being taken for a time.
            return f"{SAY}{text}{' ' if _TIME.fullmatch(text) else ''}"
        case Record(seconds):
            return f"{RECORD}{_number(seconds)}"
        case Wait():
            return SILENCE
        case ReadBack():
            return HEARD
        case HangUp():
            return HANGUP
        case Stay():
            return STAY
        case _:
            assert_never(entry)


def _number(seconds: float) -> str:
    return f"{seconds:.{DECIMALS}f}".rstrip("0").rstrip(".")
