"""The words of the recording sheet: every sentence on it, which is data.

Nothing here looks for files (config/sheet.<language>.yaml); whoever puts the program together reads
them.
"""

from __future__ import annotations

import unicodedata
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Struct

from ivr.errors import SpeechError
from ivr.flow.problem import listed
from ivr.flow.schema import faults_of, schema_of
from ivr.flow.source import Source
from ivr.flow.terms import PromptId  # noqa: TC001 (a field of a struct)
from ivr.paper.roles import Role

Sentence = Annotated[str, Meta(min_length=1)]
TenDigits = Annotated[
    str, Meta(pattern=r"^.{10}$(?!\n)", description="the ten digits, 0 first, without spaces")
]


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


def read_sheet_words(text: str, file: str = "sheet") -> SheetWords:
    """Parse the text of a sheet's words (YAML) into sentences in NFC.

    Args:
        text: the whole file.
        file: its name for messages, such as `config/sheet.bn.yaml`.

    Raises:
        SpeechError: with every problem of the file in the order of the lines, each on a line of
            its own as `config/sheet.bn.yaml:41: …; …`.
    """
    source = Source(file, unicodedata.normalize("NFC", text))
    problems = [*source.problems]
    if source.data is not None:
        problems += source.untold(faults_of(schema_of("sheet", _FORM), source.data))
    if problems:
        raise SpeechError(listed(file, problems))
    try:
        return msgspec.convert(source.data, SheetWords)
    except msgspec.ValidationError as exc:  # what the types refuse and the schema lets pass
        raise SpeechError(listed(file, [source.problem((), str(exc), "change it")])) from exc
