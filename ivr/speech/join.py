"""Clips that are heard in one row, joined into one file."""

from __future__ import annotations

from ivr.flow.model import Pace

PAUSE_SECONDS = {Pace.NORMAL: 0.40, Pace.SLOW: 0.55}
"""Silence put between two clips of a row.

With the 0.15 s after one clip's sound and the 0.05 s before the next it makes 0.60 and 0.75 s from
sound to sound: ACIXD asks for 500 to 750 ms between the options of a menu.
"""
