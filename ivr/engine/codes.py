"""Practice codes: made up for each call, the same at every retry, and stored nowhere."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from operator import eq
from typing import TYPE_CHECKING, Final, TypeAlias

from ivr.errors import FlowError
from ivr.flow.derived import once
from ivr.flow.model import Flow, Practice

if TYPE_CHECKING:
    from ivr.flow.terms import NodeId

Codes: TypeAlias = Callable[[str, int], str]
"""`codes(label, length)` gives that many digits, always the same ones for the same label."""

MAX_ATTEMPTS: Final = 50
"""Most codes are easy to hear and new, so that a keyed hash never comes near this."""
NEAR: Final = 2
"""An entry with at most so many slips is a slip; anything further may be a real secret."""


def keyed_codes(secret: bytes, call_sid: str) -> Codes:
    """Codes that follow from a secret and the call alone, by a keyed hash."""
    known: dict[tuple[str, int], str] = {}  # a turn asks for some of them more than once

    def codes(label: str, length: int) -> str:
        made = known.get((label, length))
        if made is None:
            made = known[label, length] = hashed(label, length)
        return made

    def hashed(label: str, length: int) -> str:
        key = f"practice\0{call_sid}\0{label}".encode()
        number = int.from_bytes(hmac.digest(secret, key, hashlib.sha256))
        return str(number % 10**length).zfill(length)

    return codes


def code_at(flow: Flow, node_id: NodeId, codes: Codes) -> str:
    """The code that is right at a practice node.

    A fresh code never has the same digit twice running, and never equals an earlier fresh code of
    the same length: the second OTP is another one than the first.

    Raises:
        FlowError: `node_id` is no practice node with a code (a checked flow has none such).
    """
    code = _practice(flow, node_id).code
    if code.same_as is not None:
        return code_at(flow, code.same_as, codes)
    if code.digits is not None:
        return code.digits
    made: dict[NodeId, str] = {}
    for other_id, length in _alike(flow)[node_id]:
        made[other_id] = _made(other_id, length, codes, set(made.values()))
    return made[node_id]


def _practice(flow: Flow, node_id: NodeId) -> Practice:
    node = flow.nodes.get(node_id)
    if not isinstance(node, Practice):
        raise FlowError("a code was asked of a node that has none:", [node_id])
    return node


@once
def _alike(flow: Flow) -> dict[NodeId, tuple[tuple[NodeId, int], ...]]:
    """Each node with a fresh code, after those before it whose codes are as long, with the length.

    Only they decide which code it has: of another length none can equal it.
    """
    found: dict[NodeId, tuple[tuple[NodeId, int], ...]] = {}
    fresh: dict[int, tuple[tuple[NodeId, int], ...]] = {}
    for node_id, node in flow.nodes.items():
        if isinstance(node, Practice) and (length := node.code.length) is not None:
            found[node_id] = fresh[length] = (*fresh.get(length, ()), (node_id, length))
    return found


def _made(node_id: NodeId, length: int, codes: Codes, taken: set[str]) -> str:
    made = codes(node_id, length)
    for attempt in range(1, MAX_ATTEMPTS):
        if made not in taken and not any(map(eq, made, made[1:])):
            break
        made = codes(f"{node_id}#{attempt}", length)
    return made


def is_near(entry: str, code: str) -> bool:
    """Whether an entry is the code but for at most two slips.

    A slip is a digit that is wrong, left out or pressed once too often (edit distance): with ten
    digits, one digit left out would otherwise make nearly all of them differ. The code's own
    beginning counts as a slip too: the caller stopped, and has keyed nothing but what was read out.
    """
    if code.startswith(entry):
        return True
    if abs(len(entry) - len(code)) > NEAR:
        return False
    row = list(range(len(code) + 1))
    for i, pressed in enumerate(entry, 1):
        before, row = row, [i]
        for j, due in enumerate(code, 1):
            row.append(min(before[j] + 1, row[-1] + 1, before[j - 1] + (pressed != due)))
    return row[-1] <= NEAR
