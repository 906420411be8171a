"""The command `ivr flow diff`: two versions read, compared, and told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ivr.cli.flow.diff.report import Callers, Report
    from ivr.cli.flow.diff.version import Version
    from ivr.flow.model import Flow
    from ivr.settings import Settings

_EPILOG = """\b
Examples:
  ivr flow diff                       what was changed since the last commit
  ivr flow diff v1.2                  since a tag
  ivr flow diff v1.2 v1.3             between two
  ivr flow diff ../live/config        against another folder
  REDIS_URL=redis://… ivr flow diff   and who on that line would be affected

\b
Exits with 0; with 1 when callers would be lost: a place at which they can stand is gone, and
`renamed:` in NEW does not say where to; with 2 on wrong usage, when NEW has errors or OLD
cannot be read, or when the Redis at REDIS_URL does not answer (all else is told).
"""


@click.command(epilog=_EPILOG)
@click.argument("old", default="HEAD")
@click.argument("new", required=False)
@click.option("--json", "is_json", is_flag=True, help="Print one JSON object. [default: text]")
@click.pass_context
def diff(ctx: click.Context, old: str, new: str | None, *, is_json: bool) -> None:
    """Show what differs between two versions of config/, and which callers it concerns.

    OLD and NEW are config folders, or revisions of git, of which the folder IVR_CONFIG is meant; a
    folder wins over a revision of the same name. Without NEW, it is the folder as it is now;
    without OLD, the last commit (HEAD).

    It tells nodes and words that were added, changed, removed, renamed or moved, which clips and
    recordings become stale, and where callers go on whose place is gone. With REDIS_URL it counts
    them, in calls and with a bookmark; it only reads there, and shows nothing of a caller but
    counts.
    """
    from ivr.cli.flow.diff.text import tell
    from ivr.cli.flow.diff.version import read_new, read_old
    from ivr.errors import FlowError, StoreError
    from ivr.settings import Settings, environment

    settings = Settings.from_env(environment())
    try:
        versions = (
            read_old(old, settings.config),
            read_new(new or str(settings.config), settings.config),
        )
    except FlowError as error:
        told = "With these problems it cannot be compared; mend them, or name another version."
        click.echo(f"{error}\n{told}", err=True)
        ctx.exit(2)
    trouble = None
    try:
        callers = _callers(versions, settings)
    except StoreError as error:
        callers, trouble = None, error
    report = _report(versions, settings, callers)
    if is_json:
        _tell_json(report)
    else:
        tell(report)
    if trouble is not None:
        click.echo(f"Callers were not counted: {trouble}", err=True)
    ctx.exit(2 if trouble is not None else int(report.loses_callers))


def _callers(versions: tuple[Version, Version], settings: Settings) -> Callers | None:
    """Who on the line at REDIS_URL is affected; None without one.

    Raises:
        StoreError: it did not answer.
    """
    if settings.redis_url is None:
        return None
    from contextlib import closing

    from ivr.cli.clock import now
    from ivr.cli.flow.diff.report import counted_callers
    from ivr.store.census import TIMEOUT_SECONDS, affected, take_census
    from ivr.store.redis import RedisStore

    flows: tuple[Flow, Flow] = (versions[0].spec.flow, versions[1].spec.flow)
    with closing(RedisStore(settings.redis_url, timeout_seconds=TIMEOUT_SECONDS)) as store:
        census = take_census(store, now(), flows[1])
    return counted_callers(census, affected(census, *flows))


def _report(
    versions: tuple[Version, Version], settings: Settings, callers: Callers | None
) -> Report:
    from ivr.cli.flow.diff.report import make_report
    from ivr.flow.diff.comparison import compare
    from ivr.speech.library import Library
    from ivr.speech.recordings import Recordings
    from ivr.speech.renewal import renewal

    old, new = versions
    was, now = (
        {language: words.prompts for language, words in each.spec.words.items()}
        for each in versions
    )
    recordings = Recordings.open(settings.audio, was)
    asked = renewal(was, now, Library.open(settings.audio), recordings)
    return make_report(versions, compare(old.spec, new.spec), asked, callers)


def _tell_json(report: Report) -> None:
    """Writes the report to stdout as one JSON object, in UTF-8 whatever the terminal speaks."""
    import msgspec

    click.echo(msgspec.json.format(msgspec.json.encode(report), indent=2))
