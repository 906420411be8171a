"""`ivr audio`: the clips that the line plays."""

from __future__ import annotations

import contextlib
from collections import Counter
from typing import TYPE_CHECKING, Protocol

import click

from ivr.errors import SpeechError
from ivr.settings import TTS_ENGINES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from rich.console import Console

    from ivr.flow.model import Words
    from ivr.settings import Settings
    from ivr.speech.lexicon import Lexicon
    from ivr.speech.library import Keep
    from ivr.speech.render import Failure, Report
    from ivr.speech.voice import Voice


@click.group()
def audio() -> None:
    """Render the clips that callers hear."""


@audio.command("render")
@click.option(
    "--voice", type=click.Choice(TTS_ENGINES), help="The voice; otherwise IVR_TTS says it."
)
@click.option("--force", is_flag=True, help="Render every clip again, good ones too.")
def render_command(voice: str | None, *, force: bool) -> None:
    """Render the clips that are missing or whose words or voice have changed."""
    from rich.console import Console

    from ivr.cli.project import Project
    from ivr.speech.library import Keep

    project = Project.load()
    keep = Keep.NOTHING if force else Keep.SAME_RECIPE
    console = Console(stderr=True)
    report = render_words(project.spec.words, project.settings, console, voice, keep)
    click.echo(summary(report))
    if report.failed:
        raise SpeechError(problems(report.failed))


def render_missing(
    spec_words: Mapping[str, Words],
    settings: Settings,
    console: Console,
    voice_name: str | None = None,
) -> Report:
    """Render only what cannot be played now, so that the line can start.

    A clip of another voice stays as long as it says the words as they stand: starting with the
    offline voice does not replace Google's clips.

    Args:
        spec_words: language → its words.
        settings: the folders and the voice.
        console: where the progress bar goes; nothing is shown when nothing is to be done.
        voice_name: `gtts` or `espeak`; None takes what the settings say.

    Raises:
        SpeechError: the voice is not installed, or a lexicon, the manifest or a folder is bad.
    """
    from ivr.speech.library import Keep

    return render_words(spec_words, settings, console, voice_name, Keep.CURRENT_WORDS)


def render_words(
    spec_words: Mapping[str, Words],
    settings: Settings,
    console: Console,
    voice_name: str | None,
    keep: Keep,
) -> Report:
    """Render words with a progress bar; see `render_missing` for arguments and errors."""
    from ivr.speech.library import Library
    from ivr.speech.render import Order, render
    from ivr.speech.utterance import utterances

    library = Library.open(settings.audio)
    lexicons = read_lexicons(settings.config, spec_words)
    wanted = utterances({language: words.prompts for language, words in spec_words.items()})
    order = Order(tuple(wanted), lexicons, keep)
    with open_voice(voice_name or settings.tts) as voice, _progress_bar(console) as on_progress:
        return render(order, library, voice, on_progress)


def read_lexicons(config: Path, languages: Iterable[str]) -> dict[str, Lexicon]:
    """Read `lexicon.<language>.yaml` of each language that has one.

    Raises:
        SpeechError: a file is broken, or is of another language than its name.
    """
    from ivr.speech.lexicon import read_lexicon

    lexicons = {}
    for language in languages:
        path = config / f"lexicon.{language}.yaml"
        if not path.exists():
            continue
        try:
            lexicon = read_lexicon(path.read_text("utf-8"))
        except (OSError, UnicodeDecodeError, SpeechError) as exc:
            raise SpeechError(f"{path}: {exc}") from exc
        if lexicon.language != language:
            raise SpeechError(f"{path}: language: {lexicon.language}; write language: {language}")
        lexicons[language] = lexicon
    return lexicons


@contextlib.contextmanager
def open_voice(name: str) -> Iterator[Voice]:
    """Give the voice of that name, and close it afterwards.

    Raises:
        SpeechError: there is no such voice.
    """
    if name == "espeak":
        from ivr.speech.espeak import EspeakVoice

        voice: Voice = EspeakVoice()
    elif name == "gtts":
        from ivr.speech.google import GoogleVoice

        voice = GoogleVoice()
    else:
        raise SpeechError(
            f"There is no voice {name!r}; set IVR_TTS to one of {', '.join(TTS_ENGINES)}."
        )
    with contextlib.closing(voice):
        yield voice


@contextlib.contextmanager
def _progress_bar(console: Console) -> Iterator[_OnProgress]:
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as progress:
        task = progress.add_task("Rendering clips", total=None, visible=False)

        def on_progress(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total, visible=total > 0)

        yield on_progress


class _OnProgress(Protocol):
    def __call__(self, done: int, total: int, /) -> None: ...


def summary(report: Report) -> str:
    """Say in one line what a rendering did."""
    seconds = sum(clip.seconds for clip in report.made)
    return (
        f"clips: {len(report.made)} made ({seconds:.0f} s of speech),"
        f" {len(report.kept)} kept, {len(report.failed)} failed"
    )


def problems(failed: Sequence[Failure]) -> str:
    """Say why clips failed: each reason once, with the first prompt that it stopped."""
    by_reason = Counter(failure.reason for failure in failed)
    first = {failure.reason: failure.utterance.label for failure in reversed(failed)}
    lines = [
        f"  {first[reason]}{f' and {count - 1} more' if count > 1 else ''}: {reason}"
        for reason, count in by_reason.items()
    ]
    return "\n".join((f"{by_reason.total()} clips could not be rendered:", *lines))
