"""A call as people read it, in colour: a line for each thing that is said, heard or done."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Final

from ivr.simulator.events import Failed, Gathering, Requested, Warned
from ivr.simulator.transcript import tell

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from ivr.simulator.events import Event
    from ivr.simulator.transcript import Speaker

_STYLES: Final[dict[Speaker, str]] = {
    "line": "cyan",
    "caller": "bold green",
    "error": "bold red",
    "warning": "yellow",
    "": "dim",
}

_TIME_WIDTH: Final = 7
_MIN_WIDTH: Final = 20
_HEAD_WIDTH: Final = 17
"""As `ivr.simulator.transcript` begins a line: the time, and who."""
_NOTE_WIDTH: Final = 9
"""A note stands under who said what."""


class Captions:
    """Prints events as they happen: diagnoses to `err`, the rest to `out`.

    Args:
        out: a console without markup.
        err: another, or the same one.
        is_verbose: whether requests, redirects and waits are printed too.
        is_wrapped: whether long lines are folded between words, for somebody who reads along;
            otherwise each event stays one line, which programs can read.
        is_own: whether the line that is rung should be running from this checkout.
    """

    def __init__(
        self,
        out: Console,
        err: Console,
        *,
        is_verbose: bool,
        is_wrapped: bool = False,
        is_own: bool = False,
    ) -> None:
        self._out = out
        self._err = err
        self._is_verbose = is_verbose
        self._is_wrapped = is_wrapped
        self._may_be_away = is_own

    def __call__(self, event: Event) -> None:
        """Prints an event, if it is one to print."""
        if isinstance(event, Requested) and event.status is not None:
            self._may_be_away = False
        told = tell(event)
        if told is not None and (told.speaker or self._is_verbose):
            console = self._err if isinstance(event, Failed | Warned) else self._out
            line = f"{told}{_question(event) if self._may_be_away else ''}"
            if self._is_wrapped and console.is_terminal:
                line = _folded(line, _HEAD_WIDTH, console.width)
            # Soft wrap leaves lines whole: a terminal wraps them itself, a file has them so.
            console.print(_styled(line, _STYLES[told.speaker]), soft_wrap=True)


def _styled(line: str, style: str) -> Text:
    from rich.text import Text

    text = Text(line, style)
    text.stylize("not bold dim", 0, _TIME_WIDTH)
    return text


def note_to(console: Console, text: str) -> None:
    """Prints a sentence that is no part of the call."""
    line = f"{' ' * _NOTE_WIDTH}{text}"
    console.print(_folded(line, _NOTE_WIDTH, console.width), style="dim", soft_wrap=True)


def _folded(line: str, head_width: int, width: int) -> str:
    """The words in a column of their own, beside who says them and when.

    Terminals do not agree on how wide Bengali is, but no letter of it is wider than one cell.
    """
    room = max(width - head_width, _MIN_WIDTH)
    rows = textwrap.wrap(line[head_width:], room, break_on_hyphens=False)
    return line[:head_width] + f"\n{' ' * head_width}".join(rows)


def _question(event: Event) -> str:
    """What to look at first when nobody answers."""
    from ivr.simulator.http.failures import CONNECTION

    is_away = isinstance(event, Failed) and event.code == CONNECTION
    return ": is `make run` running?" if is_away else ""


def wanted(gathering: Gathering) -> str:
    """Says what a Gather takes, such as `1 key` and `keys, up to #, or words`."""
    if "dtmf" not in gathering.input:
        return "words"
    most, end = gathering.num_digits, gathering.finish_on_key
    if most == 1:
        keys = "1 key"
    else:
        keys = f"{'' if most is None else f'{most} '}keys{f', up to {end}' if end else ''}"
    return f"{keys}{', or words' if 'speech' in gathering.input else ''}"
