"""A config folder on the disk: its files read, and all judged together that needs no clip."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from ivr.errors import FlowError, SpeechError
from ivr.flow.load import in_order, judge
from ivr.flow.problem import Level, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ivr.errors import IvrError
    from ivr.flow.load import Judged
    from ivr.speech.lexicon import Lexicon

_LISTED: Final = re.compile(r"\s*(?P<file>.+):(?P<line>\d+): (?P<what>.+?); (?P<to_do>.+)")
"""A line of `ivr.flow.problem.listed`."""


def see_folder(folder: Path) -> None:
    """Sees that a config folder is there.

    Raises:
        FlowError: it is not.
    """
    if not folder.is_dir():
        advice = "run the command in the project's folder, or set IVR_CONFIG"
        raise FlowError(f"There is no folder {folder}:", [advice])


def judge_folder(folder: Path) -> Judged:
    """The spec of a config folder, and all that is found in flow, facts, words and lexicons.

    What is found in them without a clip being heard: see `ivr.flow.load.judge`, and key words and
    letters. It is what `ivr flow check` and every start of the line go by.

    Args:
        folder: as IVR_CONFIG names it.

    Raises:
        FlowError: there is no such folder.
    """
    from ivr.speech.letters import letter_findings
    from ivr.speech.named_keys import key_findings

    see_folder(folder)
    files, unreadable = _files(folder)
    judged = judge(files, str(folder))
    if unreadable:
        # A file that cannot be read is there, so that nothing is to be told of it as missing.
        told = {problem.file for problem in unreadable}
        others = (problem for problem in judged.problems if problem.file not in told)
        judged = replace(judged, spec=None, problems=in_order((*others, *unreadable)))
    lexicons, broken = _lexicons(folder)
    judged = replace(judged, problems=in_order((*judged.problems, *broken)))
    spec = judged.spec
    if spec is None:
        return judged
    return judged.having((*key_findings(spec, lexicons), *letter_findings(spec, lexicons)))


def read_text(path: Path) -> str | Problem:
    """The text of a file, or why it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        return Problem(str(path), line, None, "it is not UTF-8", "save it as UTF-8 in your editor")
    except OSError as error:
        told = f"it cannot be read: {error.strerror}"
        return Problem(str(path), 1, None, told, "mend or remove it")


def _files(folder: Path) -> tuple[dict[str, str], list[Problem]]:
    """The texts of flow, facts and words by their names inside the folder."""
    names = [folder / "flow.yaml", folder / "facts.yaml", *sorted(folder.glob("prompts/*.yaml"))]
    files: dict[str, str] = {}
    problems: list[Problem] = []
    for path in filter(lambda each: each.exists(), names):
        text = read_text(path)
        if isinstance(text, Problem):
            problems.append(text)
        else:
            files[str(path.relative_to(folder))] = text
    return files, problems


def _lexicons(folder: Path) -> tuple[dict[str, Lexicon], list[Problem]]:
    """The lexicons that can be read, and what is wrong with the others."""
    from ivr.speech.lexicon import read_lexicon

    lexicons: dict[str, Lexicon] = {}
    problems: list[Problem] = []
    for path in sorted(folder.glob("lexicon.*.yaml")):
        text = read_text(path)
        if isinstance(text, Problem):
            problems.append(text)
            continue
        try:
            lexicon = read_lexicon(text, str(path))
        except SpeechError as error:
            problems += told_by(error, path, Level.ERROR)
            continue
        language = path.name.split(".")[1]
        if lexicon.language == language:
            lexicons[language] = lexicon
        else:
            told = f"'{lexicon.language}' is not what the file is called"
            problems.append(Problem(str(path), 1, None, told, f"write language: {language}"))
    return lexicons, problems


def told_by(error: IvrError, path: Path, level: Level) -> Iterator[Problem]:
    """The problems that a reader's error lists (see `ivr.flow.problem.listed`), or the whole of it.

    Args:
        error: of the reader of one file.
        path: that file.
        level: how much a fault of that file matters.
    """
    found = [_LISTED.fullmatch(line) for line in str(error).splitlines()]
    listed = [each for each in found if each is not None and each["file"] == str(path)]
    for each in listed:
        yield Problem(str(path), int(each["line"]), None, each["what"], each["to_do"], level)
    if not listed:
        yield Problem(str(path), 1, None, str(error), "mend the file, or take it away", level)
