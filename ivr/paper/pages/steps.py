"""The steps of a lesson as they are written: what is said there, spelt for the eye."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from ivr.errors import PaperError
from ivr.flow.model import Lesson, Say
from ivr.flow.problem import Finding, Level
from ivr.flow.usage import DIGITS
from ivr.paper.pages.words import paper_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ivr.flow.model import Spec
    from ivr.flow.terms import NodeId, PromptId
    from ivr.paper.pages.words import PaperWords


class Step(Struct, frozen=True):
    """One step, such as `Step(2, "register_2", "Choose “User Login”.")`; numbered from 1."""

    number: int
    prompt_id: PromptId
    text: str


def written_steps(spec: Spec, words: PaperWords, *, short: bool = False) -> tuple[Step, ...]:
    """The steps of the lesson that `words` names, in their language, spelt for the eye.

    Args:
        spec: whose lesson and prompts they are.
        words: what is written for what is said.
        short: whether they are for short messages, which have shorter words besides.

    Raises:
        PaperError: the flow has no such lesson, or a step no words in this language.
    """
    written = {**words.written, **words.sms.written} if short else words.written
    return tuple(
        Step(number, prompt_id, _written(text, written)[0])
        for number, (prompt_id, text) in enumerate(_spoken(spec, words), 1)
    )


def recap(spec: Spec, words: PaperWords) -> str | None:
    """What is said after the lesson, spelt for the eye; None where no say node follows it.

    Raises:
        PaperError: as `written_steps`.
    """
    node = spec.flow.nodes[_lesson(spec, words)[1].next]
    if not isinstance(node, Say):
        return None
    return _written(_said(spec, words.language, node.prompt), words.written)[0]


def written_day(day: str, words: PaperWords) -> str:
    """A day such as 2020-04-18 in the words of a paper: 18 April 2020."""
    year, month, date = day.split("-")
    text = f"{int(date)} {words.months[int(month) - 1]} {year}"
    return in_digits(text, words)


def in_digits(text: str | int, words: PaperWords) -> str:
    """A count or a text with its figures in the digits of the paper's language."""
    return str(text).translate(str.maketrans(DIGITS, words.digits))


def step_findings(spec: Spec, words: PaperWords) -> Iterator[Finding]:
    """What the words of a paper say of steps that the flow does not have.

    All are warnings, since the line runs with them: but paper could not be made, would show what
    is meant for the ear, or leave out what to wait for.
    """
    file = paper_file(words.language)
    if words.lesson is not None and not isinstance(spec.flow.nodes.get(words.lesson), Lesson):
        yield Finding(file, ("lesson",), _no_lesson(words.lesson), _ANOTHER_LESSON, Level.WARNING)
        return
    try:
        spoken = list(_spoken(spec, words))
    except PaperError:
        return  # the flow has no lesson, or lacks words: its own checks tell that
    for path, written in ((("written",), words.written), (("sms", "written"), words.sms.written)):
        used = set().union(*(_written(text, written)[1] for _, text in spoken))
        for said in written.keys() - used:
            what = f"no step of the lesson says '{said}'"
            to_do = "write here what a step says now, or remove the line"
            yield Finding(file, (*path, said), what, to_do, Level.WARNING)
    for prompt_id in words.script.waits.keys() - {prompt_id for prompt_id, _ in spoken}:
        what = f"'{prompt_id}' is no step of the lesson"
        to_do = "name a prompt of one of its steps, or remove the line"
        yield Finding(file, ("script", "waits", prompt_id), what, to_do, Level.WARNING)


_ANOTHER_LESSON: Final = "name a node of kind lesson, or leave 'lesson' out"


def _no_lesson(node_id: NodeId) -> str:
    return f"'{node_id}' is no lesson of flow.yaml"


def _lesson(spec: Spec, words: PaperWords) -> tuple[NodeId, Lesson]:
    lessons = {
        node_id: node for node_id, node in spec.flow.nodes.items() if isinstance(node, Lesson)
    }
    chosen = words.lesson or max(lessons, key=lambda each: len(lessons[each].steps), default=None)
    if chosen is None:
        message = "flow.yaml has no lesson whose steps could be written; add a node of kind lesson"
        raise PaperError(message)
    if chosen not in lessons:
        file = paper_file(words.language)
        raise PaperError(f"{file}: lesson: {_no_lesson(chosen)}; {_ANOTHER_LESSON}")
    return chosen, lessons[chosen]


def _spoken(spec: Spec, words: PaperWords) -> Iterator[tuple[PromptId, str]]:
    for step in _lesson(spec, words)[1].steps:
        yield step.prompt, _said(spec, words.language, step.prompt)


def _said(spec: Spec, language: str, prompt_id: PromptId) -> str:
    known = spec.words.get(language)
    if known is None or prompt_id not in known.prompts:
        message = f"prompts/{language}.yaml has no words for '{prompt_id}'; add them"
        raise PaperError(message)
    return known.prompts[prompt_id]


def _written(text: str, written: Mapping[str, str]) -> tuple[str, set[str]]:
    """A text with what is written in place of what is said, and what was replaced.

    Only whole words are; what has been written is not looked at again.
    """
    longest_first = sorted(written, key=len, reverse=True)
    parts: list[str] = []
    used: set[str] = set()
    at = 0
    while at < len(text):
        said = next((each for each in longest_first if _stands(each, text, at)), None)
        if said is not None:
            used.add(said)
        parts.append(text[at] if said is None else written[said])
        at += 1 if said is None else len(said)
    return "".join(parts), used


def _stands(said: str, text: str, at: int) -> bool:
    """Whether the words `said` begin at a place of a text, and neither end is within a word."""
    end = at + len(said)
    return (
        text.startswith(said, at)
        and not _joined(text[at - 1 : at], said[0])
        and not _joined(said[-1], text[end : end + 1])
    )


def _joined(left: str, right: str) -> bool:
    """Whether two letters that stand side by side are of one word; an empty one never is."""
    return bool(left and right) and _in_word(left) and _in_word(right)


def _in_word(letter: str) -> bool:
    """Letters, digits, and the marks and joiners that hang on letters."""
    return unicodedata.category(letter)[0] in "LMN" or letter in "\u200c\u200d"
