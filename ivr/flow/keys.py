"""Faults of keys: two meanings at one place, and options out of their order."""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Final

from ivr.flow.model import Lesson, Menu, Think
from ivr.flow.problem import Level, in_flow
from ivr.flow.terms import EXCLUDING, LESSON_KEYS, READY_KEY

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ivr.flow.model import Flow, Node, Option
    from ivr.flow.problem import Finding, Path

    Taken = Mapping[str, tuple[str, str]]
    """Keys that have a meaning before: what is to be told of each, and what to do."""


ORDER: Final = "1234567890*#"
"""The keys as they are told and looked for: as they stand on the telephone, zero after nine."""


def key_faults(flow: Flow) -> Iterator[Finding]:
    """Each fault of the keys of menus, lessons and questions."""
    in_use = {
        key: (f"key {key} is a global key ({goal}) already", "give one of them another")
        for key, goal in flow.global_keys.items()
    }
    for node_id, node in flow.nodes.items():
        yield from _of_node(("nodes", node_id), node, in_use)


def _of_node(path: Path, node: Node, global_keys: Taken) -> Iterator[Finding]:
    match node:
        case Menu():
            # Where any key leads somewhere, a global key is one of them.
            taken = {} if node.any_key is not None else global_keys
            yield from _clashes((*path, "options"), node.options, taken)
        case Lesson():
            yield from _clash(path, LESSON_KEYS, global_keys)
            fixed = {**_LESSON, **global_keys}
            for place, step in enumerate(node.steps):
                yield from _clashes((*path, "steps", place, "options"), step.options, fixed)
            yield from _on_pages(path, node)
        case Think():
            yield from _clash(path, (READY_KEY,), global_keys)
        case _:
            pass


_LESSON: Taken = {
    key: (f"key {key} has its meaning in every lesson already", "use another")
    for key in LESSON_KEYS
}


def _on_pages(path: Path, lesson: Lesson) -> Iterator[Finding]:
    """Keys of steps that are said at once to two at the screen."""
    for first, end in pairwise((0, *accumulate(lesson.together))):
        keys: set[str] = set()
        for place, step in enumerate(lesson.steps[first:end], first):
            for key in sorted({option.key for option in step.options} & keys):
                told = f"key {key} stands twice on one page of together"
                yield in_flow((*path, "steps", place, "options"), told, "give it another")
            keys |= {option.key for option in step.options}


def _clashes(path: Path, options: tuple[Option, ...], taken: Taken) -> Iterator[Finding]:
    for place, option in enumerate(options):
        where = (*path, place, "key")
        if any(_both(option, other) for other in options[:place]):
            yield in_flow(where, f"key {option.key} stands twice", "give it another")
        if option.key in taken:
            yield in_flow(where, *taken[option.key])
    for place, (before, option) in enumerate(pairwise(options), 1):
        if ORDER.index(option.key) < ORDER.index(before.key):
            told = f"key {option.key} comes after key {before.key}"
            to_do = "put the options in the order of their keys"
            yield in_flow((*path, place, "key"), told, to_do, Level.WARNING)


def _both(option: Option, other: Option) -> bool:
    """Whether a key would be asked to do two things at once."""
    whens = {option.when, other.when}
    return option.key == other.key and not (len(whens) > 1 and whens <= EXCLUDING)


def _clash(path: Path, keys: tuple[str, ...], taken: Taken) -> Iterator[Finding]:
    for key in keys:
        if key in taken:
            yield in_flow(path, *taken[key])
