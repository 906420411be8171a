"""`ivr call`: rings an application as Twilio would, and prints what the caller hears and does."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, assert_never

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console

    from ivr.simulator.events import By, Event, Failed, Heard, Pressed

_EPILOG = """\b
Example: two menus, an entry of ten digits after a silence, then the caller hangs up:
  ivr call http://127.0.0.1:8000/voice --keys "1 2 silence 0000012345"
"""


@click.command(epilog=_EPILOG)
@click.argument("url")
@click.option(
    "--keys",
    default="",
    metavar="TURNS",
    help="What the caller does each time that the line waits for keys, divided by spaces: keys "
    "(digits, * and #), 'silence' or 'hangup'. When the turns run out, the caller hangs up.",
)
@click.option(
    "--token",
    metavar="T",
    help="The auth token that signs the requests. [default: the one that the line here uses]",
)
@click.option("--from", "from_number", metavar="N", help="The number that calls, such as +1500….")
@click.option("--to", "to_number", metavar="N", help="The number that is called.")
@click.option(
    "--status-callback",
    metavar="URL",
    help="Gets Twilio's status callback when the call has ended; may be relative to URL.",
)
@click.option("-v", "--verbose", is_flag=True, help="Show every request and every wait for keys.")
@click.pass_context
def call(
    ctx: click.Context,
    *,
    url: str,
    keys: str,
    token: str | None,
    from_number: str | None,
    to_number: str | None,
    status_callback: str | None,
    verbose: bool,
) -> None:
    """Ring the application at URL as Twilio would, and print the call.

    No telephone and no account are needed: requests are signed and sent as Twilio's are, and the
    answered TwiML is carried out on a clock that does not wait.

    Exits with 0 when nothing failed, 1 when something did, 2 on wrong usage.
    """
    import httpx

    from ivr.cli.clock import now
    from ivr.errors import CallError, TwimlError
    from ivr.simulator.call import FROM_NUMBER, TO_NUMBER, Call
    from ivr.simulator.script import follow, parse
    from ivr.simulator.wire import resolve

    try:
        turns = parse(keys)
    except CallError as error:
        raise click.UsageError(str(error)) from error
    try:
        resolve(url, "")
    except TwimlError as error:
        raise click.UsageError(str(error)) from error
    auth_token = token or _own_token()
    # Not through a proxy of the environment: the line is most often on this machine.
    with httpx.Client(trust_env=False) as client:
        placed = Call(
            client,
            url,
            auth_token,
            from_number=from_number or FROM_NUMBER,
            to_number=to_number or TO_NUMBER,
            status_callback=status_callback,
            started_at=now(),
            on_event=_printer(verbose=verbose),
        )
        left = follow(placed, turns)
    if left:
        click.echo(f"note: the call ended with {len(left)} of {len(turns)} turns left", err=True)
    if placed.ended is not None:
        click.echo(f"{_ending(placed.ended)} after {placed.seconds:.1f} s.")
    ctx.exit(1 if placed.failures else 0)


def _own_token() -> str:
    from ivr.cli import state

    return state.auth_token()


def _printer(*, verbose: bool) -> Callable[[Event], None]:
    """Prints events as they happen: failures to stderr, the rest to stdout."""
    from rich.console import Console

    from ivr.simulator.events import Failed

    out, err = (
        Console(stderr=is_err, markup=False, highlight=False, emoji=False)
        for is_err in (False, True)
    )

    def show(event: Event) -> None:
        if isinstance(event, Failed):
            _print(err, event, "error", _problem(event), "bold red")
        elif told := _told(event):
            _print(out, event, *told)
        elif verbose and (detail := _detail(event)):
            _print(out, event, "", detail, "dim")

    return show


def _print(console: Console, event: Event, speaker: str, text: str, style: str) -> None:
    from rich.text import Text

    line = Text().append(f"{event.at_seconds:6.1f}s  ", style="dim")
    line.append(f"{speaker:<6}  {_one_line(text)}", style=style)
    # Soft wrap leaves lines whole: a terminal wraps them itself, a file has one an event.
    console.print(line, soft_wrap=True)


def _one_line(text: str) -> str:
    """Without line breaks, and without the control characters that could steer a terminal."""
    joined = " ".join(text.split())
    return "".join(letter for letter in joined if unicodedata.category(letter) != "Cc")


def _told(event: Event) -> tuple[str, str, str] | None:
    """Speaker, words and style; None for what is no part of the conversation."""
    from ivr.simulator import events

    match event:
        case events.Heard():
            return "line", _heard(event), "cyan"
        case events.Paused():
            return "line", f"(pause of {event.seconds:g} s)", "cyan"
        case events.Pressed():
            return "caller", _pressed(event), "bold green"
        case events.Silence():
            return "caller", f"(silence for {event.seconds:g} s)", "green"
        case _:
            return None


def _detail(event: Event) -> str | None:
    from ivr.simulator import events

    match event:
        case events.Requested():
            return f"{event.method} {event.url} → {event.status or 'no answer'}"
        case events.Redirected():
            return f"Redirect to {event.url}"
        case events.Gathering():
            most = "" if event.num_digits is None else f", at most {event.num_digits}"
            end = f", ended by {event.finish_on_key}" if event.finish_on_key else ""
            return f"waits {event.timeout_seconds} s for keys{most}{end}, then {event.action}"
        case _:
            return None


def _heard(event: Heard) -> str:
    words = event.words if event.words.strip() else f"(a clip without words: {event.url})"
    times = "" if event.loop == 1 else f" ({event.loop} times)"
    return f"{'' if event.is_clip else '(Say) '}{words}{times}"


def _pressed(event: Pressed) -> str:
    if event.digits + event.finished_on == event.keys:
        return event.keys
    return f"{event.keys} (of which the line took {event.digits or 'none'})"


def _problem(failed: Failed) -> str:
    from ivr.simulator.wire import CONNECTION

    code = "" if failed.code is None else f"{failed.code}: "
    question = ": is `make run` running?" if failed.code == CONNECTION else ""
    return f"{code}{failed.message}{question}"


def _ending(by: By) -> str:
    match by:
        case "caller":
            return "The caller hung up"
        case "hangup":
            return "The line hung up"
        case "reject":
            return "The line rejected the call"
        case "document":
            return "The line had nothing more to say and hung up"
        case "error":
            return "The call failed"
        case _:
            assert_never(by)
