"""Who or what ended a call, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

if TYPE_CHECKING:
    from ivr.simulator.events import By


def ending(by: By) -> str:
    """Says who or what ended a call."""
    match by:
        case "caller":
            return "The caller hung up"
        case "hangup":
            return "The line hung up"
        case "reject":
            return "The line rejected the call"
        case "document":
            return "The line had nothing more to say and hung up"
        case "error":
            return "The call failed"
        case "limit":
            return "The call went on without end and was cut off"
        case _:
            assert_never(by)
