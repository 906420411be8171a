"""What pretend callers do at each place of the line, kind by kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence  # noqa: TC003 - msgspec reads the annotations
from typing import Final

from msgspec import Struct


class Habit(Struct, frozen=True, kw_only=True):
    """What one kind of caller does."""

    name: str
    keys: Mapping[str, Sequence[str]] = {}
    """At a node: the key of the first time, of the second and so on; the last one ever after. An
    empty one is silence, and so is a node without any."""
    wanders: int = 0
    """For so many turns, any key or none; from then on as told."""
    breaks_off: str | None = None
    """Hangs up at this node, and rings again."""
    is_withheld: bool = False


USUAL: Final[Mapping[str, Sequence[str]]] = {
    "warm_up": ("1",),
    "main_menu": ("3",),
    "more": ("1",),
    "resume": ("1",),
    "simpler": ("2",),
    "practice_help": ("1",),
    "what_next": ("2",),
}
HABITS: Final = (
    Habit(name="learner", keys={"main_menu": ("1",)}),
    Habit(name="practiser", keys={"main_menu": ("2",)}),
    Habit(name="visitor"),
    Habit(name="rememberer", keys={"main_menu": ("4",)}, is_withheld=True),
    Habit(name="english", keys={"main_menu": ("9", "3"), "help_menu": ("2", "")}),
    Habit(name="wanderer", wanders=10),
    Habit(name="silent", keys={"warm_up": ("",), "services_lesson": ("",), "what_next": ("",)}),
    Habit(name="breaker", breaks_off="services_lesson"),
)
"""Together they come to every kind of place, and each can end within some twenty turns."""
