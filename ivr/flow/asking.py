"""Faults of what a place asks: codes, steps, tries, silence, conditions, levels of confusion."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from ivr.flow.model import Asking, Branch, Lesson, Practice
from ivr.flow.near import asked_for
from ivr.flow.patience import patience
from ivr.flow.places import MAX_PARTS
from ivr.flow.problem import Fault, in_flow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.flow.model import Flow, Node
    from ivr.flow.problem import Finding, Path

MOBILE_DIGITS: Final = 10
"""An Indian mobile number has ten digits and begins with 6 to 9."""
MIN_DIGITS: Final = 3
"""Of a shorter code every entry would be nearly right, and no secret be warned of."""


def asking_faults(flow: Flow) -> Iterator[Finding]:
    """Each fault of what the nodes ask for, and of the levels."""
    for node_id, node in flow.nodes.items():
        for fault in _node_faults(flow, ("nodes", node_id), node):
            yield in_flow(fault.path, fault.what, fault.to_do)
    for place, (below, level) in enumerate(pairwise(flow.confusion.levels), 1):
        if level.at <= below.at:
            path = ("confusion", "levels", place, "at")
            told = f"level {level.at} does not rise above {below.at}"
            yield in_flow(path, told, "write the levels rising")


def _node_faults(flow: Flow, path: Path, node: Node) -> Iterator[Fault]:
    if isinstance(node, Practice):
        yield from _code(flow, (*path, "code"), node)
    if isinstance(node, Lesson):
        yield from _steps(path, node)
    if isinstance(node, Branch):
        yield from _conditions(path, node)
    if isinstance(node, Asking):
        yield from _tries(flow, path, node)
        yield from _silence(flow, path, node)


def _code(flow: Flow, path: Path, node: Practice) -> Iterator[Fault]:
    code = node.code
    if sum(part is not None for part in (code.digits, code.length, code.same_as)) != 1:
        told = "a code has just one of digits, length and same_as"
        yield Fault(path, told, "write one and no other")
        return
    if code.same_as is not None:
        other = flow.nodes.get(code.same_as)
        if not isinstance(other, Practice) or not _has_code(other):
            told = f"same_as: '{code.same_as}' is no practice node with a code of its own"
            own = (each for each, held in flow.nodes.items() if _has_code(held))
            to_do = asked_for(code.same_as, own, "name one that has digits or length")
            yield Fault(path, told, to_do)
            return
        code = other.code
    length = code.length or len(code.digits or "")
    if node.code.groups and sum(node.code.groups) != length:
        told = f"the groups hold {sum(node.code.groups)} digits but the code has {length}"
        yield Fault((*path, "groups"), told, f"write groups that make {length} together")
    if len(node.code.groups) > MAX_PARTS:
        told = f"the code is read in {len(node.code.groups)} groups, {MAX_PARTS} are the most"
        yield Fault((*path, "groups"), told, "make the groups longer")
    if code.digits and len(code.digits) < MIN_DIGITS and node.code.same_as is None:
        told = f"the code is {len(code.digits)} long, and {MIN_DIGITS} digits are the least"
        yield Fault(path, told, "make it longer")
    if code.digits and len(code.digits) >= MOBILE_DIGITS and not code.digits.startswith("0"):
        told = "a practice number must begin with 0, so that it cannot be anybody's"
        yield Fault(path, told, "make its first digit 0")


def _has_code(node: Node) -> bool:
    """Whether a node has a code of its own, that another can have too."""
    return isinstance(node, Practice) and node.code.same_as is None


def _steps(path: Path, lesson: Lesson) -> Iterator[Fault]:
    seen: set[str] = set()
    for place, step in enumerate(lesson.steps):
        if step.prompt in seen:
            told = f"step '{step.prompt}' stands twice"
            yield Fault((*path, "steps", place), told, "give it a prompt of its own")
        seen.add(step.prompt)
    held = sum(lesson.together)
    if lesson.together and held != len(lesson.steps):
        told = f"the pages of together hold {held} steps, but the lesson has {len(lesson.steps)}"
        to_do = f"write numbers that make {len(lesson.steps)} together"
        yield Fault((*path, "together"), told, to_do)


def _tries(flow: Flow, node_path: Path, node: Asking) -> Iterator[Fault]:
    """No sentence is to be said again because the next one is missing."""
    held = patience(flow, node)
    for name, words in (("no_input", held.no_input), ("invalid", held.invalid)):
        path = _written(node_path, node, name)
        if len(words) < held.tries - 1:
            told = (
                f"{name} has {len(words)} of the {held.tries - 1} sentences that "
                f"{held.tries} tries ask for"
            )
            yield Fault(path, told, f"add one, or set tries: {len(words) + 1}")
        for twice in sorted(word for word, times in Counter(words).items() if times > 1):
            told = f"{name} has '{twice}' twice"
            yield Fault(path, told, "write another sentence for one of the two")


def _written(path: Path, node: Asking, name: str) -> Path:
    """Where the sentences are to be mended that a node says: where it writes them, or the tries.

    What is wrong with the defaults is told there, and so once for all nodes.
    """
    if getattr(node, name) is not None:
        return (*path, name)
    if node.tries is not None:
        return (*path, "tries")
    return ("defaults", "practice", name) if isinstance(node, Practice) else ("defaults", name)


def _conditions(path: Path, node: Branch) -> Iterator[Fault]:
    """Of two equal conditions only the first is ever taken."""
    seen: set[str] = set()
    for place, case in enumerate(node.when):
        if case.condition in seen:
            told = f"condition '{case.condition}' stands twice"
            yield Fault((*path, "when", place), told, "take one of the two away")
        seen.add(case.condition)


def _silence(flow: Flow, path: Path, node: Asking) -> Iterator[Fault]:
    """Silence that leads on where it cannot."""
    tries = patience(flow, node).tries
    if node.silence is None:
        return
    if isinstance(node, Lesson):
        yield Fault((*path, "silence"), "in a lesson silence always goes on", "take this away")
    elif node.silence.after > tries:
        told = f"after {node.silence.after} is beyond the {tries} tries"
        yield Fault((*path, "silence"), told, f"write {tries} at most")
