"""The helper's script: what a person reads out who helps somebody to register, and what never."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from ivr.paper.pages.steps import in_digits, recap, written_day, written_steps
from ivr.paper.template import fill

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.flow.model import Spec
    from ivr.paper.pages.words import PaperWords, Part


class Reading(Struct, frozen=True):
    """One step as it is read out: its number in words' digits, its text, what to wait for."""

    number: str
    text: str
    wait: str


class Script(Struct, frozen=True):
    """What stands in a script, by who hears it.

    Attributes:
        for_helper: what is for the helper alone.
        opening: what is read out first.
        steps: what is read out one by one.
        closing: what is read out at the end.
    """

    for_helper: tuple[Part, ...]
    opening: tuple[Part, ...]
    steps: tuple[Reading, ...]
    closing: Part


def script(spec: Spec, words: PaperWords) -> Script:
    """Put the script together, in the language of `words`.

    Raises:
        PaperError: there is no such lesson, or a step has no words in this language.
    """
    told = words.script
    end = recap(spec, words)
    closing = (*([end] if end else []), *told.closing.items)
    return Script(
        for_helper=(told.before, told.never, told.told, told.lost, told.differs),
        opening=(told.greeting, words.safety),
        steps=tuple(
            Reading(
                in_digits(step.number, words),
                step.text,
                told.waits.get(step.prompt_id, told.default_wait),
            )
            for step in written_steps(spec, words)
        ),
        closing=msgspec.structs.replace(told.closing, items=closing),
    )


def script_page(spec: Spec, words: PaperWords) -> str:
    """Make the script as one HTML document for A4 that needs nothing else.

    Raises:
        PaperError: as `script`.
    """
    return fill(
        "pages/script.html",
        {
            "words": words,
            "script": words.script,
            "told": script(spec, words),
            "name": spec.flow.flow.name,
            "day": _day(spec, words),
        },
    )


def script_text(spec: Spec, words: PaperWords) -> str:
    """Make the script as plain text; what is read out stands after the label that says so.

    Raises:
        PaperError: as `script`.
    """
    return "\n".join(_lines(script(spec, words), spec, words))


_NOTE: Final = "- "


def _lines(told: Script, spec: Spec, words: PaperWords) -> Iterator[str]:
    say, wait = f"{words.script.say}: ", f"   {words.script.wait}: "
    yield words.script.title
    yield words.script.lead
    yield words.who
    yield f"{words.dated.label}: {_day(spec, words)}"
    yield words.dated.text
    for part in told.for_helper:
        yield from _part(part, _NOTE)
    for part in told.opening:
        yield from _part(part, say)
    yield from ("", words.script.steps)
    for step in told.steps:
        yield from ("", f"{words.script.step} {step.number}", f"   {say}{step.text}")
        yield f"{wait}{step.wait}"
    yield from _part(told.closing, say)


def _part(part: Part, mark: str) -> Iterator[str]:
    yield from ("", part.heading)
    yield from (f"{mark}{item}" for item in part.items)


def _day(spec: Spec, words: PaperWords) -> str:
    return written_day(spec.words[words.language].facts_as_of, words)
