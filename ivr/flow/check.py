"""What the types cannot say: that names lead somewhere, words exist, codes are sound.

Each check yields (the file's name inside the folder, where in it, what is wrong and what to do).
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, Final, TypeAlias

from ivr.flow.graph import graph_faults
from ivr.flow.model import (
    JOINERS,
    LESSON_KEYS,
    READY_KEY,
    REPEAT,
    RESERVED,
    RETURN,
    Branch,
    Flow,
    Lesson,
    Menu,
    Node,
    Practice,
    Spec,
    Think,
    facts_told,
    targets,
)
from ivr.flow.problem import Path, Problem
from ivr.flow.usage import prompts_used

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ivr.flow.source import Source

Finding: TypeAlias = tuple[str, Path, str]

MAX_TEXT_BYTES: Final = 1500
"""Twilio refuses a Say of more than 4500 URL-encoded letters (13521), which are three a byte."""
_MARKUP: Final = re.compile(r"[<>]|&\w+;|[\u2600-\u27bf\U0001f000-\U0001faff]")
"""HTML and pictures, which a voice would read out or drop."""
MOBILE_DIGITS: Final = 10
"""An Indian mobile number has ten digits and begins with 6 to 9."""


def check(spec: Spec, sources: Mapping[str, Source]) -> list[Problem]:
    """Every problem of a spec whose files each have the right shape."""
    findings = [
        *_heads(spec.flow, spec),
        *_targets(spec.flow),
        *_keys(spec.flow),
        *_codes(spec.flow),
        *graph_faults(spec.flow),
        *_steps(spec.flow),
        *_facts(spec),
        *_prompts(spec),
        *_texts(spec),
    ]
    return [sources[name].problem(path, message) for name, path, message in findings]


def _heads(flow: Flow, spec: Spec) -> Iterator[Finding]:
    head = flow.flow
    if head.default_language not in head.languages:
        text = f"'{head.default_language}' is not among the languages; add it there"
        yield "flow.yaml", ("flow", "default_language"), text
    for language in head.languages:
        if language not in spec.words:
            text = f"'{language}' has no words; add prompts/{language}.yaml"
            yield "flow.yaml", ("flow", "languages"), text
    for name, words in spec.words.items():
        file = f"prompts/{name}.yaml"
        if words.language != name:
            yield (
                file,
                ("language",),
                f"'{words.language}' is not what the file is called; use {name}",
            )
        if name not in head.languages:
            yield file, ("language",), f"'{name}' is not in flow.languages; add it there"
    dated = {f"prompts/{name}.yaml": words.facts_as_of for name, words in spec.words.items()}
    for file, day in {**dated, "facts.yaml": spec.facts.facts_as_of}.items():
        if not _is_day(day):
            yield file, ("facts_as_of",), f"{day} is no day; write it as 2020-04-18"
        if day != head.facts_as_of:
            text = (
                f"the facts are of {day} here but of {head.facts_as_of} in flow.yaml; make them one"
            )
            yield file, ("facts_as_of",), text


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _targets(flow: Flow) -> Iterator[Finding]:
    named: list[tuple[Path, str]] = [
        (("flow", "start"), flow.flow.start),
        (("defaults", "too_many", "go"), flow.defaults.too_many.go),
        (("defaults", "practice", "too_many", "go"), flow.defaults.practice.too_many.go),
    ]
    named += [
        (("global_keys", key), goal) for key, goal in flow.global_keys.items() if goal != REPEAT
    ]
    for node_id, node in flow.nodes.items():
        if node_id in RESERVED:
            yield (
                "flow.yaml",
                ("nodes", node_id),
                f"'{node_id}' has a meaning of its own; rename it",
            )
        for way, goal in targets(node):
            if goal != RETURN or not way.startswith("key"):
                named.append((_path_of(node_id, node, way), goal))
    for path, goal in named:
        if goal not in flow.nodes:
            text = f"it goes to '{goal}', which is no node; add that node or go elsewhere"
            yield "flow.yaml", path, text


def _path_of(node_id: str, node: Node, way: str) -> Path:
    """Where in the file the way out of a node is written."""
    match node, way.split():
        case Menu(), ["key", key]:
            place = next(i for i, option in enumerate(node.options) if option.key == key)
            return ("nodes", node_id, "options", place, "go")
        case Branch(), ["when", condition]:
            place = next(i for i, case in enumerate(node.when) if case.condition == condition)
            return ("nodes", node_id, "when", place, "go")
        case _, ["too_many"]:
            return ("nodes", node_id, "too_many", "go")
        case _:
            return ("nodes", node_id, way)


def _keys(flow: Flow) -> Iterator[Finding]:
    for node_id, node in flow.nodes.items():
        match node:
            case Menu():
                seen: set[str] = set()
                for place, option in enumerate(node.options):
                    path: Path = ("nodes", node_id, "options", place, "key")
                    if option.key in seen:
                        yield "flow.yaml", path, f"key {option.key} stands twice; give it another"
                    seen.add(option.key)
                    yield from _clash(flow, path, option.key)
            case Lesson():
                for key in LESSON_KEYS:
                    yield from _clash(flow, ("nodes", node_id), key)
            case Think():
                yield from _clash(flow, ("nodes", node_id), READY_KEY)
            case _:
                pass


def _clash(flow: Flow, path: Path, key: str) -> Iterator[Finding]:
    if key in flow.global_keys:
        text = (
            f"key {key} is a global key ({flow.global_keys[key]}) already; give one of them another"
        )
        yield "flow.yaml", path, text


def _codes(flow: Flow) -> Iterator[Finding]:
    for node_id, node in flow.nodes.items():
        if isinstance(node, Practice):
            for text in _code_faults(flow, node):
                yield "flow.yaml", ("nodes", node_id, "code"), text


def _code_faults(flow: Flow, node: Practice) -> Iterator[str]:
    code = node.code
    if sum(part is not None for part in (code.digits, code.length, code.same_as)) != 1:
        yield "a code has one of digits, length and same_as; keep just one"
        return
    if code.same_as is not None:
        other = flow.nodes.get(code.same_as)
        if not isinstance(other, Practice) or other.code.same_as is not None:
            yield (
                f"same_as: '{code.same_as}' is no practice node with a code of its own; "
                "name one that has digits or length"
            )
            return
        code = other.code
    length = code.length or len(code.digits or "")
    if node.code.groups and sum(node.code.groups) != length:
        held = sum(node.code.groups)
        yield f"the groups hold {held} digits but the code has {length}; make them equal"
    if code.digits and len(code.digits) >= MOBILE_DIGITS and not code.digits.startswith("0"):
        yield "a practice number must begin with 0, so that it cannot be anybody's; change it"


def _steps(flow: Flow) -> Iterator[Finding]:
    for node_id, node in flow.nodes.items():
        if isinstance(node, Lesson):
            seen: set[str] = set()
            for place, step in enumerate(node.steps):
                if step.prompt in seen:
                    text = f"step '{step.prompt}' stands twice; give it a prompt of its own"
                    yield "flow.yaml", ("nodes", node_id, "steps", place), text
                seen.add(step.prompt)


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
