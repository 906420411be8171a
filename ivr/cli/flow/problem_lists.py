"""Problems as a person reads them, as a program does, and as annotations of a build."""

from __future__ import annotations

import json
import shutil
import textwrap
from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING, Final

import click

from ivr.flow.problem import Level

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from ivr.flow.problem import Problem

_COLOURS: Final = {Level.ERROR: "red", Level.WARNING: "yellow", Level.HINT: "cyan"}
_WIDEST: Final = 100
"""A longer line is hard to read, however wide the terminal."""
_WIDTH: Final = 80
"""Where there is no terminal."""
_INDENT: Final = " " * 17
"""Below what is wrong: as wide as line and level."""
_ANNOTATIONS: Final = {Level.ERROR: "error", Level.WARNING: "warning", Level.HINT: "notice"}
"""GitHub's words: it knows no hint."""


def counts(problems: Collection[Problem]) -> dict[Level, int]:
    """How many there are of each level."""
    found = Counter(problem.level for problem in problems)
    return {level: found[level] for level in Level}


def table_text(problems: Collection[Problem]) -> str:
    """Problems by file, each with line, level, what and what to do, and their count; all uncut.

    Args:
        problems: in the order in which they are told.
    """
    width = min(shutil.get_terminal_size((_WIDTH, 0)).columns, _WIDEST)
    lines = [line for part in _files(problems, width) for line in part]
    told = (
        f"{count} {level}" if count == 1 else f"{count} {level}s"
        for level, count in counts(problems).items()
    )
    return "\n".join((*lines, ", ".join(told)))


def json_text(problems: Collection[Problem]) -> str:
    """Problems as one JSON object: the count of each level, and all of them."""
    told = [
        {
            "level": str(problem.level),
            "file": problem.file,
            "line": problem.line,
            "node": problem.node,
            "what": problem.what,
            "to_do": problem.to_do,
        }
        for problem in problems
    ]
    found = {f"{level}s": count for level, count in counts(problems).items()}
    return json.dumps({**found, "problems": told}, indent=2, ensure_ascii=False)


def github_text(problems: Collection[Problem]) -> str:
    """Problems as workflow commands, which GitHub shows at the line of the file.

    https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
    """
    return "\n".join(map(_annotation, problems))


def _files(problems: Collection[Problem], width: int) -> Iterator[list[str]]:
    for file, of_file in groupby(problems, key=lambda problem: problem.file):
        lines = [line for problem in of_file for line in _lines(problem, width)]
        yield [click.style(file, bold=True), *lines, ""]


def _lines(problem: Problem, width: int) -> Iterator[str]:
    node = f"node '{problem.node}': " if problem.node else ""
    first, *rest = _wrapped(f"{node}{problem.what}", width)
    level = click.style(f"{problem.level:<7}", fg=_COLOURS[problem.level])
    yield f"{problem.line:>6}  {level}  {first.strip()}"
    yield from rest
    yield from _wrapped(f"-> {problem.to_do}", width)


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(
        text,
        width,
        initial_indent=_INDENT,
        subsequent_indent=_INDENT,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _annotation(problem: Problem) -> str:
    place = {
        "file": problem.file,
        "line": str(problem.line),
        "title": f"node '{problem.node}'" if problem.node else "ivr flow check",
    }
    properties = ",".join(f"{name}={_property(value)}" for name, value in place.items())
    message = _message(f"{problem.what}; {problem.to_do}")
    return f"::{_ANNOTATIONS[problem.level]} {properties}::{message}"


def _message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")
