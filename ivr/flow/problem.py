"""What is wrong with the flow spec, in words that a person who does not program can act on."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable

Path: TypeAlias = tuple[str | int, ...]
"""Where in a file: keys and positions from the top, such as ("nodes", "help", "options", 0)."""


class Level(enum.StrEnum):
    """How much something matters."""

    ERROR = "error"
    """The line cannot run with it, or a caller would be lost."""
    WARNING = "warning"
    """The line runs, but callers or operators suffer from it."""
    HINT = "hint"
    """Nothing is wrong yet; somebody may want to know."""


class Fault(Struct, frozen=True):
    """A fault of one file's data, before its file and line are known."""

    path: Path
    what: str
    """What is wrong, without a full stop."""
    to_do: str
    """What to do about it, beginning with a verb where it can."""


class Finding(Struct, frozen=True):
    """What is wrong somewhere, before its line is known.

    Such as `Finding("flow.yaml", ("flow", "start"), "it goes to …", "add that node …")`.
    """

    file: str
    """Its name inside the folder, such as `prompts/bn.yaml`."""
    path: Path
    what: str
    """What is wrong, without a full stop."""
    to_do: str
    """What to do about it, beginning with a verb."""
    level: Level = Level.ERROR


def in_flow(path: Path, what: str, to_do: str, level: Level = Level.ERROR) -> Finding:
    """A finding in flow.yaml."""
    return Finding("flow.yaml", path, what, to_do, level)


def in_words(
    language: str, path: Path, what: str, to_do: str, level: Level = Level.ERROR
) -> Finding:
    """A finding in the words of a language."""
    return Finding(f"prompts/{language}.yaml", path, what, to_do, level)


class Problem(Struct, frozen=True):
    """What is wrong, in which file and line, at which node, and what to do.

    Reads as `config/flow.yaml:41: node 'main_menu': …; …`, and with its level after the line where
    that is no error: `config/prompts/bn.yaml:9: hint: …; …`.
    """

    file: str
    line: int
    """Counted from 1."""
    node: str | None
    what: str
    to_do: str
    level: Level = Level.ERROR

    def __str__(self) -> str:
        level = "" if self.level is Level.ERROR else f"{self.level}: "
        place = f"node {self.node!r}: " if self.node else ""  # no line breaks in it
        return f"{self.file}:{self.line}: {level}{place}{self.what}; {self.to_do}"


def node_of(path: Path) -> str | None:
    """The node that a path leads into, or None where it leads elsewhere."""
    match path:
        case ("nodes", str(node), *_):
            return node
        case _:
            return None


def listed(file: str, problems: Iterable[Problem]) -> str:
    """All problems of one file under a headline, each once, in the order of the lines."""
    told = sorted(set(problems), key=lambda each: (each.line, str(each)))
    noun = "problem" if len(told) == 1 else "problems"
    return "\n  ".join((f"{file} cannot be read, it has {len(told)} {noun}:", *map(str, told)))
