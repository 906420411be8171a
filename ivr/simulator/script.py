"""What a pretend caller does, written as a line of words: `1 1 2 silence 0000012345`.

Each word is one turn: what the caller does the next time that the line waits for keys.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias, assert_never

from msgspec import Struct

from ivr.errors import CallError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ivr.simulator.call import Call

SILENCE = "silence"
HANGUP = "hangup"

_KEYS = re.compile(r"[0-9*#]+")


class Press(Struct, frozen=True):
    """The caller presses `keys`, one after the other."""

    keys: str


class Wait(Struct, frozen=True):
    """The caller does nothing until the line goes on: `silence`."""


class HangUp(Struct, frozen=True):
    """The caller hangs up: `hangup`."""


Entry: TypeAlias = Press | Wait | HangUp


def parse(text: str) -> tuple[Entry, ...]:
    """Gives the turns of a script.

    Args:
        text: keys (digits, * and #), `silence` and `hangup`, divided by spaces; empty is a script
            with no turns. Nothing can follow `hangup`.

    Raises:
        CallError: names the word that is none of these.
    """
    words = text.split()
    if HANGUP in words[:-1]:
        after = words[words.index(HANGUP) + 1]
        raise CallError(f"keys: {after!r} comes after {HANGUP!r}; nothing can follow it")
    return tuple(_entry(word) for word in words)


def _entry(word: str) -> Entry:
    if word == SILENCE:
        return Wait()
    if word == HANGUP:
        return HangUp()
    if not are_keys(word):
        raise CallError(
            f"keys: {word!r} is not a turn; write digits, * or #, {SILENCE!r} or {HANGUP!r}, "
            "divided by spaces"
        )
    return Press(word)


def are_keys(word: str) -> bool:
    """Says whether `word` can be pressed on a telephone: one or more of 0-9 * #."""
    return _KEYS.fullmatch(word) is not None


def follow(call: Call, entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Places the call, does what the script says, and hangs up when its turns run out.

    Args:
        call: not yet started.
        entries: one for each time that the line waits for keys.

    Returns:
        The turns that were left when the line ended the call; none when all were used.
    """
    call.start()
    for index, entry in enumerate(entries):
        if call.ended is not None:
            return tuple(entries[index:])
        match entry:
            case Press(keys):
                call.press(keys)
            case Wait():
                call.wait()
            case HangUp():
                call.hang_up()
            case _:
                assert_never(entry)
    call.hang_up()
    return ()
