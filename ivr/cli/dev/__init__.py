"""`ivr dev`: the line on this machine, which takes at once what is saved in config/."""

from __future__ import annotations

from ivr.cli.dev.command import dev

__all__ = ["dev"]
