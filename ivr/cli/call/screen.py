"""What a live call shows under its captions: a status line, or lines where there can be none."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final, Self, TypeAlias

from ivr.cli.call.captions import wanted
from ivr.cli.call.status import CUT, Status
from ivr.simulator import events

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console
    from rich.text import Text

    from ivr.simulator.call import Call
    from ivr.simulator.events import Event

HELP: Final = (
    "0-9 * #  press that key",
    "s        say words, then Enter",
    "h        hang up (or Ctrl-C)",
    "?        this help",
)
ASKING: Final = "asks the application…"
_HINT: Final = "h hangs up · ? keys"
_ASKING_HINT: Final = "Ctrl-C hangs up"
_TYPING_HINT: Final = "Enter says it · Esc does not"
_DEAF_HINT: Final = "nobody listens to words · Esc"
_CURSOR: Final = "█"
_GAP: Final = "   "


class StatusLine:
    """Keeps a line with a clock, and what the line waits for; a context manager.

    Args:
        console: of a terminal.
    """

    def __init__(self, console: Console) -> None:
        from rich.live import Live

        # Not with a thread of its own: it is drawn whenever the call was looked at.
        self._live = Live(console=console, auto_refresh=False, transient=True)
        self._status = Status()
        self._clock = "00:00"
        self._shown: str | None = None

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):  # the window was closed
            self._live.stop()

    def __call__(self, event: Event) -> None:
        """Notes what goes on."""
        self._status(event)

    def ask(self) -> None:
        """Shows that the application is asked, for its answer may take long."""
        self._draw(lambda _: ASKING, _ASKING_HINT)

    def show(self, call: Call, words: str | None) -> None:
        """Draws the line.

        Args:
            call: how it stands.
            words: what is being typed to be said; None when nothing is.
        """
        self._clock = "{:02}:{:02}".format(*divmod(int(call.seconds), 60))
        if words is None:
            self._draw(lambda room: self._status.text(call, room), _HINT)
        else:
            hint = _TYPING_HINT if "speech" in call.listens else _DEAF_HINT
            self._draw(lambda room: _typed(words, room), hint)

    def _draw(self, state: Callable[[int], str], hint: str) -> None:
        """Draws a state, which is given how many letters it has room for."""
        # The last column stays free: in some terminals what ends there goes on in the next line.
        width = max(self._live.console.width - 1, 1)
        head = f" {self._clock}  "
        shown = fitted(head + state(max(width - len(head), 1)), hint, width)
        if shown != self._shown:
            self._shown = shown
            self._live.update(_bar(shown, len(head)), refresh=True)


class Lines:
    """Tells in lines what a status line would show, for terminals that cannot go back in one.

    Args:
        note: prints a sentence.
    """

    def __init__(self, note: Callable[[str], object]) -> None:
        self._note = note
        self._is_typing = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to leave behind."""

    def __call__(self, event: Event) -> None:
        """Tells what the line waits for, and each key that it takes."""
        match event:
            case events.Gathering():
                self._note(f"waits {event.timeout_seconds} s for {wanted(event)}")
            case events.KeyPressed(key=key, is_heard=True):
                self._note(f"key {key}")
            case _:
                pass

    def ask(self) -> None:
        """Nothing: the captions will tell what was answered."""

    def show(self, call: Call, words: str | None) -> None:  # noqa: ARG002 - as StatusLine has it
        """Says so when words begin to be typed, which are not seen.

        Args:
            call: how it stands.
            words: what is being typed to be said; None when nothing is.
        """
        if words is not None and not self._is_typing:
            self._note(f"type the words; {_TYPING_HINT}")
        self._is_typing = words is not None


Screen: TypeAlias = StatusLine | Lines


def screen_of(console: Console, note: Callable[[str], object]) -> Screen:
    """Gives the screen that a terminal can have."""
    return Lines(note) if console.is_dumb_terminal else StatusLine(console)


def fitted(state: str, hint: str, width: int) -> str:
    """Puts a state and a hint into a line; the hint goes where there is no room for both."""
    both = f"{state}{_GAP}{hint} "
    if len(both) <= width:
        return both
    return state if len(state) <= width else state[: width - 1] + CUT


def _bar(shown: str, head_width: int) -> Text:
    # Not filled up to the whole width: a window that is made smaller would break it into two.
    from rich.text import Text

    text = Text(shown, "reverse", no_wrap=True, overflow="crop")
    text.stylize("bold", 0, head_width)
    return text


def _typed(words: str, room: int) -> str:
    label = "say: "
    left = max(room - len(label) - len(_CURSOR), 1)
    return f"{label}{words[-left:]}{_CURSOR}"
