"""One file of config/ into the type that it must have, or all that is wrong with it at once."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from ivr.flow.problem import Problem, listed
from ivr.flow.schema import faults_of
from ivr.flow.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ivr.errors import IvrError
    from ivr.flow.problem import Fault

Held = TypeVar("Held")


class Read(Struct, Generic[Held], frozen=True):
    """What a file holds, or what is wrong with it: never both, and never neither.

    Such as `Read("config/lexicon.bn.yaml", Lexicon(…), ())`.
    """

    file: str
    """Its name for messages, such as `config/lexicon.bn.yaml`."""
    value: Held | None
    """None where there are problems."""
    problems: tuple[Problem, ...]

    def having(self, problems: Iterable[Problem]) -> Read[Held]:
        """The same with what is wrong besides; if anything is, it holds nothing."""
        found = (*self.problems, *problems)
        return Read(self.file, None if found else self.value, found)

    def checked(self, error: type[IvrError]) -> Held:
        """What the file holds.

        Args:
            error: what is raised; it is made of one text.

        Raises:
            IvrError: of the type `error`, with every problem of the file in the order of the
                lines, each on a line of its own as `config/lexicon.bn.yaml:41: …; …`.
        """
        if self.value is None:
            raise error(listed(self.file, self.problems))
        return self.value


def nfc_source(text: str, file: str) -> Source:
    """The text of a file as data in NFC that remembers its lines.

    Args:
        text: the whole file.
        file: its name for messages, such as `config/paper.bn.yaml`.
    """
    return Source(file, unicodedata.normalize("NFC", text))


def _with_language(file: str, fault: Fault) -> Fault:
    """The fault; where the language is not written that the file's name tells, with what to write.

    A place that is written is told of by its own path, one that is missing by the path around it.
    """
    named = re.search(r"[/.]([a-z]{2,3})\.yaml$", file)
    is_told = fault.what in {"'language' is missing", "'language' is empty"}
    if named is None or not is_told or fault.path not in {(), ("language",)}:
        return fault
    return replace(fault, to_do=f"write language: {named[1]}")


def read_source(
    source: Source,
    asked: Mapping[str, Any],
    shape: type[Held],
    besides: Iterable[Problem] = (),
) -> Read[Held]:
    """The data of a file as its type, or every fault of its form.

    Args:
        source: of the file.
        asked: the JSON Schema that the data must satisfy (see `ivr.flow.schema.schema_of`).
        shape: the type that is made of the data.
        besides: what else is wrong with the data, to be told together with the form.
    """
    problems = [*source.problems, *besides]
    if source.data is not None:
        faults = (_with_language(source.file, each) for each in faults_of(asked, source.data))
        problems += source.untold(faults)
    if problems:
        return Read(source.file, None, tuple(problems))
    try:
        return Read(source.file, msgspec.convert(source.data, shape), ())
    except msgspec.ValidationError:  # what the types refuse and the schema lets pass
        to_do = "compare it with the schema that its first line names"
        return Read(source.file, None, (source.problem((), "it has not its form", to_do),))
