"""A call with somebody at the keys: real time drives its clock, and what is typed is pressed."""

from __future__ import annotations

import time
import unicodedata
from collections import deque
from typing import TYPE_CHECKING, Final

from ivr.cli.call.keyboard import END, ESCAPE
from ivr.cli.call.screen import HELP
from ivr.simulator.events import Requested
from ivr.twiml.attributes import KEYS
from ivr.twiml.rules import MAX_CALL_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.cli.call.keyboard import Keyboard
    from ivr.cli.call.screen import Screen
    from ivr.simulator.call import Call
    from ivr.simulator.events import Event

LOOK_SECONDS: Final = 0.1
"""How long a key is waited for before the clock is drawn again."""
MAX_STEP_SECONDS: Final = 1.0
"""A machine that slept, or a command that was stopped, does not take the call along."""
DECIMALS: Final = 3
"""Of the time between two looks: a call that is kept has its keys at times that can be read."""
_ERASE: Final = "\b\x7f"
_ENTER: Final = "\r\n"


class Conversation:
    """Carries a call through, from its start to its end; is told of its events.

    Args:
        call: not yet started; a key takes no time on its clock.
        keyboard: what the caller types on.
        screen: what stands under the captions.
        note: prints a sentence above it.
        beat: called some times a second.
    """

    def __init__(
        self,
        call: Call,
        keyboard: Keyboard,
        screen: Screen,
        note: Callable[[str], object],
        beat: Callable[[], object],
    ) -> None:
        self._call = call
        self._keyboard = keyboard
        self._screen = screen
        self._note = note
        self._beat = beat
        self._typed: deque[str] = deque()
        self._late: deque[str] = deque()
        """Typed while the application was asked."""
        self._words: str | None = None

    def __call__(self, event: Event) -> None:
        """Parts what was typed before an answer came from what is typed after it."""
        if isinstance(event, Requested):
            self._late.extend((*self._typed, *self._keyboard.read(0.0)))
            self._typed.clear()

    def hold(self) -> None:
        """Goes on until the call has ended."""
        self._screen.show(self._call, None)
        self._call.start(listen_seconds=0.0)
        # What an application takes to answer passes for the caller, not on the clock of the call.
        looked = time.monotonic()
        while self._call.ended is None:
            self._screen.show(self._call, self._words)
            self._beat()
            self._typed.extend(self._keyboard.read(self._patience()))
            self._go_on(min(time.monotonic() - looked, MAX_STEP_SECONDS))
            looked = time.monotonic()

    def _go_on(self, seconds: float) -> None:
        if self._words is None:  # time stands still while words are typed
            self._call.wait(round(seconds, DECIMALS))
        self._take_typed()
        # Whoever is recorded speaks until they press a key or hang up.
        if self._call.waiting == "record" and "voice" in self._call.listens:
            self._call.record(MAX_CALL_SECONDS, listen_seconds=0.0)

    def _take_typed(self) -> None:
        unheard = ""
        while self._call.ended is None and (letters := self._late or self._typed):
            is_late, letter = letters is self._late, letters.popleft()
            if is_late and self._words is None and letter in KEYS:
                unheard += letter  # as on a telephone, where only a verb listens
            else:
                self._take(letter)
        if unheard:
            self._note(f"{unheard}: pressed while the application was asked; nobody heard it")

    def _patience(self) -> float:
        following = self._call.next_seconds
        if self._late:
            return 0.0
        if following is None or self._words is not None:
            return LOOK_SECONDS
        return min(max(following - self._call.seconds, 0.0), LOOK_SECONDS)

    def _take(self, letter: str) -> None:
        if letter == END:
            self._call.hang_up()
        elif self._words is not None:
            self._words = self._type(self._words, letter)
        elif letter in KEYS:
            if "keys" not in self._call.listens:
                self._note(f"{letter}: the line does not listen to keys now")
            self._call.press(letter, listen_seconds=0.0)
        elif letter in "hH":
            self._call.hang_up()
        elif letter in "sS":
            self._words = ""
        elif letter == "?":
            for each in HELP:
                self._note(each)

    def _type(self, words: str, letter: str) -> str | None:
        """What is typed so far; None when it is said, or given up."""
        if letter in _ENTER:
            if words.strip():
                self._say(words)
            return None
        if letter == ESCAPE:
            return None
        if letter in _ERASE:
            return words[:-1]
        # Bengali joins letters with characters that are not printable by themselves.
        is_text = letter.isprintable() or unicodedata.category(letter) == "Cf"
        return words + letter if is_text else words

    def _say(self, words: str) -> None:
        if "speech" in self._call.listens:
            self._call.say(words, listen_seconds=0.0)
        elif self._call.waiting == "record":
            # From the beep on the caller counts as speaking, whatever they say.
            self._note(f"{words}: the line records that you speak, and takes no words")
        else:
            self._note(f"{words}: not said; the line does not listen to words now")
