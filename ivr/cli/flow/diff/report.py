"""All that a comparison found, as one object for people and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from ivr.flow.diff.change import (  # noqa: TC001 (fields of structs)
    Change,
    Gone,
    NodeDifference,
    WordChange,
)
from ivr.flow.places import home
from ivr.store.census import Affected  # noqa: TC001 (a field of structs)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ivr.cli.flow.diff.version import Version
    from ivr.flow.diff.change import Difference
    from ivr.speech.recordings import Recording
    from ivr.speech.renewal import Renewal
    from ivr.speech.utterance import Utterance
    from ivr.store.census import Census


class Compared(Struct, frozen=True):
    """One of the two versions."""

    name: str
    flow: str
    """The content hash."""
    languages: tuple[str, ...]


class Clips(Struct, frozen=True, kw_only=True):
    """What is to be rendered and recorded again; clips are told as `bn/greeting/slow`."""

    stale: tuple[str, ...]
    new: tuple[str, ...]
    waiting: int
    """So many of both no clip says yet."""
    unused: int
    seconds: float | None
    """Of stale and new ones, about; None: there are no clips to tell by."""
    recordings: tuple[str, ...]
    """Files of a human voice that say other words than the line means."""
    orphans: tuple[str, ...]
    """Files of a human voice whose prompt is gone."""


class Callers(Struct, frozen=True, kw_only=True):
    """Who is affected on the line at REDIS_URL."""

    in_call: int
    with_bookmark: int
    is_whole: bool
    """False: there are more, which were not counted."""
    affected: tuple[Affected, ...]


class Report(Struct, frozen=True, kw_only=True):
    """What `ivr flow diff --json` prints."""

    old: Compared
    new: Compared
    is_same: bool
    nodes: tuple[NodeDifference, ...]
    settings: tuple[Change, ...]
    words: tuple[WordChange, ...]
    facts: tuple[Change, ...]
    clips: Clips
    gone: tuple[Gone, ...]
    no_resume: tuple[str, ...]
    home: str
    """Where a running call is taken whose place is gone."""
    callers: Callers | None
    """None: without REDIS_URL, or no answer from there."""
    loses_callers: bool


def _compared(version: Version) -> Compared:
    """What a report says of a version."""
    spec = version.spec
    return Compared(version.name, spec.content_hash, tuple(spec.words))


def make_report(
    versions: tuple[Version, Version],
    difference: Difference,
    renewal: Renewal,
    callers: Callers | None,
) -> Report:
    """Puts together what was found."""
    return Report(
        old=_compared(versions[0]),
        new=_compared(versions[1]),
        is_same=difference.is_empty,
        nodes=difference.nodes,
        settings=difference.settings,
        words=difference.words,
        facts=difference.facts,
        clips=_clips(renewal),
        gone=difference.gone,
        no_resume=difference.no_resume,
        home=home(versions[1].spec.flow),
        callers=callers,
        loses_callers=bool(difference.lost)
        or (callers is not None and any(each.is_lost for each in callers.affected)),
    )


def counted_callers(census: Census, affected: tuple[Affected, ...]) -> Callers:
    """What a report says of callers: counts, and nothing of who they are."""
    return Callers(
        in_call=census.calls.total(),
        with_bookmark=census.bookmarks.total(),
        is_whole=census.is_whole,
        affected=affected,
    )


def _clips(renewal: Renewal) -> Clips:
    return Clips(
        stale=_names(renewal.stale),
        new=_names(renewal.new),
        waiting=len(renewal.waiting),
        unused=renewal.unused,
        seconds=None if renewal.seconds is None else round(renewal.seconds, 1),
        recordings=_files(renewal.recordings),
        orphans=_files(renewal.orphans),
    )


def _names(utterances: Iterable[Utterance]) -> tuple[str, ...]:
    return tuple("/".join(map(str, each.place)) for each in utterances)


def _files(recordings: Iterable[Recording]) -> tuple[str, ...]:
    return tuple(f"{each.language}/{each.path.name}" for each in recordings)
