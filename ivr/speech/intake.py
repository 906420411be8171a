"""Taking recordings in: each take is named, read and measured before it replaces anything."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from ivr.errors import SpeechError
from ivr.flow.terms import Pace
from ivr.speech.files import replace_file
from ivr.speech.gates import faults
from ivr.speech.manifest import Source
from ivr.speech.measures import measure
from ivr.speech.raw_takes import raw_problem
from ivr.speech.recording_files import (
    FORMATS,
    SLOW,
    format_problem,
    read_take,
    recording_files,
    split_name,
    unknown_name,
)
from ivr.speech.recordings import note_take
from ivr.speech.telephone import clip
from ivr.speech.utterance import Utterance

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from ivr.speech.sheets import Sheet

_NUMBER: Final = re.compile(r"[0-9]{1,4}")
_NUMBER_WITHIN: Final = re.compile(r"(?<![a-z0-9_])[0-9]{1,4}(?![0-9])")
"""A number that stands apart, as in `recording 017` or `019-final`; that of `digit_4` does not."""


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
    """A take that was taken in, and the recording that it is now."""

    path: Path
    recording: Path


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
    names, misnamed = _names(files, desk)
    problems += misnamed
    taken: list[Taken] = []
    known: list[Path] = []
    for done, (path, name) in enumerate(names.items(), start=len(files) - len(names) + 1):
        try:
            text = desk.text(split_name(name)[0])
            there = _there(path, name, desk)
            if there is None:
                _examine(path, name, desk)
                taken.append(Taken(path, _place(path, name, desk)))
                note_take(taken[-1].recording, text, anew=True)
            else:
                known.append(path)
                note_take(there, text, anew=False)  # an import that was interrupted did not
        except SpeechError as exc:
            problems.append(str(exc))
        except OSError as exc:
            problems.append(f"{path}: it cannot be read: {exc.strerror}; make it readable.")
        on_progress(done, len(files))
    return Intake(tuple(taken), tuple(known), tuple(problems))


def _names(files: Sequence[Path], desk: Desk) -> tuple[dict[Path, str], list[str]]:
    """Name each take, and say of which that cannot be done; two of one prompt are both left."""
    names: dict[Path, str] = {}
    problems: list[str] = []
    for path in files:
        try:
            names[path] = _name(path, desk)
        except SpeechError as exc:
            problems.append(str(exc))
    times = Counter(names.values())
    for path, name in names.items():
        same = [each.name for each in names if names[each] == name and each != path]
        if same:
            problems.append(
                f"{path}: it is the same prompt ({name}) as {' and '.join(same)}; none of them is"
                " taken in: keep one."
            )
    return {path: name for path, name in names.items() if times[name] == 1}, problems


def _name(path: Path, desk: Desk) -> str:
    """Give the name, without format, under which a take is kept: `greeting` or `greeting.slow`."""
    problem = format_problem(path)
    if problem is not None:
        raise SpeechError(problem)
    stem, pace = split_name(plain(path.stem))
    number, known = stem.strip(), {each.casefold(): each for each in desk.prompts}
    if _NUMBER.fullmatch(number):
        prompt_id = _numbered(path, int(number), desk)
    elif number in known:
        prompt_id = known[number]
    else:
        raise SpeechError(_unknown(path, number, desk))
    return prompt_id + (SLOW if pace is Pace.SLOW else "")


def plain(name: str) -> str:
    """Write a name or code in small letters and the figures 0 to 9, however somebody typed it."""
    figures = (str(unicodedata.decimal(each, each)) for each in name)
    return "".join(figures).strip().casefold()


def _unknown(path: Path, stem: str, desk: Desk) -> str:
    """Say that no prompt is named so, and what may be meant."""
    within = _NUMBER_WITHIN.findall(stem)
    numbers = range(1, 1 + len(desk.sheet.prompts if desk.sheet else desk.prompts))
    if len(within) == 1 and int(within[0]) in numbers:
        return f"{path}: no prompt is named {stem!r}; did you mean {within[0]}?"
    return unknown_name(path, stem, desk.prompts)


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


def _there(path: Path, name: str, desk: Desk) -> Path | None:
    """Give the recording that is this take already, None where it is to be taken in.

    Raises:
        SpeechError: another one is there, and is not to be replaced.
    """
    present = _present(name, desk)
    if not present or desk.replace:
        return None
    for each in present:
        if each.read_bytes() == path.read_bytes():
            return each
    raise SpeechError(
        f"{path}: {name} is recorded already ({present[0]}); to take the new one instead,"
        " say --replace."
    )


def _examine(path: Path, name: str, desk: Desk) -> None:
    """Look at it as it is, then make its clips as rendering will, and measure them."""
    prompt_id, spoken_at = split_name(name)
    speech = read_take(path, spoken_at)
    problem = raw_problem(speech.takes[0].samples, speech.rate)
    if problem is not None:
        raise SpeechError(f"{path}: {problem}")
    paces = (Pace.SLOW,) if spoken_at is Pace.SLOW else tuple(Pace)
    for pace in paces:
        utterance = Utterance(desk.language, prompt_id, pace, desk.text(prompt_id))
        try:
            wav, _ = clip(speech, pace, utterance.text)
        except SpeechError as exc:
            raise SpeechError(f"{path}: {exc}") from exc
        found = faults(measure(wav, desk.language), utterance, Source.HUMAN)
        if found:
            where = "" if pace is spoken_at else " when it is slowed down,"
            told = "; ".join(
                f"{each.advice} ({each.measure} {each.found}, {each.limit})" for each in found
            )
            raise SpeechError(f"{path}:{where} {told}")


def _place(path: Path, name: str, desk: Desk) -> Path:
    goal = desk.folder / f"{name}{path.suffix.lower()}"
    replace_file(goal, path.read_bytes(), durable=True)
    for older in _present(name, desk):
        if older != goal:
            older.unlink()
    return goal
