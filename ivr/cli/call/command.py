"""The command `ivr call`: what was asked for, put together and carried through."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from ivr.cli.call.options import Options
from ivr.cli.given import caller_options, outcome_options

if TYPE_CHECKING:
    from ivr.cli.call.line import Line
    from ivr.cli.call.plan import Plan

_EPILOG = """\b
Examples:
  ivr call                     ring this checkout's own line: what you type is pressed
  ivr call --keys "1 3 1"      ring it by a script, on a clock that does not wait
  ivr call http://127.0.0.1:8000/voice --keys "1 2 silence heard"
  ivr call https://example.org/voice --token T --keys "'say:two words' record:4 12#" --json
  ivr call http://127.0.0.1:5000/ --method GET --param CallerName=Asha --dial busy,completed
  ivr call http://127.0.0.1:5000/ --keys "1 2" --fault slow:3 --fault status:500@2
  ivr call --keys "1 3 1" --save tour.yaml
  ivr call --replay tour.yaml  place it again, and show where it differs

\b
Turns of --keys, divided by spaces; one with spaces in it is quoted:
  1  12#  *       keys, pressed one after the other; those after the end of an entry are dropped
  heard           key the digits that the line read out last
  silence         press nothing, and say nothing
  say:WORDS       say words, for a line that listens to speech
  record:SECONDS  speak for so long, for a line that records
  hangup          hang up
  stay            do nothing more, until the line ends the call
With @SECONDS behind it, a turn does not wait for the line: it comes so long after the turn
before, in the middle of a prompt too: 1@2.5. Keys may have time between them: heard@4,0.5.

\b
--replay prints the differences only, with -v the call as well. --token, --real-time, --sound and
--json go with it, URL, --fallback and --status-callback stand in for the file's; what else shapes
a call is in the file.

\b
Exits with 0 when the call ended without an error, 1 with one, 2 on wrong usage; with --replay 0
when the call is as it was, 1 when it differs.
"""


@click.command(epilog=_EPILOG)
@click.argument("url", required=False)
@click.option(
    "--keys",
    metavar="TURNS",
    help="What the caller does each time that the line waits for them; then they hang up. "
    "[default: live in a terminal; elsewhere no turns]",
)
@caller_options
@outcome_options
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
    "--fault",
    metavar="FAULT",
    multiple=True,
    help="What goes wrong on purpose on the way to the application: slow:SECONDS, status:CODE, "
    "drop or duplicate, with @N for the N-th request for a document only; may be given more than "
    "once. [default: none]",
)
@click.option(
    "--save",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Keep the call in FILE, which another kept call may be in. [default: not kept]",
)
@click.option(
    "--replay",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Place the call again that is kept in FILE, and show where it differs. [default: none]",
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
    from ivr.cli.call.line import OWN_ORIGIN, PATH, rung_line
    from ivr.cli.call.plan import Plan
    from ivr.cli.clock import now
    from ivr.cli.signals import interrupted_by_signals

    options = Options(**given)
    typed = [
        name for name in given if ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE
    ]
    plan = Plan.of(options, typed, now())
    options.check(OWN_ORIGIN + PATH if plan.url is None else plan.url)
    with interrupted_by_signals(), rung_line(plan.url, options.token) as line:
        is_good = _hold(line, plan, options)
    ctx.exit(0 if is_good else 1)


def _hold(line: Line, plan: Plan, options: Options) -> bool:
    """Carries a call through and keeps it, and says whether all is well with it.

    Args:
        line: that is rung.
        plan: what call it is.
        options: how it is told.
    """
    from ivr.cli.call.keeping import compared, saved
    from ivr.cli.call.line import digits_of
    from ivr.cli.call.placing import scripted, talked
    from ivr.simulator.digits import Digits

    digits = digits_of(line, plan.kept) if plan.needs_digits else Digits()
    if plan.turns is None:
        placed = talked(line, plan.setup, options)
    else:
        placed = scripted(line, plan.setup, options, plan.turns, digits)
    is_kept = options.save is None or saved(placed, line, plan, digits, options.save)
    if plan.kept is not None:
        is_good = compared(placed, line, plan.kept, digits, is_json=options.json)
    else:
        is_good = not placed.call.failures
    return is_good and is_kept and placed.is_told
