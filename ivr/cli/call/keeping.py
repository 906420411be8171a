"""What is done with a call that was placed: it is kept, or compared with one that was."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import click

from ivr.cli.call.output import Output, plain_console
from ivr.errors import ReplayError

if TYPE_CHECKING:
    from pathlib import Path

    from ivr.cli.call.line import Line
    from ivr.cli.call.placing import Placed
    from ivr.cli.call.plan import Plan
    from ivr.simulator.digits import Digits
    from ivr.simulator.replay.kept import KeptCall


def saved(placed: Placed, line: Line, plan: Plan, digits: Digits, file: Path) -> bool:
    """Keeps a call in a file, and says so on stderr; says whether it could be."""
    from ivr.simulator.replay.file import save

    kept = _kept(placed, line, digits, plan.keys if placed.is_whole else None)
    try:
        save(file, kept)
    except ReplayError as error:
        _say(str(error))
        return False
    _say(f"kept in {file}: {len(kept.moments)} events, {kept.seconds:.1f} s")
    return True


def compared(placed: Placed, line: Line, old: KeptCall, digits: Digits, *, is_json: bool) -> bool:
    """Shows where a call differs from the one that was kept; says whether it is as it was."""
    from ivr.cli.call.differences import print_json, show, summary
    from ivr.simulator.replay.difference import compare

    if not placed.is_whole:
        _say("note: the call was interrupted, so nothing was compared")
        return False
    new = _kept(placed, line, digits, old.keys)
    found = compare(old.moments, new.moments, digits)
    output = Output()
    if is_json:
        output.write(partial(print_json, found))
    else:
        output.write(partial(show, found, plain_console()))
        output.write(partial(click.echo, summary(found, len(new.moments), new.seconds)))
    return output.close() and not found


def _kept(placed: Placed, line: Line, digits: Digits, keys: str | None) -> KeptCall:
    from ivr.simulator.replay.kept import keep

    return keep(placed.call, line.url, digits, keys=keys, is_own=line.transport is not None)


def _say(text: str) -> None:
    """On stderr; whoever has closed it does not want to know."""
    Output().write(partial(click.echo, text, err=True))
