"""`ivr flow check`: all that can be told of flow, words and clips before anybody rings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.flow.load import Judged
    from ivr.flow.model import Spec
    from ivr.flow.problem import Finding, Problem
    from ivr.settings import Settings

_FORMATS = ("table", "json", "github")
_EPILOG = """\b
error    the line cannot run with it, or a caller would be lost
warning  the line runs, but callers or operators suffer from it
hint     nothing is wrong yet; somebody may want to know

\b
Exits with 0; with 1 when there is an error (with --strict a warning too); with 2 on wrong usage.
"""


@click.command(epilog=_EPILOG)
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@click.option(
    "--format",
    "form",
    type=click.Choice(_FORMATS),
    default="table",
    show_default=True,
    help="How the problems are told: to a person, to a program, or as annotations of GitHub.",
)
@click.option("--strict", is_flag=True, help="Exit with 1 on warnings too.")
def check(folder: Path | None, form: str, *, strict: bool) -> None:
    """Check the flow, its words and its clips, and say what is wrong, where, and what to do.

    FOLDER holds the flow and the words; it is IVR_CONFIG where none is named. The clips are those
    in IVR_AUDIO: nothing is rendered, and what is not there is not measured.
    """
    from ivr.cli.flow.problem_lists import counts, github_text, json_text, table_text
    from ivr.errors import FlowError
    from ivr.flow.problem import Level
    from ivr.settings import Settings, environment

    settings = Settings.from_env(environment())
    try:
        problems = problems_of(folder or settings.config, settings)
    except FlowError as error:
        raise click.UsageError(str(error)) from error
    told = {"table": table_text, "json": json_text, "github": github_text}[form](problems)
    if told:
        click.echo(told)
    found = counts(problems)
    if found[Level.ERROR] or (strict and found[Level.WARNING]):
        raise click.exceptions.Exit(1)


def problems_of(folder: Path, settings: Settings) -> tuple[Problem, ...]:
    """All that is found in a config folder and its clips, by file and line.

    Args:
        folder: of the config.
        settings: name the folder of the clips.

    Raises:
        FlowError: there is no such folder.
    """
    from ivr.cli.beside import problems_beside
    from ivr.cli.folder import judge_folder
    from ivr.flow.load import in_order

    judged = judge_folder(folder)
    if judged.spec is None:
        return judged.problems
    beside = problems_beside(folder, judged, judged.spec)
    return in_order((*judged.problems, *beside, *_heard(judged, judged.spec, settings.audio)))


def _heard(judged: Judged, spec: Spec, audio: Path) -> Iterator[Problem]:
    """What the clips tell, or why they tell nothing."""
    from ivr.errors import SpeechError
    from ivr.flow.problem import Level, Problem

    try:
        found = _clip_findings(spec, audio)
    except SpeechError as error:
        what, to_do = f"the clips cannot be judged: {error}", "mend that, and check again"
        yield Problem(str(audio), 1, None, what, to_do, Level.WARNING)
    else:
        yield from map(judged.problem, found)


def _clip_findings(spec: Spec, audio: Path) -> list[Finding]:
    from ivr.speech.library import Library
    from ivr.speech.listening import clip_findings
    from ivr.speech.recordings import Recordings

    words = {language: each.prompts for language, each in spec.words.items()}
    return list(clip_findings(spec, Library.open(audio), Recordings.open(audio, words)))
