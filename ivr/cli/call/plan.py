"""What call is to be placed: the one that was asked for, or one that was kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Self

import click
from msgspec import Struct
from msgspec.structs import replace

from ivr.errors import ReplayError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path

    from ivr.cli.call.options import Options
    from ivr.simulator.replay.kept import KeptCall
    from ivr.simulator.script import Entry
    from ivr.simulator.setup import Setup

_IN_THE_FILE: Final = {
    "keys": "--keys",
    "method": "--method",
    "from_number": "--from",
    "to_number": "--to",
    "params": "--param",
    "dial": "--dial",
    "max_turns": "--max-turns",
    "fault": "--fault",
}
"""What shapes a call and stands in the file of a kept one."""


class Plan(Struct, frozen=True, kw_only=True):
    """A call that can be placed."""

    url: str | None
    """None: this checkout's own line."""
    setup: Setup
    keys: str | None
    """The script as it was written; None where nobody has written one."""
    turns: tuple[Entry, ...] | None
    """None asks somebody at the keys."""
    needs_digits: bool
    """Whether it matters which words are digits."""
    kept: KeptCall | None = None
    """That is placed again."""

    @classmethod
    def of(cls, options: Options, typed: Iterable[str], started_at: datetime) -> Self:
        """The call that is asked for.

        Args:
            options: of the command.
            typed: the names of those that stand on the command line.
            started_at: when its clock stands at zero; a kept one has its own.

        Raises:
            click.UsageError: an option is wrong, or the file of a kept call is.
        """
        if options.replay is not None:
            return cls._again(options, options.replay, typed)
        turns = options.script()
        return cls(
            url=options.url,
            setup=options.setup(started_at),
            keys=None if options.is_live else options.keys or "",
            turns=None if options.is_live else turns,
            needs_digits=options.save is not None or _reads_back(turns),
        )

    @classmethod
    def _again(cls, options: Options, file: Path, typed: Iterable[str]) -> Self:
        from ivr.simulator.replay.file import load
        from ivr.simulator.script import parse

        for name in typed:
            if name in _IN_THE_FILE:
                raise click.UsageError(
                    f"{_IN_THE_FILE[name]} and --replay: the file says what the call is; leave one "
                    "of them out"
                )
        try:
            kept = load(file)
        except ReplayError as error:
            raise click.BadParameter(str(error), param_hint="--replay") from error
        setup = replace(
            kept.setup,
            fallback_url=options.fallback or kept.setup.fallback_url,
            status_callback=options.status_callback or kept.setup.status_callback,
        )
        url = options.url or kept.url
        given = {
            "URL": url,
            "--fallback": setup.fallback_url,
            "--status-callback": setup.status_callback,
        }
        _check_secrets(given)
        return cls(
            url=url,
            setup=setup,
            keys=kept.keys,
            turns=parse(kept.keys),
            needs_digits=True,
            kept=kept,
        )


def _reads_back(turns: tuple[Entry, ...]) -> bool:
    from ivr.simulator.script import ReadBack, turn_of

    return any(isinstance(turn_of(turn), ReadBack) for turn in turns)


def _check_secrets(urls: dict[str, str | None]) -> None:
    from ivr.simulator.replay.kept import has_secret

    for name, url in urls.items():
        if has_secret(url):
            raise click.UsageError(
                f"{name}: the password of {url} was not kept; give {name} with it beside --replay"
            )
