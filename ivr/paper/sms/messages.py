"""The lesson as short messages, each of which a phone shows that cannot put parts together.

Every message is short enough to be sent alone (70 units of Bengali, 160 of English), and says
itself which one it is: '3/24'. A longer text in parts would cost as much, since each part is paid
for and holds less than a message of its own; old phones show such parts apart and in any order; and
what must be registered before it may be sent (DLT in India) is short and fixed this way.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from ivr.errors import PaperError
from ivr.flow.problem import Finding, Level
from ivr.paper.pages.phone_number import grouped
from ivr.paper.pages.steps import in_digits, written_day, written_steps
from ivr.paper.sms.packing import pack
from ivr.paper.sms.size import Size, size_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.flow.model import Spec
    from ivr.paper.pages.steps import Step
    from ivr.paper.pages.words import PaperWords

MOST_FOR_A_STEP: Final = 3
"""Messages that one step may take; who reads more of them has lost its beginning."""
MOST_MESSAGES: Final = 99
"""Messages in all: their count is told in two digits at most."""
_SENTENCE_END: Final = re.compile(r"(?<=[.।?!])\s+")


class Message(Struct, frozen=True):
    """One short message, such as `Message("1/9 Tell nobody …", Size(…))`."""

    text: str
    size: Size


def messages(spec: Spec, words: PaperWords, number: str | None) -> tuple[Message, ...]:
    """The lesson as short messages: the safety rule first, and the line's number last.

    Args:
        spec: whose lesson and prompts are told.
        words: in whose language.
        number: of the line, as E.164 writes it; None: no message names one.

    Raises:
        PaperError: there is no such lesson, or it needs more than `MOST_MESSAGES`.
    """
    day = written_day(spec.words[words.language].facts_as_of, words)
    opening = [(each,) for each in (*words.sms.safety, f"{words.sms.dated}: {day}")]
    lesson = [_sentences(step, words) for step in written_steps(spec, words, short=True)]
    if number is not None:
        lesson.append((f"{words.sms.call}: {grouped(number)}",))
    # What follows never begins in a message of the safety rule.
    texts = (*pack(opening, _fits(words)), *pack(lesson, _fits(words)))
    if len(texts) > MOST_MESSAGES:
        raise PaperError(
            f"the lesson takes {len(texts)} SMS, {MOST_MESSAGES} are the most; shorten its steps "
            f"in prompts/{words.language}.yaml, or export the leaflet"
        )
    return tuple(
        Message(text, size_of(text))
        for text in (_counted(each, at, len(texts), words) for at, each in enumerate(texts, 1))
    )


def sms_findings(spec: Spec, words: PaperWords) -> Iterator[Finding]:
    """Steps that few short messages do not hold, at the line of their prompts.

    Raises:
        PaperError: the flow has no such lesson, or a step no words in this language.
    """
    for step in written_steps(spec, words, short=True):
        count = len(pack([_sentences(step, words)], _fits(words)))
        if count > MOST_FOR_A_STEP:
            yield Finding(
                f"prompts/{words.language}.yaml",
                ("prompts", step.prompt_id),
                f"as SMS, step {step.number} of the lesson takes {count} messages, "
                f"{MOST_FOR_A_STEP} are the most",
                "say it in fewer words, or make two steps of it",
                Level.WARNING,
            )


class _Fits(Struct, frozen=True):
    """Whether a text can be sent alone with the longest count before it."""

    count: str

    def __call__(self, text: str) -> bool:
        return size_of(f"{self.count} {text}").parts == 1


def _fits(words: PaperWords) -> _Fits:
    return _Fits(in_digits(f"{MOST_MESSAGES}/{MOST_MESSAGES}", words))


def _counted(text: str, at: int, total: int, words: PaperWords) -> str:
    return f"{in_digits(f'{at}/{total}', words)} {text}"


def _sentences(step: Step, words: PaperWords) -> tuple[str, ...]:
    """The sentences of a step, the first with its number."""
    first, *others = _SENTENCE_END.split(step.text)
    return (f"{words.sms.step} {in_digits(step.number, words)}: {first}", *others)
