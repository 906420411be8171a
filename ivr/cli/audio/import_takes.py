"""`ivr audio import`: takes a folder of recordings in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ivr.errors import SpeechError

if TYPE_CHECKING:
    from ivr.speech.intake import Intake


@click.command("import")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--language", help="Language of the takes; otherwise the sheet's, or the line's own.")
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
    like every clip; what is not good stays where it is and is told. Formats: wav, flac, mp3, ogg,
    opus.
    """
    from rich.console import Console

    from ivr.cli.audio.studio import INTERRUPTED, language_of, progress_bar
    from ivr.cli.project import Project
    from ivr.speech.intake import Desk, plain, take_in
    from ivr.speech.recordings import Recordings
    from ivr.speech.sheets import find_sheet

    project = Project.load()
    words = {name: each.prompts for name, each in project.spec.words.items()}
    audio = project.settings.audio
    human = audio / "human"
    code = None if sheet is None else plain(sheet)
    printed = None if code is None else find_sheet(human, words, code)
    chosen = language_of(project.spec, language or (printed.language if printed else None))
    if printed and printed.language != chosen:
        raise SpeechError(f"Sheet {code} is of {printed.language}, not {chosen}; drop --language.")
    Recordings.open(audio, words)  # broken notes are told before anything is taken in
    desk = Desk(human / chosen, chosen, words[chosen], printed, replace)
    try:
        with progress_bar(Console(stderr=True)) as bar:
            intake = take_in(folder, desk, lambda done, total: bar("Recordings", done, total))
    except KeyboardInterrupt:
        click.echo("Stopped. What was taken in is kept; the same command goes on.", err=True)
        raise click.exceptions.Exit(INTERRUPTED) from None
    _tell(intake, chosen)


def _tell(intake: Intake, language: str) -> None:
    """Say what was taken in and what was not; the counts last, where a long list leaves them."""
    for taken in intake.taken:
        click.echo(f"{taken.path.name} → {taken.recording}")
    for problem in intake.problems:
        click.echo(f"not taken in: {problem}", err=True)
    click.echo(
        f"recordings ({language}): {len(intake.taken)} taken in, {len(intake.known)} there already,"
        f" {len(intake.problems)} not taken in"
    )
    if intake.taken:
        click.echo(
            "A running `ivr dev` puts them on the line by itself; otherwise run: ivr audio render"
        )
    if intake.problems:
        raise click.exceptions.Exit(1)
