"""What a pretend caller does, written as a line of words: `1 1 2 silence 0000012345`.

Each word is one turn: what the caller does the next time that the line waits for them, or, with
`@SECONDS` behind it, so many seconds after the turn before. A turn with spaces in it is quoted, as
in a shell: `1 "say:two words" record:4 1@2.5`.
"""

from __future__ import annotations

import re
import shlex
from collections import deque
from typing import TYPE_CHECKING, Final, TypeAlias, assert_never

from msgspec import Struct

from ivr.errors import CallError, ScriptError
from ivr.simulator.actions import Action, HangUp, Press, Record, Speak
from ivr.simulator.digits import Digits
from ivr.twiml.request import can_be_sent
from ivr.twiml.rules import MAX_CALL_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ivr.simulator.call import Call

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
        if isinstance(_turn_of(entry), HangUp | Stay):
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


def _turn_of(entry: Entry) -> Entry:
    return entry.turn if isinstance(entry, Timed) else entry


def _entry(word: str) -> Entry:
    found = _TIME.fullmatch(word)
    if found is None:
        return _turn(word)
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


def follow(call: Call, entries: Sequence[Entry], digits: Digits | None = None) -> tuple[Entry, ...]:
    """Places the call, does what the script says, and hangs up when its turns run out.

    Args:
        call: not yet started.
        entries: one for each time that a Gather or a Record waits for the caller, unless it has a
            time of its own. In a queue they wait for QUEUE_SECONDS, or until its document has begun
            MAX_QUEUE_ROUNDS times.
        digits: what counts as a digit that was read out; None: numerals and English words.

    Returns:
        The turns that were left when the call ended; none when all were used. A `stay` is none.

    Raises:
        ScriptError: what was read out is to be keyed, and nothing was; the call is hung up.
    """
    follower = _Follower(call, entries, digits or Digits())
    try:
        follower.follow()
    except ScriptError:
        call.hang_up()
        raise
    call.hang_up()
    return tuple(entry for entry in follower.left if not isinstance(entry, Stay))


class _Follower:
    def __init__(self, call: Call, entries: Sequence[Entry], digits: Digits) -> None:
        self.left = deque(entries)
        self._call = call
        self._digits = digits
        self._patience = _Patience(call)
        self._begun_seconds = 0.0
        """When the latest turn was begun."""

    def follow(self) -> None:
        self._call.start(listen_seconds=self._listen_seconds)
        while self._call.ended is None and (self.left or self._call.waiting == "queue"):
            if self._call.waiting == "queue" and not self._has_time:
                if not self._patience.stays():
                    break
            else:
                self._patience = _Patience(self._call)
                self._take_turn(self.left.popleft())

    @property
    def _listen_seconds(self) -> float | None:
        """How long to listen before the next turn: what has a time waits for that instead."""
        return 0.0 if self.left and isinstance(self.left[0], Timed) else None

    @property
    def _has_time(self) -> bool:
        """Whether the next turn does not wait to be taken out of a queue."""
        return bool(self.left) and isinstance(self.left[0], Timed | HangUp | Stay)

    def _take_turn(self, entry: Entry) -> None:
        call = self._call
        if isinstance(entry, Timed):
            call.wait(max(self._begun_seconds + entry.after_seconds - call.seconds, 0.0))
            if call.ended is not None:
                self.left.appendleft(entry)
                return
        self._begun_seconds = call.seconds
        self._do(entry)
        if isinstance(entry, Wait):
            self._begun_seconds = call.seconds

    def _do(self, entry: Entry) -> None:
        call, listen_seconds = self._call, self._listen_seconds
        match entry:
            case Timed(turn, between_seconds=between):
                self._do(turn) if between is None else self._press_slowly(turn, between)
            case Press() | ReadBack():
                call.press(self._keys(entry), listen_seconds=listen_seconds)
            case Speak(text):
                call.say(text, listen_seconds=listen_seconds)
            case Record(seconds):
                call.record(seconds, listen_seconds=listen_seconds)
            case Wait():
                call.wait()
            case HangUp():
                call.hang_up()
            case Stay():
                while call.ended is None:
                    call.wait(MAX_CALL_SECONDS)
            case _:
                assert_never(entry)

    def _keys(self, turn: Entry) -> str:
        """Those that a turn presses: as written, or as read out."""
        if isinstance(turn, Press):
            return turn.keys
        found = self._digits.read_out(self._call.heard)
        if not found:
            raise ScriptError(
                f"keys: {HEARD!r} at {self._call.seconds:.1f} s: no digits were read out before; "
                "write the keys, or turns that lead to where they are read out"
            )
        return found

    def _press_slowly(self, entry: Entry, between_seconds: float) -> None:
        """Presses keys with time between them; those after the end of an entry are dropped."""
        call, turn, keys = self._call, self._call.turn, self._keys(entry)
        for key in keys[:-1]:
            call.press(key, listen_seconds=between_seconds)
            if call.ended is not None or (turn is not None and call.turn != turn):
                break
            turn = call.turn
        else:
            call.press(keys[-1], listen_seconds=self._listen_seconds)
        if self._listen_seconds is None:
            while call.ended is None and call.waiting is None:
                call.wait(max((call.next_seconds or 0.0) - call.seconds, 0.0))


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
