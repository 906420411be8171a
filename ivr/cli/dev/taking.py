"""Taking what was saved: checked, its clips rendered, then the line answers with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from ivr.cli.audio.studio import Studio, counted
from ivr.cli.dev.difference import difference
from ivr.cli.dev.news import News, warnings_of
from ivr.cli.folder import judge_folder
from ivr.cli.local import troubles_told
from ivr.errors import FlowError, SpeechError
from ivr.speech.library import Keep, Library
from ivr.speech.manifest import Source
from ivr.speech.render import render

if TYPE_CHECKING:
    import threading

    from ivr.cli.dev.current import CurrentLine
    from ivr.cli.dev.saved import SavedFiles, State
    from ivr.flow.load import Judged
    from ivr.flow.model import Spec
    from ivr.settings import Settings

MANY_CLIPS: Final = 20
"""So many take seconds to render, and that is said before."""


class _OverError(Exception):
    """The command ends in the middle of a rendering; what was made is kept."""


class Taking:
    """Takes one state of the files after another into a line; for one thread.

    Args:
        settings: the folders.
        files: that are read.
        taken: their state with which the line has begun.
        line: that answers with what is good.
        warnings: has told those of the config with which the line has begun.
    """

    def __init__(
        self,
        settings: Settings,
        files: SavedFiles,
        taken: State,
        line: CurrentLine,
        warnings: News,
    ) -> None:
        self._settings, self._files, self._taken, self._line = settings, files, taken, line
        self._is_refused = False
        self._warnings, self._troubles = warnings, News()

    def take(self, state: State, is_over: threading.Event) -> bool:
        """Check what was saved, render what is missing, answer with it, and say so in one line.

        What has errors is told with all of them, and the line answers as before. Warnings stop
        nothing; those that were not there before are told.

        Args:
            state: of the files, now.
            is_over: set when the command ends; then it is left as it is.

        Returns:
            Whether it was taken or refused; what was caught in the middle of a saving is neither.
        """
        try:
            judged = self._judged()
            spec = judged.checked()
            made = self._rendered(spec, is_over)
            before = self._line.spec, self._taken
            is_other = spec.content_hash != self._line.spec.content_hash
            if is_other:
                self._line.take(spec)
        except (FlowError, SpeechError) as error:
            if self._files.state() != state:
                return False
            self._refuse(error)
            return True
        except _OverError:
            return False
        self._warnings.tell(warnings_of(judged))
        self._tell(difference((spec, state), before), made, is_other=is_other)
        self._taken = state
        return True

    def _judged(self) -> Judged:
        """The spec and the lexicons, read anew.

        Raises:
            FlowError: the folder is gone.
        """
        folder = self._settings.config
        if not folder.is_dir():
            raise FlowError(f"There is no folder {folder} any more:", ["put it back"])
        return judge_folder(folder)

    def _rendered(self, spec: Spec, is_over: threading.Event) -> int:
        """Render what is missing with the offline voice; gives how many clips were made.

        Clips that cannot be made are told, and keep nothing from being taken, as at the start.

        Raises:
            SpeechError: the manifest of the clips is broken; it must not be rendered over.
        """
        library = Library.open(self._settings.audio)

        def on_progress(_: Source, done: int, count: int) -> None:
            if is_over.is_set():
                raise _OverError
            if done == 0 and count >= MANY_CLIPS:
                told = f"{count} clips are being rendered; until then the line answers as before."
                click.echo(told, err=True)

        try:
            studio = Studio(spec.words, self._settings, Source.ESPEAK.value)
            with studio.speakers() as speakers:
                report = render(
                    studio.utterances, library, speakers, Keep.CURRENT_WORDS, on_progress
                )
            troubles = list(troubles_told(report, studio))
        except SpeechError as error:
            troubles = [f"{error}\nThe words are taken without the clips that are missing."]
            report = None
        self._troubles.tell((told, told) for told in troubles)
        return len(report.made) if report else 0

    def _refuse(self, error: FlowError | SpeechError) -> None:
        self._is_refused = True
        now = self._line.spec.content_hash
        told = f"Not taken: the line answers as before, with config {now}, until that is mended."
        click.echo(f"{error}\n{told}", err=True)

    def _tell(self, changes: str, made: int, *, is_other: bool) -> None:
        """Say what was taken; nothing where all is as it was, and nobody waits for an answer.

        Args:
            changes: in words; empty: none.
            made: how many clips were.
            is_other: whether the files of the spec are not the same as before.
        """
        if not (changes or made or is_other or self._is_refused):
            return
        self._is_refused = False
        nothing = "nothing that is said or done changed" if is_other else "as before"
        told = f"{changes} changed" if changes else nothing
        clips = f"; {counted(made, 'clip')} rendered" if made else ""
        click.echo(f"Taken: config {self._line.spec.content_hash} ({told}{clips}).")
