"""`ivr crawl`: every menu of a line, and what is wrong there."""

from __future__ import annotations

from ivr.cli.crawl.command import crawl

__all__ = ["crawl"]
