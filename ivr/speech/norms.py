"""The numbers that every clip is made, measured and joined by; nothing heavy is imported."""

from __future__ import annotations

from typing import Final

from ivr.flow.terms import Pace

RATE: Final = 8000
"""Samples a second of a clip."""

FRAMES_A_SECOND: Final = 50
FRAME: Final = RATE // FRAMES_A_SECOND
"""Samples over which a level is taken: 20 ms."""

SILENCE_DB: Final = -40.0
SILENCE_LEVEL: Final = 10 ** (SILENCE_DB / 20)
"""A frame under this is silence: in dBFS, and as a part of full scale."""

PAUSES: Final = {Pace.NORMAL: (0.25, 0.50), Pace.SLOW: (0.50, 0.90)}
"""Seconds from sound to sound after a phrase and after a sentence.

500 to 750 ms between options is ACIXD's advice.
"""
