"""The ways out of each node: where they lead, and where in the file they are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.flow.model import (
    Asking,
    Branch,
    End,
    Lesson,
    Menu,
    Practice,
    Say,
    Think,
    Transfer,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ivr.flow.model import Node
    from ivr.flow.problem import Path
    from ivr.flow.terms import FactId, NodeId, PromptId


def targets(node: Node) -> Iterator[tuple[str, NodeId]]:
    """Every way out of a node, as (the name of the way, where it goes).

    A goal may be a reserved one. The way of an option is `key 1`, of one of a lesson's step
    `key 4 at register_1`, of a condition `when night`;
    `too_many` and `silence` stand only where the node itself has one.
    """
    yield from ((name, goal) for name, _, goal in written_ways(node))


def written_ways(node: Node) -> Iterator[tuple[str, Path, NodeId]]:
    """The same, as (the name of the way, where its goal stands inside the node, the goal)."""
    match node:
        case Say() | Practice() | Think() | Lesson():
            yield "next", ("next",), node.next
        case Menu(any_key=str(goal)):
            yield "any_key", ("any_key",), goal
        case Transfer():
            yield "done", ("done", "go"), node.done.go
            yield "nobody", ("nobody", "go"), node.nobody.go
        case Branch():
            for place, case in enumerate(node.when):
                yield f"when {case.condition}", ("when", place, "go"), case.go
            yield "otherwise", ("otherwise",), node.otherwise
        case Menu() | End():
            pass
    if isinstance(node, Asking):
        yield from _keyed(node)
        left = {"too_many": node.too_many, "silence": node.silence}
        yield from ((way, (way, "go"), by.go) for way, by in left.items() if by is not None)


def _keyed(node: Asking) -> Iterator[tuple[str, Path, NodeId]]:
    match node:
        case Menu():
            for place, option in enumerate(node.options):
                yield f"key {option.key}", ("options", place, "go"), option.go
        case Lesson():
            for number, step in enumerate(node.steps):
                for place, option in enumerate(step.options):
                    path = ("steps", number, "options", place, "go")
                    yield f"key {option.key} at {step.prompt}", path, option.go
        case Practice() | Think():
            pass


def facts_told(node: Node) -> Mapping[PromptId, tuple[FactId, ...]]:
    """Which facts this node tells, by the prompt that tells them."""
    match node:
        case Say() | Menu():
            return {node.prompt: node.facts}
        case Lesson():
            told: dict[PromptId, tuple[FactId, ...]] = {}
            for step in node.steps:  # of two with one prompt, which is a fault, both tell
                told[step.prompt] = (*told.get(step.prompt, ()), *step.facts)
            return told
        case Practice() | Think() | Transfer() | Branch() | End():
            return {}
