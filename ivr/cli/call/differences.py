"""How a call that was placed again differs from the one that was kept, for people and programs."""

from __future__ import annotations

import unicodedata
from collections import Counter
from typing import TYPE_CHECKING, Final, get_args

import click

from ivr.simulator.replay.difference import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from ivr.simulator.replay.difference import Difference

_INDENT: Final = " " * 9
"""What was and what is stands under the turn, as in `ivr.simulator.transcript`."""


def show(differences: Sequence[Difference], console: Console) -> None:
    """Prints each difference: when and in which turn, then what was and what is.

    One that has been before, as where a menu that has changed is heard again, is told in a line.
    """
    from rich.text import Text

    first: dict[tuple[str | None, ...], float] = {}
    for each in differences:
        head = f"{each.at_seconds:6.1f}s  turn {each.turn}: {each.kind}"
        before = first.setdefault((each.kind, each.was, each.now), each.at_seconds)
        if before != each.at_seconds:
            console.print(Text(f"{head}, as at {before:.1f}s", "bold"), soft_wrap=True)
            continue
        console.print(Text(head, "bold"), soft_wrap=True)
        for sign, text, style in (("-", each.was, "red"), ("+", each.now, "green")):
            if text is not None:
                console.print(Text(f"{_INDENT}{sign} {_plain(text)}", style), soft_wrap=True)


def print_json(differences: Sequence[Difference]) -> None:
    """Prints each difference as a line of JSON, in UTF-8 whatever the terminal speaks."""
    import msgspec

    for each in differences:
        told = {
            "at": each.at_seconds,
            "difference": each.kind,
            "turn": each.turn,
            "was": each.was,
            "now": each.now,
        }
        click.echo(msgspec.json.encode(told))


def summary(differences: Sequence[Difference], events: int, seconds: float) -> str:
    """Says in a sentence how many differences of which kinds there are.

    Args:
        differences: all of them.
        events: how many the call had that was placed again.
        seconds: how long it lasted.
    """
    if not differences:
        return f"The call is as it was: {events} events, {seconds:.1f} s."
    counts = Counter(each.kind for each in differences)
    kinds = ", ".join(f"{counts[kind]} of {kind}" for kind in get_args(Kind) if kind in counts)
    noun = "difference" if len(differences) == 1 else "differences"
    return f"{len(differences)} {noun}: {kinds}."


def _plain(text: str) -> str:
    """Without the control characters that could steer a terminal."""
    return "".join(letter for letter in text if unicodedata.category(letter) != "Cc")
