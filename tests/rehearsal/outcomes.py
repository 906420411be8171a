"""Outcomes of callers that were never rung."""

from __future__ import annotations

from ivr.rehearsal.outcome import Outcome


def outcome(number: int = 0, **given: object) -> Outcome:
    """A sure-footed caller who finished the lesson in 100 s, but for what is given."""
    usual: dict[str, object] = {
        "number": number,
        "persona": "sure_footed",
        "goals": ("lesson",),
        "seconds_to": {"lesson": 100.0},
        "turns_to_all": 10,
        "has_left": False,
        "is_stuck": False,
        "secrets_kept": 0,
        "is_too_often": False,
        "ended_at": (),
        "calls": 1,
        "turns": 11,
        "seconds": 120.0,
        "speech_seconds": 90.0,
    }
    return Outcome(**(usual | given))  # type: ignore[arg-type] # fields by their names


def failed(number: int = 0, **given: object) -> Outcome:
    """One who did not, and stayed until the line ended the call in the menu."""
    usual: dict[str, object] = {"seconds_to": {}, "turns_to_all": None, "ended_at": ("main_menu",)}
    return outcome(number, **(usual | given))
