"""The files that `ivr dev` takes again when somebody saves them, and what is in them now."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final, TypeAlias

from msgspec import Struct

from ivr.speech.library import stamp_of
from ivr.speech.recordings import NOTES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Self

    from ivr.settings import Settings
    from ivr.speech.library import Stamp

Identity: TypeAlias = tuple[int, int]
"""Device and inode: a folder that was put in another's place is another one."""
_SPEC: Final = ("flow.yaml", "facts.yaml", "prompts/*.yaml")
_LEXICONS: Final = ("lexicon.*.yaml",)


class State(Struct, frozen=True):
    """What is in the files at one moment: two that are equal need no second look.

    Each maps names inside of the folder: config files to the hash of their bytes, or to why they
    cannot be read; recordings, which may be long, to the stamps of their files.
    """

    spec: dict[str, str]
    lexicons: dict[str, str]
    recordings: dict[str, Stamp | None]


class SavedFiles(Struct, frozen=True):
    """The folder of the flow and its words, and that of the recordings.

    Personas and recording sheets in config/ are read by commands of their own.
    """

    config: Path
    human: Path

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The files of a line with these settings."""
        return cls(settings.config, settings.audio / "human")

    def state(self) -> State:
        """What is in them just now; whatever is wrong with a file is its state, too."""
        takes = (file for file in self.human.glob("*/*") if _is_take(file.name))
        return State(
            spec=dict(self._contents(_SPEC)),
            lexicons=dict(self._contents(_LEXICONS)),
            recordings={str(file.relative_to(self.human)): stamp_of(file) for file in takes},
        )

    def folders(self) -> dict[Path, Identity]:
        """The folders that are there now, to be watched with all that is in them."""
        return dict(self._there())

    def _contents(self, patterns: tuple[str, ...]) -> Iterator[tuple[str, str]]:
        for pattern in patterns:
            for file in self.config.glob(pattern):
                if _is_hidden(file.name):
                    continue
                yield str(file.relative_to(self.config)), _content(file)

    def _there(self) -> Iterator[tuple[Path, Identity]]:
        for folder in (self.config, self.human):
            try:
                status = folder.stat()
            except OSError:  # it is not there, or not to be entered; it may come back
                continue
            yield folder, (status.st_dev, status.st_ino)


def _is_take(name: str) -> bool:
    """Whether a file counts; the notes beside recordings are our own."""
    return name != NOTES and not _is_hidden(name)


def _is_hidden(name: str) -> bool:
    """Whether it is none that somebody has saved, but one that editors and systems leave."""
    return name.startswith(".")


def _content(file: Path) -> str:
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as error:
        return f"it cannot be read: {error.strerror}"
