"""Tables for the terminal: aligned with spaces and never cut, so that they can be piped."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence


def table(rows: Sequence[Sequence[str]], numbers: Collection[int] = ()) -> str:
    """Align the columns of rows of Latin text.

    Args:
        rows: the first is the heading; all have the same length.
        numbers: which columns stand to the right.
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = (
        "  ".join(
            cell.rjust(width) if place in numbers else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )
    return "\n".join(line.rstrip() for line in lines)
