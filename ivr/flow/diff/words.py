"""The words of two versions compared, prompt by prompt and word by word."""

from __future__ import annotations

from collections import Counter
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from ivr.flow.diff.change import Kind, Piece, WordChange

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ivr.flow.model import Words
    from ivr.flow.terms import Language, PromptId


def compare_words(
    old: Mapping[Language, Words], new: Mapping[Language, Words]
) -> Iterator[WordChange]:
    """Every prompt whose words or name differ, by language; that one stands elsewhere is nothing.

    A prompt that is gone while a new one has just its words is called otherwise now.
    """
    for language in dict.fromkeys((*new, *old)):
        was = old[language].prompts if language in old else {}
        now = new[language].prompts if language in new else {}
        yield from _compare(language, was, now)


def _compare(
    language: Language, old: Mapping[PromptId, str], new: Mapping[PromptId, str]
) -> Iterator[WordChange]:
    earlier_names = _renamed(old, new)
    for prompt, text in new.items():
        if prompt in earlier_names:
            yield WordChange(
                kind=Kind.RENAMED,
                language=language,
                prompt=prompt,
                was_called=earlier_names[prompt],
                was=(Piece(text, is_other=False),),
                now=(Piece(text, is_other=False),),
            )
        elif prompt not in old:
            pieces = (Piece(text, is_other=True),)
            yield WordChange(kind=Kind.ADDED, language=language, prompt=prompt, now=pieces)
        elif old[prompt] != text:
            was, now = mark(old[prompt], text)
            yield WordChange(kind=Kind.CHANGED, language=language, prompt=prompt, was=was, now=now)
    kept = {*new, *earlier_names.values()}
    for prompt, text in old.items():
        if prompt not in kept:
            pieces = (Piece(text, is_other=True),)
            yield WordChange(kind=Kind.REMOVED, language=language, prompt=prompt, was=pieces)


def _renamed(old: Mapping[PromptId, str], new: Mapping[PromptId, str]) -> dict[PromptId, PromptId]:
    """New name → old name, of prompts whose words are the only such words on both sides."""
    gone = {prompt: text for prompt, text in old.items() if prompt not in new}
    come = {prompt: text for prompt, text in new.items() if prompt not in old}
    counts = Counter(gone.values()), Counter(come.values())
    by_text = {text: prompt for prompt, text in gone.items()}
    return {
        prompt: by_text[text]
        for prompt, text in come.items()
        if all(count[text] == 1 for count in counts)
    }


def mark(was: str, now: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Both texts in pieces that tell which words the other one lacks.

    Sample: `mark("press one", "press two")` marks `one` in the first and `two` in the second.
    """
    words = was.split(), now.split()
    blocks = SequenceMatcher(None, *words, autojunk=False).get_opcodes()
    left = [(words[0][i1:i2], tag != "equal") for tag, i1, i2, _, _ in blocks]
    right = [(words[1][j1:j2], tag != "equal") for tag, _, _, j1, j2 in blocks]
    return _pieces(left), _pieces(right)


def _pieces(runs: Sequence[tuple[Sequence[str], bool]]) -> tuple[Piece, ...]:
    return tuple(Piece(" ".join(run), is_other) for run, is_other in runs if run)
