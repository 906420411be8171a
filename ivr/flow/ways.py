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

    from ivr.flow.model import Node, Option
    from ivr.flow.problem import Path
    from ivr.flow.terms import FactId, NodeId, PromptId


def targets(node: Node) -> Iterator[tuple[str, NodeId]]:
    """Every way out of a node, as (the name of the way, where it goes).

    A goal may be a reserved one. The way of an option is `key 1`, of one of a lesson's step
    `key 4 at register_1`, of a condition `when night`;
    `too_many` and `silence` stand only where the node itself has one.
    """
    match node:
        case Say() | Practice() | Think() | Lesson():
            yield "next", node.next
        case Menu(any_key=str(goal)):
            yield "any_key", goal
        case Transfer():
            yield "done", node.done.go
            yield "nobody", node.nobody.go
        case Branch():
            yield from ((f"when {case.condition}", case.go) for case in node.when)
            yield "otherwise", node.otherwise
        case Menu() | End():
            pass
    if isinstance(node, Asking):
        yield from _keyed(node)
        left = {"too_many": node.too_many, "silence": node.silence}
        yield from ((way, leave.go) for way, leave in left.items() if leave is not None)


def _keyed(node: Asking) -> Iterator[tuple[str, NodeId]]:
    match node:
        case Menu():
            yield from ((f"key {option.key}", option.go) for option in node.options)
        case Lesson():
            for step in node.steps:
                yield from ((f"key {o.key} at {step.prompt}", o.go) for o in step.options)
        case Practice() | Think():
            pass


def facts_told(node: Node) -> Mapping[PromptId, tuple[FactId, ...]]:
    """Which facts this node tells, by the prompt that tells them."""
    match node:
        case Say() | Menu():
            return {node.prompt: node.facts}
        case Lesson():
            return {step.prompt: step.facts for step in node.steps}
        case Practice() | Think() | Transfer() | Branch() | End():
            return {}


def path_of(node_id: str, node: Node, way: str) -> Path:
    """Where in the file the way out of a node is written."""
    path: Path = ("nodes", node_id)
    match node, way.split():
        case Menu(), ["key", key]:
            return (*path, "options", _place_of(node.options, key), "go")
        case Lesson(), ["key", key, "at", step]:
            place = next(i for i, each in enumerate(node.steps) if each.prompt == step)
            found = _place_of(node.steps[place].options, key)
            return (*path, "steps", place, "options", found, "go")
        case Branch(), ["when", condition]:
            place = next(i for i, case in enumerate(node.when) if case.condition == condition)
            return (*path, "when", place, "go")
        case _, [("too_many" | "silence" | "done" | "nobody") as named]:
            return (*path, named, "go")
        case _:
            return (*path, way)


def _place_of(options: tuple[Option, ...], key: str) -> int:
    return next(i for i, option in enumerate(options) if option.key == key)
