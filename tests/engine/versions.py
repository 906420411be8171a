"""Other versions of a flow: with every name changed, or with a part taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from ivr.flow.model import Flow, Lesson

if TYPE_CHECKING:
    from collections.abc import Callable

GOALS = {"go", "next", "otherwise", "any_key", "ends_at", "start", "same_as"}
"""The fields that hold the name of a node."""
RESERVED = {"return", "bookmark", "repeat"}


def now_called(name: str) -> str:
    """What a node or a step is called in the version with every name changed."""
    return ".".join(part if part.startswith("part_") else f"new_{part}" for part in name.split("."))


def renamed_flow(flow: Flow) -> Flow:
    """The flow with another name for every node and every step, and a map that says so."""
    made = _led(flow, now_called)
    made["nodes"] = {now_called(node): held for node, held in made["nodes"].items()}
    for node in made["nodes"].values():
        for each in node.get("steps", ()):
            each["prompt"] = now_called(each["prompt"])
    made["renamed"] = {node: now_called(node) for node in flow.nodes} | {
        f"{node_id}.{step.prompt}": now_called(f"{node_id}.{step.prompt}")
        for node_id, node in flow.nodes.items()
        if isinstance(node, Lesson)
        for step in node.steps
    }
    return msgspec.convert(made, Flow)


def without_node(flow: Flow, gone: str, instead: str = "main_menu") -> Flow:
    """The flow without a node; what led there leads elsewhere, and no map says where it went."""
    made = _led(flow, lambda goal: instead if goal == gone else goal)
    del made["nodes"][gone]
    for node in made["nodes"].values():
        if node.get("code", {}).get("same_as") == instead:
            node["code"] = {"length": 4}
    return msgspec.convert(made, Flow)


def without_step(flow: Flow, node_id: str, index: int) -> Flow:
    """The flow without one step of a lesson."""
    made = _plain(flow)
    del made["nodes"][node_id]["steps"][index]
    return msgspec.convert(made, Flow)


def _plain(flow: Flow) -> dict[str, Any]:
    made: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(flow))
    return made


def _led(flow: Flow, lead: Callable[[str], str]) -> dict[str, Any]:
    """The flow as plain data, with every goal put through `lead`."""
    made = _plain(flow)
    _change(made, lead)
    made["global_keys"] = {
        key: goal if goal in RESERVED else lead(goal) for key, goal in made["global_keys"].items()
    }
    return made


def _change(part: Any, lead: Callable[[str], str]) -> None:
    if isinstance(part, list):
        for each in part:
            _change(each, lead)
    if isinstance(part, dict):
        for name, value in part.items():
            if name in GOALS and isinstance(value, str) and value not in RESERVED:
                part[name] = lead(value)
            else:
                _change(value, lead)
