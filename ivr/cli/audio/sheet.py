"""`ivr audio sheet`: the page for the person who records."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ivr.cli.output import give, out_option
from ivr.errors import SpeechError
from ivr.flow.terms import Pace

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ivr.cli.audio.studio import Studio
    from ivr.flow.model import Flow
    from ivr.paper.sheet.page import Line
    from ivr.paper.sheet.words import SheetWords
    from ivr.speech.sheets import Sheet


@click.command()
@click.option("--language", help="Language of the sheet; otherwise the line's own, such as bn.")
@out_option("the page")
def sheet(language: str | None, out: Path | None) -> None:
    """Print the page for the person who records: HTML, fit to print.

    Each prompt has its number, its words, hints, seconds, and whether it is missing, recorded or
    recorded with other words. What each number stands for is kept in audio/human under the code at
    the top of the page, for `ivr audio import --sheet CODE`.
    """
    from ivr.cli.audio.studio import Studio, language_of
    from ivr.cli.project import Project
    from ivr.paper.sheet.page import sheet as page
    from ivr.speech.sheets import sheet_of

    project = Project.load()
    chosen = language_of(project.spec, language)
    studio = Studio(project.spec.words, project.settings)
    words = _words(project.settings.config, chosen)
    lines = _lines(project.spec.flow, studio, chosen)
    printed = sheet_of(chosen, studio.prompts[chosen])
    html = page(project.spec.flow, chosen, printed.code, lines, words)
    _keep(studio.audio, printed)
    for problem in studio.recordings.problems:
        click.echo(problem, err=True)
    give(html, out)
    if out is not None:
        click.echo(f"Open {out} in a browser and print it. It is sheet {printed.code}.", err=True)


def _keep(audio: Path, printed: Sheet) -> None:
    """Keep what the numbers stand for; without it, the page is still good with names of prompts."""
    from ivr.speech.sheets import keep_sheet

    try:
        keep_sheet(audio / "human", printed)
    except SpeechError as exc:
        click.echo(f"{exc}\nTakes from this sheet must be named after their prompts.", err=True)


def _words(folder: Path, language: str) -> SheetWords:
    from ivr.cli.reading import copy_told, read_text
    from ivr.flow.problem import Problem
    from ivr.paper.sheet.words import read_sheet_words

    path = folder / f"sheet.{language}.yaml"
    if not path.exists():
        raise SpeechError(copy_told(path, "sheet.*.yaml"))
    text = read_text(path)
    if isinstance(text, Problem):
        raise SpeechError(str(text))
    return read_sheet_words(text, str(path), language)


def _lines(flow: Flow, studio: Studio, language: str) -> list[Line]:
    """Tell of each prompt what the person who records must know."""
    from ivr.paper.sheet.page import Line, State
    from ivr.speech.library import Library

    library = Library.open(studio.audio)
    seconds = {
        each.prompt_id: clip.seconds
        for each in studio.utterances
        if (each.language, each.pace) == (language, Pace.NORMAL) and (clip := library.find(each))
    }
    most = _most_seconds(flow, seconds)
    lines = []
    for number, (prompt_id, text) in enumerate(studio.prompts[language].items(), start=1):
        take = studio.recordings.find(language, prompt_id, Pace.NORMAL)
        slow = studio.recordings.find(language, prompt_id, Pace.SLOW)
        state = State.MISSING if take is None else State.STALE if take.is_stale else State.RECORDED
        lines.append(
            Line(
                number=number,
                prompt_id=prompt_id,
                text=text,
                state=state,
                seconds=seconds.get(prompt_id),
                most_seconds=most.get(prompt_id),
                recorded_text=take.text if take else None,
                slow_recorded=slow is not None and slow is not take and not slow.is_stale,
            )
        )
    return lines


def _most_seconds(flow: Flow, seconds: Mapping[str, float]) -> dict[str, float]:
    """How long each prompt may take: its limit, less the keys that are told in the same go.

    A menu is a matter of all its options together, and each of those has a limit of its own.
    """
    from ivr.speech.join import PAUSE_SECONDS
    from ivr.speech.limits import MENU_SECONDS, rows

    most = {}
    for row in rows(flow):
        first, *others = row.prompts
        if row.limit_seconds != MENU_SECONDS and all(other in seconds for other in others):
            rest = sum(seconds[other] + PAUSE_SECONDS[Pace.NORMAL] for other in others)
            most[first] = row.limit_seconds - rest
    return most
