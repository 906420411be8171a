"""`ivr audio render`: makes the clips that are missing or stale."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ivr.errors import SpeechError
from ivr.settings import TTS_ENGINES

if TYPE_CHECKING:
    from ivr.cli.audio.studio import Studio
    from ivr.speech.render import Report


@click.command()
@click.option(
    "--voice", type=click.Choice(TTS_ENGINES), help="The voice; otherwise IVR_TTS says it."
)
@click.option("--force", is_flag=True, help="Render every clip again, good ones too.")
def render(voice: str | None, *, force: bool) -> None:
    """Render the clips that are missing or whose words or voice have changed.

    A recording in audio/human wins over any voice. Where Google's voice cannot be reached, the
    offline voice stands in, and a later run replaces just those clips.
    """
    from rich.console import Console

    from ivr.cli.audio.studio import INTERRUPTED, Studio, recordings_told, stand_ins, summary
    from ivr.cli.project import Project
    from ivr.logs import configure
    from ivr.speech.library import Keep

    project = Project.load()
    configure(is_json=False, level="warning")
    studio = Studio(project.spec.words, project.settings, voice)
    keep = Keep.NOTHING if force else Keep.SAME_RECIPE
    noted = studio.recordings.note()
    try:
        report = studio.render(Console(stderr=True), keep)
    except KeyboardInterrupt:
        click.echo("Stopped. What was made is kept; the same command goes on from here.", err=True)
        raise click.exceptions.Exit(INTERRUPTED) from None
    click.echo(summary(report))
    for told in (stand_ins(report), *recordings_told(studio.recordings, noted)):
        if told:
            click.echo(told, err=True)
    trouble = troubles(report, studio)
    if trouble:
        raise SpeechError("\n".join(trouble))


def troubles(report: Report, studio: Studio) -> list[str]:
    """Say what somebody must mend: clips that failed, recordings that cannot be used."""
    from ivr.cli.audio.studio import counted, problems
    from ivr.speech.manifest import Source

    bad = [each.reason for each in report.stood_in if each.source is Source.HUMAN]
    recordings = [*studio.recordings.problems, *dict.fromkeys(bad)]
    told = [problems(report.failed)] if report.failed else []
    if recordings:
        lines = "\n".join(f"  {each}" for each in recordings)
        told.append(f"{counted(len(recordings), 'recording')} could not be used:\n{lines}")
    return told
