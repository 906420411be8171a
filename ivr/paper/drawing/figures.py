"""Figures of callers as a person reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from ivr.paper.drawing.traffic import Passing

LITTLE: Final = 0.1
"""A share below is told with decimals, unless it is none at all."""


def share_told(share: float | None) -> str:
    """A share in per cent; empty where it is not known."""
    if share is None:
        return ""
    return f"{share:.2%}" if 0 < share < LITTLE else f"{share:.0%}"


def figures_told(passing: Passing) -> str:
    """All that is known of the callers at a place, in one line; empty where that is nothing."""
    told = []
    if passing.share is not None:
        told.append(f"{share_told(passing.share)} leave here")
    if passing.reached is not None:
        told.append(f"{passing.left or 0:,} of {passing.reached:,}")
    return ": ".join(told)
