"""What the commands of `ivr audio` share: who speaks, what is to be said, how far it is."""

from __future__ import annotations

import contextlib
from collections import Counter
from typing import TYPE_CHECKING, Final, Protocol

import click

from ivr.errors import SpeechError
from ivr.settings import TTS_ENGINES
from ivr.speech.manifest import Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from rich.console import Console

    from ivr.flow.model import Spec, Words
    from ivr.settings import Settings
    from ivr.speech.inventory import Item
    from ivr.speech.lexicon import Lexicon
    from ivr.speech.library import Keep
    from ivr.speech.recordings import Recording, Recordings
    from ivr.speech.render import Failure, Report
    from ivr.speech.speaker import Speaker
    from ivr.speech.utterance import Utterance
    from ivr.speech.voice import Voice

NAMES: Final = {
    Source.HUMAN: "a recording",
    Source.GTTS: "Google's voice",
    Source.ESPEAK: "the offline voice",
}
"""How messages name those who speak."""


INTERRUPTED: Final = 130
"""What shells give for Ctrl-C."""


class Studio:
    """The words of a line, its lexicons and its recordings, on disk.

    Args:
        words: language → its words.
        settings: the folders and the voice.
        voice_name: `gtts` or `espeak`; None takes what the settings say.

    Raises:
        SpeechError: a lexicon or the notes of the recordings are broken.
    """

    def __init__(
        self, words: Mapping[str, Words], settings: Settings, voice_name: str | None = None
    ) -> None:
        from ivr.speech.recordings import Recordings
        from ivr.speech.utterance import utterances

        self.prompts = {language: each.prompts for language, each in words.items()}
        self.utterances: tuple[Utterance, ...] = tuple(utterances(self.prompts))
        self.audio = settings.audio
        self.voice_name = voice_name or settings.tts
        self.lexicons = read_lexicons(settings.config, words)
        self.recordings: Recordings = Recordings.open(settings.audio, self.prompts)

    @contextlib.contextmanager
    def speakers(self) -> Iterator[list[Speaker]]:
        """Give those who speak: the recordings, the chosen voice, the offline one to stand in."""
        from ivr.speech.speaker import HumanSpeaker, VoiceSpeaker

        names = dict.fromkeys((self.voice_name, Source.ESPEAK.value))
        with contextlib.ExitStack() as stack:
            voices = [stack.enter_context(open_voice(name)) for name in names]
            yield [
                HumanSpeaker(self.recordings),
                *(VoiceSpeaker(voice, self.lexicons) for voice in voices),
            ]

    def inventory(self) -> list[Item]:
        """Tell the state of every clip.

        Raises:
            SpeechError: the voice is unknown, or the manifest is broken.
        """
        from ivr.speech.inventory import inventory
        from ivr.speech.library import Library

        with self.speakers() as speakers:
            return inventory(self.utterances, Library.open(self.audio), speakers)

    def render(
        self, console: Console, keep: Keep, only: Iterable[Utterance] | None = None
    ) -> Report:
        """Render into the library with a progress bar on `console`; see `ivr.speech.render`.

        Args:
            console: nothing is shown on it when nothing is to be done.
            keep: which clips stay.
            only: these utterances; None takes all.

        Raises:
            SpeechError: the voice is unknown, or the manifest or a folder is bad.
        """
        from ivr.speech.library import Library
        from ivr.speech.render import render

        library = Library.open(self.audio)
        wanted = self.utterances if only is None else only
        with self.speakers() as speakers, progress_bar(console) as bar:

            def on_progress(source: Source, done: int, total: int) -> None:
                bar(f"Clips by {NAMES[source]}", done, total)

            return render(wanted, library, speakers, keep, on_progress)


def render_missing(
    words: Mapping[str, Words],
    settings: Settings,
    console: Console,
    voice_name: str | None = None,
) -> tuple[Report, Studio]:
    """Render only what cannot be played now, so that the line can start.

    A clip of another voice stays as long as it says the words as they stand: starting with the
    offline voice does not replace Google's clips. Recordings always win.

    Raises:
        SpeechError: as `Studio` and its `render`.
    """
    from ivr.speech.library import Keep

    studio = Studio(words, settings, voice_name)
    return studio.render(console, Keep.CURRENT_WORDS), studio


def read_lexicons(config: Path, languages: Iterable[str]) -> dict[str, Lexicon]:
    """Read `lexicon.<language>.yaml` of each language that has one.

    Raises:
        SpeechError: a file is broken, or is of another language than its name.
    """
    from ivr.cli.reading import judge_lexicon_at

    paths = {language: config / f"lexicon.{language}.yaml" for language in languages}
    return {
        language: judge_lexicon_at(path).checked(SpeechError)
        for language, path in paths.items()
        if path.exists()
    }


