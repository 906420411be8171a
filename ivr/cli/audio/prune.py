"""`ivr audio prune`: takes away clips that nothing refers to."""

from __future__ import annotations

import click


@click.command()
@click.option(
    "--hours",
    type=click.FloatRange(min=0),
    default=24.0,
    show_default=True,
    help="Keep files younger than this: a call or another rendering may need them.",
)
def prune(hours: float) -> None:
    """Delete rendered clips that no prompt refers to any more.

    Recordings in audio/human are never touched.
    """
    from ivr.cli.audio.studio import Studio, counted
    from ivr.cli.clock import now
    from ivr.cli.project import Project
    from ivr.speech.library import Library

    project = Project.load()
    studio = Studio(project.spec.words, project.settings)
    places = {utterance.place for utterance in studio.utterances}
    unused_since = now().timestamp() - hours * 3600
    count, size = Library.open(studio.audio).prune(places, unused_since)
    click.echo(f"{counted(count, 'file')} deleted ({size / 1e6:.1f} MB).")
