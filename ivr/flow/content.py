"""What the words must hold: every fact told, every prompt there and used, every text speakable."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from unicodedata import is_normalized

from ivr.flow.model import Lesson
from ivr.flow.near import meant
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
    known = spec.facts.facts
    named = {
        (*_teller(node_id, node, prompt_id, fact), "facts"): fact
        for node_id, node in spec.flow.nodes.items()
        for prompt_id, facts in facts_told(node).items()
        for fact in facts
    }
    untold = known.keys() - set(named.values())
    meanings = {fact: meant(fact, untold) for fact in named.values() if fact not in known}
    for path, fact in named.items():
        if fact in meanings:
            found = meanings[fact]
            to_do = f"did you mean '{found}'?" if found else "add it there or mend the name"
            yield in_flow(path, f"the fact '{fact}' is not in facts.yaml", to_do)
    for fact in untold - set(meanings.values()):
        to_do = f"name it at the node or step that does (facts: [{fact}])"
        yield Finding("facts.yaml", ("facts", fact), f"no prompt tells '{fact}'", to_do)


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
    """Prompts without words and words without a prompt; of a name that is misspelt once.

    Only words that nothing else says can be the ones that were meant: a new step next to others is
    no slip. A name that some language has is right in flow.yaml, and wrong in the other's words.
    """
    places = {prompt_id: path for path, prompt_id in reversed([*prompts_used(spec.flow)])}
    written = {prompt_id for words in spec.words.values() for prompt_id in words.prompts}
    for language, words in spec.words.items():
        unused = words.prompts.keys() - places.keys()
        for prompt_id, path in places.items():
            if prompt_id in words.prompts:
                continue
            found = meant(prompt_id, unused)
            unused -= {found}
            if found is not None and prompt_id in written:
                told = f"nothing says '{found}', and '{prompt_id}' has no words"
                to_do = f"did you mean '{prompt_id}'?"
                yield in_words(language, ("prompts", found), told, to_do)
                continue
            to_do = f"did you mean '{found}'?" if found else f"add it to prompts/{language}.yaml"
            yield in_flow(path, f"prompt '{prompt_id}' has no words", to_do)
        for prompt_id in unused:
            to_do = "name it in flow.yaml, or take it away"
            told = f"nothing says '{prompt_id}'"
            yield in_words(language, ("prompts", prompt_id), told, to_do, Level.WARNING)


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
