"""One file of config/ on the disk: its text, and what a reader makes of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ivr.flow.problem import Problem

if TYPE_CHECKING:
    from pathlib import Path

    from ivr.flow.reading import Read
    from ivr.speech.lexicon import Lexicon

READABLE: Final = "let the user who runs the command read it"
_LANGUAGE: Final = re.compile("[a-z]{2,3}")


def read_text(path: Path) -> str | Problem:
    """The text of a file, or why it cannot be read."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        return _not_utf8(path, error.object[: error.start].count(b"\n") + 1)
    except OSError as error:
        return unreadable(str(path), error)
    # UTF-16 without a mark in front passes for UTF-8 where all of it is English.
    return _not_utf8(path, 1) if "\0" in text else text


def unreadable(file: str, error: OSError) -> Problem:
    """That a file, or a folder, cannot be read, and why."""
    told = f"it cannot be read: {error.strerror}"
    to_do = READABLE if isinstance(error, PermissionError) else "mend or remove it"
    return Problem(file, 1, None, told, to_do)


def _not_utf8(path: Path, line: int) -> Problem:
    return Problem(str(path), line, None, "it is not UTF-8", "save it as UTF-8 in your editor")


def copy_told(path: Path, pattern: str) -> str:
    """That a language's file of sentences is missing, and the first of another one to copy."""
    other = next(iter(sorted(path.parent.glob(pattern))), None)
    to_do = "put back" if other is None else f"copy {other} to it, and translate"
    return f"{path} is missing; {to_do} its sentences"


def judge_lexicon_at(path: Path) -> Read[Lexicon]:
    """The lexicon of a file that is named `lexicon.<language>.yaml`, or what is wrong with it."""
    from ivr.flow.reading import Read
    from ivr.speech.lexicon import judge_lexicon

    language = path.name.removeprefix("lexicon.").removesuffix(".yaml")
    if not _LANGUAGE.fullmatch(language):
        told = "this is no language's file, such as lexicon.bn.yaml"
        problem = Problem(str(path), 1, None, told, "take it away or rename it")
        return Read(str(path), None, (problem,))
    text = read_text(path)
    if isinstance(text, Problem):
        return Read(str(path), None, (text,))
    read = judge_lexicon(text, str(path))
    if read.value is None or read.value.language == language:
        return read
    told = f"'{read.value.language}' is not what the file is called"
    return read.having([Problem(str(path), 1, None, told, f"write language: {language}")])
