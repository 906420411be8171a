"""The words of the recording sheet: every sentence on it, which is data.

Nothing here looks for files (config/sheet.<language>.yaml); whoever puts the program together reads
them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, Literal

import msgspec
from msgspec import Meta, Struct

from ivr.errors import SpeechError
from ivr.flow.reading import nfc_source, read_source
from ivr.flow.schema import schema_of
from ivr.flow.terms import PromptId  # noqa: TC001 (a field of a struct)
from ivr.paper.sheet.roles import Role
from ivr.paper.terms import Sentence, TenDigits  # noqa: TC001 (fields of structs)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.flow.problem import Problem
    from ivr.flow.reading import Read
    from ivr.flow.source import Source


class _Words(Struct, frozen=True, forbid_unknown_fields=True):
    """Sentences of one part of the sheet; unknown keys are refused."""


class RoleWords(_Words, frozen=True):
    """What a role is called, and how its prompts are to be said."""

    name: Sentence
    hint: Sentence


class SummaryWords(_Words, frozen=True):
    """The labels of the counts on top; `minutes` is the unit."""

    heading: Sentence
    missing: Sentence
    stale: Sentence
    recorded: Sentence
    unused: Sentence
    all_minutes: Sentence
    left_minutes: Sentence
    minutes: Sentence


class HowWords(_Words, frozen=True):
    """How to record, step by step; `backticks` enclose file names."""

    heading: Sentence
    steps: Annotated[tuple[Sentence, ...], Meta(min_length=1)]


class SafetyWords(_Words, frozen=True):
    """What must never be read into the recorder."""

    heading: Sentence
    text: Sentence


class AfterWords(_Words, frozen=True):
    """What to do with the files, and the labels of the two commands that take them in."""

    heading: Sentence
    text: Sentence
    by_number: Sentence
    by_name: Sentence


class TableWords(_Words, frozen=True):
    """The heads of the columns, and the small words within the rows."""

    caption: Sentence
    number: Sentence
    text: Sentence
    seconds: Sentence
    state: Sentence
    file: Sentence
    file_or: Sentence
    second: Sentence
    most: Sentence
    recorded_then: Sentence
    slow_recorded: Sentence


class StateWords(_Words, frozen=True):
    """Each state in a word or two; `unused` stands where the call does not use the prompt."""

    missing: Sentence
    recorded: Sentence
    stale: Sentence
    unused: Sentence


class SheetWords(_Words, frozen=True):
    """Every sentence on the sheet, in one language.

    Attributes:
        sheet: version of this form, always 1.
        language: ISO 639 code of these sentences.
        digits: the ten digits, 0 first, in which counts and seconds are written.
        title: heading of the page.
        code: what stands before the sheet's code, such as `sheet` in 'sheet 3f2a'.
        thanks: a word to the person who reads.
        headings: prompt id → the heading that stands above it.
        roles: the name and the hint of every role.
    """

    sheet: Literal[1]
    language: Sentence
    digits: TenDigits
    title: Sentence
    code: Sentence
    thanks: Sentence
    summary: SummaryWords
    how: HowWords
    safety: SafetyWords
    after: AfterWords
    table: TableWords
    states: StateWords
    headings: dict[PromptId, Sentence]
    roles: dict[Role, RoleWords]


_EVERY_ROLE: Final = msgspec.defstruct(
    "EveryRole", [(role.value, RoleWords) for role in Role], forbid_unknown_fields=True
)
_FORM: Final = msgspec.defstruct("Sheet", [("roles", _EVERY_ROLE)], bases=(SheetWords,))
"""Stricter than `SheetWords`: every role is needed, and a fault names its role."""


def read_sheet_words(text: str, file: str = "sheet", language: str | None = None) -> SheetWords:
    """Parse the text of a sheet's words (YAML) into sentences; see `judge_sheet_words`.

    Raises:
        SpeechError: with every problem of the file in the order of the lines, each on a line of
            its own as `config/sheet.bn.yaml:41: …; …`.
    """
    return judge_sheet_words(text, file, language).checked(SpeechError)


def judge_sheet_words(text: str, file: str, language: str | None = None) -> Read[SheetWords]:
    """The sentences that a text (YAML) holds, in NFC, or its faults.

    Args:
        text: the whole file.
        file: its name for messages, such as `config/sheet.bn.yaml`.
        language: that it must be of, as its name says; None: of any.
    """
    source = nfc_source(text, file)
    other = () if language is None else _of_another(source, language)
    return read_source(source, schema_of("sheet", _FORM), SheetWords, other)


def _of_another(source: Source, language: str) -> Iterator[Problem]:
    """Says it when the data names another language than the file does."""
    named = source.data.get("language") if isinstance(source.data, dict) else None
    if isinstance(named, str) and named != language:
        what = f"the file's name says '{language}', and 'language' says '{named}'"
        yield source.problem(("language",), what, "make the two the same")
