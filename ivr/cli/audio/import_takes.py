"""`ivr audio import`: takes a folder of recordings in."""

from __future__ import annotations

from pathlib import Path

import click

from ivr.errors import SpeechError


@click.command("import")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--language", help="Language of the takes; otherwise the line's own, such as bn.")
@click.option("--sheet", help="Code of the printed sheet, when files are named by its numbers.")
@click.option(
    "--replace",
    is_flag=True,
    help="Replace recordings that are there already; the same ones count as of the words of now.",
)
def import_takes(folder: Path, language: str | None, sheet: str | None, *, replace: bool) -> None:
    """Take the recordings of FOLDER into audio/human.

    Files are named after their prompt (greeting.wav) or, with --sheet, by their number on the
    sheet (012.wav); a take for the slow pace ends in .slow (greeting.slow.wav). Each is measured
    like every clip; what is not good stays where it is and is told. Formats: wav, flac, mp3, ogg.
    """
    from rich.console import Console

    from ivr.cli.audio.studio import language_of, progress_bar
    from ivr.cli.project import Project
    from ivr.speech.intake import Desk, take_in
    from ivr.speech.recordings import Recordings

    project = Project.load()
    chosen = language_of(project.spec, language)
    words = {name: each.prompts for name, each in project.spec.words.items()}
    audio = project.settings.audio
    Recordings.open(audio, words)  # broken notes are told before anything is taken in
    desk = Desk(audio / "human" / chosen, chosen, words[chosen], sheet, replace)
    with progress_bar(Console(stderr=True)) as bar:
        intake = take_in(folder, desk, lambda done, total: bar("Recordings", done, total))
    Recordings.open(audio, words).note({taken.recording for taken in intake.taken})
    for taken in intake.taken:
        click.echo(f"{taken.path.name} → {taken.recording}")
    click.echo(
        f"recordings: {len(intake.taken)} taken in, {len(intake.known)} there already,"
        f" {len(intake.problems)} not taken in"
    )
    if intake.taken:
        click.echo("To put them on the line: ivr audio render")
    if intake.problems:
        raise SpeechError("\n".join(("Not taken in:", *(f"  {each}" for each in intake.problems))))