def language_of(spec: Spec, given: str | None) -> str:
    """Give the language that an option names, or the line's own.

    Raises:
        click.BadParameter: the line does not speak it.
    """
    chosen = given or spec.flow.flow.default_language
    known(chosen, list(spec.words), "--language")
    return chosen


def known(given: str | None, values: Sequence[str], option: str) -> None:
    """See that an option has one of its values, or none.

    Raises:
        click.BadParameter: it has another.
    """
    if given is not None and given not in values:
        raise click.BadParameter(f"{given!r}; use one of {', '.join(values)}", param_hint=option)


@contextlib.contextmanager
def open_voice(name: str) -> Iterator[Voice]:
    """Give the voice of that name, and close it afterwards.

    Raises:
        SpeechError: there is no such voice.
    """
    if name == Source.ESPEAK:
        from ivr.speech.espeak import EspeakVoice

        voice: Voice = EspeakVoice()
    elif name == Source.GTTS:
        from ivr.speech.google import GoogleVoice

        voice = GoogleVoice()
    else:
        raise SpeechError(
            f"There is no voice {name!r}; set IVR_TTS to one of {', '.join(TTS_ENGINES)}."
        )
    with contextlib.closing(voice):
        yield voice


class Bar(Protocol):
    """A progress bar: what is done, how many are, and how many there are."""

    def __call__(self, what: str, done: int, total: int, /) -> None:
        """Show it."""
        ...


@contextlib.contextmanager
def progress_bar(console: Console) -> Iterator[Bar]:
    """Give a progress bar with the time left; it comes with the first count and goes at the end."""
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    hidden = not console.is_terminal  # in a file or a pipe it would leave empty lines
    progress = Progress(
        *columns, TimeRemainingColumn(), console=console, transient=True, disable=hidden
    )
    task = progress.add_task("", total=None)
    shown = ""

    def show(what: str, done: int, total: int) -> None:
        nonlocal shown
        progress.start()
        if what != shown:
            progress.reset(task, description=what)
            shown = what
        progress.update(task, completed=done, total=total)

    try:
        yield show
    finally:
        if shown:
            progress.stop()


def summary(report: Report) -> str:
    """Say in one line what a rendering did."""
    seconds = sum(clip.seconds for clip in report.made)
    recorded = sum(clip.source is Source.HUMAN for clip in report.made)
    told = f", {recorded} of recordings" if recorded else ""
    return (
        f"clips: {len(report.made)} made ({seconds:.0f} s of speech{told}),"
        f" {len(report.kept)} kept, {len(report.failed)} failed"
    )


def counted(count: int, noun: str) -> str:
    """A count with its noun, such as `1 clip` and `2 clips`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def stand_ins(report: Report) -> str | None:
    """Say once why another voice stands in, for how many clips, and what then."""
    failures = [each for each in report.stood_in if each.source is not Source.HUMAN]
    if not failures:
        return None
    made = {clip.place for clip in report.made}
    standing = sum(each.utterance.place in made for each in failures)
    told = counted(standing, "clip")
    counts = [f"The offline voice stands in for {told}."] if standing else []
    if len(failures) > standing:
        counts.append(f"{counted(len(failures) - standing, 'older clip')} stay as before.")
    what_next = "To replace just those later, run: ivr audio render"
    return "\n".join((failures[0].reason, " ".join((*counts, what_next))))


def recordings_told(recordings: Recordings, noted: Sequence[Recording]) -> Iterator[str]:
    """Say which recordings are of other words, and of which the words of now were noted."""
    stale = recordings.stale
    if stale:
        names = ", ".join(f"{each.language}/{each.path.name}" for each in stale)
        yield (
            f"Played, but recorded with other words than those of now: {names}. Record them again"
            " (ivr audio sheet); or, if they still say it, import them once more with --replace."
        )
    if noted:
        yield (
            f"{counted(len(noted), 'new recording')} taken to say the words of now, as is noted in"
            " recorded.json beside them. Keep both in git."
        )


def problems(failures: Sequence[Failure]) -> str:
    """Say why clips failed: each reason once, with the first prompt that it stopped."""
    by_reason = Counter(failure.reason for failure in failures)
    first = {failure.reason: failure.utterance.label for failure in reversed(failures)}
    lines = [
        f"  {first[reason]}{f' and {count - 1} more' if count > 1 else ''}: {reason}"
        for reason, count in by_reason.items()
    ]
    count = counted(by_reason.total(), "clip")
    return "\n".join((f"{count} could not be rendered:", *lines))
