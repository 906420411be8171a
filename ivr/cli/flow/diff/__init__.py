"""`ivr flow diff`: what differs between two versions of config/, and which callers it concerns."""

from __future__ import annotations

from ivr.cli.flow.diff.command import diff

__all__ = ["diff"]
