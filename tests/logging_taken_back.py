"""What a test sets up of the logging is taken back, so that no other test is written to stderr."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ivr.cli.dev.command import TURNS
from ivr.logs import CHATTY

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = (*CHATTY, TURNS, "gunicorn.error", "gunicorn.access")


@contextmanager
def logging_as_before() -> Iterator[None]:
    """Handlers and levels are afterwards as they are now."""
    named = [logging.getLogger(name) for name in NAMES]
    before = [(each, each.level, each.propagate, [*each.handlers]) for each in named]
    root = logging.getLogger()
    level, handlers = root.level, [*root.handlers]
    try:
        yield
    finally:
        for handler in [each for each in root.handlers if each not in handlers]:
            root.removeHandler(handler)
        root.setLevel(level)
        for logger, was, propagates, own in before:
            logger.setLevel(was)
            logger.propagate, logger.handlers = propagates, own
