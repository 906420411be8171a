"""What the words must hold: every fact told, every prompt there and used, every text speakable."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from unicodedata import is_normalized

from ivr.flow.model import Lesson
from ivr.flow.problem import Finding, Level, in_flow, in_words
from ivr.flow.terms import JOINERS
from ivr.flow.usage import prompts_used
from ivr.flow.ways import facts_told

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ivr.flow.model import Node, Spec
    from ivr.flow.problem import Path
    from ivr.flow.terms import FactId, NodeId, PromptId

MAX_TEXT_BYTES: Final = 1500
"""Twilio refuses a Say of more than 4500 URL-encoded letters (13521), which are three a byte."""
_MARKUP: Final = re.compile(r"[<>]|&\w+;|[\u2600-\u27bf\U0001f000-\U0001faff]")
"""HTML and pictures, which a voice would read out or drop."""


def content_faults(spec: Spec) -> Iterator[Finding]:
    """Each fault of facts, prompts and texts.

    A fact counts as told by a node that no call comes to: of that node another check tells.
    """
    yield from _facts(spec)
    yield from _prompts(spec)
    yield from _texts(spec)


def nfc_hint(language: str, prompts: Mapping[PromptId, str]) -> Iterator[Finding]:
    """Says once that texts of a language, as their file has them, are not in NFC.

    The line takes them as NFC, in which the Bengali letters yya, rra and rrha are two code points
    each (Unicode excludes U+09DF, U+09DC and U+09DD from composition); but who searches the file,
    or compares two versions of it, finds what looks the same to be different.
    """
    found = [name for name, text in prompts.items() if not is_normalized("NFC", text)]
    if found:
        told = f"{len(found)} texts are not in NFC, the first is '{found[0]}'"
        to_do = "leave them, the line reads them as NFC; or have your editor save them so"
        yield in_words(language, ("prompts", found[0]), told, to_do, Level.HINT)


def _facts(spec: Spec) -> Iterator[Finding]:
    told = {
        fact
        for node in spec.flow.nodes.values()
        for facts in facts_told(node).values()
        for fact in facts
    }
    for fact in spec.facts.facts:
        if fact not in told:
            to_do = f"name it at the node or step that does (facts: [{fact}])"
            yield Finding("facts.yaml", ("facts", fact), f"no prompt tells '{fact}'", to_do)
    for node_id, node in spec.flow.nodes.items():
        for prompt_id, facts in facts_told(node).items():
            for fact in facts:
                if fact not in spec.facts.facts:
                    wrong = f"the fact '{fact}' is not in facts.yaml"
                    path = (*_teller(node_id, node, prompt_id, fact), "facts")
                    yield in_flow(path, wrong, "add it there or mend the name")


def _teller(node_id: NodeId, node: Node, prompt_id: PromptId, fact: FactId) -> Path:
    """Where the node, or the step of a lesson, stands that tells a fact by a prompt."""
    match node:
        case Lesson(steps=steps):
            tells = (step.prompt == prompt_id and fact in step.facts for step in steps)
            place = list(tells).index(True)
            return ("nodes", node_id, "steps", place)
        case _:
            return ("nodes", node_id)


def _prompts(spec: Spec) -> Iterator[Finding]:
    told: set[tuple[str, str]] = set()
    for path, prompt_id in prompts_used(spec.flow):
        for language, words in spec.words.items():
            if prompt_id not in words.prompts and (language, prompt_id) not in told:
                told.add((language, prompt_id))
                to_do = f"add it to prompts/{language}.yaml"
                yield in_flow(path, f"prompt '{prompt_id}' has no words", to_do)
    used = {prompt_id for _, prompt_id in prompts_used(spec.flow)}
    for language, words in spec.words.items():
        for prompt_id in words.prompts.keys() - used:
            to_do = "name it in flow.yaml, or take it away"
            unused = f"nothing says '{prompt_id}'"
            yield in_words(language, ("prompts", prompt_id), unused, to_do, Level.WARNING)


def _texts(spec: Spec) -> Iterator[Finding]:
    for language, words in spec.words.items():
        for prompt_id, text in words.prompts.items():
            if wrong := _unspeakable(text):
                told, to_do = wrong
                path = ("prompts", prompt_id)
                yield in_words(language, path, f"'{prompt_id}' {told}", to_do)


def _unspeakable(text: str) -> tuple[str, str] | None:
    """Why a text cannot be spoken, and what to do; None: it can."""
    if not any(letter.isalnum() for letter in text):
        return "says nothing", "write its words"
    if not text.translate(JOINERS).isprintable():
        return "holds a sign that cannot be spoken", "type it anew"
    if found := _MARKUP.search(text):
        return f"holds {found[0]}, which cannot be read out", "write it in words"
    if len(text.encode()) > MAX_TEXT_BYTES:
        return "is too long to be spoken at once", "make it two"
    return None
