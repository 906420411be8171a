"""The options of a flow, as tests ask for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.flow.model import Lesson, Menu

if TYPE_CHECKING:
    from ivr.flow.model import Node, Option


def options(node: Node) -> tuple[Option, ...]:
    """Every option of a menu, or of the steps of a lesson."""
    match node:
        case Menu():
            return node.options
        case Lesson():
            return tuple(option for step in node.steps for option in step.options)
        case _:
            return ()
