"""`ivr audio list`: each prompt with who speaks it, how long, and in what state its clips are."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import click

from ivr.cli.table import table
from ivr.flow.terms import Pace

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ivr.speech.inventory import Item

HEADINGS = ("language", "prompt", "source", "seconds", "slow", "state")


@click.command("list")
@click.option("--language", help="Only this language, such as bn.")
@click.option("--state", help="Only prompts with a clip in this state, such as missing.")
def list_clips(language: str | None, state: str | None) -> None:
    """List each prompt with its source, its seconds at both paces and its state.

    \b
    good      it says the words of now, as they would be made again
    stand-in  the offline voice speaks until the chosen one can be reached
    outdated  right words, but voice, lexicon or recording changed: ivr audio render
    stale     a recording of other words than those of now: record it again
    damaged   the file is not what was rendered: ivr audio render
    missing   nothing says the words of now: ivr audio render
    """  # noqa: D301 (\b is click's mark for lines that stay as they are)
    from ivr.cli.audio.studio import Studio, known
    from ivr.cli.project import Project
    from ivr.speech.inventory import State

    project = Project.load()
    studio = Studio(project.spec.words, project.settings)
    known(language, list(studio.prompts), "--language")
    known(state, list(State), "--state")
    items = studio.inventory()
    rows = [
        row
        for row in _rows(items)
        if language in {None, row[0]} and (state is None or state in row[-1].split(", "))
    ]
    click.echo(table([HEADINGS, *rows], numbers={3, 4}))
    click.echo(_total(items))
    for problem in studio.recordings.problems:
        click.echo(problem, err=True)


def _rows(items: Iterable[Item]) -> list[tuple[str, ...]]:
    """Make one row of the clips of a prompt; the paces differ in their seconds, and may in more."""
    by_prompt: dict[tuple[str, str], dict[Pace, Item]] = {}
    for item in items:
        language, prompt_id, pace = item.utterance.place
        by_prompt.setdefault((language, prompt_id), {})[pace] = item
    return [(*key, *_cells([paces[pace] for pace in Pace])) for key, paces in by_prompt.items()]


def _cells(paces: Sequence[Item]) -> tuple[str, ...]:
    sources = dict.fromkeys(item.clip.source.value for item in paces if item.clip)
    seconds = (f"{item.clip.seconds:.1f}" if item.clip else "-" for item in paces)
    states = dict.fromkeys(item.state.value for item in paces)
    return ", ".join(sources) or "-", *seconds, ", ".join(states)


def _total(items: Sequence[Item]) -> str:
    states = Counter(item.state.value for item in items)
    seconds = sum(item.clip.seconds for item in items if item.clip)
    told = ", ".join(f"{count} {state}" for state, count in states.items())
    return f"{len(items)} clips, {seconds / 60:.0f} minutes: {told}"
