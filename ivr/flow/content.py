"""What the words must hold: every fact told, every prompt there, every text fit to be spoken."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from ivr.flow.terms import JOINERS
from ivr.flow.usage import prompts_used
from ivr.flow.ways import facts_told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.flow.model import Spec
    from ivr.flow.problem import Finding

MAX_TEXT_BYTES: Final = 1500
"""Twilio refuses a Say of more than 4500 URL-encoded letters (13521), which are three a byte."""
_MARKUP: Final = re.compile(r"[<>]|&\w+;|[\u2600-\u27bf\U0001f000-\U0001faff]")
"""HTML and pictures, which a voice would read out or drop."""


def content_faults(spec: Spec) -> Iterator[Finding]:
    """Each fault of facts, prompts and texts."""
    yield from _facts(spec)
    yield from _prompts(spec)
    yield from _texts(spec)


def _facts(spec: Spec) -> Iterator[Finding]:
    told = Counter(
        fact
        for node in spec.flow.nodes.values()
        for facts in facts_told(node).values()
        for fact in facts
    )
    for fact in spec.facts.facts:
        if fact not in told:
            yield (
                "facts.yaml",
                ("facts", fact),
                f"no prompt tells '{fact}'; name it at one (facts: [{fact}])",
            )
    for node_id, node in spec.flow.nodes.items():
        for facts in facts_told(node).values():
            for fact in facts:
                if fact not in spec.facts.facts:
                    text = f"the fact '{fact}' is not in facts.yaml; add it there or mend the name"
                    yield "flow.yaml", ("nodes", node_id), text


def _prompts(spec: Spec) -> Iterator[Finding]:
    told: set[tuple[str, str]] = set()
    for path, prompt_id in prompts_used(spec.flow):
        for language, words in spec.words.items():
            if prompt_id not in words.prompts and (language, prompt_id) not in told:
                told.add((language, prompt_id))
                text = f"prompt '{prompt_id}' has no words; add it to prompts/{language}.yaml"
                yield "flow.yaml", path, text


def _texts(spec: Spec) -> Iterator[Finding]:
    for language, words in spec.words.items():
        for prompt_id, text in words.prompts.items():
            file, path = f"prompts/{language}.yaml", ("prompts", prompt_id)
            if not any(letter.isalnum() for letter in text):
                yield file, path, f"'{prompt_id}' says nothing; write its words"
            elif not text.translate(JOINERS).isprintable():
                yield file, path, f"'{prompt_id}' holds a sign that cannot be spoken; type it anew"
            elif found := _MARKUP.search(text):
                told = (
                    f"'{prompt_id}' holds {found[0]}, which cannot be read out; write it in words"
                )
                yield file, path, told
            elif len(text.encode()) > MAX_TEXT_BYTES:
                yield file, path, f"'{prompt_id}' is too long to be spoken at once; make it two"
