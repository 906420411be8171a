"""What the types cannot say: that names lead somewhere, words exist, codes are sound.

Each check yields (the file's name inside the folder, where in it, what is wrong and what to do).
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Final

from ivr.flow.content import content_faults
from ivr.flow.graph import graph_faults
from ivr.flow.model import Asking, Flow, Lesson, Menu, Option, Practice, Say, Spec, Think, Transfer
from ivr.flow.patience import patience
from ivr.flow.places import is_place, split
from ivr.flow.terms import BOOKMARK, EXCLUDING, LESSON_KEYS, READY_KEY, REPEAT, RESERVED, RETURN
from ivr.flow.ways import path_of, targets

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ivr.flow.problem import Finding, Path, Problem
    from ivr.flow.source import Source

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
        *_tries(spec.flow),
        *_times(spec.flow),
        *_levels(spec.flow),
        *_renamed(spec.flow),
        *content_faults(spec),
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
    for path, goal in _goals(flow):
        if goal not in flow.nodes:
            text = f"it goes to '{goal}', which is no node; add that node or go elsewhere"
            yield "flow.yaml", path, text
    for node_id, node in flow.nodes.items():
        if node_id in RESERVED:
            yield (
                "flow.yaml",
                ("nodes", node_id),
                f"'{node_id}' has a meaning of its own; rename it",
            )
        for way, goal in targets(node):
            is_beside = isinstance(node, Say | Transfer) or (
                isinstance(node, Asking) and node.aside
            )
            if goal == RETURN and not is_beside:
                text = "it leads back, but is not beside the way; add aside: true, or go elsewhere"
                yield "flow.yaml", path_of(node_id, node, way), text


def _goals(flow: Flow) -> Iterator[tuple[Path, str]]:
    """Every name of a node, with where it stands; reserved ones only where they mean nothing."""
    usual = flow.defaults
    yield ("flow", "start"), flow.flow.start
    yield ("defaults", "too_many", "go"), usual.too_many.go
    yield ("defaults", "give_up", "go"), usual.give_up.go
    yield ("defaults", "ends_at"), usual.ends_at
    yield ("defaults", "practice", "too_many", "go"), usual.practice.too_many.go
    yield ("defaults", "practice", "give_up", "go"), usual.practice.give_up.go
    for place, level in enumerate(flow.confusion.levels):
        yield ("confusion", "levels", place, "go"), level.go
    for key, goal in flow.global_keys.items():
        if goal != REPEAT:
            yield ("global_keys", key), goal
    for node_id, node in flow.nodes.items():
        for way, goal in targets(node):
            is_chosen = way == "silence" or way.startswith("key")
            if goal != RETURN and not (goal == BOOKMARK and is_chosen):
                yield path_of(node_id, node, way), goal


def _keys(flow: Flow) -> Iterator[Finding]:
    """Keys that have two meanings at one place; of those taken before, what is to be told."""
    global_keys = {
        key: f"key {key} is a global key ({goal}) already; give one of them another"
        for key, goal in flow.global_keys.items()
    }
    lesson_keys = {
        key: f"key {key} has its meaning in every lesson already; use another"
        for key in LESSON_KEYS
    }
    for node_id, node in flow.nodes.items():
        path: Path = ("nodes", node_id)
        match node:
            case Menu():
                # Where any key leads somewhere, a global key is one of them.
                taken = {} if node.any_key is not None else global_keys
                yield from _clashes((*path, "options"), node.options, taken)
            case Lesson():
                yield from _clash(path, LESSON_KEYS, global_keys)
                fixed = lesson_keys | global_keys
                for place, step in enumerate(node.steps):
                    yield from _clashes((*path, "steps", place, "options"), step.options, fixed)
                yield from _on_pages(path, node)
            case Think():
                yield from _clash(path, (READY_KEY,), global_keys)
            case _:
                pass


def _on_pages(path: Path, lesson: Lesson) -> Iterator[Finding]:
    """Keys of steps that are said at once to two at the screen."""
    for first, end in pairwise((0, *accumulate(lesson.together))):
        keys: set[str] = set()
        for place, step in enumerate(lesson.steps[first:end], first):
            for key in sorted({option.key for option in step.options} & keys):
                text = f"key {key} stands twice on one page of together; give it another"
                yield "flow.yaml", (*path, "steps", place, "options"), text
            keys |= {option.key for option in step.options}


def _clashes(
    path: Path, options: tuple[Option, ...], taken: Mapping[str, str]
) -> Iterator[Finding]:
    for place, option in enumerate(options):
        where = (*path, place, "key")
        if any(_both(option, other) for other in options[:place]):
            yield "flow.yaml", where, f"key {option.key} stands twice; give it another"
        if option.key in taken:
            yield "flow.yaml", where, taken[option.key]


def _both(option: Option, other: Option) -> bool:
    """Whether a key would be asked to do two things at once."""
    whens = {option.when, other.when}
    return option.key == other.key and not (len(whens) > 1 and whens <= EXCLUDING)


def _clash(path: Path, keys: tuple[str, ...], taken: Mapping[str, str]) -> Iterator[Finding]:
    for key in keys:
        if key in taken:
            yield "flow.yaml", path, taken[key]


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
            path: Path = ("nodes", node_id)
            seen: set[str] = set()
            for place, step in enumerate(node.steps):
                if step.prompt in seen:
                    text = f"step '{step.prompt}' stands twice; give it a prompt of its own"
                    yield "flow.yaml", (*path, "steps", place), text
                seen.add(step.prompt)
            held = sum(node.together)
            if node.together and held != len(node.steps):
                text = f"it holds {held} steps but there are {len(node.steps)}; make them equal"
                yield "flow.yaml", (*path, "together"), text


def _tries(flow: Flow) -> Iterator[Finding]:
    """No sentence is to be said again because the next one is missing."""
    for node_id, node in flow.nodes.items():
        if not isinstance(node, Asking):
            continue
        held = patience(flow, node)
        for name, words in (("no_input", held.no_input), ("invalid", held.invalid)):
            if len(words) < held.tries - 1:
                text = (
                    f"{name} has {len(words)} of the {held.tries - 1} sentences that "
                    f"{held.tries} tries ask for; add one, or set tries: {len(words) + 1}"
                )
                yield "flow.yaml", ("nodes", node_id), text
            for twice in sorted(word for word, times in Counter(words).items() if times > 1):
                text = f"{name} has '{twice}' twice; write another sentence for one of the two"
                yield "flow.yaml", ("nodes", node_id), text


def _times(flow: Flow) -> Iterator[Finding]:
    """What can never come about as it is written."""
    given, hours = flow.defaults, flow.flow.helper_hours
    if given.longest_seconds < given.first_key_seconds:
        text = (
            f"it is below first_key_seconds ({given.first_key_seconds}), which nobody would get; "
            f"make it {given.first_key_seconds} at least"
        )
        yield "flow.yaml", ("defaults", "longest_seconds"), text
    if hours[0] == hours[1]:
        text = "from an hour to the same hour is never; write two hours, such as [10, 18]"
        yield "flow.yaml", ("flow", "helper_hours"), text
    for node_id, node in flow.nodes.items():
        if not isinstance(node, Asking) or node.silence is None:
            continue
        path: Path = ("nodes", node_id, "silence")
        tries = patience(flow, node).tries
        if isinstance(node, Lesson):
            yield "flow.yaml", path, "silence goes on in a lesson; take this away"
        elif node.silence.after > tries:
            text = f"after {node.silence.after} is beyond the {tries} tries; write {tries} at most"
            yield "flow.yaml", path, text


def _levels(flow: Flow) -> Iterator[Finding]:
    levels = flow.confusion.levels
    for place, (below, level) in enumerate(pairwise(levels), 1):
        if level.at <= below.at:
            text = f"level {level.at} does not rise above {below.at}; write the levels rising"
            yield "flow.yaml", ("confusion", "levels", place, "at"), text


def _renamed(flow: Flow) -> Iterator[Finding]:
    for old, new in flow.renamed.items():
        if old in flow.nodes or _is_step(flow, old):
            text = f"'{old}' is there still; take it away here, or rename it there"
            yield "flow.yaml", ("renamed", old), text
        last = new
        for _ in flow.renamed:
            last = flow.renamed.get(last, last)
        if last not in flow.nodes and not _is_step(flow, last):
            text = f"'{new}' is no place; name a node, or a step as node.step"
            yield "flow.yaml", ("renamed", old), text


def _is_step(flow: Flow, place: str) -> bool:
    return isinstance(flow.nodes.get(split(place)[0]), Lesson) and is_place(flow, place)
