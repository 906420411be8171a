"""A pretend caller who does what a script says (`ivr.simulator.script`), turn by turn."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, assert_never

from ivr.errors import ScriptError
from ivr.simulator.actions import HangUp, Press, Record, Speak
from ivr.simulator.digits import Digits
from ivr.simulator.script import (
    HEARD,
    MAX_QUEUE_ROUNDS,
    QUEUE_SECONDS,
    ReadBack,
    Stay,
    Timed,
    Wait,
)
from ivr.twiml.rules import MAX_CALL_SECONDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ivr.simulator.call import Call
    from ivr.simulator.script import Entry


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
