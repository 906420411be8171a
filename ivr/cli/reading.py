"""One file of config/ on the disk: its text, and what a reader makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.flow.problem import Problem

if TYPE_CHECKING:
    from pathlib import Path

    from ivr.flow.reading import Read
    from ivr.speech.lexicon import Lexicon


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


def judge_lexicon_at(path: Path) -> Read[Lexicon]:
    """The lexicon of a file that is named `lexicon.<language>.yaml`, or what is wrong with it."""
    from ivr.flow.reading import Read
    from ivr.speech.lexicon import judge_lexicon

    text = read_text(path)
    if isinstance(text, Problem):
        return Read(str(path), None, (text,))
    read = judge_lexicon(text, str(path))
    language = path.name.split(".")[1]
    if read.value is None or read.value.language == language:
        return read
    told = f"'{read.value.language}' is not what the file is called"
    return read.having([Problem(str(path), 1, None, told, f"write language: {language}")])
