"""Faults of keys: two meanings at one place, and options out of their order."""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Final

from ivr.flow.model import Lesson, Menu, Think
from ivr.flow.problem import Level, in_flow
from ivr.flow.terms import EXCLUDING, LESSON_KEYS, READY_KEY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.flow.model import Flow, Node, Option
    from ivr.flow.problem import Finding, Path

ORDER: Final = "1234567890*#"
"""The keys as they are told and looked for: as they stand on the telephone, zero after nine."""


def key_faults(flow: Flow) -> Iterator[Finding]:
    """Each fault of the keys of menus, lessons and questions."""
    yield from _global(flow)
    for node_id, node in flow.nodes.items():
        path: Path = ("nodes", node_id)
        for row, options in _rows(path, node):
            yield from _in_order(row, options)
        if isinstance(node, Lesson):
            yield from _in_lesson(path, node)
            yield from _on_pages(path, node)


def _global(flow: Flow) -> Iterator[Finding]:
    """Global keys that mean something else at a node.

    Told at the option, if at one node alone; else at the global key, and once.
    """
    for key, goal in flow.global_keys.items():
        found = {each: _other_uses(("nodes", each), flow.nodes[each], key) for each in flow.nodes}
        used = {each: paths for each, paths in found.items() if paths}
        named = ", ".join(f"'{each}'" for each in used)
        told = f"key {key} ({goal}) has another meaning already at {named}"
        if any(key in _fixed(flow.nodes[each]) for each in used):
            fixed = f"lessons need {', '.join(LESSON_KEYS)} and questions {READY_KEY}"
            yield in_flow(("global_keys", key), told, f"use another key: {fixed}")
        elif len(used) > 1:
            yield in_flow(("global_keys", key), told, "use another key here, or there")
        else:
            for path in (path for paths in used.values() for path in paths):
                wrong = f"key {key} is a global key ({goal}) already"
                yield in_flow(path, wrong, "give one of them another")


def _other_uses(path: Path, node: Node, key: str) -> list[Path]:
    """Where in a node a key means something of its own, though a global one would be taken."""
    if isinstance(node, Menu) and node.any_key is not None:
        return []  # any key leads somewhere here, so a global key may be one of them
    options = [
        (*row, place, "key")
        for row, options in _rows(path, node)
        for place, option in enumerate(options)
        if option.key == key
    ]
    return [path, *options] if key in _fixed(node) else options


def _fixed(node: Node) -> tuple[str, ...]:
    """The keys that every node of this kind has."""
    match node:
        case Lesson():
            return LESSON_KEYS
        case Think():
            return (READY_KEY,)
        case _:
            return ()


def _rows(path: Path, node: Node) -> Iterator[tuple[Path, tuple[Option, ...]]]:
    """The options that stand under one another, with where they do."""
    match node:
        case Menu():
            yield (*path, "options"), node.options
        case Lesson():
            for place, step in enumerate(node.steps):
                yield (*path, "steps", place, "options"), step.options
        case _:
            pass


def _in_lesson(path: Path, lesson: Lesson) -> Iterator[Finding]:
    for row, options in _rows(path, lesson):
        for place, option in enumerate(options):
            if option.key in LESSON_KEYS:
                told = f"key {option.key} has its meaning in every lesson already"
                yield in_flow((*row, place, "key"), told, "use another")


def _on_pages(path: Path, lesson: Lesson) -> Iterator[Finding]:
    """Keys of steps that are said at once to two at the screen."""
    for first, end in pairwise((0, *accumulate(lesson.together))):
        keys: set[str] = set()
        for place, step in enumerate(lesson.steps[first:end], first):
            for key in sorted({option.key for option in step.options} & keys):
                told = f"key {key} stands twice on one page of together"
                yield in_flow((*path, "steps", place, "options"), told, "give it another")
            keys |= {option.key for option in step.options}


def _in_order(path: Path, options: tuple[Option, ...]) -> Iterator[Finding]:
    for place, option in enumerate(options):
        if any(_both(option, other) for other in options[:place]):
            told = f"key {option.key} stands twice"
            yield in_flow((*path, place, "key"), told, "give it another")
    for place, (before, option) in enumerate(pairwise(options), 1):
        if ORDER.index(option.key) < ORDER.index(before.key):
            told = f"key {option.key} comes after key {before.key}"
            to_do = "put the options in the order of their keys"
            yield in_flow((*path, place, "key"), told, to_do, Level.WARNING)


def _both(option: Option, other: Option) -> bool:
    """Whether a key would be asked to do two things at once."""
    whens = {option.when, other.when}
    return option.key == other.key and not (len(whens) > 1 and whens <= EXCLUDING)
