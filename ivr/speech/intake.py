"""Taking recordings in: each take is named, read and measured before it replaces anything."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from ivr.errors import SpeechError
from ivr.flow.model import Pace
from ivr.speech.gates import faults
from ivr.speech.library import replace_file
from ivr.speech.manifest import Source
from ivr.speech.measures import measure
from ivr.speech.recording_files import (
    FORMATS,
    SLOW,
    name_problem,
    read_take,
    recording_files,
    split_name,
)
from ivr.speech.telephone import clip
from ivr.speech.utterance import Utterance

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from ivr.speech.sheets import Sheet

_NUMBER: Final = re.compile(r"[0-9]{1,4}")


class Desk(Struct, frozen=True):
    """Where takes go, and what they must say.

    Attributes:
        folder: of the language's recordings, `<audio>/human/<language>`.
        language: of the takes.
        prompts: prompt id → text of now.
        sheet: the printed sheet that was read from; None: files are named by prompts, and say the
            words of now.
        replace: whether a recording that is there already is replaced by another one; the same one
            then counts as spoken with the words of now.
    """

    folder: Path
    language: str
    prompts: Mapping[str, str]
    sheet: Sheet | None = None
    replace: bool = False

    def text(self, prompt_id: str) -> str:
        """The words that were read: those printed on the sheet, without one those of now."""
        printed = self.sheet.prompts if self.sheet else {}
        return printed.get(prompt_id, self.prompts[prompt_id])


class Taken(Struct, frozen=True):
    """A take that was taken in, the recording that it is now, and the words that were read."""

    path: Path
    recording: Path
    text: str


class Intake(Struct, frozen=True):
    """What became of each file of a folder.

    Attributes:
        taken: those that were taken in.
        known: those that are there already, byte for byte.
        problems: why the others were not, each in a whole sentence.
    """

    taken: tuple[Taken, ...]
    known: tuple[Path, ...]
    problems: tuple[str, ...]


def take_in(
    takes: Path,
    desk: Desk,
    on_progress: Callable[[int, int], object] = lambda _done, _total: None,
) -> Intake:
    """Copy good takes of a folder to their place; whatever is wrong with one, it stays where it is.

    Args:
        takes: the folder; hidden files and papers in it are passed over.
        desk: where they go.
        on_progress: told how many files are done, and how many there are.

    Raises:
        SpeechError: the folder cannot be read.
    """
    files, problems = recording_files(takes)
    if not files:
        problems.append(f"{takes}: there are no recordings in it; folders within are not read.")
    taken: list[Taken] = []
    known: list[Path] = []
    used: dict[str, Path] = {}
    for done, path in enumerate(files, start=1):
        try:
            name = _name(path, desk, used)
            used[name] = path
            if _is_new(path, name, desk):
                _examine(path, name, desk)
                text = desk.text(split_name(name)[0])
                taken.append(Taken(path, _place(path, name, desk), text))
            else:
                known.append(path)
        except SpeechError as exc:
            problems.append(str(exc))
        except OSError as exc:
            problems.append(f"{path}: it cannot be read: {exc.strerror}; make it readable.")
        on_progress(done, len(files))
    return Intake(tuple(taken), tuple(known), tuple(problems))


def _name(path: Path, desk: Desk, used: Mapping[str, Path]) -> str:
    """Give the name, without format, under which a take is kept: `greeting` or `greeting.slow`."""
    stem, pace = split_name(path.stem)
    if path.suffix.lower() in FORMATS and _NUMBER.fullmatch(stem):
        name = _numbered(path, int(stem), desk) + (SLOW if pace is Pace.SLOW else "")
    else:
        problem = name_problem(path, desk.prompts)
        if problem is not None:
            raise SpeechError(problem)
        name = path.stem
    if name in used:
        raise SpeechError(f"{path}: {used[name].name} is the same prompt; keep one of the two.")
    return name


def _numbered(path: Path, number: int, desk: Desk) -> str:
    """Give the prompt that a number stood for on the sheet that was read from."""
    if desk.sheet is None:
        raise SpeechError(
            f"{path}: a number says nothing without its sheet; add the code at the top of the sheet"
            " that was read from (--sheet CODE), or name the file after its prompt."
        )
    printed = list(desk.sheet.prompts)
    if not 1 <= number <= len(printed):
        raise SpeechError(f"{path}: the sheet has the numbers 1 to {len(printed)}.")
    prompt_id = printed[number - 1]
    if prompt_id not in desk.prompts:
        raise SpeechError(f"{path}: it says {prompt_id}, and no prompt is named so any more.")
    return prompt_id


def _present(name: str, desk: Desk) -> list[Path]:
    """List the recordings that are there under a name, in whatever format."""
    if not desk.folder.is_dir():
        return []
    return [
        path
        for path in sorted(desk.folder.iterdir())
        if path.stem == name and path.suffix.lower() in FORMATS and path.is_file()
    ]


def _is_new(path: Path, name: str, desk: Desk) -> bool:
    present = _present(name, desk)
    if present and not desk.replace:
        if any(each.read_bytes() == path.read_bytes() for each in present):
            return False
        raise SpeechError(
            f"{path}: {name} is recorded already ({present[0]}); to take the new one instead,"
            " say --replace."
        )
    return True


def _examine(path: Path, name: str, desk: Desk) -> None:
    """Make its clips as rendering will, and measure them."""
    prompt_id, spoken_at = split_name(name)
    speech = read_take(path, spoken_at)
    paces = (Pace.SLOW,) if spoken_at is Pace.SLOW else tuple(Pace)
    for pace in paces:
        utterance = Utterance(desk.language, prompt_id, pace, desk.text(prompt_id))
        try:
            wav, _ = clip(speech, pace, utterance.text)
        except SpeechError as exc:
            raise SpeechError(f"{path}: {exc}") from exc
        found = faults(measure(wav, desk.language), utterance, Source.HUMAN)
        if found:
            told = "; ".join(
                f"{each.measure} {each.found} ({each.limit}): {each.advice}" for each in found
            )
            raise SpeechError(f"{path} ({pace} pace): {told}")


def _place(path: Path, name: str, desk: Desk) -> Path:
    goal = desk.folder / f"{name}{path.suffix.lower()}"
    replace_file(goal, path.read_bytes(), durable=True)
    for older in _present(name, desk):
        if older != goal:
            older.unlink()
    return goal
