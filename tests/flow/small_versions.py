"""Versions of a small flow with words of their own, to be compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import yaml

from ivr.flow.diff.change import Kind
from ivr.flow.load import load
from ivr.flow.model import Flow
from ivr.flow.usage import prompts_used
from tests.flow.small import small_text

if TYPE_CHECKING:
    from ivr.flow.diff.change import Change
    from ivr.flow.model import Spec

ROWS = """
  menu:
    kind: menu
    prompt: menu
    options:
      - {key: '1', prompt: to_lesson, go: lesson}
      - {key: '2', prompt: to_code, go: code}
      - {key: '3', prompt: to_end, go: bye}
  lesson:
    kind: lesson
    resume: in_lesson
    steps:
      - {prompt: one}
      - {prompt: two}
      - {prompt: three}
      - {prompt: four, options: [{key: '4', prompt: spell, go: bye}]}
    next: menu
  code:
    kind: practice
    resume: in_code
    prompt: code
    code_prompt: code_is
    code: {length: 4}
    next: asked
  asked:
    kind: branch
    when: [{condition: night, go: bye}]
    otherwise: second
  second:
    kind: menu
    prompt: second
    options: [{key: '1', prompt: onward, go: menu}]
"""
SECOND_SAYS = (
    """  second:
    kind: menu
    prompt: second
    options: [{key: '1', prompt: onward, go: menu}]""",
    "  second: {kind: say, prompt: second, next: menu}",
)
"""The change by which nobody can stand at `second`."""


def version(*changes: tuple[str, str], tail: str = "", words: dict[str, str] | None = None) -> Spec:
    """The small flow with changes in its text; each prompt says its own name in words.

    Args:
        changes: (old, new); each old text must be there.
        tail: further parts, such as `renamed:`.
        words: texts of prompts that say something else.
    """
    text = small_text(ROWS, tail=tail)
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return load(files(text, words or {}))


def files(text: str, words: dict[str, str]) -> dict[str, str]:
    """The files of a config folder with this flow."""
    flow = msgspec.convert(yaml.safe_load(text), Flow)
    names = sorted({prompt for _, prompt in prompts_used(flow)})
    prompts = {name: words.get(name, name.replace("_", " ")) for name in names}
    spoken = {"language": "en", "facts_as_of": "2020-04-18", "prompts": prompts}
    facts = {"facts_as_of": "2020-04-18", "facts": {}}
    return {
        "flow.yaml": text,
        "prompts/en.yaml": yaml.safe_dump(spoken, sort_keys=False),
        "facts.yaml": yaml.safe_dump(facts),
    }


def change_told(change: Change) -> str:
    """A change in a line: `key 2 leads to: code → bye`."""
    verb = "" if change.kind is Kind.CHANGED else f"{change.kind} "
    return f"{verb}{change.what}: {change.was} → {change.now}"
