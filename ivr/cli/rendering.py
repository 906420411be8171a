"""The clips of this checkout, made ready before its line is rung or answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.console import Console

    from ivr.cli.project import Project


def render_clips(project: Project, console: Console, *, is_stdout_free: bool) -> None:
    """Renders what cannot be played now, with the offline voice, and says what became of it.

    Clips that cannot be made do not keep the line from answering: they are spoken by Say.

    Args:
        project: whose words.
        console: for the progress bar; nothing is shown when nothing is to be done.
        is_stdout_free: whether the summary may go there; otherwise it goes to stderr.
    """
    from ivr.cli.audio.render import troubles
    from ivr.cli.audio.studio import recordings_told, render_missing, summary
    from ivr.errors import SpeechError

    try:
        report, studio = render_missing(project.spec.words, project.settings, console, "espeak")
        noted = studio.recordings.note()
    except SpeechError as error:
        click.echo(f"{error}\nThe line starts without the clips that are missing.", err=True)
        return
    if report.made:
        click.echo(summary(report), err=not is_stdout_free)
    for told in recordings_told(studio.recordings, noted):
        click.echo(told, err=True)
    for trouble in troubles(report, studio):
        click.echo(trouble, err=True)
