"""YAML text into plain data that remembers the line of each part, and every fault of its form.

PyYAML's own loader keeps no lines, takes the last of two equal keys without a word, and reads
`1:` as a number and `no:` as false. So its nodes are taken here and made into data one by one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import yaml

from ivr.flow.problem import Fault, Level, Path, Problem, node_of
from ivr.flow.slips import SPECIAL, slip_of

if TYPE_CHECKING:
    from collections.abc import Iterable

_STRINGS: Final = {"tag:yaml.org,2002:str", "tag:yaml.org,2002:timestamp"}
"""A day such as 2020-04-18 stays the text that was written."""
BOM: Final = "\ufeff"
_NO_YAML: Final = "this is not YAML"
_UNSEEN: Final = re.compile(f"[{SPECIAL}]")
_BOOL: Final = "tag:yaml.org,2002:bool"
_PLAIN: Final = {f"tag:yaml.org,2002:{kind}" for kind in ("int", "float", "bool", "null")}
MAX_DEPTH: Final = 20
"""The shipped files need six."""


class Source:
    """One YAML file as data, with `problems` of its form and the line of every part."""

    def __init__(self, file: str, text: str) -> None:
        """Read the text of `file` (a name for messages); never raises on bad YAML."""
        self.file = file
        self.is_words = "/prompts/" in file
        self.problems: list[Problem] = []
        self._lines: dict[Path, int] = {(): 1}
        self._seen: set[int] = set()
        self._bad: set[Path] = set()
        self._text = text.removeprefix(BOM).split("\n")
        self.data: Any = self._read(text)

    def line(self, path: Path) -> int:
        """The line of the part at `path`, or of the nearest part around it that exists."""
        while path not in self._lines:
            path = path[:-1]
        return self._lines[path]

    def problem(self, path: Path, what: str, to_do: str, level: Level = Level.ERROR) -> Problem:
        """A problem at the part at `path`."""
        return Problem(self.file, self.line(path), node_of(path), what, to_do, level)

    def _read(self, text: str) -> Any:
        try:
            root = yaml.compose(text, Loader=yaml.SafeLoader)
        except RecursionError:
            self._complain(1, Fault((), "it is nested too deeply to be read", "make it flatter"))
            return None
        except yaml.MarkedYAMLError as error:
            slip = slip_of(self._text, error, is_words=self.is_words)
            fault = Fault((), f"{_NO_YAML}: {slip.what}", slip.to_do)
            self._complain(slip.line, fault)
            return None
        except yaml.reader.ReaderError as error:  # a character that YAML does not allow
            told = f"{_NO_YAML}: a sign that cannot be seen stands here (U+{error.character:04X})"
            line = text.count("\n", 0, error.position) + 1
            self._complain(line, Fault((), told, "take it out"))
            return None
        if root is None or root.tag == "tag:yaml.org,2002:null":
            self._complain(1, Fault((), "the file is empty", "put back what it held"))
            return None
        return self._value(root, ())

    def untold(self, faults: Iterable[Fault]) -> list[Problem]:
        """Faults of the data as problems; none at a part whose form was complained of already."""
        return [
            self.problem(fault.path, fault.what, fault.to_do)
            for fault in faults
            if not self.tells_of(fault.path)
        ]

    def tells_of(self, path: Path) -> bool:
        """Whether a problem of form was found at this path or around it."""
        return any(path[:length] in self._bad for length in range(1, len(path) + 1))

    def _complain(self, line: int, fault: Fault) -> None:
        self._bad.add(fault.path)
        node = node_of(fault.path)
        self.problems.append(Problem(self.file, line, node, fault.what, fault.to_do))

    def _value(self, node: yaml.Node, path: Path) -> Any:
        line = node.start_mark.line + 1
        self._lines.setdefault(path, line)
        if id(node) in self._seen:
            told = Fault(path, "an alias (*name) is not used here", "write the part out")
            self._complain(line, told)
            return None
        if len(path) > MAX_DEPTH:
            self._complain(line, Fault(path, "it is nested too deeply", "make it flatter"))
            return None
        self._seen.add(id(node))
        match node:
            case yaml.MappingNode():
                return self._mapping(node, path)
            case yaml.SequenceNode():
                return [self._value(item, (*path, i)) for i, item in enumerate(node.value)]
            case _:
                return self._scalar(node, path)

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if key_node.tag != "tag:yaml.org,2002:str":
                self._complain(line, Fault((*path, "?"), *_not_a_name(key_node)))
                continue
            written = str(key_node.value)
            key = _UNSEEN.sub("", written).strip(" ")
            if key != written:
                what = "a space that is no ordinary one, or cannot be seen, stands in the name"
                self._complain(line, Fault((*path, key), what, f"write it anew: {key}"))
            if key in found:
                told = Fault((*path, key), f"{key!r} stands twice", "remove one of the two")
                self._complain(line, told)
                continue
            self._lines[*path, key] = line
            found[key] = self._value(value_node, (*path, key))
        return found

    def _scalar(self, node: yaml.Node, path: Path) -> Any:
        line = node.start_mark.line + 1
        sign = self._from(node.start_mark)[:1]
        if sign and sign in "&!":
            told = f"a text that begins with {sign} needs quotes"
            self._complain(line, Fault(path, told, "put double quotes around the whole text"))
            return None
        if self.is_words and re.match(r"\s+#", self._from(node.end_mark)):
            told = "all after # would be left out"
            self._complain(line, Fault(path, told, "put double quotes around the whole text"))
            return None
        if node.tag in _STRINGS:
            return str(node.value)
        if self.is_words and node.tag in _PLAIN and node.value:
            told = f"'{node.value}' counts as a number, or as yes or no, here"
            self._complain(line, Fault(path, told, f"put it in quotes: '{node.value}'"))
            return None
        if node.tag == _BOOL and node.value not in {"true", "false"}:
            told = f"the word {node.value} means true or false here"
            plain = str(yaml.safe_load(node.value)).lower()
            to_do = f"write {plain}, or, if it is a text, put it in quotes: '{node.value}'"
            self._complain(line, Fault(path, told, to_do))
            return None
        if node.tag not in _PLAIN:
            told = f"{node.value} has a meaning of its own here"
            self._complain(line, Fault(path, told, f"put it in quotes: '{node.value}'"))
            return None
        try:
            return yaml.safe_load(node.value) if node.value else None
        except ValueError:  # such as 0x_
            self._complain(line, Fault(path, "this value cannot be read", "write it anew"))
            return None

    def _from(self, mark: yaml.Mark) -> str:
        """The rest of the line from a mark on."""
        return self._text[mark.line][mark.column :] if mark.line < len(self._text) else ""


def _not_a_name(node: yaml.Node) -> tuple[str, str]:
    if isinstance(node, yaml.ScalarNode) and not node.value:
        return "no name stands before the colon", "write one, with no sign before it"
    if isinstance(node, yaml.ScalarNode):
        return f"the name {node.value} is not text", f"put it in quotes: '{node.value}'"
    return "a name must be text, not a list or a group", "write it anew"
