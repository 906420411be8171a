"""The words of leaflet, SMS and helper's script: every sentence on them that no prompt holds.

Nothing here looks for files (config/paper.<language>.yaml); whoever puts the program together reads
them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import Meta, Struct

from ivr.errors import PaperError
from ivr.flow.reading import read_source
from ivr.flow.schema import schema_of
from ivr.flow.terms import Language, NodeId, PromptId  # noqa: TC001 (fields of structs)
from ivr.paper.terms import Sentence, TenDigits

if TYPE_CHECKING:
    from ivr.flow.reading import Read
    from ivr.flow.source import Source

Sentences = Annotated[tuple[Sentence, ...], Meta(min_length=1)]
Months = Annotated[tuple[Sentence, ...], Meta(min_length=12, max_length=12)]


class _Words(Struct, frozen=True, forbid_unknown_fields=True):
    """Sentences of one part of a paper; unknown keys are refused."""


class DatedWords(_Words, frozen=True):
    """How old the steps are: `label` before the day, `text` after it."""

    label: Sentence
    text: Sentence


class CallWords(_Words, frozen=True):
    """What stands before the line's telephone number, and before a blank for it."""

    label: Sentence
    by_hand: Sentence


class Part(_Words, frozen=True):
    """A heading, and the sentences under it."""

    heading: Sentence
    items: Sentences


class NotesWords(_Words, frozen=True):
    """The place to write by hand: its `lines`, and what must `never` be written there."""

    heading: Sentence
    lines: Sentences
    never: Sentence


class LeafletWords(_Words, frozen=True):
    """The leaflet: `steps` stands above the steps, `names` explains the names on the screen."""

    title: Sentence
    lead: Sentence
    steps: Sentence
    names: Sentence
    notes: NotesWords


class SmsWords(_Words, frozen=True):
    """The short messages: `safety` comes first, then `dated` and the day.

    `step` is the word before a step's number, `call` what stands before the line's. `written` is
    what a step says → fewer letters for it, beside and above what holds on paper.
    """

    safety: Sentences
    step: Sentence
    dated: Sentence
    call: Sentence
    written: dict[Sentence, Sentence] = {}


class ScriptWords(_Words, frozen=True):
    """The helper's script. `greeting` and `closing` are read out, its other parts are not.

    Attributes:
        say: the label of what is read out.
        wait: the label of what to wait for.
        step: the word before a step's number.
        waits: prompt id of a step → what to wait for after it.
        default_wait: the same for steps that `waits` does not name.
    """

    title: Sentence
    lead: Sentence
    say: Sentence
    wait: Sentence
    step: Sentence
    before: Part
    greeting: Part
    never: Part
    steps: Sentence
    waits: dict[PromptId, Sentence]
    default_wait: Sentence
    differs: Part
    told: Part
    lost: Part
    closing: Part


class PaperWords(_Words, frozen=True, kw_only=True):
    """Every sentence of leaflet, SMS and script that no prompt holds, in one language.

    Attributes:
        paper: version of this form, always 1.
        language: of these sentences; the prompts of the same language give the steps.
        digits: the ten digits, 0 first, in which steps and dates are written.
        months: the names of the months, January first.
        lesson: whose steps are printed; None: the lesson with the most steps.
        written: what is said → what is written for it, such as the address of a site.
        who: that the line is not what it tells of.
        safety: the rule: never tell a code, the line never asks for one, and 1930.
    """

    paper: Literal[1]
    language: Language
    digits: TenDigits
    months: Months
    lesson: NodeId | None = None
    written: dict[Sentence, Sentence] = {}
    who: Sentence
    dated: DatedWords
    call: CallWords
    safety: Part
    leaflet: LeafletWords
    sms: SmsWords
    script: ScriptWords


def paper_file(language: str) -> str:
    """The name of the file of these words inside the folder config."""
    return f"paper.{language}.yaml"


def read_paper_words(source: Source) -> PaperWords:
    """The words that a file holds; see `judge_paper_words`.

    Raises:
        PaperError: with every problem of the file in the order of the lines, each on a line of
            its own as `config/paper.bn.yaml:41: …; …`.
    """
    return judge_paper_words(source).checked(PaperError)


def judge_paper_words(source: Source) -> Read[PaperWords]:
    """The words that a file holds, or its faults.

    Args:
        source: in NFC (see `ivr.flow.reading.nfc_source`).
    """
    return read_source(source, schema_of("paper", PaperWords), PaperWords)
