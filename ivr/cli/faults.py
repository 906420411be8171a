"""What a line tells at its start of clips that it cannot play."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ivr.web.stock import Fault


def faults_told(faults: Sequence[tuple[str, Fault]]) -> Iterator[str]:
    """Say how many clips cannot be played, and what to do: a sentence for each kind."""
    for kind, of_kind in groupby(sorted(faults, key=_kind), key=_kind):
        names = [name for name, _ in of_kind]
        count = "1 clip is" if len(names) == 1 else f"{len(names)} clips are"
        yield (
            f"{count} {kind}, such as {names[0]}; the provider's own voice speaks instead. "
            "Run: ivr audio render"
        )


def _kind(named: tuple[str, Fault]) -> str:
    return named[1].name.lower()
