"""One fault of the flow spec, in words that a person who does not program can act on."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable

Path: TypeAlias = tuple[str | int, ...]
"""Where in a file: keys and positions from the top, such as ("nodes", "help", "options", 0)."""
Finding: TypeAlias = tuple[str, Path, str]
"""A fault before its line is known: the file's name inside the folder, where in it, what it is."""


class Problem(Struct, frozen=True):
    """What is wrong, in which file and line, at which node, and what to do.

    Reads as `config/flow.yaml:41: node 'main_menu': … ; …`.
    """

    file: str
    line: int
    """Counted from 1."""
    node: str | None
    message: str
    """What is wrong and what to do."""

    def __str__(self) -> str:
        place = f"node '{self.node}': " if self.node else ""
        return f"{self.file}:{self.line}: {place}{self.message}"


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
