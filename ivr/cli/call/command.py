"""The command `ivr call`: what was asked for, put together and carried through."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import click

from ivr.cli.call.options import Options
from ivr.errors import IvrError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from ivr.cli.call.line import Line
    from ivr.simulator.script import Entry
    from ivr.simulator.setup import Setup

_EPILOG = """\b
Examples:
  ivr call                     ring this checkout's own line: what you type is pressed
  ivr call --keys "1 3 1"      ring it by a script, on a clock that does not wait
  ivr call http://127.0.0.1:8000/voice --keys "1 2 silence 0000012345"
  ivr call https://example.org/voice --token T --keys "'say:two words' record:4 12#" --json
  ivr call http://127.0.0.1:5000/ --method GET --param CallerName=Asha --dial busy,completed

\b
Turns of --keys, divided by spaces; one with spaces in it is quoted:
  1  12#  *       keys, pressed one after the other; those after the end of an entry are dropped
  silence         press nothing, and say nothing
  say:WORDS       say words, for a line that listens to speech
  record:SECONDS  speak for so long, for a line that records
  hangup          hang up

\b
Exits with 0 when the call ended without an error, 1 with one, 2 on wrong usage.
"""


@click.command(epilog=_EPILOG)
@click.argument("url", required=False)
@click.option(
    "--keys",
    metavar="TURNS",
    help="What the caller does each time that the line waits for them; then they hang up. "
    "[default: live in a terminal; elsewhere no turns]",
)
@click.option(
    "--method",
    type=click.Choice(["GET", "POST"], case_sensitive=False),
    default="POST",
    show_default=True,
    help="How the first document is asked for.",
)
@click.option(
    "--token",
    metavar="T",
    help="The auth token that signs the requests. [default: the one that the line here uses]",
)
@click.option(
    "--from", "from_number", metavar="N", help="The number that calls. [default: +15005550006]"
)
@click.option(
    "--to", "to_number", metavar="N", help="The number that is called. [default: +12025550100]"
)
@click.option(
    "--param",
    "params",
    metavar="NAME=VALUE",
    multiple=True,
    help="A further parameter of every request; may be given more than once. [default: none]",
)
@click.option(
    "--dial",
    metavar="OUTCOMES",
    default="",
    help="How Dials end, in order: completed, answered, busy, no-answer, failed or canceled, "
    "divided by commas. [default: completed]",
)
@click.option(
    "--fallback",
    metavar="URL",
    help="Asked when a document cannot be had or read; may be relative to URL. [default: none]",
)
@click.option(
    "--status-callback",
    metavar="URL",
    help="Gets Twilio's status callback when the call has ended; may be relative to URL. "
    "[default: none]",
)
@click.option(
    "--max-turns",
    type=click.IntRange(min=1),
    metavar="N",
    default=200,
    show_default=True,
    help="How many documents the call may have.",
)
@click.option(
    "--real-time", is_flag=True, help="Let a script take as long as a call. [default: no]"
)
@click.option(
    "--json", is_flag=True, help="Print one JSON object a line, for scripts. [default: text]"
)
@click.option(
    "-v",
    "--verbose",
    is_flag=True,
    help="Show every request, redirect and wait for keys. [default: no]",
)
@click.option(
    "--sound/--no-sound",
    default=None,
    help="Play the clips aloud. [default: in a terminal, where the call takes real time]",
)
@click.pass_context
def call(ctx: click.Context, /, **given: Any) -> None:
    """Ring the application at URL as Twilio would; without URL, this checkout's own line.

    No telephone and no account are needed: requests are signed and sent as Twilio's are, and the
    answered TwiML is carried out. In a terminal you press the keys; with --keys a script does.
    """
    from ivr.cli.call.line import OWN_ORIGIN, PATH, line_at, own_line
    from ivr.cli.clock import now
    from ivr.cli.signals import interrupted_by_signals

    options = Options(**given)
    options.check(OWN_ORIGIN + PATH if options.url is None else options.url)
    turns, setup = options.script(), options.setup(now())
    with ExitStack() as stack:
        stack.enter_context(interrupted_by_signals())
        if options.url is None:
            line = stack.enter_context(_own(own_line(options.token)))
        else:
            line = line_at(options.url, options.token)
        is_good = _hold(line, setup, options, None if options.is_live else turns)
    ctx.exit(0 if is_good else 1)


@contextmanager
def _own(line: AbstractContextManager[Line]) -> Iterator[Line]:
    """A line that cannot be rung at all is wrong usage, and no call that has failed."""
    with ExitStack() as stack:
        try:
            ready = stack.enter_context(line)
        except IvrError as error:
            raise SettingsError(str(error), ()) from error
        yield ready


def _hold(line: Line, setup: Setup, options: Options, turns: tuple[Entry, ...] | None) -> bool:
    """Carries a call through, and says whether it was told whole and without an error.

    Args:
        line: that is rung.
        setup: of the call.
        options: how it is told.
        turns: what the caller does; None asks somebody at the keys.
    """
    from ivr.cli.call.placing import scripted, talked

    if turns is None:
        return talked(line, setup, options)
    return scripted(line, setup, options, turns)
