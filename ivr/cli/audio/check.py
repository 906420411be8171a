"""`ivr audio check`: measures every clip, and how the words sound."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING

import click

from ivr.cli.table import table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console

    from ivr.cli.audio.studio import Studio
    from ivr.flow.model import Flow
    from ivr.speech.inspection import Inspection
    from ivr.speech.inventory import Item
    from ivr.speech.render import Report


@click.command()
def check() -> None:
    """Measure every clip against the gates and the time limits; exit 1 when one fails.

    Renders what is missing first. Each fault names the clip, the measure, what was found, the
    limit and what to do. Clips in which the offline voice stands in are listed and do not fail.
    Words that the offline voice cannot say rightly are faults too: it may have to stand in.
    """
    from rich.console import Console

    from ivr.cli.audio.render import troubles
    from ivr.cli.audio.studio import Studio, counted
    from ivr.cli.project import Project

    project = Project.load()
    studio = Studio(project.spec.words, project.settings)
    console = Console(stderr=True)
    report = _rendered(studio, console)
    items = studio.inventory()
    inspection = _inspected(items, studio, project.spec.flow, console)
    click.echo(_figures(inspection))
    for line in _standing_in(items):
        click.echo(line)
    faults = [*_faults(inspection), *_misspoken(studio), *troubles(report, studio)]
    click.echo("\n".join(("", *faults)) if faults else "")
    measured = counted(len(inspection.measured), "clip")
    click.echo(f"{measured} measured, {counted(len(faults), 'fault')}.")
    if faults:
        raise click.exceptions.Exit(1)


def _rendered(studio: Studio, console: Console) -> Report:
    """Render what is missing; a damaged clip is left, since to make it again would hide it."""
    from ivr.cli.audio.studio import stand_ins, summary
    from ivr.speech.inventory import State
    from ivr.speech.library import Keep

    whole = [i.utterance for i in studio.inventory() if i.state is not State.DAMAGED]
    report = studio.render(console, Keep.CURRENT_WORDS, whole)
    if report.made:
        click.echo(summary(report))
    told = stand_ins(report)
    if told:
        click.echo(told, err=True)
    return report


def _inspected(items: Sequence[Item], studio: Studio, flow: Flow, console: Console) -> Inspection:
    from ivr.cli.audio.studio import progress_bar
    from ivr.speech.inspection import inspect
    from ivr.speech.library import Library

    with progress_bar(console) as bar:
        return inspect(
            items, flow, Library.open(studio.audio), lambda *count: bar("Measuring", *count)
        )


def _figures(inspection: Inspection) -> str:
    """The least, the median and the most of each measure over all clips."""
    from ivr.speech.gates import figures

    rows = [("measure", "least", "median", "most", "limit")]
    rows += [(f.measure, f.least, f.median, f.most, f.limit) for f in figures(inspection.measured)]
    return table(rows, numbers={1, 2, 3})


def _standing_in(items: Sequence[Item]) -> Iterator[str]:
    """List the prompts in which the offline voice stands in, in one line a language."""
    from ivr.cli.audio.studio import counted
    from ivr.speech.inventory import State

    places = [item.utterance.place for item in items if item.state is State.STAND_IN]
    every = Counter(item.utterance.language for item in items)
    for language, count in Counter(language for language, _, _ in places).items():
        prompts = dict.fromkeys(prompt for each, prompt, _ in places if each == language)
        which = "all of them" if count == every[language] else ", ".join(prompts)
        yield f"\nThe offline voice stands in for {counted(count, 'clip')} ({language}): {which}"
    if places:
        yield "To replace them: ivr audio render"


def _faults(inspection: Inspection) -> Iterator[str]:
    for finding in inspection.findings:
        fault = finding.fault
        yield f"{finding.what}: {fault.measure} {fault.found} ({fault.limit}): {fault.advice}"


def _misspoken(studio: Studio) -> Iterator[str]:
    """Words that the offline voice says wrongly; a language that it lacks is told and passed."""
    from ivr.errors import SpeechError
    from ivr.speech.espeak import EspeakVoice
    from ivr.speech.sounding import mispronounced

    with closing(EspeakVoice(lanes=1)) as voice:
        for language in studio.prompts:
            own = [each for each in studio.utterances if each.language == language]
            try:
                yield from map(str, mispronounced(own, studio.lexicons, voice))
            except SpeechError as exc:
                click.echo(f"The words of {language} were not judged: {exc}", err=True)
