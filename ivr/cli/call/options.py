"""What was asked for on the command line, checked before anything is rung."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final, TextIO

import click
from msgspec.structs import replace

from ivr.cli.given import Caller
from ivr.errors import CallError, ReplayError

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from ivr.simulator.script import Entry
    from ivr.simulator.setup import Setup

_LIVE_KEY_SECONDS: Final = 0.0
"""Real fingers take their own time."""


class Options(Caller, frozen=True, kw_only=True):
    """The options of `ivr call`, as click gives them."""

    url: str | None
    keys: str | None
    """None: live in a terminal, a script with no turns elsewhere."""
    dial: str
    fallback: str | None
    status_callback: str | None
    max_turns: int
    real_time: bool
    json: bool
    verbose: bool
    sound: bool | None
    """None: as it suits; see `is_heard`."""
    fault: tuple[str, ...] = ()
    save: Path | None = None
    replay: Path | None = None

    @property
    def is_live(self) -> bool:
        """Whether somebody sits at the keys."""
        is_asked = self.keys is None and self.replay is None and not self.json
        return is_asked and _is_terminal(sys.stdin) and _is_terminal(sys.stdout)

    @property
    def is_told(self) -> bool:
        """Whether the call is printed; of one that is placed again, only where it differs."""
        return self.replay is None or (self.verbose and not self.json)

    @property
    def is_heard(self) -> bool:
        """Whether clips are played aloud: where they last as long as they take, if at all."""
        if self.sound is None:
            is_slow = self.is_live or self.real_time
            return is_slow and not self.json and _is_terminal(sys.stdout)
        return self.sound

    def check(self, url: str) -> None:
        """Sees that the options fit together.

        Args:
            url: of the first document, which others may be relative to.

        Raises:
            click.UsageError: names the option that does not.
        """
        self.check_caller(url, fallback=self.fallback, status_callback=self.status_callback)
        if self.sound and not (self.is_live or self.real_time):
            raise click.UsageError("--sound needs a call in real time; add --real-time")
        if self.save is not None:
            self._check_place(self.save)

    def _check_place(self, save: Path) -> None:
        from ivr.simulator.replay.file import check_free

        try:
            check_free(save)
        except ReplayError as error:
            raise click.BadParameter(str(error), param_hint="--save") from error

    def script(self) -> tuple[Entry, ...]:
        """The turns of --keys.

        Raises:
            click.UsageError: one of them is none.
        """
        from ivr.simulator.script import parse

        try:
            return parse(self.keys or "")
        except CallError as error:
            raise click.UsageError(str(error)) from error

    def setup(self, started_at: datetime) -> Setup:
        """Who calls whom, and how.

        Raises:
            click.BadParameter: --param, --dial or --fault is not in the form that it has.
        """
        from ivr.cli.given import faults, outcomes
        from ivr.simulator.setup import KEY_SECONDS

        return replace(
            self.caller_setup(started_at),
            fallback_url=self.fallback,
            status_callback=self.status_callback,
            dial_outcomes=outcomes(self.dial),
            max_documents=self.max_turns,
            faults=faults(self.fault),
            key_seconds=_LIVE_KEY_SECONDS if self.is_live else KEY_SECONDS,
        )


def _is_terminal(stream: TextIO | None) -> bool:
    """Python has None for a stream that was closed before it began."""
    return stream is not None and stream.isatty()
