"""What the exports for people share: their options, and the words that they are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

import click

from ivr.cli.project import Project
from ivr.errors import PaperError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ivr.flow.model import Spec
    from ivr.flow.source import Source
    from ivr.paper.pages.words import PaperWords

_BETWEEN_DIGITS: Final = dict.fromkeys(map(ord, " \u00a0\u202f-."))
"""What people write between the digits of a telephone number; none of it is keyed.

Brackets are not among it: `+44 (0) 20` is not keyed as it stands.
"""
_Command = TypeVar("_Command", bound="Callable[..., object]")


def language_option(command: _Command) -> _Command:
    """Adds --language."""
    return click.option(
        "--language", help="Language of the words; otherwise the line's own, such as bn."
    )(command)


def number_option(command: _Command) -> _Command:
    """Adds --number."""
    return click.option(
        "--number",
        metavar="N",
        callback=_number,
        help="The line's telephone number, such as '+91 33 1234 5678'. [default: TWILIO_NUMBER]",
    )(command)


def open_papers(language: str | None) -> tuple[Project, PaperWords]:
    """The project, and the words of its papers in a language.

    Raises:
        click.BadParameter: the line does not speak the language.
        PaperError: the words are not there, are broken, or do not fit the lesson.
    """
    from ivr.cli.audio.studio import language_of

    project = Project.load()
    chosen = language_of(project.spec, language)
    return project, _words(project.settings.config, chosen, project.spec)


def _number(_context: click.Context, _option: click.Parameter, given: str | None) -> str | None:
    from ivr.errors import SettingsError
    from ivr.settings import PHONE_FORM, Settings

    bare = (given or "").translate(_BETWEEN_DIGITS)
    try:
        return Settings.from_env({"TWILIO_NUMBER": bare}).number
    except SettingsError as error:
        raise click.BadParameter(f"{given!r}; {PHONE_FORM}") from error


def _words(folder: Path, language: str, spec: Spec) -> PaperWords:
    from ivr.cli.reading import copy_told, read_text
    from ivr.flow.problem import Problem
    from ivr.flow.reading import nfc_source
    from ivr.paper.pages.words import paper_file, read_paper_words

    path = folder / paper_file(language)
    if not path.exists():
        raise PaperError(copy_told(path, paper_file("*")))
    text = read_text(path)
    if isinstance(text, Problem):
        raise PaperError(str(text))
    source = nfc_source(text, str(path))
    words = read_paper_words(source)
    _check(source, words, language, spec)
    return words


def _check(source: Source, words: PaperWords, language: str, spec: Spec) -> None:
    """Sees that the words are of the language, and fit the steps; else paper would tell wrongly."""
    from ivr.flow.problem import listed
    from ivr.paper.check import paper_findings
    from ivr.paper.pages.words import paper_file

    problems = [
        source.problem(each.path, each.what, each.to_do)
        for each in paper_findings(spec, words, language)
        if each.file == paper_file(language)
    ]
    if problems:
        raise PaperError(listed(source.file, problems))
