"""Places a call: by a script, or with somebody at the keys."""

from __future__ import annotations

import sys
from contextlib import ExitStack, suppress
from functools import partial
from typing import TYPE_CHECKING

import click
from msgspec import Struct

from ivr.cli.call.captions import Captions, note_to
from ivr.cli.call.output import LostError, Output, json_line, plain_console
from ivr.errors import CallError, ScriptError
from ivr.simulator.endings import ending

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.console import Console

    from ivr.cli.call.line import Line
    from ivr.cli.call.options import Options
    from ivr.simulator.call import Call
    from ivr.simulator.digits import Digits
    from ivr.simulator.events import Event
    from ivr.simulator.script import Entry
    from ivr.simulator.setup import Setup


class Placed(Struct, frozen=True):
    """A call that was placed."""

    call: Call
    is_told: bool
    """Whether all of it could be printed, and every turn be done."""
    is_whole: bool
    """Whether it followed its script to the end: nobody interrupted it, or had it in hand."""


class _Listeners:
    """Tells several of each event, and gives the sounds of the call that they listen to."""

    def __init__(self, *listeners: Callable[[Event], object]) -> None:
        self.listeners = list(listeners)
        self.call: Call | None = None

    def __call__(self, event: Event) -> None:
        for listener in self.listeners:
            listener(event)

    def sound(self, url: str) -> bytes | None:
        return None if self.call is None else self.call.sound(url)


def scripted(
    line: Line, setup: Setup, options: Options, turns: Sequence[Entry], digits: Digits
) -> Placed:
    """Follows a script, and tells the call.

    Args:
        line: that is rung.
        setup: of the call.
        options: how it is told.
        turns: what the caller does.
        digits: what counts as a digit that the line reads out.
    """
    from ivr.simulator.follower import follow
    from ivr.simulator.phone import Phone

    output = Output(_teller(options, line))
    left, is_whole, trouble = tuple(turns), False, None
    with ExitStack() as stack:
        phone = stack.enter_context(Phone(line.transport, line.token, setup))
        listeners = _Listeners(output)
        beat = _player(stack, listeners, options, partial(_note, output))
        pace = _pace(output, beat) if options.real_time else None
        call = listeners.call = phone.call(line.url, on_event=listeners, pace=pace)
        try:
            left = follow(call, turns, digits)
            is_whole = True
        except ScriptError as error:
            trouble, is_whole = error, True
        except (KeyboardInterrupt, LostError):
            _hang_up(call)
    if trouble is not None:
        output.write(lambda: click.echo(str(trouble), err=True))
    elif is_whole:
        _tell_notes(output, call, options, len(left), len(turns))
    is_told = _close(output, call, is_text=options.is_told and not options.json)
    return Placed(call, is_told and trouble is None, is_whole)


def _teller(options: Options, line: Line) -> Callable[[Event], object]:
    if not options.is_told:
        return lambda _: None
    return json_line if options.json else _captions(options, line)


def _tell_notes(output: Output, call: Call, options: Options, left: int, turns: int) -> None:
    """Says what of that which was asked for did not come to pass."""
    if left:
        _note(output, f"the call ended with {left} of {turns} turns left")
    is_silent = options.keys is None and options.replay is None
    if is_silent and call.ended == "caller" and not options.json:
        _note(output, "no keys were given, so the caller only listened; use --keys or a terminal")
    _tell_unused(call, partial(_note, output))


def _tell_unused(call: Call, note: Callable[[str], object]) -> None:
    from ivr.simulator.events import Requested

    asked = [
        event
        for event in call.events
        if isinstance(event, Requested) and event.purpose == "document"
    ]
    noun = "request for a document" if len(asked) == 1 else "requests for documents"
    for fault in call.unused_faults:
        note(f"fault {fault} befell nothing: the call had only {len(asked)} {noun}")


def talked(line: Line, setup: Setup, options: Options) -> Placed:
    """Lets somebody at the keys talk to the line, and tells the call.

    Args:
        line: that is rung.
        setup: of the call.
        options: how it is told.

    Raises:
        click.UsageError: this machine's terminals cannot be read key by key.
    """
    try:
        from ivr.cli.call.keyboard import Keyboard
    except ImportError as error:  # Windows
        raise click.UsageError(
            "this terminal cannot be read key by key; say with --keys what the caller does"
        ) from error
    from ivr.cli.call.asking import Announced
    from ivr.cli.call.live import Conversation
    from ivr.cli.call.screen import screen_of
    from ivr.simulator.http.network import Network
    from ivr.simulator.phone import Phone

    console = plain_console()
    output = Output(_captions(options, line, console))
    note = partial(_print_note, output, console)
    screen = screen_of(console, note)
    transport = Announced(line.transport or Network(), partial(output.write, screen.ask))
    with ExitStack() as stack:
        phone = stack.enter_context(Phone(transport, line.token, setup))
        listeners = _Listeners(screen, output)
        call = listeners.call = phone.call(line.url, on_event=listeners)
        keyboard = stack.enter_context(Keyboard(sys.stdin))
        stack.enter_context(screen)
        beat = _player(stack, listeners, options, note)
        conversation = Conversation(call, keyboard, screen, note, beat)
        listeners.listeners.append(conversation)
        try:
            conversation.hold()
        except (KeyboardInterrupt, OSError):  # the terminal may have gone
            _hang_up(call)
    _tell_unused(call, note)
    return Placed(call, _close(output, call, is_text=True), is_whole=False)


def _captions(options: Options, line: Line, console: Console | None = None) -> Captions:
    """Diagnoses go to stderr; above a status line, to its console if both are one terminal."""
    is_shared = console is not None and sys.stderr.isatty()
    out = console or plain_console()
    err = out if is_shared else plain_console(stderr=True)
    return Captions(
        out,
        err,
        is_verbose=options.verbose,
        is_wrapped=console is not None,
        is_own=line.is_own,
    )


def _player(
    stack: ExitStack, listeners: _Listeners, options: Options, note: Callable[[str], object]
) -> Callable[[], object]:
    """Adds a player of sounds, if they are to be heard; gives what it must be called with."""
    if not options.is_heard:
        return lambda: None
    from ivr.cli.call.player import Player

    player = stack.enter_context(Player(listeners.sound, note))
    listeners.listeners.append(player)
    return player.beat


def _pace(output: Output, beat: Callable[[], object]) -> Callable[[float], object]:
    from ivr.cli.call.pace import RealTime

    def look() -> None:
        output.check()
        beat()

    return RealTime(look)


def _hang_up(call: Call) -> None:
    with suppress(CallError):  # before it rings there is nothing to hang up
        call.hang_up()


def _note(output: Output, text: str) -> None:
    output.write(lambda: click.echo(f"note: {text}", err=True))


def _print_note(output: Output, console: Console, text: str) -> None:
    output.write(lambda: note_to(console, text))


def _close(output: Output, call: Call, *, is_text: bool) -> bool:
    if is_text:
        said = f"{ending(call.ended or 'caller')} after {call.seconds:.1f} s."
        output.write(lambda: click.echo(said))
    return output.close()
