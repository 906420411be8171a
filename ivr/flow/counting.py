"""Whether what tells how many steps there are tells the right number.

Nobody has told this program how numbers are called; but the prompts that say the numbers of steps
differ from one another in just that word.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.flow.model import Lesson
from ivr.flow.problem import Level, in_words
from ivr.flow.usage import number_prompt

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ivr.flow.model import Spec
    from ivr.flow.problem import Finding
    from ivr.flow.terms import PromptId


def count_faults(spec: Spec) -> Iterator[Finding]:
    """Each text that tells of another number of steps than its lesson has.

    Only a text that holds the number of another step is told of: one that says how many there are
    in other words may be right.
    """
    lessons = [node for node in spec.flow.nodes.values() if isinstance(node, Lesson)]
    for language, words in spec.words.items():
        numbers = _numbers(words.prompts)
        for prompt_id, count in {(each.numbered, len(each.steps)) for each in lessons}:
            said = _tokens(words.prompts.get(prompt_id, "")) if prompt_id is not None else set()
            others = [number for number, word in numbers.items() if word in said]
            if prompt_id is None or not others or count in others:
                continue
            wrong = f"'{prompt_id}' says {others[-1]}, but the lesson has {count} steps"
            to_do = "say how many there are now"
            yield in_words(language, ("prompts", prompt_id), wrong, to_do, Level.WARNING)


def _numbers(prompts: Mapping[PromptId, str]) -> dict[int, str]:
    """Each number that a step can have with its word: the one that no other such prompt has."""
    texts: dict[int, set[str]] = {}
    while (name := number_prompt(len(texts) + 1)) in prompts:
        texts[len(texts) + 1] = _tokens(prompts[name])
    found = {}
    for number, text in texts.items():
        own = text.difference(*(other for each, other in texts.items() if each != number))
        if len(own) == 1:
            found[number] = own.pop()
    return found


def _tokens(text: str) -> set[str]:
    return {word.strip(".,;:!?\u0964").casefold() for word in text.split()}
