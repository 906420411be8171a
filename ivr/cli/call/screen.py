"""The status line under the captions of a live call: a clock, and what the line waits for."""

from __future__ import annotations

import math
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Self

from ivr.cli.call.captions import wanted
from ivr.simulator import events

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from ivr.simulator.call import Call
    from ivr.simulator.events import Event

HELP: Final = (
    "0-9 * #  press that key         s  say words, when the line listens to them",
    "h        hang up (or Ctrl-C)    ?  this help",
)
_HINT: Final = "h hangs up · ? keys"
_TYPING_WIDTH: Final = 45
"""What stands beside the words that are typed, so that a line stays a line."""


class Screen:
    """Keeps the status line; a context manager. It is told of events to know what goes on.

    Args:
        console: of a terminal.
    """

    def __init__(self, console: Console) -> None:
        from rich.live import Live

        # Not with a thread of its own: it is drawn whenever the call was looked at.
        self._live = Live(console=console, auto_refresh=False, transient=True)
        self._gathering: events.Gathering | None = None
        self._queue = ""
        self._keys = ""
        self._sound_until = 0.0
        self._shown: tuple[str, str, str] | None = None

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):  # the window was closed
            self._live.stop()

    def __call__(self, event: Event) -> None:
        """Notes what goes on."""
        match event:
            case events.Heard() | events.Played() | events.Paused():
                self._sound_until = event.at_seconds + event.seconds
            case events.Interrupted():
                self._sound_until = event.at_seconds
            case events.Gathering():
                self._gathering = event
            case events.Enqueued(queue=queue):
                self._queue = queue
            case events.KeyPressed(key=key, is_heard=True):
                self._keys += key
            case events.Pressed() | events.Silence() | events.Spoke() | events.Recorded():
                self._keys = ""
            case _:
                pass

    def show(self, call: Call, words: str | None) -> None:
        """Draws the line.

        Args:
            call: how it stands.
            words: what is being typed to be said; None when nothing is.
        """
        clock = "{:02}:{:02}".format(*divmod(int(call.seconds), 60))
        if words is None:
            shown = clock, self._state(call), _HINT
        else:
            room = max(self._live.console.width - _TYPING_WIDTH, 1)
            shown = clock, f"say: {words[-room:]}█", "Enter says it · Esc does not"
        if shown != self._shown:
            self._shown = shown
            self._live.update(_line(*shown), refresh=True)

    def _state(self, call: Call) -> str:
        match call.waiting:
            case "gather":
                return self._awaited(call)
            case "record":
                return "records what you say; a key or hanging up ends it"
            case "queue":
                return f"you wait in the queue {self._queue!r}"
            case None if call.seconds < self._sound_until:
                return f"the line speaks{'; a key stops it' if 'keys' in call.listens else ''}"
            case None:
                return "…"

    def _awaited(self, call: Call) -> str:
        what = "you" if self._gathering is None else wanted(self._gathering)
        left = math.ceil((call.next_seconds or call.seconds) - call.seconds)
        return f"waits for {what} · {left} s{f' · {self._keys}' if self._keys else ''}"


def _line(clock: str, state: str, hint: str) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 1), expand=True)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
    table.add_column(no_wrap=True, justify="right")
    table.add_row(Text(f" {clock}", "bold"), Text(state), Text(f"{hint} "), style="reverse")
    return table
