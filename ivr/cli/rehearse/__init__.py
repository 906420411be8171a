"""`ivr rehearse`: lets pretend callers ring the line, and counts who gets through."""

from __future__ import annotations

from ivr.cli.rehearse.command import rehearse

__all__ = ["rehearse"]
